"""What the marks of a ticket mean: its type, its life, and how it is to be treated."""

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from schemas.report import TicketType
from services.intake.adapters.fields import number, truth
from services.intake.domain.submission import Life
from services.reference.written import text

STATES = ("操作类型", "工单动作", "办件状态", "工单状态")
MARKS = ("紧急程度", "优先级", "工单级别", "缓急程度", "件类")
REFUSED = "(?<![未不非无])(?<!驳回)(?<!拒绝)(?<!不予)(?<!取消)"
"""What may not stand before a word, or it means the opposite: 未撤单, 驳回撤单."""
WITHDRAWN = re.compile(f"{REFUSED}(?:撤单|撤回|撤销|已撤)(?!申请|驳回|失败|督办|催)")
URGED = re.compile(f"{REFUSED}(?:催单|催办)")
AMENDED = re.compile("补充|追加")
REOPENED = re.compile("重办|重新办理|重新受理|恢复办理|恢复受理|撤销撤单|取消撤单|重启|激活")
MARKED = re.compile(
    r"\s*[【\[（(]?(催单|催办|撤单|撤销|补充|追加|重办)(?:工单|说明|件)?[】\]）):：]"
)
LIVES = {
    "催": Life.URGE,
    "撤": Life.WITHDRAW,
    "补": Life.UPDATE,
    "追": Life.UPDATE,
    "重": Life.REOPEN,
}
EXACT = {each.value: each for each in TicketType}
WORDS = EXACT | {
    "意见": TicketType.SUGGESTION,
    "感谢": TicketType.PRAISE,
    "点赞": TicketType.PRAISE,
    "求决": TicketType.HELP,
}
"""With further words of hotlines; 求决 is what the petition offices say."""
CONFIDENTIAL = re.compile("保密|秘密|机密")
OPEN = re.compile("[不非未]保密|无需保密|无须保密|不需要?保密|不要求保密|保密[:：]?[否无不]")
SUPERVISED = re.compile("(?<![未非不无])(?<!撤销)(?<!解除)督办|领导批示|批示件|挂牌")
URGENT = re.compile("(?<![非不])(?:紧急|特急|加急|特提|危急)")


@lru_cache(maxsize=1_024)
def type_of(told: str) -> TicketType | None:
    """The type that a ticket names; of a compound (投诉举报, 意见建议) the first; None if none."""
    if told in EXACT:
        return EXACT[told]
    found = sorted((told.find(word), kind) for word, kind in WORDS.items() if word in told)
    return found[0][1] if found else None


def life_of(content: Mapping[str, Any], title: str, words: str) -> Life:
    """Where a ticket is in its life, by its state fields, else by how its words begin."""
    state = " ".join([text(content, name) for name in STATES if name in content])
    if state and REOPENED.search(state):
        return Life.REOPEN
    if (state and WITHDRAWN.search(state)) or truth(content, "是否撤单"):
        return Life.WITHDRAW
    if (state and URGED.search(state)) or truth(content, "是否催单"):
        return Life.URGE
    if (number(content, "催单次数") or 0) > 0:
        return Life.URGE
    if state and AMENDED.search(state):
        return Life.UPDATE
    marked = MARKED.match(title) or MARKED.match(words)
    return LIVES[marked.group(1)[0]] if marked else Life.NEW


def repetition_of(content: Mapping[str, Any], life: Life) -> str:
    """Two urgings with the same words are two, if they are counted or have their own times."""
    if life not in (Life.URGE, Life.REOPEN):
        return ""
    return text(content, "催单次数", "催单时间", "操作时间", "派发时间")


@lru_cache(maxsize=1_024)
def is_confidential(told: str) -> bool:
    """Whether the marks ask for confidence (保密件); 不保密 does not."""
    return "密" in told and bool(CONFIDENTIAL.search(told)) and not OPEN.search(told)


@lru_cache(maxsize=1_024)
def is_supervised(told: str) -> bool:
    """Whether the marks say that a leader watches it (督办, 领导批示)."""
    return bool(SUPERVISED.search(told))


@lru_cache(maxsize=1_024)
def is_urgent(told: str) -> bool:
    """Whether the hotline calls it urgent (紧急件); 热点件, 普通件 and 非紧急 are not."""
    return bool(URGENT.search(told))
