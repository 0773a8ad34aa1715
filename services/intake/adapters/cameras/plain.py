"""Our own shape for cameras that a gateway translates: best as the data of a CloudEvent.

| field | |
|---|---|
| `device`, `channel` | as in the ground's cameras.csv; `device` is needed |
| `code` | what was recognised, in the gateway's own words; needed |
| `alarm` | the same for all posts about one alarm; absent: the id of the CloudEvent |
| `state` | `new`, `update`, `end`, or `pulse` for what has no end; absent: `new` |
| `at` | ISO 8601, or seconds or milliseconds since 1970; without a zone Beijing time |
| `text` | what is to be seen, in Chinese |
| `category` | the five digits of the catalogue, where the gateway is sure |
| `score` | 0 to 1: the alarm is told once the median of its scores is believed |
| `pictures` | addresses |
| `longitude`, `latitude` | degrees WGS-84, for a device that is not in the ground |
"""

import re

from services.intake.adapters.cameras.alarm import Alarm, Meaning, state
from services.intake.adapters.documents import Document
from services.intake.adapters.envelope import Letter
from services.intake.adapters.fields import addresses, number
from services.intake.domain.submission import Life, Statement
from services.reference.written import read_time, text

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
        score=number(event, "score"),
    )
    name = text(event, "text") or f"类型 {code}"
    hint = category if re.fullmatch(r"\d{5}", category) else None
    return [state(alarm, {code: Meaning(name, hint)})]
