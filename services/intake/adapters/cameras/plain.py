"""Our own shape for cameras that a gateway translates: best as the data of a CloudEvent.

`{"device", "channel", "code", "alarm", "state": "new|update|end|pulse", "at", "text",
"category", "pictures": […], "longitude", "latitude"}`; `category` has five digits.
"""

import re

from services.intake.adapters.cameras.alarm import Alarm, Meaning, state
from services.intake.adapters.documents import Document
from services.intake.adapters.envelope import Letter
from services.intake.adapters.fields import addresses, number, text
from services.intake.domain.clocks import read_time
from services.intake.domain.submission import Life, Statement

NAME = "plain"
LIVES = {each.value: each for each in (Life.NEW, Life.UPDATE, Life.END, Life.PULSE)}


def fits(document: Document) -> bool:
    """Whether a post is one of these."""
    return {"device", "code"} <= document.fields.keys()


def statements(document: Document, letter: Letter) -> list[Statement]:
    """What one alarm says."""
    event = document.fields
    code, category = text(event, "code"), text(event, "category")
    alarm = Alarm(
        vendor=NAME,
        device=text(event, "device"),
        channel=text(event, "channel"),
        code=code,
        id=text(event, "alarm") or letter.id,
        life=LIVES.get(text(event, "state"), Life.NEW),
        at=read_time(event.get("at")),
        pictures=addresses(event, "pictures"),
        longitude=number(event, "longitude"),
        latitude=number(event, "latitude"),
    )
    name = text(event, "text") or f"类型 {code}"
    hint = category if re.fullmatch(r"\d{5}", category) else None
    return [state(alarm, {code: Meaning(name, hint)})]
