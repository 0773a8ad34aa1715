"""A row of a file on its way: the same file twice leads to no second report."""

from schemas.flow import HOTLINE_TICKETS
from schemas.report import ReportReceived, ReportUpdated
from services.intake.adapters.ticket_rows import read_row
from tests.unit.intake.records import record
from tests.unit.intake.test_reader import worked

ROWS = (
    {"工单编号": "T1", "诉求内容": "路灯不亮", "派发时间": "2026/3/2 11:25:05"},
    {"工单编号": "T2", "诉求主题": "水管", "诉求内容": "漏水"},
    {"工单编号": "T1", "诉求内容": "【催单】还没人来", "派发时间": "2026/3/3 9:00"},
)


def test_a_file_that_is_imported_twice_is_heard_once() -> None:
    records = [record(read_row(row).value, HOTLINE_TICKETS.name) for row in ROWS]
    events = [each.event for each in worked(*records, *records).outcome.emitted]
    assert [type(each) for each in events] == [ReportReceived, ReportReceived, ReportUpdated]
    assert {each.report_id for each in events if isinstance(each, ReportReceived)} == {
        read_row(row).report_id for row in ROWS
    }
