"""What keeps an incident from going out now, and for how long (暂缓派单)."""

from datetime import datetime

from schemas.dispatch import DispatchHeld
from services.dispatch.domain.inhibition import Cause, explained_by
from services.dispatch.domain.plan import Plan
from services.dispatch.domain.situation import Situation
from services.reference.calendar import BEIJING


def hold(incident_id: str, plan: Plan, situation: Situation, now: datetime) -> DispatchHeld | None:
    """What keeps an incident from going out now: a silence, or another that explains it."""
    code, grave, source = plan.category.code, plan.severity, str(plan.source or "")
    covering = [s for s in situation.silences if s.covers(code, grave, plan.area, source, now)]
    if covering:
        one = max(covering, key=lambda each: each.until)
        what = "检修窗口" if one.what == "maintenance" else "静默"
        end = f"{one.until.astimezone(BEIJING):%m-%d %H:%M}"
        return DispatchHeld(
            incident_id=incident_id,
            because="silence",
            behind=one.silence_id,
            reason=f"{what}中（{one.by}：{one.reason}），至 {end}",
            until=one.until,
            held_at=now,
        )
    if plan.inhibited:
        return None
    found = explained_by(code, grave, plan.area, situation.inhibitions, situation.causes.values())
    if found is None:
        return None
    rule, cause = found
    return DispatchHeld(
        incident_id=incident_id,
        because="inhibition",
        behind=cause.incident_id,
        reason=f"可能由{_named(cause, situation)}（事件 {cause.incident_id}）引起，"
        f"按抑制规则“{rule.name}”最多暂缓 {rule.minutes} 分钟",
        until=now + rule.limit,
        held_at=now,
    )


def _named(cause: Cause, situation: Situation) -> str:
    entry = situation.book.catalogue.entries.get(cause.category)
    return entry.name if entry else f"类别 {cause.category}"
