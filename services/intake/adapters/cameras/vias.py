"""Huawei VIAS (华为视频智能分析), fire lane: 1179649 a vehicle, 1179648 objects."""

from typing import Any

from services.intake.adapters.cameras.alarm import FIRE_LANE, Alarm, Meaning, state
from services.intake.adapters.documents import Document
from services.intake.adapters.envelope import Letter
from services.intake.adapters.fields import embedded, mapping, mappings
from services.intake.domain.submission import Life, Statement
from services.reference.written import read_time, text

NAME = "vias"
MEANINGS = {
    "1179649": Meaning("消防通道被车辆占用", FIRE_LANE),
    "1179648": Meaning("消防通道有物品堆放或移走", FIRE_LANE),
}


def fits(document: Document) -> bool:
    """Whether a post is one of these."""
    return {"event_type", "stream_id"} <= document.fields.keys()


def statements(document: Document, letter: Letter) -> list[Statement]:
    """What one message says; further messages about one detection are the same alarm.

    A message does not say whether objects came or went: the resolve timeout ends the alarm.
    """
    event = document.fields
    detected = mappings(mapping(event, "data").get("event_set"))
    alarm = Alarm(
        vendor=NAME,
        device=text(event, "task_id"),
        channel=text(event, "stream_id"),
        code=text(event, "event_type"),
        id=next(filter(None, (text(each, "detection_id") for each in detected)), "")
        or text(event, "message_id")
        or letter.id,
        life=Life.NEW,
        at=read_time(event.get("timestamp")),
        words=next(filter(None, (text(each, "polygon_name") for each in detected)), ""),
        pictures=_pictures(event),
    )
    return [state(alarm, MEANINGS)]


def _pictures(event: dict[str, Any]) -> tuple[bytes, ...]:
    picture = event.get("image_base64")
    return (embedded(picture),) if isinstance(picture, str) and picture else ()
