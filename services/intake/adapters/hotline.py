"""The hotline's tickets (12345 工单) and rows of a message board (留言), with Chinese fields."""

import re
from collections.abc import Mapping
from typing import Any

from schemas.report import Source, Ticket, TicketType
from services.intake.adapters.envelope import Letter
from services.intake.adapters.fields import addresses, number, text, truth
from services.intake.domain.clocks import read_time
from services.intake.domain.submission import Caller, Life, Statement, Whereabouts, thread_of

STATE_FIELDS = ("操作类型", "工单动作", "办件状态", "工单状态")
WITHDRAWN = re.compile("撤单|撤回|撤销|已撤")
URGED = re.compile("催单|催办")
AMENDED = re.compile("补充|追加")
MARKED = re.compile(r"^\s*[【\[（(]?(催单|催办|撤单|撤销|补充|追加)[】\]）):：]")
LIVES = {"催": Life.URGE, "撤": Life.WITHDRAW, "补": Life.UPDATE, "追": Life.UPDATE}
KINDS = {each.value: each for each in TicketType} | {
    "投诉举报": TicketType.COMPLAINT,
    "意见建议": TicketType.SUGGESTION,
    "意见": TicketType.SUGGESTION,
}
AREA = (
    "被反映区",
    "被反映街乡镇",
    "街乡镇",
    "被反映村社区",
    "村社区",
    "被反映小区点位",
    "小区点位",
)


def statements(letter: Letter) -> list[Statement]:
    """What a ticket says. One without a number keeps the id of its record: none is lost."""
    content = letter.object()
    ticket_number = _number(content) or letter.id
    life = _life(content)
    return [
        Statement(
            thread=thread_of(Source.HOTLINE, ticket_number),
            source=Source.HOTLINE,
            life=life,
            title=text(content, "诉求主题", "留言主题", "SXMC", "标题"),
            text=text(content, "诉求内容", "留言详情", "内容", "诉求主题", "留言主题"),
            reported_at=read_time(
                text(content, "来电时间", "诉求时间", "留言时间", "登记时间", "派发时间")
            ),
            where=_where(content),
            hint=_hint(text(content, "SXDM")),
            ticket=_ticket(content, ticket_number),
            caller=_caller(content),
            media=addresses(content, "附件", "图片"),
            repetition=_repetition(content) if life is Life.URGE else "",
        )
    ]


def _number(content: Mapping[str, Any]) -> str:
    """The ticket that it is about: an urging may bear a number of its own beside it."""
    return text(content, "原工单编号", "关联工单编号", "工单编号", "市级编号", "留言编号")[:64]


def _life(content: Mapping[str, Any]) -> Life:
    state = " ".join(text(content, name) for name in STATE_FIELDS)
    marked = MARKED.match(text(content, "诉求主题", "留言主题")) or MARKED.match(
        text(content, "诉求内容", "留言详情")
    )
    if WITHDRAWN.search(state) or truth(content, "是否撤单"):
        return Life.WITHDRAW
    if URGED.search(state) or truth(content, "是否催单") or (number(content, "催单次数") or 0) > 0:
        return Life.URGE
    if AMENDED.search(state):
        return Life.UPDATE
    return LIVES[marked.group(1)[0]] if marked else Life.NEW


def _repetition(content: Mapping[str, Any]) -> str:
    """Two urgings with the same words are two, if they are counted or have their own times."""
    return text(content, "催单次数", "催单时间", "操作时间", "派发时间")


def _where(content: Mapping[str, Any]) -> Whereabouts:
    area = "".join(dict.fromkeys(filter(None, (text(content, name) for name in AREA))))
    return Whereabouts(
        address=text(content, "事发地址", "诉求地址", "SFWZ", "地址") or area,
        longitude=number(content, "经度", "JD"),
        latitude=number(content, "纬度", "WD"),
        crs=text(content, "坐标系"),
        community=text(content, "被反映村社区", "村社区", "所属社区", "社区"),
        street=text(content, "被反映街乡镇", "街乡镇"),
        words=area,
    )


def _ticket(content: Mapping[str, Any], ticket_number: str) -> Ticket:
    kind = text(content, "工单类型", "诉求类型")
    marks = " ".join(text(content, name) for name in ("工单性质", "标签"))
    return Ticket(
        number=ticket_number[:64],
        type=KINDS.get(kind),
        promised_at=read_time(text(content, "承诺完成时间")),
        confidential=truth(content, "是否保密", "保密") or "保密" in marks,
    )


def _caller(content: Mapping[str, Any]) -> Caller:
    return Caller(
        name=text(content, "诉求人", "诉求人姓名", "来电人")[:64],
        phone=text(content, "诉求人电话", "来电号码", "联系电话")[:32],
        account=text(content, "留言用户")[:64],
    )


def _hint(matter_code: str) -> str | None:
    """事项代码 (SXDM): county 6, then the category of five digits."""
    return matter_code[6:] if re.fullmatch(r"\d{11}", matter_code) else None
