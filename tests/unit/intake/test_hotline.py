"""Hotline tickets: both schemas, all envelopes, and everything that can be odd about them."""

from datetime import datetime
from typing import Any

import pytest

from schemas.report import TicketType
from services.intake.adapters.envelope import Letter
from services.intake.adapters.hotline import statements
from services.intake.domain.submission import Life, Statement
from services.kernel.errors import Unprocessable
from services.reference.calendar import BEIJING
from tests.unit.intake.records import ESTATE, admitted, letter

TICKET = {
    "工单编号": "2026030200017",
    "市级编号": "SJ-1",
    "办件来源": "12345热线",
    "工单类型": "投诉",
    "诉求主题": "消防通道被占",
    "诉求内容": f"{ESTATE.name}2栋1单元301的王小明反映消防通道被占，电话13800138000",
    "诉求人": "王小明",
    "诉求人电话": "13800138000",
    "派发时间": "2026/3/2 11:25:05",
    "承诺完成时间": "2026-03-05 18:00:00",
    "一个未来才有的字段": {"a": [1]},
}


def said(content: dict[str, Any]) -> Statement:
    """The one thing that a ticket says."""
    (only,) = statements(letter(content))
    return only


def test_a_ticket_is_read_by_its_chinese_fields_and_unknown_ones_are_ignored() -> None:
    found = said(TICKET)
    assert found.thread == "hotline_12345:2026030200017"
    assert found.ticket is not None and found.ticket.type is TicketType.COMPLAINT
    assert found.ticket.promised_at == datetime(2026, 3, 5, 18, tzinfo=BEIJING)
    assert found.reported_at == datetime(2026, 3, 2, 11, 25, 5, tzinfo=BEIJING)


def test_nothing_of_the_caller_is_left_after_reception() -> None:
    kept = admitted(said(TICKET)).model_dump_json()
    assert "13800138000" not in kept and "王小明" not in kept and "301" not in kept
    assert "王**" in kept and ESTATE.micro_grid in kept


def test_the_same_caller_has_the_same_pseudonym_in_every_ticket() -> None:
    first = admitted(said(TICKET)).reporter
    second = admitted(said(TICKET | {"工单编号": "2", "诉求人电话": "138 0013 8000"})).reporter
    assert first.pseudonym and first.pseudonym == second.pseudonym


def test_nothing_in_clear_shows_in_a_repr() -> None:
    assert "13800138000" not in repr(said(TICKET)) and "王小明" not in repr(said(TICKET))


def test_of_a_confidential_ticket_not_even_the_masked_name_is_kept() -> None:
    kept = admitted(said(TICKET | {"是否保密": "是"}))
    assert kept.ticket is not None and kept.ticket.confidential
    assert kept.reporter.name == "" and "王**" not in kept.reporter.model_dump_json()


def test_a_row_of_a_message_board_is_a_ticket_too() -> None:
    row = {
        "留言编号": "188006",
        "留言用户": "A000102948",
        "留言主题": "路灯不亮",
        "留言时间": "2019/2/28 11:25:05",
        "留言详情": "小区门口路灯不亮",
    }
    found = said(row)
    assert (found.thread, found.title) == ("hotline_12345:188006", "路灯不亮")
    assert admitted(found).reporter.pseudonym and not admitted(found).reporter.name


def test_a_standard_matter_gives_its_category_and_address() -> None:
    found = said(
        {"工单编号": "1", "SXDM": "51010809012", "SXMC": "占用消防通道", "SFWZ": ESTATE.name}
    )
    assert found.hint == "09012"
    assert admitted(found).place.estate == ESTATE.name


@pytest.mark.parametrize(
    ("changes", "life"),
    [
        ({"操作类型": "催单", "诉求内容": "怎么还没人来"}, Life.URGE),
        ({"诉求主题": "【催办】消防通道"}, Life.URGE),
        ({"催单次数": 2}, Life.URGE),
        ({"办件状态": "已撤单"}, Life.WITHDRAW),
        ({"诉求内容": "【撤单】已自行解决"}, Life.WITHDRAW),
        ({"操作类型": "补充说明"}, Life.UPDATE),
        ({"诉求内容": "楼上不听劝，催促过物业"}, Life.NEW),
    ],
)
def test_urging_withdrawing_and_adding_are_recognised(changes: dict[str, Any], life: Life) -> None:
    assert said(TICKET | changes).life is life


def test_an_urging_with_a_number_of_its_own_belongs_to_the_original_ticket() -> None:
    urging = said(TICKET | {"工单编号": "9", "原工单编号": "2026030200017", "操作类型": "催单"})
    assert urging.thread == said(TICKET).thread


def test_a_ticket_without_a_number_is_not_lost() -> None:
    assert said({"诉求内容": "漏水"}).thread == "hotline_12345:t/0/7"


def test_an_unreadable_time_and_an_unknown_type_lose_nothing_else() -> None:
    found = said(TICKET | {"派发时间": "昨天", "工单类型": "其他", "经度": "东经"})
    assert found.reported_at is None and found.ticket is not None and found.ticket.type is None


def envelope(kind: str) -> Letter:
    """The same ticket in each envelope."""
    if kind == "binary":
        return letter(TICKET, ce_specversion="1.0", ce_id="1", ce_source="//12345")
    event = {"specversion": "1.0", "id": "1", "source": "//12345", "type": "t", "data": TICKET}
    if kind == "structured, its content type forgotten":
        return letter(event, content__type="application/json")
    return letter(event, content__type="application/cloudevents+json; charset=UTF-8")


@pytest.mark.parametrize("kind", ["binary", "structured", "structured, its content type forgotten"])
def test_a_cloudevent_is_the_same_ticket_with_an_identity_of_its_own(kind: str) -> None:
    found = envelope(kind)
    assert (found.id, found.source) == ("//12345/1", "//12345")
    assert statements(found) == statements(letter(TICKET))


@pytest.mark.parametrize(
    "event",
    [
        {"specversion": "0.3", "id": "1", "source": "s", "data": {}},
        {"specversion": "1.0", "source": "s", "data": {}},
        {"specversion": "1.0", "id": "x" * 300, "source": "s", "data": {}},
        {"specversion": "1.0", "id": "1", "source": "s", "data": ["no object"]},
        {"specversion": "1.0", "id": "1", "source": "s", "data_base64": "???"},
        {"specversion": "1.0", "id": "1", "source": "s"},
    ],
)
def test_a_broken_cloudevent_is_refused(event: dict[str, Any]) -> None:
    with pytest.raises(Unprocessable):
        statements(letter(event, content__type="application/cloudevents+json"))


def test_a_trace_that_the_source_began_goes_on() -> None:
    trace = "0af7651916cd43dd8448eb211c80319c"
    assert letter(TICKET, traceparent=f"00-{trace}-b7ad6b7169203331-01").correlation == trace
    assert letter(TICKET, traceparent="00-nonsense").correlation == ""
