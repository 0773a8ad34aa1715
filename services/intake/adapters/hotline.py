"""The hotline's tickets (12345 工单), its matters (事项) and rows of a message board (留言).

The names of the fields are those of two public ticket schemas and of the national matter
(SXDM, SXMC, SFWZ, SZDYWGBSM …), with the spellings that are met beside them.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from schemas.report import Source, Ticket
from services.intake.adapters import ticket_marks as marks
from services.intake.adapters.envelope import Letter
from services.intake.adapters.fields import addresses, number, truth
from services.intake.adapters.promises import read_promise
from services.intake.domain.submission import Caller, Statement, Whereabouts, thread_of
from services.kernel.errors import Unprocessable
from services.reference.written import read_time, text

NUMBERS = ("原工单编号", "关联工单编号", "工单编号", "市级编号", "留言编号", "工单号", "事项编号")
"""The original's number comes first: an urging may bear a number of its own beside it."""
TITLES = ("诉求主题", "留言主题", "SXMC", "标题", "事项小类", "事项大类")
TEXTS = ("诉求内容", "留言详情", "内容", "诉求主题", "留言主题", "SXMC", "SXMS", "事项小类")
TIMES = ("来电时间", "诉求时间", "留言时间", "登记时间", "派发时间", "SBSJ")
ADDRESSES = ("事发地址", "诉求地址", "SFWZ", "地址")
STREETS = ("被反映街乡镇", "街乡镇")
COMMUNITIES = ("被反映村社区", "村社区", "所属社区", "社区")
AREA = (
    "被反映区",
    "被反映街乡镇",
    "街乡镇",
    "被反映村社区",
    "村社区",
    "被反映小区点位",
    "小区点位",
)
GRIDS = ("SZDYWGBSM", "单元网格标识码", "所在单元网格标识码")
FIELDS = frozenset(
    (*NUMBERS, *TITLES, *TEXTS, *TIMES, *ADDRESSES, *COMMUNITIES, *AREA, *GRIDS, "SXDM")
)
"""What is read of a ticket; all else in it is nobody's business here."""
TAGS = ("工单性质", "标签", "工单标签")
TYPES = ("工单类型", "诉求类型", "诉求性质")
CONFIDENCE = ("保密", "保密要求", "保密级别")
SUPERVISION = ("督办", "督办状态", "督办级别")
LONGEST_MARK = 200
WITHOUT_WORDS = "（工单没有文字内容）"


def statements(letter: Letter) -> list[Statement]:
    """What each ticket says. One with words but no number keeps the id of its record.

    Raises Unprocessable if one has neither.
    """
    contents = enumerate(letter.objects(FIELDS))
    return [_statement(content, letter.nth(index).id) for index, content in contents]


def _statement(content: Mapping[str, Any], fallback_id: str) -> Statement:
    known = number_of(content)
    title, words = text(content, *TITLES), text(content, *TEXTS)
    if not (known or words):
        raise Unprocessable("工单没有编号（工单编号），也没有内容（诉求主题、诉求内容、SXMC）")
    life = marks.life_of(content, title, words)
    reported_at = read_time(text(content, *TIMES))
    return Statement(
        thread=thread_of(Source.HOTLINE, known or fallback_id),
        source=Source.HOTLINE,
        life=life,
        title=title,
        text=words or WITHOUT_WORDS,
        reported_at=reported_at,
        where=_where(content),
        hint=_hint(text(content, "SXDM")),
        ticket=_ticket(content, known or fallback_id, reported_at),
        caller=_caller(content),
        media=addresses(content, "附件", "图片"),
        repetition=marks.repetition_of(content, life),
    )


def number_of(content: Mapping[str, Any]) -> str:
    """The number of the ticket that it is about; empty if it has none."""
    return text(content, *NUMBERS)[:64]


def _where(content: Mapping[str, Any]) -> Whereabouts:
    area = "".join(dict.fromkeys([text(content, name) for name in AREA if name in content]))
    return Whereabouts(
        address=text(content, *ADDRESSES) or area,
        longitude=number(content, "经度", "JD"),
        latitude=number(content, "纬度", "WD"),
        crs=text(content, "坐标系"),
        community=text(content, *COMMUNITIES),
        street=text(content, *STREETS),
        unit=text(content, *GRIDS)[:32],
        words=area,
    )


def _ticket(content: Mapping[str, Any], ticket_number: str, reported_at: datetime | None) -> Ticket:
    began = read_time(text(content, "派发时间")) or reported_at
    told = text(content, *marks.MARKS)[:LONGEST_MARK]
    tags = " ".join([text(content, name)[:LONGEST_MARK] for name in TAGS if name in content])
    return Ticket(
        number=ticket_number[:64],
        type=marks.type_of(text(content, *TYPES)[:LONGEST_MARK]),
        promised_at=read_promise(text(content, "承诺完成时间", "办理时限", "截止时间"), began),
        confidential=truth(content, "是否保密", "保密件")
        or marks.is_confidential(f"{text(content, *CONFIDENCE)[:LONGEST_MARK]} {tags}"),
        supervised=truth(content, "是否督办", "督办")
        or marks.is_supervised(f"{text(content, *SUPERVISION)[:LONGEST_MARK]} {tags}"),
        urgent=truth(content, "是否紧急") or marks.is_urgent(f"{told} {tags}"),
    )


def _caller(content: Mapping[str, Any]) -> Caller:
    return Caller(
        name=text(content, "诉求人", "诉求人姓名", "来电人")[:64],
        phone=text(content, "诉求人电话", "来电号码", "联系电话")[:32],
        account=text(content, "留言用户")[:64],
    )


def _hint(matter_code: str) -> str | None:
    """事项代码 (SXDM): county 6, then the category of five digits."""
    is_code = len(matter_code) == 11 and matter_code.isascii() and matter_code.isdigit()
    return matter_code[6:] if is_code else None
