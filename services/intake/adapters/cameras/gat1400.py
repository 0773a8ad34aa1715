"""GA/T 1400 (公安视图库): notifications of a subscription, each with typed lists.

What the lists hold of persons, faces and plates is left where it is: only the device and
the kind of list are read.
"""

from collections.abc import Iterator
from typing import Any

from services.intake.adapters.cameras.alarm import Alarm, Meaning, state
from services.intake.adapters.documents import Document
from services.intake.adapters.envelope import Letter
from services.intake.adapters.fields import mapping, mappings
from services.intake.domain.submission import Life, Statement
from services.reference.written import read_time, text

NAME = "gat1400"
ROOT = "SubscribeNotificationListObject"
MEANINGS = {
    "Face": Meaning("视图库推送：人脸"),
    "Person": Meaning("视图库推送：人员"),
    "MotorVehicle": Meaning("视图库推送：机动车"),
    "NonMotorVehicle": Meaning("视图库推送：非机动车"),
    "Thing": Meaning("视图库推送：物品"),
    "Scene": Meaning("视图库推送：场景"),
    "VideoSlice": Meaning("视图库推送：视频片段"),
    "Image": Meaning("视图库推送：图像"),
}


def fits(document: Document) -> bool:
    """Whether a post is one of these."""
    return ROOT in document.fields


def statements(document: Document, letter: Letter) -> list[Statement]:
    """What each notification says, in their order."""
    listed = mappings(mapping(document.fields, ROOT).get("SubscribeNotificationObject"))
    return [_statement(each, f"{letter.id}#{index}") for index, each in enumerate(listed)]


def _statement(notification: dict[str, Any], fallback_id: str) -> Statement:
    kinds = dict(_typed(notification))
    devices = (text(each, "DeviceID", "ApeID") for objects in kinds.values() for each in objects)
    alarm = Alarm(
        vendor=NAME,
        device=next(filter(None, devices), text(notification, "SubscribeID")),
        channel="",
        code="+".join(kinds),
        id=text(notification, "NotificationID") or fallback_id,
        life=Life.PULSE,
        at=read_time(text(notification, "TriggerTime")),
        words=text(notification, "Title"),
    )
    return state(alarm, MEANINGS)


def _typed(notification: dict[str, Any]) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """The lists: `FaceObjectList: {FaceObject: […]}` is of the kind Face."""
    for name, value in notification.items():
        if name.endswith("ObjectList") and isinstance(value, dict):
            kind = name.removesuffix("ObjectList")
            yield kind, mappings(value.get(f"{kind}Object"))
