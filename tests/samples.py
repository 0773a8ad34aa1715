"""One maker of records for each format that upstream sends: invented, with the senders' quirks.

The same number gives the same record; different numbers are different reports.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

import orjson

from schemas.flow import CAMERA_ALARMS, HOTLINE_TICKETS, MESSAGES, WORKER_REPORTS
from services.kernel.record import Record
from services.reference.calendar import BEIJING
from services.reference.ground import load_ground

GROUND = load_ground()
NOON = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)
XML = "application/xml"
EDGE = "multipart/form-data; boundary=edge"
MATTERS = (
    "楼道堆满杂物，老人过路都困难",
    "电瓶车推进电梯，还飞线充电",
    "垃圾堆了好几天没人清运",
    "消防通道被小汽车占用，救护车进不来",
    "路灯坏了一个星期，晚上一片漆黑",
    "夜间施工噪音扰民，孩子睡不着",
)


BUILDINGS = 5
"""In each of the 160 estates: 800 addresses that come again and again, as in a street."""


class Sample(NamedTuple):
    """A body as it is sent, and its headers."""

    body: bytes
    headers: Mapping[str, str] = {}


Make = Callable[[int], Sample]


def record(topic: str, sample: Sample, offset: int = 7, at: datetime = NOON) -> Record:
    """The record as it lies in Kafka."""
    headers = [(name, value.encode()) for name, value in sample.headers.items()]
    return Record(topic, 0, offset, int(at.timestamp() * 1000), None, sample.body, headers)


def _json(content: Any, **headers: str) -> Sample:
    return Sample(orjson.dumps(content), headers)


def _when(number: int, form: str) -> str:
    return (NOON + timedelta(seconds=number % 3_600)).astimezone(BEIJING).strftime(form)


def _device(number: int) -> str:
    return GROUND.cameras[number % len(GROUND.cameras)].device


def _words(number: int) -> tuple[str, str]:
    """An address, and what is wrong there."""
    estate = GROUND.estates[number % len(GROUND.estates)].name
    building = number // len(GROUND.estates) % BUILDINGS + 1
    matter = MATTERS[number % len(MATTERS)]
    return f"{estate}{building}栋", f"{matter}，已经反映过{number % 7}次，请尽快处理，序号{number}"


def ticket(number: int) -> Sample:
    """A 12345 ticket with all the fields of a district's export."""
    address, matter = _words(number)
    return _json(
        {
            "工单编号": f"12345-{number}",
            "市级编号": f"SJ{number}",
            "办件来源": "12345热线",
            "工单类型": "投诉举报" if number % 2 else "求助",
            "诉求主题": matter[:12],
            "诉求内容": f"市民反映{address}{matter}",
            "标签": "小区管理" if number % 9 else "加急",
            "工单性质": "主办",
            "被反映区": "示范区",
            "小区点位": address,
            "诉求人": "测试员",
            "诉求人电话": f"139{number % 100_000_000:08d}",
            "派发时间": _when(number, "%Y/%m/%d %H:%M:%S"),
            "承诺完成时间": _when(number + 7, "%Y-%m-%d"),
            "办件状态": "待处理",
            "是否督办": "否",
            "是否保密": "否",
        }
    )


def matter(number: int) -> Sample:
    """A matter in the fields of the national catalogue, as a structured CloudEvent."""
    address, what = _words(number)
    data = {
        "事项编号": f"SX{number}",
        "SXDM": "51010809012",
        "SXMC": what[:20],
        "ZGBMMC": "示范街道办",
        "SFWZ": address,
        "SZDYWGBSM": GROUND.estates[number % len(GROUND.estates)].micro_grid[:15],
        "JD": 104.1,
        "WD": 30.65,
    }
    event = {"specversion": "1.0", "id": str(number), "source": "//city", "type": "t", "data": data}
    return _json(event, **{"content-type": "application/cloudevents+json; charset=UTF-8"})


def board(number: int) -> Sample:
    """A row of a message board, as a binary CloudEvent."""
    address, what = _words(number)
    headers = {"ce_specversion": "1.0", "ce_id": str(number), "ce_source": "//board"}
    return _json(
        {
            "留言编号": str(number),
            "留言用户": f"U{number % 500}",
            "留言主题": address,
            "留言时间": _when(number, "%Y年%m月%d日 %H:%M"),
            "留言详情": f"{address}{what}",
        },
        **headers,
    )


def message(number: int) -> Sample:
    """What somebody writes in a neighbours' group."""
    address, what = _words(number)
    return _json(
        {
            "source": "wechat_group",
            "message_id": str(number),
            "text": what,
            "group": f"{address}邻里群",
            "sender": f"u{number % 500}",
            "sent_at": _when(number, "%Y-%m-%dT%H:%M:%S"),
        }
    )


def patrol(number: int) -> Sample:
    """What a grid worker saw."""
    address, what = _words(number)
    return _json(
        {
            "report_id": str(number),
            "worker_id": f"W{number % 90}",
            "text": what,
            "address": address,
            "longitude": 104.1,
            "latitude": 30.65,
            "reported_at": _when(number, "%Y-%m-%d %H:%M:%S"),
        }
    )


def _isapi(number: int) -> str:
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<EventNotificationAlert version="2.0" xmlns="http://www.isapi.org/ver20/XMLSchema">'
        f"<ipAddress>10.0.0.8</ipAddress><macAddress>{_device(number)}</macAddress>"
        f"<channelID>1</channelID><dateTime>{_when(number, '%Y-%m-%dT%H:%M:%S')}+08:00</dateTime>"
        f"<activePostCount>{number % 3 + 1}</activePostCount><eventType>parking</eventType>"
        f"<UUID>u-{number}</UUID><eventState>active</eventState>"
        "<eventDescription>parking alarm</eventDescription></EventNotificationAlert>"
    )


def isapi_xml(number: int) -> Sample:
    """A post of a Hikvision device."""
    return Sample(_isapi(number).encode(), {"content-type": 'application/xml; charset="UTF-8"'})


def isapi_multipart(number: int) -> Sample:
    """The same, with a picture in a part of its own."""
    body = (
        f'--edge\r\nContent-Disposition: form-data; name="a"\r\nContent-Type: {XML}\r\n\r\n'
        f"{_isapi(number)}\r\n--edge\r\nContent-Type: image/jpeg\r\nContent-ID: p1\r\n\r\n"
    )
    return Sample(body.encode() + b"\xff\xd8\xff\xe0 p\r\n--edge--\r\n", {"content-type": EDGE})


def isapi_json(number: int) -> Sample:
    """The same in JSON, fields at the top."""
    return _json(
        {
            "ipAddress": "10.0.0.8",
            "deviceID": _device(number),
            "channelID": 1,
            "dateTime": _when(number, "%Y-%m-%dT%H:%M:%S") + "+08:00",
            "activePostCount": 1,
            "eventType": "fielddetection",
            "eventState": "active",
            "UUID": f"j-{number}",
        }
    )


def isc(number: int) -> Sample:
    """Two events of the iSC platform in one post, with the stray space in their times."""
    at = _when(number, "%Y-%m-%dT %H:%M:%S.000+08:00")
    event = {"eventId": f"E{number}", "eventLvl": 1, "srcIndex": _device(number)}
    told = {"eventType": 131588, "happenTime": at}
    events = [event | told | {"status": 1}, event | told | {"status": 4}]
    return _json({"method": "OnEventNotify", "params": {"events": events[: 1 + number % 2]}})


def dahua(number: int) -> Sample:
    """A toss by the fields of the SDK's structure."""
    return _json(
        {
            "dwAlarmType": ("0x28D", 653, "EVENT_IVS_HIGH_TOSS_DETECT")[number % 3],
            "deviceId": _device(number),
            "nChannelID": 1,
            "nAction": 0,
            "szName": "高空抛物",
            "nEventID": number + 1,
            "UTC": int(NOON.timestamp()) + number % 3_600,
            "stuObjInfos": [{"nObjectID": 1, "nConfidence": 200}],
            "nObjNum": 1,
            "nGroupID": 0,
        }
    )


def linkvisual(number: int) -> Sample:
    """An event of LinkVisual."""
    at = int(NOON.timestamp() * 1000)
    event = {"eventType": 13002, "eventId": str(number), "eventTime": at, "nickName": "东门"}
    return _json({"iotId": _device(number), **event})


def vias(number: int) -> Sample:
    """A message of VIAS about a fire lane, without its picture."""
    return _json(
        {
            "event_type": 1179649,
            "alarm_type": 0,
            "task_id": _device(number),
            "stream_id": "001",
            "timestamp": int(NOON.timestamp()),
            "message_id": f"m-{number}",
            "data": {
                "event_set": [
                    {
                        "detection_id": f"d-{number}",
                        "polygon_name": "消防通道",
                        "bounding_box": {"x": 1712, "y": 560, "w": 207, "h": 180},
                    }
                ]
            },
        }
    )


def gb28181(number: int) -> Sample:
    """A GB/T 28181 alarm: no zone in its time, its type inside Info, GB 2312 now and then."""
    encoding = "UTF-8" if number % 4 else "GB2312"
    body = (
        f'<?xml version="1.0" encoding="{encoding}"?>\n<Notify><CmdType>Alarm</CmdType>'
        f"<SN>{number}</SN><DeviceID>{_device(number)}</DeviceID><AlarmPriority>1</AlarmPriority>"
        f"<AlarmMethod>5</AlarmMethod><AlarmTime>{_when(number, '%Y-%m-%dT%H:%M:%S')}</AlarmTime>"
        "<AlarmDescription>东门</AlarmDescription><Longitude>104.1</Longitude>"
        "<Latitude>30.65</Latitude><Info><AlarmType>2</AlarmType><AlarmTypeParam>"
        "<EventType>1</EventType></AlarmTypeParam></Info></Notify>"
    )
    return Sample(body.encode("utf-8" if number % 4 else "gb18030"), {"content-type": XML})


def gat1400(number: int) -> Sample:
    """A notification of GA/T 1400 with a typed list."""
    vehicle = {"MotorVehicleID": f"V{number}", "DeviceID": _device(number)}
    notification = {
        "NotificationID": f"N{number}",
        "SubscribeID": "S1",
        "Title": "消防通道",
        "TriggerTime": _when(number, "%Y%m%d%H%M%S"),
        "InfoIDs": f"V{number}",
        "MotorVehicleObjectList": {"MotorVehicleObject": [vehicle]},
    }
    return _json(
        {"SubscribeNotificationListObject": {"SubscribeNotificationObject": [notification]}}
    )


def frigate(number: int) -> Sample:
    """An event of Frigate, judged by Frigate itself."""
    after = {
        "id": f"{number}-a",
        "camera": _device(number),
        "label": "car",
        "top_score": 0.83,
        "false_positive": False,
        "start_time": NOON.timestamp() + number % 3_600,
        "end_time": None,
        "entered_zones": ["fire_lane"],
        "stationary": True,
        "has_snapshot": True,
    }
    return _json({"type": "new", "before": after | {"top_score": 0.0}, "after": after})


def own(number: int) -> Sample:
    """Our own shape, in a structured CloudEvent."""
    data = {
        "device": _device(number),
        "channel": "1",
        "alarm": f"own-{number}",
        "code": "fire_lane",
        "state": "new",
        "text": "消防通道被占用",
        "category": "09012",
        "at": _when(number, "%Y-%m-%dT%H:%M:%S") + "+08:00",
    }
    event = {"specversion": "1.0", "id": str(number), "source": "//gate", "type": "camera.alarm"}
    return _json(event | {"data": data}, **{"content-type": "application/cloudevents+json"})


FORMATS: Mapping[str, tuple[str, Make]] = {
    "hotline ticket": (HOTLINE_TICKETS.name, ticket),
    "hotline matter": (HOTLINE_TICKETS.name, matter),
    "message board": (HOTLINE_TICKETS.name, board),
    "message": (MESSAGES.name, message),
    "worker's report": (WORKER_REPORTS.name, patrol),
    "Hikvision ISAPI, XML": (CAMERA_ALARMS.name, isapi_xml),
    "Hikvision ISAPI, JSON": (CAMERA_ALARMS.name, isapi_json),
    "Hikvision iSC": (CAMERA_ALARMS.name, isc),
    "Dahua": (CAMERA_ALARMS.name, dahua),
    "LinkVisual": (CAMERA_ALARMS.name, linkvisual),
    "VIAS": (CAMERA_ALARMS.name, vias),
    "GB/T 28181": (CAMERA_ALARMS.name, gb28181),
    "GA/T 1400": (CAMERA_ALARMS.name, gat1400),
    "Frigate": (CAMERA_ALARMS.name, frigate),
    "own CloudEvent": (CAMERA_ALARMS.name, own),
}
"""Every format without pictures: its topic and its maker."""
WITH_PICTURES: Mapping[str, tuple[str, Make]] = {
    "Hikvision ISAPI, multipart": (CAMERA_ALARMS.name, isapi_multipart),
}
