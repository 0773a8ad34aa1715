"""From records to decisions, through the kernel's own unit of work."""

from datetime import timedelta
from typing import Any, cast

from schemas.flow import CAMERA_ALARMS, HOTLINE_TICKETS, MESSAGES, Service
from schemas.report import ReportReceived
from services.hosting.service import outlet_of, readers_of
from services.intake.domain.thread import Pace
from services.intake.handlers import Desk
from services.intake.main import make_domain
from services.kernel.postgres import Pool
from services.kernel.record import Readers, Record
from services.kernel.work import Work
from tests.unit.intake.records import NOON, RECEPTION, record

READERS: Readers = readers_of(Service.INTAKE, RECEPTION.readers(), 1_048_576)
TICKET = {"工单编号": "T1", "诉求内容": "路灯坏了"}
TOSS = {"dwAlarmType": 653, "deviceId": "CAM-0000", "nChannelID": 1, "nAction": 0, "nEventID": 5}


def worked(*records: Record) -> Work:
    """The work that these records lead to, without a database."""
    pace = Pace()
    domain = make_domain(cast("Pool", None), pace)
    work = Work(domain, "intake", outlet_of(Service.INTAKE), NOON, Desk(pace))
    messages, rejected = READERS.read(records)
    for message in messages:
        work.take(message)
    work.rejected += rejected
    return work


def test_a_ticket_becomes_a_report_on_the_ordinary_lane_with_its_origin() -> None:
    (emitted,) = worked(record(TICKET, HOTLINE_TICKETS.name)).outcome.emitted
    assert (emitted.topic, emitted.sequence) == ("hub.reports.v1", 1)
    assert emitted.correlation == "upstream.hotline.tickets/0/7"


def test_danger_goes_express_and_all_that_follows_in_its_thread_too() -> None:
    again = record(TICKET | {"诉求内容": "已经灭了"}, HOTLINE_TICKETS.name)
    first = record(TICKET | {"诉求内容": "3栋着火了"}, HOTLINE_TICKETS.name)
    emitted = worked(first, again).outcome.emitted
    assert [each.topic for each in emitted] == ["hub.reports.v1.express"] * 2
    event = emitted[0].event
    assert isinstance(event, ReportReceived) and event.express


def test_a_graver_amendment_stays_in_the_lane_that_its_thread_has() -> None:
    first = record(TICKET, HOTLINE_TICKETS.name)
    graver = record(TICKET | {"诉求内容": "3栋着火了"}, HOTLINE_TICKETS.name)
    emitted = worked(first, graver).outcome.emitted
    assert [each.topic for each in emitted] == ["hub.reports.v1"] * 2
    assert [type(each.event).__name__ for each in emitted] == ["ReportReceived", "ReportUpdated"]


def test_a_retry_takes_the_same_lane_under_the_same_id() -> None:
    burning = record(TICKET | {"诉求内容": "3栋着火了"}, HOTLINE_TICKETS.name)
    (once,), (again,) = worked(burning).outcome.emitted, worked(burning).outcome.emitted
    assert (once.topic, once.id) == (again.topic, again.id)
    assert once.topic == "hub.reports.v1.express"


def test_the_hotlines_own_category_of_danger_goes_express() -> None:
    stuck = TICKET | {"SXDM": "51010891007", "诉求内容": "3栋1单元的梯子停在半空"}
    (emitted,) = worked(record(stuck, HOTLINE_TICKETS.name)).outcome.emitted
    assert emitted.topic == "hub.reports.v1.express"


def test_a_thrown_object_seen_by_a_camera_does_not_wait() -> None:
    (emitted,) = worked(record(TOSS, CAMERA_ALARMS.name)).outcome.emitted
    assert emitted.topic == "hub.reports.v1.express"


def test_several_alarms_in_one_record_have_ids_of_their_own() -> None:
    events = [
        {"eventId": f"E{n}", "status": 1, "srcIndex": "CAM", "eventType": 1} for n in range(3)
    ]
    body = {"method": "OnEventNotify", "params": {"events": events}}
    messages, _ = READERS.read([record(body, CAMERA_ALARMS.name)])
    assert [each.id.rpartition("/")[2] for each in messages] == ["7", "7#1", "7#2"]
    assert len({each.identity for each in messages}) == 3


def test_events_of_two_sources_that_both_count_from_one_lead_to_different_ids() -> None:
    records = [
        record(TICKET | {"工单编号": source}, HOTLINE_TICKETS.name, ce_id="1", ce_source=source)
        for source in ("a", "b")
    ]
    assert len({each.id for each in worked(*records).outcome.emitted}) == 2


def test_hostile_records_are_rejected_alone() -> None:
    bad: list[Any] = [b"{", b"\xff", b'{"a":' * 9_999, [], b'{"source":"fax","text":"13800138000"}']
    hostile = [record(body, MESSAGES.name) for body in bad]
    work = worked(*hostile, record(TICKET, HOTLINE_TICKETS.name))
    assert len(work.rejected) == len(bad) and len(work.outcome.emitted) == 1
    assert "13800138000" not in str([each.reason for each in work.rejected])


def test_a_header_that_is_not_utf8_is_refused() -> None:
    odd = record(TICKET, HOTLINE_TICKETS.name)
    broken = Record(odd.topic, 0, 8, odd.timestamp, None, odd.value, [("hub-vendor", b"\xff")])
    assert len(worked(broken).rejected) == 1


def test_an_alarm_wants_a_timer_and_a_ticket_does_not() -> None:
    alarm = record({"device": "C", "code": "x", "alarm": "1"}, CAMERA_ALARMS.name)
    wanted, _ = worked(alarm, record(TICKET, HOTLINE_TICKETS.name)).timers()
    assert [(subject, name) for subject, name, _ in wanted] == [("camera:plain:C::1", "resolve")]


def test_a_record_from_the_future_arrived_now() -> None:
    late = record(TICKET, HOTLINE_TICKETS.name)
    ahead = int((NOON + timedelta(days=20_000)).timestamp() * 1000)
    (emitted,) = worked(Record(late.topic, 0, 7, ahead, None, late.value, [])).outcome.emitted
    event = emitted.event
    assert isinstance(event, ReportReceived) and event.received_at.year < 2080
