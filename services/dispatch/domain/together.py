"""While more comes than there are people free, incidents are assigned together (集中派单).

Danger to life at once, by whoever is there soonest. What else members go to at once waits for
the end of a window, and then for as long as somebody is free; after the longest wait it goes
the ordinary way.
"""

from collections.abc import Iterator
from datetime import datetime

from schemas.dispatch import Assignee, DispatchHeld
from schemas.incident import Severity
from services.dispatch.domain.batch import BEHIND, Batch, is_for_a_batch
from services.dispatch.domain.crew_choice import assign
from services.dispatch.domain.handling import Handling
from services.dispatch.domain.plan import Plan
from services.dispatch.domain.situation import Situation, facts_of
from services.dispatch.domain.surge import Waiting
from services.reference.calendar import BEIJING

Found = tuple[Assignee, str]


def find(
    incident_id: str, plan: Plan, handling: Handling, situation: Situation, now: datetime
) -> Found | DispatchHeld | None:
    """Who goes and why, or that it waits; None: no surge, or nothing that a batch is for."""
    batch = situation.batch(plan)
    if batch is None or not is_for_a_batch(plan, handling) or batch.is_given_up(plan, now):
        return None
    if plan.severity is Severity.DANGER:
        return _to_danger(incident_id, plan, handling, situation, batch, now)
    if verdict := batch.found(incident_id):
        return batch.assignee(verdict.worker_id, plan), _said(batch, verdict.reason)
    return wait(incident_id, plan, batch, now)


def _to_danger(
    incident_id: str,
    plan: Plan,
    handling: Handling,
    situation: Situation,
    batch: Batch,
    now: datetime,
) -> Found:
    """With the other danger of this batch; where nobody is free, by the ladder."""
    if incident_id not in batch.verdicts:
        batch.settle(_waiting(batch.together | {incident_id: plan}, batch, situation, now), now)
    verdict = batch.verdicts[incident_id]
    if verdict.travel is not None:
        return batch.assignee(verdict.worker_id, plan), _said(batch, verdict.reason)
    pick = situation.pick(handling.skills, now)
    whom, who = assign(plan.place, handling, situation.load, plan.tried, None, pick)
    return whom, f"{_said(batch, verdict.reason)}，按常规逐级派单：{who}"


def is_found(
    incident_id: str, plans: dict[str, Plan], situation: Situation, batch: Batch, now: datetime
) -> bool:
    """Whether somebody was found; all whose window is over are assigned at the first question."""
    if incident_id not in batch.verdicts and not batch.is_elsewhere:
        batch.settle(_waiting(plans, batch, situation, now), now)
    return batch.found(incident_id) is not None


def needs_somebody(situation: Situation, now: datetime, plan: Plan) -> bool:
    """Whether somebody of the grass roots is to go there at once, by the rules."""
    handling = situation.book.handling(facts_of(plan, situation, now), plan.lane)
    return is_for_a_batch(plan, handling)


def _waiting(
    plans: dict[str, Plan], batch: Batch, situation: Situation, now: datetime
) -> Iterator[Waiting]:
    for key, plan in plans.items():
        handling = situation.book.handling(facts_of(plan, situation, now), plan.lane)
        each = batch.waiting(key, plan, handling, now)
        if each and key not in batch.verdicts:
            yield each


def wait(incident_id: str, plan: Plan, batch: Batch, now: datetime) -> DispatchHeld:
    """Until the next window, and until somebody is free, but not for ever."""
    every, until = batch.rules.window.total_seconds(), batch.until(plan, now)
    return DispatchHeld(
        incident_id=incident_id,
        because="nobody_free",
        behind=f"{BEHIND}{batch.street}",
        reason=f"集中派单中（{batch.pressure}），每 {every:.0f} 秒批量统筹派单一次，"
        f"最迟 {until.astimezone(BEIJING):%H:%M} 按常规派出",
        until=until,
        again_every=every,
        held_at=now,
    )


def _said(batch: Batch, reason: str) -> str:
    return f"集中派单（{batch.pressure}）：{reason}"
