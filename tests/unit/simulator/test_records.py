from pathlib import Path

import orjson
import pytest

from deploy.simulator.errors import SimulatorError
from deploy.simulator.records import Edition, Upstream, interleaved, read_alarms, read_tickets

AS_IT_IS = Edition(keep_time=True)


def written(tmp_path: Path, text: str, encoding: str = "utf-8") -> Path:
    path = tmp_path / "input"
    path.write_text(text, encoding=encoding)
    return path


def test_a_message_of_the_board_becomes_a_ticket_keyed_by_its_number(tmp_path: Path) -> None:
    columns = "留言编号,留言用户,留言主题,留言时间,留言详情,label"
    text = f'{columns}\n7,u,花盆,2019/2/28 8:00:00,"掉\n下",x\n'
    [ticket] = read_tickets(written(tmp_path, text), AS_IT_IS)
    assert ticket.key == b"7"
    assert orjson.loads(ticket.value) == {
        "留言编号": "7",
        "留言用户": "u",
        "留言主题": "花盆",
        "留言时间": "2019/2/28 8:00:00",
        "留言详情": "掉\n下",
    }


def test_a_ticket_of_the_hotline_passes_with_all_its_filled_columns(tmp_path: Path) -> None:
    path = written(tmp_path, "工单编号,诉求内容,工单类型,标签\nA1,路灯不亮,求助,\n", "gb18030")
    [ticket] = read_tickets(path, AS_IT_IS)
    assert orjson.loads(ticket.value) == {
        "工单编号": "A1",
        "诉求内容": "路灯不亮",
        "工单类型": "求助",
    }


def test_a_file_without_ticket_numbers_is_refused_with_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(SimulatorError, match="neither a column 留言编号 nor"):
        read_tickets(written(tmp_path, "a,b\n1,2\n"), AS_IT_IS)


def test_alarms_are_keyed_by_device_and_name_their_vendor(tmp_path: Path) -> None:
    lines = [
        '{"iotId":"CAM-1","eventCode":"11027","eventId":"x"}',
        '{"vendor":"gb28181","body":"<Notify><DeviceID>D9</DeviceID></Notify>"}',
        "<EventNotificationAlert><ipAddress>10.0.0.1</ipAddress></EventNotificationAlert>",
    ]
    plain, named, xml = read_alarms(written(tmp_path, "\n".join(lines) + "\n\n"), AS_IT_IS)
    assert (plain.key, named.key, xml.key) == (b"CAM-1", b"D9", b"10.0.0.1")
    assert dict(plain.headers) == {"content-type": b"application/json"}
    assert dict(named.headers) == {"content-type": b"application/xml", "hub-vendor": b"gb28181"}
    assert named.value.startswith(b"<Notify>")


def test_a_line_that_is_no_alarm_is_refused_by_its_number(tmp_path: Path) -> None:
    with pytest.raises(SimulatorError, match="line 2: neither JSON nor XML"):
        read_alarms(written(tmp_path, '{"a":1}\nnonsense\n'), AS_IT_IS)


def test_a_fresh_edition_renews_ids_and_keeps_posts_of_one_alarm_together(tmp_path: Path) -> None:
    toss = {"nChannelID": 1, "nAction": 0, "nEventID": 5, "deviceId": "CAM-1"}
    line = orjson.dumps(toss).decode()
    first, second = read_alarms(written(tmp_path, f"{line}\n{line}\n"), Edition(fresh=True))
    assert first.value == second.value
    renewed = orjson.loads(first.value)
    assert renewed["nEventID"] != 5
    assert {**renewed, "nEventID": 5} == toss


def test_a_fresh_ticket_is_another_ticket(tmp_path: Path) -> None:
    path = written(tmp_path, "工单编号,诉求内容\nA1,路灯不亮\n")
    [one], [other] = (read_tickets(path, Edition(fresh=True)) for _ in range(2))
    assert one.key != other.key
    assert one.key is not None and one.key.startswith(b"A1-")


def test_two_files_are_mixed_evenly_each_in_its_own_order() -> None:
    tickets, alarms = (
        [Upstream(t, None, b"", label=f"{t}{n}") for n in range(m)] for t, m in (("t", 4), ("a", 2))
    )
    mixed = [each.label for each in interleaved(tickets, alarms)]
    assert mixed == ["t0", "a0", "t1", "t2", "a1", "t3"]
