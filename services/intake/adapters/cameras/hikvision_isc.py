"""Hikvision iSC (海康综合安防平台): `OnEventNotify`, several events in one post."""

from datetime import datetime
from typing import Any

from services.intake.adapters.cameras.alarm import Alarm, Meaning, state
from services.intake.adapters.documents import Document
from services.intake.adapters.envelope import Letter
from services.intake.adapters.fields import addresses, mapping, mappings
from services.intake.domain.submission import Life, Statement
from services.reference.written import read_time, text

NAME = "hikvision_isc"
LIVES = {
    "0": Life.PULSE,
    "1": Life.NEW,
    "2": Life.END,
    "3": Life.PULSE,
    "4": Life.UPDATE,
    "5": Life.UPDATE,
}
"""`status`: instant, start, stop, pulse, linkage update, picture to follow."""

MEANINGS = {
    "131329": Meaning("视频信号丢失"),
    "131330": Meaning("镜头被遮挡"),
    "131331": Meaning("移动侦测"),
    "131585": Meaning("越界"),
    "131586": Meaning("进入区域"),
    "131587": Meaning("离开区域"),
    "131588": Meaning("区域入侵"),
}
"""A platform numbers what its own algorithms find as it likes: those come as unknown codes."""


def fits(document: Document) -> bool:
    """Whether a post is one of these."""
    return document.fields.get("method") == "OnEventNotify"


def statements(document: Document, letter: Letter) -> list[Statement]:
    """What each event of a post says, in their order."""
    params = mapping(document.fields, "params")
    sent = read_time(text(params, "sendTime"))
    events = mappings(params.get("events"))
    return [_statement(event, sent, f"{letter.id}#{index}") for index, event in enumerate(events)]


def _statement(event: dict[str, Any], sent: datetime | None, fallback_id: str) -> Statement:
    data = mapping(event, "data")
    alarm = Alarm(
        vendor=NAME,
        device=text(event, "srcIndex", "srcParentIndex") or text(data, "deviceIndexCode"),
        channel=text(data, "channelID"),
        code=text(event, "eventType"),
        id=text(event, "eventId") or fallback_id,
        life=LIVES.get(text(event, "status"), Life.NEW),
        at=read_time(text(event, "happenTime")) or sent,
        words=text(event, "srcName"),
        pictures=addresses(event, "imageUrl", "picUrls") + addresses(data, "imageUrl", "picUrls"),
    )
    return state(alarm, MEANINGS)
