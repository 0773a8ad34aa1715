"""Frigate: `{"type": "new|update|end", "before": {…}, "after": {…}}`.

Its own word `false_positive` is believed. Where it says neither yes nor no (a bridge left it
out), its scores are weighed as it weighs them itself.
"""

from services.intake.adapters.cameras.alarm import FIRE, Alarm, Meaning, state
from services.intake.adapters.documents import Document
from services.intake.adapters.envelope import Letter
from services.intake.adapters.fields import mapping, number
from services.intake.domain.submission import Life, Statement
from services.kernel.errors import Unprocessable
from services.reference.written import read_time, text

NAME = "frigate"
MEANINGS = {
    "person": Meaning("发现人员"),
    "car": Meaning("发现车辆"),
    "truck": Meaning("发现货车"),
    "motorcycle": Meaning("发现摩托车或电瓶车"),
    "bicycle": Meaning("发现自行车"),
    "dog": Meaning("发现犬只"),
    "fire": Meaning("疑似火情", FIRE),
    "smoke": Meaning("疑似烟雾", FIRE),
}
LIVES = {each.value: each for each in (Life.NEW, Life.UPDATE, Life.END)}
VERDICTS = {"true": True, "false": False}


def fits(document: Document) -> bool:
    """Whether a post is one of these."""
    return "after" in document.fields and text(document.fields, "type") in LIVES


def statements(document: Document, letter: Letter) -> list[Statement]:
    """What one message says; what Frigate itself calls a false positive is over."""
    after = mapping(document.fields, "after") or mapping(document.fields, "before")
    life = LIVES.get(text(document.fields, "type"))
    if life is None:
        raise Unprocessable(f"frigate 的 type 应为 {'、'.join(LIVES)} 之一")
    verdict = VERDICTS.get(str(after.get("false_positive")).lower())
    zones = after.get("entered_zones")
    alarm = Alarm(
        vendor=NAME,
        device=text(after, "camera"),
        channel="",
        code=text(after, "label"),
        id=text(after, "id") or letter.id,
        life=Life.END if verdict else life,
        at=read_time(after.get("end_time" if life is Life.END else "start_time")),
        words="、".join(each for each in zones if isinstance(each, str))
        if isinstance(zones, list)
        else "",
        score=None if verdict is not None else number(after, "score", "top_score"),
    )
    return [state(alarm, MEANINGS)]
