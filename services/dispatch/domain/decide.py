"""What dispatch says: who goes, when it goes up the ladder, and when nobody need go."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Literal

from schemas.case import CaseAccepted, CaseDeclined, CaseReturned, Stage, StageOverdue
from schemas.dispatch import (
    Assignee,
    DispatchHeld,
    DispatchWithdrawn,
    IncidentDispatched,
    IncidentEscalated,
    Level,
    PushdownRefused,
    Task,
)
from schemas.event import Event
from schemas.incident import (
    IncidentAbsorbed,
    IncidentRegraded,
    IncidentWithdrawn,
    Severity,
)
from services.dispatch.domain.crew_choice import (
    LADDER,
    TITLES,
    assign,
    department,
)
from services.dispatch.domain.handling import Handling, Pushdown
from services.dispatch.domain.holding import hold
from services.dispatch.domain.plan import Plan
from services.dispatch.domain.situation import Situation, facts_of
from services.dispatch.domain.standing import graver
from services.dispatch.domain.suggestion import advised
from services.dispatch.domain.together import find
from services.reference.calendar import WorkCalendar

COMMUNITY = "社区"
TOP = (Level.STREET, Level.DEPARTMENT)
"""Above these there is nobody to send instead."""
Origin = Literal["rules", "escalation", "decline", "person", "reopening", "audit"]
HELD_BACK = frozenset({"rules", "reopening", "audit"})
"""What a silence or an inhibition keeps from going out; what people order goes."""
TOGETHER = HELD_BACK | {"decline"}
"""What is assigned with others while more comes than there are people free."""


def dispatch(
    incident_id: str,
    plan: Plan,
    situation: Situation,
    now: datetime,
    because: str | None = None,
    above: Level | None = None,
    origin: Origin = "rules",
) -> Iterator[Event]:
    """Send the incident to the next person; what would push it down unlawfully is told of."""
    if above is None and origin in HELD_BACK and (held := hold(incident_id, plan, situation, now)):
        yield held
        return
    ruled = situation.book.handling(facts_of(plan, situation, now), plan.lane)
    handling = advised(ruled, situation.suggestions.get(incident_id, ()))
    if handling.refused:
        yield refused_pushdown(incident_id, handling.refused, now)
    found = None
    if above is None and origin in TOGETHER:
        found = find(incident_id, plan, handling, situation, now)
    if isinstance(found, DispatchHeld):
        yield found
        return
    pick = situation.pick(handling.skills, now)
    assignee, who = found or assign(plan.place, handling, situation.load, plan.tried, above, pick)
    because_of = (because or "", *handling.reasons, who)
    yield _sent(incident_id, plan, situation, now, handling, assignee, because_of, origin)


def hand_to(
    incident_id: str,
    plan: Plan,
    situation: Situation,
    now: datetime,
    assignee: Assignee,
    why: Sequence[str],
    *,
    anew: bool = False,
) -> Iterator[Event]:
    """A person decided who has it. What was due stays due, but for a new time to accept it.

    With `anew` it is due as the rules say now.
    """
    handling = situation.book.handling(facts_of(plan, situation, now), plan.lane)
    sent = _sent(incident_id, plan, situation, now, handling, assignee, why, "person")
    if plan.due and plan.round and not anew:
        accept_by = sent.deadlines.accept_by
        sent = sent.model_copy(
            update={
                "deadlines": plan.due.model_copy(update={"accept_by": accept_by}),
                "tasks": (),
                "helpers": plan.helpers,
            }
        )
    yield sent


def _sent(
    incident_id: str,
    plan: Plan,
    situation: Situation,
    now: datetime,
    handling: Handling,
    assignee: Assignee,
    why: Sequence[str],
    origin: Origin,
) -> IncidentDispatched:
    book = situation.book
    deadlines, doubts = book.limits.deadlines(handling.limits, now, book.calendar)
    watched = f"督办件（{plan.supervised}）" if plan.supervised else ""
    mode = graver(situation.modes, plan.area, now)
    return IncidentDispatched(
        incident_id=incident_id,
        round=plan.round + 1,
        assignee=assignee,
        mode=handling.mode,
        severity=plan.severity,
        deadlines=deadlines,
        reasons=tuple(filter(None, (*why, mode.said if mode else "", watched, *doubts))),
        ground_version=situation.ground_version,
        rules_version=book.version,
        roster_version=situation.roster.version if situation.roster else "",
        catalogue_version=book.catalogue.version,
        expected_minutes=handling.limits.takes,
        rule=handling.rule,
        helpers=tuple(department(unit) for unit in handling.helpers if unit != COMMUNITY),
        scheme=handling.scheme,
        lead_unit=handling.lead_unit,
        responsible_unit=handling.responsible_unit,
        tasks=tuple(_tasks(handling, plan.round + 1, book.calendar, now)),
        origin=origin,
        dispatched_at=now,
    )


def refused_pushdown(
    incident_id: str, refused: Pushdown, now: datetime, by: str = ""
) -> PushdownRefused:
    """For the list of attempts."""
    return PushdownRefused(
        incident_id=incident_id,
        department=refused.department,
        to_level=refused.to_level,
        by=by,
        rule=refused.rule,
        refused_at=now,
    )


def _tasks(
    handling: Handling, round_: int, calendar: WorkCalendar, now: datetime
) -> Iterator[Task]:
    for number, task in enumerate(handling.tasks, start=1):
        due_by = calendar.due(now, task.within)
        yield Task(task_id=f"{round_}.{number}", unit=task.unit, what=task.what, due_by=due_by)


def decide_regraded(
    event: IncidentRegraded, plan: Plan, situation: Situation, now: datetime
) -> Iterator[Event]:
    """A graver incident is planned anew, with tighter deadlines, unless somebody has it already."""
    if plan.is_over or plan.is_accepted:
        return
    graver = replace(plan, severity=event.severity, tried=(), scheme="", lane="")
    keeps = plan.assignee and not plan.held_until and event.severity is not Severity.DANGER
    around = situation.one_by_one() if keeps else situation
    yield from dispatch(event.incident_id, graver, around, now, "等级提高，重新派单")


def decide_overdue(
    event: StageOverdue, plan: Plan, situation: Situation, now: datetime
) -> Iterator[Event]:
    """Up the ladder: who does not accept in time loses it, whoever has it is watched from above."""
    if not plan.is_about(event.round) or plan.assignee is None:
        return
    late = f"{STAGE_NAMES[event.stage]}超时"
    held = plan.assignee.level
    lane = situation.book.next_lane(plan.scheme, "overdue")
    sent: list[Event] = []
    if event.stage is Stage.ACCEPT and (lane or held not in TOP):
        led = replace(plan, lane=lane or plan.lane)
        scheme, _, way = lane.partition("/")
        because = f"{late}，{f'按方案“{scheme}”转“{way}”' if lane else '升级派单'}"
        above = None if lane else held
        sent = list(dispatch(event.incident_id, led, situation, now, because, above, "escalation"))
    new = next((each for each in sent if isinstance(each, IncidentDispatched)), None)
    yield IncidentEscalated(
        incident_id=event.incident_id,
        round=event.round,
        from_level=held,
        to_level=new.assignee.level if new else _next_rung(held),
        reason=f"{'督办件，' if plan.supervised else ''}{TITLES[held]}{late}",
        escalated_at=now,
    )
    yield from sent


def decide_accepted(event: CaseAccepted, plan: Plan, now: datetime) -> Iterator[Event]:
    """Somebody took it on just as it was sent to another: the other need not go."""
    if not plan.is_over and event.round < plan.round and not plan.outruns(event.round):
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
        lane = situation.book.next_lane(plan.scheme, "declined")
        led = replace(plan, lane=lane or plan.lane)
        yield from dispatch(event.incident_id, led, situation, now, because, None, "decline")


STAGE_NAMES: Mapping[Stage, str] = {
    Stage.ACCEPT: "接单",
    Stage.ARRIVE: "到场",
    Stage.DISPOSE: "处置",
    Stage.CHECK: "核查",
}


def _next_rung(level: Level) -> Level:
    if level in TOP:
        return level
    return LADDER[LADDER.index(level) + 1]


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
