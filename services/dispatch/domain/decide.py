"""What dispatch says: who goes, when it goes up the ladder, and when nobody need go."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from schemas.case import CaseAccepted, CaseDeclined, CaseReturned, Stage, StageOverdue
from schemas.dispatch import DispatchWithdrawn, IncidentDispatched, IncidentEscalated, Level
from schemas.event import Event
from schemas.incident import IncidentAbsorbed, IncidentRegraded, IncidentWithdrawn
from services.dispatch.domain.crew_choice import LADDER, TITLES, choose
from services.dispatch.domain.deadlines import deadlines
from services.dispatch.domain.handling_mode import handling_mode
from services.dispatch.domain.plan import Plan
from services.reference.catalogue import Catalogue


@dataclass
class Situation:
    """What decisions of one batch see: how much each worker has in hand, and the versions."""

    catalogue: Catalogue
    ground_version: str
    load: dict[str, int] = field(default_factory=dict)
    subjects: tuple[str, ...] = ()

    def observe(self, event: Event) -> None:
        """Whoever was just sent has one more."""
        if isinstance(event, IncidentDispatched):
            worker = event.assignee.worker_id
            self.load[worker] = self.load.get(worker, 0) + 1


def dispatch(
    incident_id: str,
    plan: Plan,
    situation: Situation,
    now: datetime,
    because: str | None = None,
    above: Level | None = None,
) -> IncidentDispatched:
    """Send the incident to the next person."""
    assignee, who = choose(plan.place, situation.load, plan.tried, above)
    mode, how = handling_mode(plan.category, plan.severity, situation.catalogue)
    return IncidentDispatched(
        incident_id=incident_id,
        round=plan.round + 1,
        assignee=assignee,
        mode=mode,
        severity=plan.severity,
        deadlines=deadlines(plan.severity, now),
        reasons=tuple(filter(None, (because, who, how))),
        ground_version=situation.ground_version,
        dispatched_at=now,
    )


def decide_regraded(
    event: IncidentRegraded, plan: Plan, situation: Situation, now: datetime
) -> Iterator[Event]:
    """A graver incident is planned anew, with tighter deadlines, unless somebody has it already."""
    if plan.is_over or plan.is_accepted:
        return
    graver = replace(plan, severity=event.severity, tried=())
    yield dispatch(event.incident_id, graver, situation, now, "等级提高，重新派单")


def decide_overdue(
    event: StageOverdue, plan: Plan, situation: Situation, now: datetime
) -> Iterator[Event]:
    """Up the ladder: who does not accept in time loses it, whoever has it is watched from above."""
    if not plan.is_about(event.round) or plan.assignee is None:
        return
    late = f"{STAGE_NAMES[event.stage]}超时"
    held = plan.assignee.level
    sent = None
    if event.stage is Stage.ACCEPT and held is not LADDER[-1]:
        sent = dispatch(event.incident_id, plan, situation, now, f"{late}，升级派单", held)
    yield IncidentEscalated(
        incident_id=event.incident_id,
        round=event.round,
        from_level=held,
        to_level=sent.assignee.level if sent else _next_rung(held),
        reason=f"{TITLES[held]}{late}",
        escalated_at=now,
    )
    if sent:
        yield sent


def decide_accepted(event: CaseAccepted, plan: Plan, now: datetime) -> Iterator[Event]:
    """Somebody took it on just as it was sent to another: the other need not go."""
    if not plan.is_over and event.round < plan.round:
        yield DispatchWithdrawn(
            incident_id=event.incident_id,
            round=plan.round,
            reason=f"第 {event.round} 轮已接单",
            withdrawn_at=now,
        )


def decide_declined(
    event: CaseDeclined, plan: Plan, situation: Situation, now: datetime
) -> Iterator[Event]:
    """Not mine, says the worker: the next one is asked, unless another has it already."""
    if plan.is_about(event.round):
        because = f"上一轮退单：{event.reason}"
        yield dispatch(event.incident_id, plan, situation, now, because)


STAGE_NAMES: Mapping[Stage, str] = {
    Stage.ACCEPT: "接单",
    Stage.ARRIVE: "到场",
    Stage.DISPOSE: "处置",
    Stage.CHECK: "核查",
}


def _next_rung(level: Level) -> Level:
    return LADDER[min(LADDER.index(level) + 1, len(LADDER) - 1)]


def decide_withdrawn(event: IncidentWithdrawn, plan: Plan, now: datetime) -> Iterator[Event]:
    """All voices were taken back: nobody need go."""
    return _called_off(event.incident_id, plan, "诉求已全部撤回", now)


def decide_absorbed(event: IncidentAbsorbed, plan: Plan, now: datetime) -> Iterator[Event]:
    """It goes on as another incident: whoever was sent for this one need not go."""
    return _called_off(event.incident_id, plan, f"已并入事件 {event.into[:8]}", now)


def decide_returned(event: CaseReturned, plan: Plan, now: datetime) -> Iterator[Event]:
    """The duty desk looks at it again: whoever was sent need not go."""
    yield from _called_off(event.incident_id, plan, f"退回立案：{event.reason}", now)


def _called_off(incident_id: str, plan: Plan, reason: str, now: datetime) -> Iterator[Event]:
    if not plan.is_over and plan.round:
        yield DispatchWithdrawn(
            incident_id=incident_id, round=plan.round, reason=reason, withdrawn_at=now
        )
