"""Why somebody goes, or nobody does yet, in words for an operator."""

from collections.abc import Sequence
from datetime import timedelta

from schemas.incident import Severity
from services.dispatch.domain.surge import Member, Street, SurgeRules, Waiting

LEVELS = {
    Severity.DANGER: "危及人身安全",
    Severity.HIGH: "严重",
    Severity.MEDIUM: "一般",
    Severity.LOW: "轻微",
}
DESK = "由街道运行中心值班处理"
UNTIL_THE_NEXT_BATCH = "暂由街道运行中心值班台负责，下一批再派"
PLACE_UNKNOWN = f"地点不明，{DESK}"
ALL_TRIED = f"在岗人员均已派过，{DESK}"


def why_to_danger(
    each: Waiting, member: Member, rules: SurgeRules, sooner: int, left: int, kept: int
) -> str:
    """`sooner`: how many would have been there sooner; `left`: free when all are sent."""
    why = ["危及人身安全，不等批次优先派单", _way(each, member, rules.answer)]
    if sooner:
        why.append(f"更快的 {sooner} 人已派往其他险情、不宜中断在办事项或超出距离上限")
    else:
        why.append("为可派人员中到场最快")
    if member.at.metres_to(each.spot) > rules.danger_cap_metres:
        why.append(f"{rules.danger_cap_metres:.0f} 米内已无人可派，超距离派出")
    if member.doing:
        work = member.doing
        why.append(f"按规则中断其在办的{LEVELS[work.severity]}事项 {work.incident_id}")
    if left < kept:
        why.append(f"派出后空闲 {left} 人，应急备勤缺 {kept - left} 人")
    return "；".join(why)


def why_to_work(each: Waiting, member: Member, rules: SurgeRules, waited: timedelta) -> str:
    """Ordinary work, sent with a batch."""
    why = [
        "批量统筹派单，同批总路程最短，预留的应急备勤不动",
        f"{_way(each, member, rules.answer)}（距离上限 {rules.cap_metres:.0f} 米）",
        f"已等待 {_spoken(waited)}",
    ]
    if member.at.metres_to(each.spot) > rules.cap_metres:
        why.append(f"{rules.cap_metres:.0f} 米内已无人可派，等待过久，超距离派出")
    return "；".join(why)


def why_no_help(street: Street, able: int) -> str:
    """Danger, and nobody can be sent."""
    if not street.members:
        why = "当前无人在岗"
    elif able:
        why = f"可派 {able} 人均已派往其他险情"
    else:
        why = f"在岗 {len(street.members)} 人均在处置中，规则不允许中断"
    return f"危及人身安全但{why}，不等批次"


def why_not_yet(
    street: Street, free: int, able: Sequence[Member], each: Waiting, rules: SurgeRules
) -> str:
    """Ordinary work that waits for the next batch."""
    if not street.members:
        why = "当前无人在岗"
    elif not free:
        why = f"在岗 {len(street.members)} 人均在处置中"
    elif not able:
        why = f"空闲 {free} 人均留作应急备勤，不派一般事项"
    elif all(member.at.metres_to(each.spot) > rules.cap_metres for member in able):
        why = f"{rules.cap_metres:.0f} 米内暂无人可派"
    else:
        why = f"可派 {len(able)} 人均已派往更急、更久或更近的事项"
    return f"{why}，{UNTIL_THE_NEXT_BATCH}"


def why_not_in_this_batch(rules: SurgeRules) -> str:
    """More waits than one batch takes."""
    return f"本批只取最紧急的 {rules.most_at_once} 件，{UNTIL_THE_NEXT_BATCH}"


def _way(each: Waiting, member: Member, answer: timedelta) -> str:
    metres = member.at.metres_to(each.spot)
    seconds = timedelta(seconds=member.seconds_to(each.spot)) + answer
    return f"距现场约 {metres:.0f} 米，预计 {_spoken(seconds)}到场"


def _spoken(span: timedelta) -> str:
    minutes, seconds = divmod(round(span.total_seconds()), 60)
    return f"{minutes} 分 {seconds} 秒" if minutes else f"{seconds} 秒"
