"""What the marks of a ticket mean, in the words that hotlines really use."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from schemas.report import Ticket, TicketType
from services.intake.adapters.hotline import WITHOUT_WORDS, statements
from services.intake.adapters.promises import read_promise
from services.intake.domain.submission import Life, Statement
from services.kernel.errors import Unprocessable
from services.reference.calendar import BEIJING
from tests.unit.intake.records import ESTATE, GROUND, admitted, letter

BEGAN = datetime(2026, 3, 2, 9, 30, tzinfo=BEIJING)
TICKET = {
    "工单编号": "T1",
    "诉求主题": "路灯不亮",
    "诉求内容": "门口路灯不亮",
    "派发时间": "2026-03-02 09:30",
}


def said(**changes: Any) -> Statement:
    """A ticket with these fields."""
    (only,) = statements(letter(TICKET | changes))
    return only


def ticket(**changes: Any) -> Ticket:
    """What belongs to the ticket alone."""
    found = said(**changes).ticket
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("told", "kind"),
    [
        ("咨询", TicketType.CONSULTATION),
        ("投诉举报", TicketType.COMPLAINT),
        ("举报投诉", TicketType.WHISTLEBLOWING),
        ("意见建议", TicketType.SUGGESTION),
        ("建议类", TicketType.SUGGESTION),
        ("咨询类工单", TicketType.CONSULTATION),
        ("表扬感谢", TicketType.PRAISE),
        ("感谢", TicketType.PRAISE),
        ("求决类", TicketType.HELP),
        ("其他", None),
        ("", None),
    ],
)
def test_a_type_is_known_alone_and_in_compounds(told: str, kind: TicketType | None) -> None:
    assert ticket(工单类型=told).type is kind


@pytest.mark.parametrize(
    ("written", "promised"),
    [
        ("2026-03-05 18:00:00", datetime(2026, 3, 5, 18, tzinfo=BEIJING)),
        ("2026/3/5 18:00前", datetime(2026, 3, 5, 18, tzinfo=BEIJING)),
        ("2026-03-05", datetime(2026, 3, 5, 23, 59, 59, tzinfo=BEIJING)),
        ("2026年3月5日前办结", datetime(2026, 3, 5, 23, 59, 59, tzinfo=BEIJING)),
        ("3月5日18时前", datetime(2026, 3, 5, 18, tzinfo=BEIJING)),
        ("1月5日", datetime(2027, 1, 5, 23, 59, 59, tzinfo=BEIJING)),
        ("24小时内", BEGAN + timedelta(hours=24)),
        ("7天", BEGAN + timedelta(days=7)),
        ("5个工作日", datetime(2026, 3, 9, 23, 59, 59, tzinfo=BEIJING)),
        ("20260305180000", datetime(2026, 3, 5, 18, tzinfo=BEIJING)),
        ("尽快", None),
        ("", None),
    ],
)
def test_a_promise_is_read_in_the_forms_that_hotlines_write(
    written: str, promised: datetime | None
) -> None:
    assert ticket(承诺完成时间=written).promised_at == promised


def test_working_days_skip_the_spring_festival_and_an_unknown_year_promises_nothing() -> None:
    eve = datetime(2026, 2, 13, 9, tzinfo=BEIJING)
    assert read_promise("2个工作日", eve) == datetime(2026, 2, 24, 23, 59, 59, tzinfo=BEIJING)
    assert read_promise("3个工作日", datetime(2080, 1, 1, tzinfo=BEIJING)) is None


@pytest.mark.parametrize(
    ("field", "told", "meant"),
    [
        ("是否督办", "是", True),
        ("标签", "领导批示", True),
        ("督办状态", "市级督办", True),
        ("督办状态", "未督办", False),
        ("标签", "解除督办", False),
        ("是否督办", "否", False),
    ],
)
def test_supervision_is_recognised(field: str, told: str, meant: bool) -> None:
    assert ticket(**{field: told}).supervised is meant


@pytest.mark.parametrize(
    ("field", "told", "meant"),
    [
        ("紧急程度", "紧急件", True),
        ("优先级", "特急", True),
        ("标签", "加急、噪音", True),
        ("是否紧急", "是", True),
        ("紧急程度", "非紧急", False),
        ("紧急程度", "普通件", False),
        ("紧急程度", "热点件", False),
    ],
)
def test_urgency_is_recognised(field: str, told: str, meant: bool) -> None:
    assert ticket(**{field: told}).urgent is meant


@pytest.mark.parametrize(
    ("field", "told", "meant"),
    [
        ("是否保密", "是", True),
        ("保密", "需要保密", True),
        ("工单性质", "主办、保密件", True),
        ("标签", "保密", True),
        ("保密", "不保密", False),
        ("标签", "无需保密", False),
        ("是否保密", "否", False),
    ],
)
def test_confidence_is_recognised(field: str, told: str, meant: bool) -> None:
    assert ticket(**{field: told}).confidential is meant


def test_a_confidential_caller_is_not_even_known_as_the_same_in_another_ticket() -> None:
    who = {"诉求人": "欧阳测试", "诉求人电话": "13900000001", "是否保密": "是"}
    words = "我叫欧阳测试，欧阳女士反映楼上漏水"
    kept = admitted(said(**who, 诉求内容=words))
    other = admitted(said(**who | {"是否保密": "否"}, 工单编号="T2"))
    again = admitted(said(**who, 诉求内容=words))
    assert "欧阳" not in kept.model_dump_json() and "漏水" in kept.text
    assert kept.reporter.pseudonym == again.reporter.pseudonym != other.reporter.pseudonym


@pytest.mark.parametrize(
    ("field", "told", "life"),
    [
        ("办件状态", "未撤单", Life.NEW),
        ("办件状态", "驳回撤单", Life.NEW),
        ("办件状态", "撤单申请", Life.NEW),
        ("工单状态", "市民已撤回", Life.WITHDRAW),
        ("操作类型", "撤销撤单", Life.REOPEN),
        ("操作类型", "重新受理", Life.REOPEN),
        ("诉求主题", "【重办】路灯不亮", Life.REOPEN),
        ("办件状态", "撤销督办", Life.NEW),
        ("诉求主题", "[催单件] 路灯不亮", Life.URGE),
    ],
)
def test_the_state_says_where_a_ticket_is_and_what_is_refused_does_not(
    field: str, told: str, life: Life
) -> None:
    assert said(**{field: told}).life is life


def test_a_ticket_with_only_a_number_is_handed_on_and_one_with_nothing_refused() -> None:
    (only,) = statements(letter({"工单编号": "T1"}))
    assert only.text == WITHOUT_WORDS
    with pytest.raises(Unprocessable, match="没有编号"):
        statements(letter({"一个未来才有的字段": "x"}))


def test_a_matter_names_its_grid_and_stands_for_its_words() -> None:
    grid = next(iter(GROUND.tree.children(ESTATE.micro_grid[:12]))).code
    (matter,) = statements(
        letter({"SXDM": "51010809012", "SXMC": "占用消防通道", "SZDYWGBSM": grid, "SFWZ": "门口"})
    )
    place = admitted(matter).place
    assert (matter.text, matter.hint) == ("占用消防通道", "09012")
    assert (place.grid, place.community) == (grid, grid[:12])


def test_a_grid_that_is_not_on_this_ground_is_no_place() -> None:
    (matter,) = statements(letter({"SXMC": "占用消防通道", "SZDYWGBSM": "510199999999999"}))
    assert admitted(matter).place.community is None


@pytest.mark.parametrize("charset", ["GBK", "gb2312", "GB18030"])
def test_json_in_a_chinese_charset_is_read_if_it_says_so(charset: str) -> None:
    body = '{"工单编号": "T1", "诉求内容": "路灯不亮"}'.encode("gb18030")
    (only,) = statements(letter(body, content__type=f"application/json; charset={charset}"))
    assert only.text == "路灯不亮"


def test_a_charset_of_nobody_and_a_false_one_are_refused() -> None:
    with pytest.raises(Unprocessable, match="charset"):
        statements(letter(b"{}", content__type="application/json; charset=ebcdic"))
    with pytest.raises(Unprocessable, match="GBK"):
        statements(letter(b"\xff\xff{}", content__type="application/json; charset=gbk"))


def test_a_batch_of_cloudevents_is_refused_with_its_reason() -> None:
    with pytest.raises(Unprocessable, match="批量"):
        letter([], content__type="application/cloudevents-batch+json; charset=UTF-8")
