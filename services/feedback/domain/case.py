"""The case: what feedback remembers of an incident, from its first moment to its closing."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Literal

from schemas.case import (
    CameraState,
    CaseAccepted,
    CaseArrived,
    CaseChecked,
    CaseClosed,
    CaseConfirmed,
    CaseDeclined,
    CaseDisposed,
    CaseReopened,
    HotlineReceipt,
    MergeRefused,
    Stage,
    StageOverdue,
)
from schemas.dispatch import Deadlines, IncidentDispatched
from schemas.event import Event
from schemas.incident import (
    Category,
    IncidentAbsorbed,
    IncidentClassified,
    IncidentRegraded,
    IncidentSplit,
    Kind,
    ReportMerged,
    Severity,
    Voice,
    VoiceWithdrawn,
)
from schemas.place import Place


class State(StrEnum):
    """Where a case stands (案件状态)."""

    PENDING_DISPATCH = "pending_dispatch"
    PENDING_VERIFICATION = "pending_verification"
    PENDING_ACCEPTANCE = "pending_acceptance"
    HANDLING = "handling"
    ON_SITE = "on_site"
    PENDING_CHECK = "pending_check"
    CLOSED = "closed"


CHINESE = {
    State.PENDING_DISPATCH: "待派遣",
    State.PENDING_VERIFICATION: "待核实",
    State.PENDING_ACCEPTANCE: "待接单",
    State.HANDLING: "处置中",
    State.ON_SITE: "已到场",
    State.PENDING_CHECK: "待核查",
    State.CLOSED: "已结案",
}

Outcome = Literal["rectified", "answered", "looked_into", "withdrawn", "false_alarm", "absorbed"]


@dataclass(frozen=True, slots=True)
class Case:
    """A case, with the time at which each stage was reached first (disposal: last)."""

    category: Category
    severity: Severity
    kind: Kind
    place: Place
    voices: tuple[Voice, ...]
    opened_at: datetime
    suspicion: bool = False
    confirmed: bool = False
    state: State = State.PENDING_DISPATCH
    round: int = 0
    """The dispatch that holds: nobody is sent anew while somebody is at it."""
    latest_round: int = 0
    """The dispatch that was heard of last, whether it holds or came too late."""
    worker_id: str = ""
    deadlines: Deadlines | None = None
    disposer: str = ""
    overdue: tuple[str, ...] = ()
    dispatched_at: datetime | None = None
    accepted_at: datetime | None = None
    arrived_at: datetime | None = None
    disposed_at: datetime | None = None
    checked_at: datetime | None = None
    closed_at: datetime | None = None
    outcome: Outcome | None = None
    on_time: bool | None = None
    rework: int = 0
    answers: int = 0
    """How many receipts and camera states were given out."""


def evolve(case: Case | None, event: Event) -> Case | None:
    """The next state; an event that does not matter changes nothing."""
    if case is None:
        return _opened(event) if isinstance(event, IncidentClassified) else None
    match event:
        case ReportMerged() if case.state is not State.CLOSED:
            return replace(case, voices=(*case.voices, event.voice))
        case VoiceWithdrawn():
            return _without(case, (event.thread,))
        case IncidentSplit():
            return _without(case, event.threads)
        case IncidentAbsorbed():
            return replace(case, voices=())
        case MergeRefused() | IncidentClassified():
            return case
        case IncidentRegraded():
            return replace(case, severity=event.severity)
        case IncidentDispatched():
            return _dispatched(case, event)
        case HotlineReceipt() | CameraState():
            return replace(case, answers=case.answers + 1)
    return _stepped(case, event)


def _without(case: Case, threads: Collection[str]) -> Case:
    left = tuple(each for each in case.voices if each.thread not in threads)
    return replace(case, voices=left)


def _opened(event: IncidentClassified) -> Case:
    return Case(
        category=event.category,
        severity=event.severity,
        kind=event.kind,
        place=event.place,
        voices=(event.voice,),
        opened_at=event.classified_at,
        suspicion=event.suspicion,
    )


def _dispatched(case: Case, event: IncidentDispatched) -> Case:
    """A new round begins, unless somebody is at it already or it is over."""
    latest = max(case.latest_round, event.round)
    if case.state not in WAITING or event.round <= case.round:
        return replace(case, latest_round=latest)
    waits = case.suspicion and not case.confirmed
    return replace(
        case,
        state=State.PENDING_VERIFICATION if waits else State.PENDING_ACCEPTANCE,
        round=event.round,
        latest_round=latest,
        worker_id=event.assignee.worker_id,
        deadlines=event.deadlines,
        dispatched_at=case.dispatched_at or event.dispatched_at,
    )


WAITING = frozenset({State.PENDING_DISPATCH, State.PENDING_VERIFICATION, State.PENDING_ACCEPTANCE})


def _stepped(case: Case, event: Event) -> Case:
    match event:
        case CaseConfirmed():
            return replace(case, state=State.PENDING_ACCEPTANCE, confirmed=True)
        case CaseAccepted():
            return replace(case, state=State.HANDLING, accepted_at=case.accepted_at or event.at)
        case CaseArrived():
            return replace(case, state=State.ON_SITE, arrived_at=case.arrived_at or event.at)
        case CaseDisposed():
            return replace(
                case, state=State.PENDING_CHECK, disposer=event.worker_id, disposed_at=event.at
            )
        case CaseChecked():
            return _checked(case, event)
        case CaseClosed():
            return replace(
                case,
                state=State.CLOSED,
                closed_at=event.at,
                outcome=event.outcome,
                on_time=event.on_time,
            )
        case CaseDeclined():
            return replace(case, state=State.PENDING_DISPATCH)
        case CaseReopened():
            return replace(
                case,
                state=State.PENDING_DISPATCH,
                disposed_at=None,
                closed_at=None,
                outcome=None,
                on_time=None,
                overdue=(),
            )
        case StageOverdue():
            return replace(case, overdue=(*case.overdue, clock(event.stage, event.round)))
    return case


def _checked(case: Case, event: CaseChecked) -> Case:
    if event.passed:
        return replace(case, checked_at=event.at)
    return replace(case, state=State.ON_SITE, rework=case.rework + 1)


def clock(stage: Stage, round_: int) -> str:
    """The name of the timer of a stage: each round has clocks of its own."""
    return f"{stage}:{round_}"


def deadlines(case: Case) -> dict[str, datetime]:
    """The clock that runs now, if it has not run out already."""
    running = RUNNING.get(case.state)
    if running is None or case.deadlines is None:
        return {}
    name = clock(running, case.round)
    return {} if name in case.overdue else {name: due(case.deadlines, running)}


RUNNING = {
    State.PENDING_VERIFICATION: Stage.ACCEPT,
    State.PENDING_ACCEPTANCE: Stage.ACCEPT,
    State.HANDLING: Stage.ARRIVE,
    State.ON_SITE: Stage.DISPOSE,
    State.PENDING_CHECK: Stage.CHECK,
}


def due(deadlines: Deadlines, stage: Stage) -> datetime:
    """When a stage is due."""
    due_at: datetime = getattr(deadlines, f"{stage}_by")
    return due_at
