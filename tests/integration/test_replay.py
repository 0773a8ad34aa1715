"""`hub replay` and what is looked at afterwards, on real servers and services."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import orjson
import pytest

from tests.harness import Hub

pytestmark = [pytest.mark.integration, pytest.mark.slow, pytest.mark.timeout(300)]

TICKETS = """留言编号,留言用户,留言主题,留言时间,留言详情
R1,u1,云栖一期3栋高空抛物,2019/2/28 11:25:05,云栖一期3栋楼上有人往下扔东西，掉下来一个花盆
R2,u2,云栖一期3栋又有人高空抛物,2019/2/28 12:25:05,云栖一期3栋楼上又丢玻璃瓶下来了，请来查
R3,u3,咨询加装电梯,2019/2/28 13:25:05,老楼加装电梯有什么补贴，要准备哪些材料
R4,u4,松栖一期1栋燃气泄漏,2019/2/28 14:25:05,松栖一期1栋楼道里天然气泄漏，味道很大，快来人
"""
TOSS = {"iotId": "CAM-0050", "channel": "1", "eventCode": "11027", "eventId": "x1"}
HEARTBEAT = (
    '<EventNotificationAlert version="2.0"><ipAddress>10.0.0.1</ipAddress><channelID>1</channelID>'
    "<dateTime>2017-07-19T10:06:41+08:00</dateTime><eventType>videoloss</eventType>"
    "<eventState>inactive</eventState></EventNotificationAlert>"
)
ALARMS = (
    TOSS,
    TOSS,
    {"vendor": "hikvision_isapi", "content_type": "application/xml", "body": HEARTBEAT},
    {"vendor": "nobody", "eventTime": 1700000000000},
)


@pytest.fixture(scope="module")
def tickets(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("input") / "tickets.csv"
    path.write_text(TICKETS, encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def alarms(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("input") / "alarms.jsonl"
    path.write_bytes(b"\n".join(map(orjson.dumps, ALARMS)))
    return path


def run(hub: Hub, *arguments: object) -> tuple[int, Any]:
    """A command of `hub` as a process of its own: its exit code, and the JSON it printed."""
    ports = {f"HUB_{name.upper()}_HTTP_PORT": str(port) for name, port in hub.ports.items()}
    done = subprocess.run(
        [sys.executable, "-m", "services.cli.main", *map(str, arguments), "--json"],
        env={
            **os.environ,
            **ports,
            "HUB_HOME": str(hub.servers.home),
            "HUB_KAFKA_BOOTSTRAP": hub.servers.kafka,
            "HUB_POSTGRES_DSN": hub.servers.postgres_dsn,
        },
        capture_output=True,
        text=True,
        timeout=200,
        check=False,
    )
    assert "Traceback" not in done.stderr, done.stderr
    return done.returncode, json.loads(done.stdout or "null")


@pytest.fixture(scope="module")
def replayed(hub: Hub, tickets: Path, alarms: Path) -> dict[str, Any]:
    code, found = run(hub, "replay", "--hotline", tickets, "--cameras", alarms)
    assert code == 0, found
    return dict(found)


def test_every_record_comes_to_an_end_of_its_own(replayed: dict[str, Any]) -> None:
    counts = (
        "sent",
        "received",
        "silent",
        "updated",
        "dead_letters",
        "lost",
        "incidents",
        "merged",
    )
    assert {name: replayed[name] for name in counts} == {
        "sent": 8,
        "received": 5,
        "silent": 2,
        "updated": 0,
        "dead_letters": 1,
        "lost": 0,
        "incidents": 4,
        "merged": 1,
    }
    assert replayed["dispatched"] == replayed["closed"] == 4
    assert replayed["rectification_rate"] == 1.0
    assert replayed["refused_steps"] == 0


def test_every_stage_is_measured(replayed: dict[str, Any]) -> None:
    for stage, found in replayed["latency_ms"].items():
        assert found["count"] > 0 and 0 <= found["p50"] <= found["p99"], stage


def test_the_same_file_again_makes_nothing_new(
    hub: Hub, replayed: dict[str, Any], tickets: Path
) -> None:
    code, found = run(hub, "replay", "--hotline", tickets)
    assert (code, found["lost"], found["received"], found["silent"]) == (0, 0, 0, 4)


def test_a_fresh_replay_is_followed_up_to_the_dispatch_where_nobody_acts(
    hub: Hub, replayed: dict[str, Any], tickets: Path
) -> None:
    code, found = run(hub, "replay", "--hotline", tickets, "--fresh", "--no-people", "--rate", 20)
    assert (code, found["lost"], found["waited_for"]) == (0, 0, "dispatched")
    assert found["received"] == 4
    assert found["incidents"] == found["dispatched"] == 3
    assert found["closed"] == 0


def test_the_life_of_a_ticket_can_be_told(hub: Hub, replayed: dict[str, Any]) -> None:
    code, found = run(hub, "trace", "R1")
    types = [event["type"] for event in found["events"]]
    road = ("report.received", "incident.classified", "incident.dispatched", "case.closed")
    places = [types.index(f"hub.{name}.v1") for name in road]
    assert code == 0
    assert places == sorted(places)
    incident = found["events"][places[1]]["subject"]
    assert run(hub, "trace", incident[:13])[1]["events"] == found["events"]
    assert all(found["events"][place]["why"] for place in places[1:3])


def test_topics_show_that_nobody_is_behind(hub: Hub, replayed: dict[str, Any]) -> None:
    _, found = run(hub, "topics")
    by_name = {each["topic"]: each for each in found}
    assert by_name["upstream.camera.alarms"]["records"] == 4
    assert by_name["hub.reports.v1.express"]["lane"] == "express"
    assert [each["topic"] for each in found if any(each["lag"].values())] == []


def test_the_doctor_finds_nothing_wrong_and_names_the_dead_letter(
    hub: Hub, replayed: dict[str, Any]
) -> None:
    code, found = run(hub, "doctor")
    verdicts = {each["name"]: each["verdict"] for each in found["checks"]}
    assert code == 0 and found["ok"], found
    assert [name for name, verdict in verdicts.items() if verdict != "ok"] == [
        "intake dead letters"
    ]


def test_a_dead_letter_is_listed_shown_and_redriven(hub: Hub, replayed: dict[str, Any]) -> None:
    _, [letter] = run(hub, "deadletters", "list")
    _, shown = run(hub, "deadletters", "show", letter["name"])
    assert shown["headers"]["hub-vendor"] == "nobody"
    _, dry = run(hub, "deadletters", "redrive", "--all")
    assert [each["result"] for each in dry["records"]] == ["would be redriven"]
    assert run(hub, "deadletters", "list")[1] == [letter]
    code, done = run(hub, "deadletters", "redrive", "--id", letter["name"], "--apply")
    assert (code, [each["result"] for each in done["records"]]) == (0, ["redriven"])
    assert letter["name"] not in {each["name"] for each in run(hub, "deadletters", "list")[1]}


def test_a_dead_letter_opens_for_a_role_and_a_reason_and_both_are_written_down(
    hub: Hub, replayed: dict[str, Any]
) -> None:
    _, [letter, *_] = run(hub, "deadletters", "list", "--redriven")
    asking = ("deadletters", "show", letter["name"], "--clear")
    assert run(hub, *asking, "--role", "clerk", "--reason", "核对报文格式")[0] == 1
    why = ("--role", "duty_leader", "--reason", "核对报文格式", "--who", "D-7")
    code, shown = run(hub, *asking, *why)
    assert code == 0 and "nobody" in shown["body"]
    _, seen = run(hub, "unmask", "--audit")
    traces = [(e["who"], e["granted"]) for e in seen if e["thread"].startswith("deadletter/")]
    assert traces[0] == ("D-7", True) and traces[1][1] is False


def test_an_imported_file_goes_through_the_hub_and_twice_is_once(hub: Hub, tmp_path: Path) -> None:
    rows = [f"IM{number},云栖一期{number}栋路灯坏了，一片漆黑" for number in (1, 2, 3, 4)]
    first = imported(tmp_path / "first.csv", *rows[:3], ",没有编号也没有别的")
    again = imported(tmp_path / "again.csv", *rows)
    before = reports(hub)
    code, found = run(hub, "import", first)
    assert (code, found["sent"], found["refused"]) == (1, 3, 1)
    while reports(hub) < before + 3:
        pass
    assert run(hub, "import", again)[0] == 0
    while reports(hub) < before + 4:
        pass
    assert reports(hub) == before + 4


def imported(path: Path, *rows: str) -> Path:
    path.write_text("\n".join(["工单编号,诉求内容", *rows]), encoding="gb18030")
    return path


def reports(hub: Hub) -> int:
    """How many reports there are, once all tickets have been taken in."""
    while True:
        by_name = {each["topic"]: each for each in run(hub, "topics")[1]}
        if not any(by_name["upstream.hotline.tickets"]["lag"].values()):
            lanes = ("hub.reports.v1", "hub.reports.v1.express")
            return sum(int(by_name[each]["records"]) for each in lanes)


def test_what_is_stuck_is_called_lost_and_the_doctor_says_who_stands_still(
    hub: Hub, replayed: dict[str, Any], tmp_path: Path
) -> None:
    path = tmp_path / "tickets.csv"
    path.write_text("工单编号,诉求内容\nL1,岚栖一期2栋路灯坏了，晚上看不清路\n", encoding="utf-8")
    hub.kill("dispatch")
    code, found = run(hub, "replay", "--hotline", path, "--stall", 4)
    assert code == 1
    assert found["lost"] == len(found["lost_records"]) == 1
    code, examined = run(hub, "doctor")
    wrong = [each["name"] for each in examined["checks"] if each["verdict"] == "wrong"]
    assert (code, wrong) == (1, ["dispatch ready"])
    hub.start("dispatch")
