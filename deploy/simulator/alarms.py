"""What the cameras of the invented street send, in the formats of their vendors."""

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from services.reference.ground import Camera


class Scene(StrEnum):
    """What a camera sees."""

    TOSS = "高空抛物"
    FIRE_LANE = "占用消防通道"
    E_BIKE = "电瓶车进楼"
    GARBAGE = "垃圾暴露"
    FIRE = "疑似火情"
    HEARTBEAT = "心跳"


NEW, UPDATE, END, PULSE = "new", "update", "end", "pulse"

Write = Callable[[Camera, int, int, str, datetime], Any]
"""Given the camera, the alarm's number, the post's index, its state and the time: the body."""


def _pulse(chance: random.Random) -> list[tuple[float, str]]:
    """Once; daily life sends the same alarm again and again."""
    again = chance.randint(1, 3) if chance.random() < 0.3 else 0
    return [(0.3 * index, PULSE) for index in range(again + 1)]


def _lasting(chance: random.Random) -> list[tuple[float, str]]:
    """It begins, is still there, and ends, unless its end is lost."""
    updates = [(5.0 * (index + 1), UPDATE) for index in range(chance.randint(0, 4))]
    end = [(5.0 * (len(updates) + 1), END)] if chance.random() < 0.8 else []
    return [(0.0, NEW), *updates, *end]


@dataclass(frozen=True, slots=True)
class Alarm:
    """One vendor's way to tell of a scene: the posts of one alarm, and how each is written."""

    vendor: str
    write: Write
    life: Callable[[random.Random], list[tuple[float, str]]] = _pulse


def _dahua_toss(camera: Camera, number: int, index: int, state: str, when: datetime) -> Any:
    return {
        "deviceId": camera.device,
        "nChannelID": int(camera.channel),
        "dwAlarmType": "EVENT_IVS_HIGH_TOSS_DETECT",
        "nAction": 0,
        "szName": "高空抛物检测",
        "UTC": int(when.timestamp()),
        "nEventID": number,
        "nGroupID": number,
        "nIndexInGroup": index,
        "stuObjInfos": [{"nObjectID": 1, "nConfidence": 87}],
        "nObjNum": 1,
    }


def _isapi(kind: str, name: str) -> Write:
    def write(camera: Camera, number: int, index: int, state: str, when: datetime) -> Any:
        over = state == END or kind == "videoloss"
        return (
            '<EventNotificationAlert version="2.0">'
            f"<deviceID>{camera.device}</deviceID><channelID>{camera.channel}</channelID>"
            f"<dateTime>{when.isoformat(timespec='seconds')}</dateTime>"
            f"<UUID>sim-{number}</UUID><activePostCount>{index + 1}</activePostCount>"
            f"<eventType>{kind}</eventType>"
            f"<eventState>{'inactive' if over else 'active'}</eventState>"
            f"<eventDescription>{name}</eventDescription></EventNotificationAlert>"
        )

    return write


def _linkvisual(code: str) -> Write:
    def write(camera: Camera, number: int, index: int, state: str, when: datetime) -> Any:
        return {
            "iotId": camera.device,
            "channel": camera.channel,
            "eventCode": code,
            "eventId": f"lv-{number}",
            "eventTime": int(when.timestamp() * 1000),
        }

    return write


def _vias(camera: Camera, number: int, index: int, state: str, when: datetime) -> Any:
    return {
        "event_type": 1179649,
        "alarm_type": 0,
        "task_id": camera.device,
        "stream_id": camera.channel,
        "timestamp": int(when.timestamp()),
        "message_id": f"vias-{number}-{index}",
        "data": {
            "event_set": [
                {
                    "detection_id": f"lane-{number}",
                    "polygon_name": "消防通道",
                    "bounding_box": {"x": 1712, "y": 560, "w": 207, "h": 180},
                }
            ]
        },
    }


def _frigate(label: str) -> Write:
    def write(camera: Camera, number: int, index: int, state: str, when: datetime) -> Any:
        moment = when.timestamp()
        seen: dict[str, Any] = {"id": f"frigate-{number}", "camera": camera.device}
        seen |= {"label": label, "top_score": 0.83, "false_positive": False, "start_time": moment}
        end = {"end_time": moment} if state == END else {}
        return {"type": state if state != PULSE else NEW, "before": seen, "after": seen | end}

    return write


ALARMS: dict[Scene, tuple[Alarm, ...]] = {
    Scene.TOSS: (
        Alarm("dahua", _dahua_toss),
        Alarm("linkvisual", _linkvisual("11027")),
        Alarm("hikvision_isapi", _isapi("objectsThrownDetection", "高空抛物")),
    ),
    Scene.FIRE_LANE: (
        Alarm("vias", _vias, _lasting),
        Alarm("linkvisual", _linkvisual("13002")),
    ),
    Scene.E_BIKE: (Alarm("linkvisual", _linkvisual("11023")),),
    Scene.GARBAGE: (Alarm("linkvisual", _linkvisual("12002")),),
    Scene.FIRE: (
        Alarm("frigate", _frigate("smoke"), _lasting),
        Alarm("hikvision_isapi", _isapi("fireDetection", "火情"), _lasting),
    ),
    Scene.HEARTBEAT: (Alarm("hikvision_isapi", _isapi("videoloss", "心跳")),),
}
