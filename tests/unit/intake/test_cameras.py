"""Cameras: each vendor's quirks as they are met on the wire."""

from contextlib import suppress
from typing import Any

import pytest

from schemas.report import Source
from services.intake.adapters.cameras import VENDORS, statements
from services.intake.domain.submission import Life, Statement
from services.kernel.errors import Unprocessable
from tests.unit.intake.records import (
    ESTATE,
    GROUND,
    NOON,
    RECEPTION,
    admitted,
    letter,
    record,
)

ISAPI = """<?xml version="1.0" encoding="UTF-8"?>
<EventNotificationAlert version="2.0" xmlns="http://www.isapi.org/ver20/XMLSchema">
<ipAddress>10.0.0.8</ipAddress><channelID>1</channelID>
<dateTime>2026-03-02T12:0{minute}:41+08:00</dateTime><activePostCount>{posts}</activePostCount>
<eventType>{kind}</eventType><eventState>{state}</eventState><eventDescription>x</eventDescription>
</EventNotificationAlert>"""


def isapi(kind: str, posts: int = 1, state: str = "active", minute: int = 0) -> bytes:
    """One post of a Hikvision device."""
    return ISAPI.format(kind=kind, posts=posts, state=state, minute=minute).encode()


def only(body: bytes | dict[str, Any], **headers: str) -> Statement:
    """The one thing that a post says."""
    (said,) = statements(letter(body, **headers))
    return said


def code(said: Statement) -> str:
    """The vendor's code in it."""
    assert said.camera is not None
    return said.camera.code


def test_isapi_raises_once_then_updates_then_ends_in_one_thread() -> None:
    posts = [
        only(isapi("fielddetection")),
        only(isapi("fielddetection", posts=2, minute=3)),
        only(isapi("fielddetection", posts=2, state="inactive", minute=5)),
    ]
    assert [each.life for each in posts] == [Life.NEW, Life.UPDATE, Life.END]
    assert len({each.thread for each in posts}) == 1


def test_isapi_heartbeats_are_no_report_but_a_lost_picture_does() -> None:
    beats = (isapi("videoloss", state="inactive"), isapi("heartBeat"))
    assert [only(each).life for each in beats] == [Life.HEARTBEAT, Life.HEARTBEAT]
    records = [record(each, "upstream.camera.alarms") for each in beats]
    read = RECEPTION.readers()["upstream.camera.alarms"]
    assert [list(read(each)) for each in records] == [[], []]
    assert only(isapi("videoloss")).text == "摄像机报警：视频信号丢失"


def test_isapi_tosses_in_different_minutes_are_two_and_are_express() -> None:
    first = only(isapi("objectsThrownDetection"))
    second = only(isapi("objectsThrownDetection", minute=4))
    assert first.thread != second.thread and first.life is Life.PULSE
    assert (first.hint, first.text) == ("91001", "摄像机报警：疑似高空抛物")
    assert admitted(first).express


def test_isapi_as_json_and_as_multipart_with_a_picture_says_the_same() -> None:
    fields = {
        "ipAddress": "10.0.0.8",
        "channelID": 1,
        "dateTime": "2026-03-02T12:00:41+08:00",
        "activePostCount": 1,
        "eventType": "parking",
        "eventState": "active",
    }
    body = (
        b"--edge\r\nContent-Type: application/xml; charset=UTF-8\r\n\r\n"
        + isapi("parking")
        + b"\r\n--edge\r\nContent-Type: image/jpeg\r\nContent-ID: p1\r\n\r\n"
        + b"\xff\xd8picture\r\n--edge--\r\n"
    )
    posted = only(body, content__type="multipart/form-data; boundary=edge")
    assert posted.thread == only(fields).thread and posted.hint == "09009"
    assert posted.media == (b"\xff\xd8picture",)


def isc(status: int, **more: Any) -> dict[str, Any]:
    """One event of the iSC platform, with the stray space in its time."""
    return {
        "eventId": "E1",
        "eventLvl": 1,
        "status": status,
        "srcIndex": "CAM-0000",
        "eventType": 131588,
        "happenTime": "2026-03-02T 11:59:47.000+08:00",
        **more,
    }


def posted(*events: dict[str, Any]) -> dict[str, Any]:
    """A post of the iSC platform."""
    return {"method": "OnEventNotify", "params": {"events": list(events)}}


def test_isc_tolerates_the_stray_space_in_its_time() -> None:
    said = only(posted(isc(1)))
    assert said.reported_at is not None and said.reported_at < NOON


def test_isc_statuses_are_the_life_of_one_alarm() -> None:
    picture = isc(5, data={"imageUrl": "http://10.0.0.9/p.jpg"})
    said = statements(letter(posted(isc(0), isc(1), isc(2), isc(3), isc(4), picture)))
    assert [each.life for each in said] == [
        Life.PULSE,
        Life.NEW,
        Life.END,
        Life.PULSE,
        Life.UPDATE,
        Life.UPDATE,
    ]
    assert len({each.thread for each in said}) == 1
    assert said[-1].media == ("http://10.0.0.9/p.jpg",)


def test_an_unknown_code_is_still_a_report_and_names_the_code() -> None:
    said = only(posted(isc(1, eventType=930335)))
    assert "930335" in said.text and said.hint is None


def toss(**more: Any) -> dict[str, Any]:
    """A toss as a Dahua gateway tells it."""
    return {
        "dwAlarmType": 0x28D,
        "deviceId": "CAM-0000",
        "nChannelID": 1,
        "nAction": 0,
        "nEventID": 5,
        "nGroupID": 0,
        "UTC": int(NOON.timestamp()),
        "nObjNum": 2,
        **more,
    }


@pytest.mark.parametrize("written", [653, "653", "0x28D", "EVENT_IVS_HIGH_TOSS_DETECT"])
def test_dahua_writes_its_code_in_many_ways(written: object) -> None:
    assert only(toss(dwAlarmType=written)).hint == "91001"


def test_dahua_pictures_of_one_toss_are_one_alarm_and_the_next_toss_another() -> None:
    grouped = [only(toss(nGroupID=77, nIndexInGroup=n, nEventID=n)) for n in (1, 2, 3)]
    assert len({each.thread for each in grouped}) == 1
    assert only(toss(nEventID=6)).thread != only(toss()).thread
    assert all(each.life is Life.PULSE for each in grouped)


def test_dahua_platform_says_that_it_was_a_false_alarm() -> None:
    assert only(toss(handleStat=3)).life is Life.WITHDRAW


def test_dahua_time_as_a_structure_of_parts_is_local() -> None:
    parts = {"dwYear": 2026, "dwMonth": 3, "dwDay": 2, "dwHour": 12, "dwMinute": 0, "dwSecond": 0}
    assert only(toss(UTC=parts)).reported_at == NOON


@pytest.mark.parametrize(
    ("told", "hint"),
    [(11027, "91001"), (13002, "09012"), (12002, "06010"), (10002, "09006"), (11023, "91002")],
)
def test_linkvisual_codes_are_categories(told: int, hint: str) -> None:
    event = {"iotId": "CAM-0000", "eventType": told, "eventId": "1", "eventTime": 1772424000000}
    assert only(event).hint == hint


def test_vias_is_a_blocked_fire_lane_and_keeps_its_picture_by_hash() -> None:
    event = {
        "event_type": 1179649,
        "alarm_type": 0,
        "task_id": "CAM-0000",
        "stream_id": "001",
        "timestamp": int(NOON.timestamp()),
        "message_id": "m-1",
        "image_base64": "/9j/4AAQ",
        "data": {"event_set": [{"detection_id": "d-1", "plate_id": "川A12345"}]},
    }
    said = only(event)
    assert (said.hint, said.camera and said.camera.alarm) == ("09012", "d-1")
    assert said.media == (b"\xff\xd8\xff\xe0\x00\x10",) and "川A12345" not in repr(admitted(said))


GB = """<?xml version="1.0" encoding="{encoding}"?><Notify><CmdType>Alarm</CmdType><SN>7</SN>
<DeviceID>51010400001320000001</DeviceID><AlarmPriority>1</AlarmPriority>
<AlarmMethod>5</AlarmMethod><AlarmTime>2026-03-02T12:00:00</AlarmTime>
<AlarmDescription>东门</AlarmDescription><Longitude>{x}</Longitude><Latitude>{y}</Latitude>{more}
</Notify>"""


def gb(more: str = "", encoding: str = "UTF-8") -> bytes:
    """One GB/T 28181 notification."""
    text = GB.format(encoding=encoding, more=more, x=ESTATE.longitude, y=ESTATE.latitude)
    return text.encode("utf-8" if encoding == "UTF-8" else "gb18030")


def test_gb28181_times_are_beijing_time_and_its_point_is_a_place() -> None:
    said = only(gb())
    assert said.reported_at == NOON
    assert admitted(said).place.micro_grid == ESTATE.micro_grid


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ("", "5"),
        ("<AlarmType>6</AlarmType>", "5/6"),
        ("<AlarmType>6</AlarmType><Info><AlarmType>2</AlarmType></Info>", "5/2"),
    ],
)
def test_gb28181_alarm_type_may_be_absent_at_the_top_or_inside_where_it_wins(
    more: str, told: str
) -> None:
    assert code(only(gb(more))) == told


def test_gb28181_in_gb2312_is_read() -> None:
    assert "东门" in only(gb(encoding="GB2312")).text


def test_gat1400_tells_the_kinds_of_its_lists_and_nothing_of_the_persons() -> None:
    notification = {
        "NotificationID": "N1",
        "SubscribeID": "S1",
        "Title": "消防通道",
        "TriggerTime": "20260302120000",
        "InfoIDs": "I1",
        "FaceObjectList": {
            "FaceObject": [{"DeviceID": "CAM-0000", "IDNumber": "51010419900101123X"}]
        },
    }
    listed = {"SubscribeNotificationObject": [notification]}
    said = only({"SubscribeNotificationListObject": listed})
    assert (code(said), said.reported_at) == ("Face", NOON)
    assert "51010419900101123X" not in str(said.text) + str(said.camera)


@pytest.mark.parametrize("kind", ["new", "update", "end"])
def test_frigate_types_are_the_life(kind: str) -> None:
    after = {"id": "1.2-a", "camera": "gate", "label": "fire", "start_time": NOON.timestamp()}
    assert only({"type": kind, "before": {}, "after": after}).life is Life(kind)


def test_frigate_scores_count_where_it_has_not_judged_itself() -> None:
    after: dict[str, Any] = {"id": "1", "camera": "gate", "label": "fire", "top_score": 0.8}
    assert only({"type": "new", "after": after}).score == 0.8
    assert only({"type": "new", "after": after | {"false_positive": False}}).score is None


def test_frigate_without_a_type_that_it_has_is_refused_by_name() -> None:
    with pytest.raises(Unprocessable, match="type"):
        statements(letter({"after": {"camera": "gate"}}, hub__vendor="frigate"))


def test_a_post_that_names_neither_device_nor_code_invents_no_alarm() -> None:
    with pytest.raises(Unprocessable, match="设备号"):
        statements(letter({"type": "new", "after": {}}))


def test_isapi_pictures_by_address_are_taken_beside_those_that_came_along() -> None:
    fields = {"eventType": "parking", "eventState": "active", "ipAddress": "10.0.0.8"}
    assert only(fields | {"bkgUrl": "http://10.0.0.8/a.jpg"}).media == ("http://10.0.0.8/a.jpg",)


def test_isc_takes_the_time_of_the_post_where_the_event_has_none() -> None:
    post = posted(isc(1, happenTime=""))
    post["params"]["sendTime"] = "2026-03-02T12:00:00.000+08:00"
    assert only(post).reported_at == NOON


def test_an_end_in_another_zone_and_hours_off_still_ends_its_alarm() -> None:
    start, end = (
        isc(status, happenTime=at)
        for status, at in ((1, "2026-03-02T12:00:00.000+08:00"), (2, "2026-03-01 20:00:00"))
    )
    said = statements(letter(posted(start, end)))
    assert said[0].thread == said[1].thread and said[1].life is Life.END
    assert admitted(said[1]).reported_at == NOON


def test_frigate_false_positives_open_nothing() -> None:
    after = {"id": "1", "camera": "gate", "label": "fire", "false_positive": True}
    assert only({"type": "new", "before": {}, "after": after}).life is Life.END


def test_our_own_shape_comes_as_a_cloudevent() -> None:
    data = {"device": "CAM-0000", "channel": "1", "code": "x", "alarm": "A9", "category": "91001"}
    event = {"specversion": "1.0", "id": "1", "source": "//gate", "type": "t", "data": data}
    said = only(event, content__type="application/cloudevents+json")
    kept = admitted(said)
    assert kept.express and kept.place.estate == ESTATE.name
    assert said.thread == "camera:plain:CAM-0000:1:A9"


def test_a_registered_camera_knows_where_it_looks() -> None:
    camera = GROUND.cameras[3]
    data = {"device": camera.device, "channel": camera.channel, "code": "x"}
    assert admitted(only(data)).place.estate == camera.estate


def test_a_named_vendor_is_taken_at_its_word_and_an_unknown_one_is_refused() -> None:
    assert code(only({"szName": "x", "deviceId": "D"}, hub__vendor="dahua")) == ""
    with pytest.raises(Unprocessable, match="hub-vendor"):
        statements(letter({"a": 1}, hub__vendor="nobody"))


def test_a_shape_that_nobody_knows_is_refused() -> None:
    with pytest.raises(Unprocessable, match="认不出"):
        statements(letter({"hello": "world"}))


@pytest.mark.parametrize("vendor", list(VENDORS))
def test_no_vendor_fails_on_fields_of_the_wrong_kind(vendor: str) -> None:
    odd: dict[str, Any] = {
        "EventNotificationAlert": ["x"],
        "params": "x",
        "nChannelID": {},
        "UTC": {"dwYear": None},
        "data": [],
        "Notify": "x",
        "SubscribeNotificationListObject": [],
        "after": None,
        "type": "new",
        "pictures": 5,
        "image_base64": 7,
    }
    with suppress(Unprocessable):
        heard = statements(letter(odd, hub__vendor=vendor))
        assert all(admitted(said).source is Source.CAMERA for said in heard)


@pytest.mark.parametrize(
    "body",
    [
        b'<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>',
        b'<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>',
        b"<a><b></a>",
        b"<?xml version='1.0' encoding='utf-7'?><a/>",
        b"<a>" * 100 + b"</a>" * 100,
        b"<a>" * 5_000 + b"</a>" * 5_000,
        b"<a>" + b"<b/>" * 6_000 + b"</a>",
        b"\xff<a/>",
        b"",
    ],
)
def test_hostile_xml_is_refused(body: bytes) -> None:
    with pytest.raises(Unprocessable):
        statements(letter(body))


def test_a_multipart_without_a_post_is_refused() -> None:
    with pytest.raises(Unprocessable, match="multipart"):
        statements(letter(b"--e--", content__type="multipart/form-data; boundary=e"))
