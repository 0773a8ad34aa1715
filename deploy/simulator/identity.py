"""Which fields name a report or a device in the formats of tickets and cameras."""

import re
from typing import Any

from deploy.simulator.times import TAGGED

ID_FIELDS = frozenset(
    [
        "工单编号",
        "留言编号",
        "eventid",
        "neventid",
        "ngroupid",
        "alarm",
        "alarmid",
        "alarmcode",
        "message_id",
        "detection_id",
        "notificationid",
        "id",
        "sn",
        "uuid",
        "eventuuid",
    ]
)
DEVICE_FIELDS = [
    "deviceid",
    "device",
    "device_id",
    "srcindex",
    "iotid",
    "deviceno",
    "devicecode",
    "devicename",
    "camera",
    "macaddress",
    "ipaddress",
    "stream_id",
    "task_id",
    "channelid",
    "nchannelid",
]
INT_32 = 2**31


def renewed(body: Any, run: int, name: str = "") -> Any:
    """The body with ids of its own for this run; run 0 leaves them as they are."""
    if not run:
        return body
    if isinstance(body, dict):
        return {key: renewed(value, run, key.lower()) for key, value in body.items()}
    if isinstance(body, list):
        return [renewed(value, run, name) for value in body]
    if isinstance(body, str) and body.lstrip().startswith("<"):
        return TAGGED.sub(lambda found: _renewed_tag(found, run), body)
    return _renewed_id(body, run) if name in ID_FIELDS else body


def _renewed_id(value: Any, run: int) -> Any:
    if isinstance(value, int) and not isinstance(value, bool):
        return (value + run) % INT_32 if value else value
    return f"{value}-{run}" if isinstance(value, str) and value else value


def _renewed_tag(found: re.Match[str], run: int) -> str:
    """Ids in XML that are numbers stay numbers."""
    text = found["text"]
    value = int(text) if text.isdecimal() and len(text) < 10 else text
    return f"<{found['tag']}>{renewed(value, run, found['tag'].lower())}</{found['tag']}>"


def device_of(body: Any) -> str:
    """The device that sent an alarm, by which its alarms stay in order; may be empty."""
    fields = dict(_fields(body))
    return next((fields[name] for name in DEVICE_FIELDS if fields.get(name)), "")


def _fields(body: Any) -> list[tuple[str, str]]:
    """All plain fields of a body, the outermost last, so that it wins in a dict."""
    if isinstance(body, str):
        return [(found["tag"].lower(), found["text"]) for found in TAGGED.finditer(body)]
    if isinstance(body, list):
        return [field for value in body for field in _fields(value)]
    if not isinstance(body, dict):
        return []
    inner = [
        field for value in body.values() if not isinstance(value, str) for field in _fields(value)
    ]
    plain = [
        (key.lower(), str(value)) for key, value in body.items() if isinstance(value, str | int)
    ]
    return inner + plain
