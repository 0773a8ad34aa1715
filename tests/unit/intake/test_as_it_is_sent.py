"""What senders really send: other wrappers, headers, encodings, boundaries; none of it is lost."""

import json
from base64 import encodebytes
from datetime import UTC, datetime
from typing import Any

import pytest

from services.intake.adapters import cameras, hotline, messages
from services.intake.adapters.envelope import open_letter
from services.intake.domain.submission import Life
from services.kernel.errors import Unprocessable
from services.reference.calendar import BEIJING
from services.reference.ground import load_ground
from services.reference.written import read_time
from tests.unit.intake.fronts import Counter
from tests.unit.intake.records import RECEPTION, letter, record

DEVICE = load_ground().cameras[0].device
TICKET = {"工单编号": "T1", "诉求内容": "2栋楼道堆物"}
FRIGATE = {"type": "new", "before": {}, "after": {"id": "1", "camera": DEVICE, "label": "car"}}
EVENT = {"specversion": "1.0", "id": "1", "source": "//city", "type": "t"}
POST = (
    f"<EventNotificationAlert><macAddress>{DEVICE}</macAddress><channelID>1</channelID>"
    "<dateTime>2026-03-02T12:00:00+08:00</dateTime><channelName>东门</channelName>"
    "<eventType>fielddetection</eventType><eventState>active</eventState></EventNotificationAlert>"
)
TOSS = {"nChannelID": 1, "nEventID": 7, "stuObjInfos": [], "nObjNum": 0, "deviceId": DEVICE}


@pytest.mark.parametrize(
    "sent",
    [
        [TICKET],
        {"data": TICKET},
        {"code": 0, "msg": "ok", "data": [TICKET]},
        {"body": {"data": TICKET}},
        {"result": {"records": [TICKET]}},
        EVENT | {"data": [TICKET]},
        EVENT | {"data_base64": encodebytes(json.dumps(TICKET).encode()).decode()},
    ],
)
def test_a_ticket_is_found_in_what_is_put_around_it(sent: Any) -> None:
    (said,) = hotline.statements(letter(sent))
    assert said.thread == "hotline_12345:T1" and said.text == TICKET["诉求内容"]


def test_several_tickets_in_one_post_are_several_reports() -> None:
    unnumbered = {"诉求内容": "路灯不亮"}
    said = hotline.statements(letter([TICKET, TICKET | {"工单编号": "T2"}, unnumbered, unnumbered]))
    assert len({each.thread for each in said}) == 4


@pytest.mark.parametrize("sent", [[], {"data": []}, ["T1"], {"data": "T1"}, [TICKET] * 501, {}])
def test_what_holds_no_ticket_is_refused(sent: Any) -> None:
    with pytest.raises(Unprocessable):
        hotline.statements(letter(sent))


def test_a_message_and_an_alarm_are_found_in_their_wrappers_too() -> None:
    told = {"source": "wechat_group", "text": "2栋楼道堆物", "message_id": "m1"}
    assert messages.statements(letter({"data": [told]}))[0].thread == "wechat_group:m1"
    for sent in ([FRIGATE], {"code": 0, "data": FRIGATE}, {"body": [FRIGATE]}):
        assert [each.title for each in cameras.statements(letter(sent))] == ["摄像机报警：发现车辆"]
    assert len(cameras.statements(letter([FRIGATE, FRIGATE | {"type": "end"}]))) == 2


@pytest.mark.parametrize(
    "headers",
    [
        {"CE_SPECVERSION": "1.0", "CE_ID": "9", "CE_SOURCE": "//city"},
        {"Ce_Specversion": "1.0", "Ce_Id": "9", "Ce_Source": "//city"},
        {"ce-specversion": "1.0", "ce-id": "9", "ce-source": "//city"},
    ],
)
def test_a_binary_event_is_known_by_its_headers_however_they_are_written(
    headers: dict[str, str],
) -> None:
    one = record(TICKET)
    one.headers = [(name, value.encode()) for name, value in headers.items()]
    assert id_of(one) == "//city/9"


def id_of(one: Any) -> str:
    """The id by which what follows from a record is known."""
    (message,) = RECEPTION.readers()["upstream.hotline.tickets"](one)
    return message.id


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (POST.encode("gb18030"), ""),
        (POST.encode("gb18030"), "application/xml; charset=GBK"),
        (b'<?xml version="1.0" encoding="GB2312"?>\n' + POST.encode("gb18030"), ""),
        (b"<?xml version='1.0' encoding='gb18030'?>" + POST.encode("gb18030"), ""),
        (b'<?xml version="1.0" encoding="GB2312"?>' + POST.encode(), ""),
        (b'<?xml version="1.0" encoding="UTF-8"?>' + POST.encode("gb18030"), ""),
        (b'\xef\xbb\xbf\r\n<?xml version="1.0" encoding="utf-8"?>' + POST.encode(), ""),
        (b'\xef\xbb\xbf<?xml version="1.0" encoding="GBK"?>' + POST.encode(), "text/xml"),
    ],
)
def test_xml_is_read_in_the_character_set_that_it_is_in(body: bytes, content_type: str) -> None:
    (said,) = cameras.statements(open_letter({"content-type": content_type}, body, "r"))
    assert said.text == "摄像机报警：区域入侵（东门）"


def test_other_character_sets_of_xml_are_left_to_its_declaration() -> None:
    declared = '<?xml version="1.0" encoding="iso-8859-1"?>' + POST.replace("东门", "caf\xe9")
    (said,) = cameras.statements(letter(declared.encode("latin-1")))
    assert said.text == "摄像机报警：区域入侵（caf\xe9）"


PICTURE = b"\xff\xd8\xff\xe0 picture"


@pytest.mark.parametrize("name", ["image/jpeg", "application/octet-stream", ""])
@pytest.mark.parametrize(
    "header",
    [
        "multipart/form-data; boundary=edge",
        'multipart/mixed; boundary="edge"',
        "multipart/form-data; boundary=another",
        "multipart/form-data",
        "application/octet-stream",
        "",
    ],
)
def test_a_multipart_is_read_by_the_boundary_that_is_there(header: str, name: str) -> None:
    told = f"Content-Type: {name}\r\n" if name else "Content-Disposition: form-data\r\n"
    body = b"--edge\r\n%s\r\n%s\r\n--edge\r\nContent-Type: text/xml\r\n\r\n%s\r\n--edge--\r\n"
    body %= (told.encode(), PICTURE, POST.encode())
    (said,) = cameras.statements(open_letter({"content-type": header}, body, "r"))
    assert said.media == (PICTURE,) and said.camera and said.camera.device == DEVICE


@pytest.mark.parametrize(
    "more", [{}, {"Code": "HighTossDetect"}, {"event": "EVENT_IVS_HIGH_TOSS_DETECT"}]
)
def test_a_toss_of_dahua_need_not_bear_its_number(more: dict[str, str]) -> None:
    (said,) = cameras.statements(letter(TOSS | more))
    assert (said.hint, said.life) == ("91001", Life.PULSE)


def test_what_gb28181_devices_say_of_themselves_is_a_heartbeat() -> None:
    beat = f"<Notify><CmdType>Keepalive</CmdType><DeviceID>{DEVICE}</DeviceID></Notify>"
    assert cameras.statements(letter(beat.encode()))[0].life is Life.HEARTBEAT


def test_linkvisual_without_an_iot_id_is_known_by_its_codes() -> None:
    (said,) = cameras.statements(letter({"deviceName": DEVICE, "eventType": "13002"}))
    assert said.hint == "09012"
    with pytest.raises(Unprocessable):
        cameras.statements(letter({"deviceName": DEVICE, "eventType": "x"}))


def test_frigate_judges_in_words_too_and_may_have_forgotten_what_is_after() -> None:
    judged = FRIGATE["after"] | {"false_positive": "true"}  # type: ignore[operator]
    assert cameras.statements(letter(FRIGATE | {"after": judged}))[0].life is Life.END
    ended = {"type": "end", "before": FRIGATE["after"], "after": None}
    assert cameras.statements(letter(ended))[0].life is Life.END


def test_a_number_that_a_table_made_a_fraction_is_the_same_number() -> None:
    assert hotline.number_of({"工单编号": 20260302001.0}) == "20260302001"


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("20260302", datetime(2026, 3, 2, tzinfo=BEIJING)),
        ("20260302T090500Z", datetime(2026, 3, 2, 9, 5, tzinfo=UTC)),
        ("20260302090500.250+0800", datetime(2026, 3, 2, 9, 5, 0, 250_000, tzinfo=BEIJING)),
        ("2026-03-02T09:05:00+08", datetime(2026, 3, 2, 9, 5, tzinfo=BEIJING)),
        ("2026-03-02 24:00:00", datetime(2026, 3, 3, tzinfo=BEIJING)),
        ("2026-03-02 24:00:01", None),
        ("2026-03-02 上午9:05", datetime(2026, 3, 2, 9, 5, tzinfo=BEIJING)),
        ("2026年3月2日下午3点05分", datetime(2026, 3, 2, 15, 5, tzinfo=BEIJING)),
        ("2026-3-2 12:05:00 AM", datetime(2026, 3, 2, 0, 5, tzinfo=BEIJING)),
        ("2026-3-2 12:05 pm", datetime(2026, 3, 2, 12, 5, tzinfo=BEIJING)),
        ("2026/3/2 9:05:00 PM", datetime(2026, 3, 2, 21, 5, tzinfo=BEIJING)),
        ("1772413500.5", datetime(2026, 3, 2, 1, 5, 0, 500_000, tzinfo=UTC)),
        (1_772_413_500_000_000, datetime(2026, 3, 2, 1, 5, tzinfo=UTC)),
        ("20261332", None),
        ("9:05", None),
    ],
)
def test_times_are_read_as_further_systems_write_them(written: object, read: object) -> None:
    assert read_time(written) == read


async def test_over_http_a_cloudevent_is_opened_as_on_a_topic(counter: Counter) -> None:
    told = {"report_id": "r-1", "text": "2栋楼道堆物"}
    body = json.dumps(EVENT | {"data": told}).encode()
    answer = await counter.send("workers", body, "a-key-for-workers")
    assert answer.status_code == 202
    assert answer.json()["reports"][0]["thread"] == "collector:workers:r-1"
