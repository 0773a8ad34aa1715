"""The case: what feedback remembers of an incident, from its first moment to its closing."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from schemas.case import (
    Asked,
    CameraState,
    CaseAccepted,
    CaseArrived,
    CaseAsked,
    CaseChecked,
    CaseClosed,
    CaseConfirmed,
    CaseDeclined,
    CaseDenied,
    CaseDeparted,
    CaseDisposed,
    CaseExcused,
    CaseExtended,
    CaseRated,
    CaseRecurred,
    CaseRegistered,
    CaseReopened,
    CaseResumed,
    CaseReturned,
    CaseSuspended,
    CaseTaskDone,
    HotlineReceipt,
    MergeRefused,
    Outcome,
    StageOverdue,
)
from schemas.dispatch import Deadlines, IncidentDispatched, Level, Task
from schemas.event import Event
from schemas.incident import (
    Category,
    IncidentAbsorbed,
    IncidentClassified,
    IncidentRecategorised,
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

    PENDING_REGISTRATION = "pending_registration"
    PENDING_DISPATCH = "pending_dispatch"
    PENDING_VERIFICATION = "pending_verification"
    PENDING_ACCEPTANCE = "pending_acceptance"
    HANDLING = "handling"
    EN_ROUTE = "en_route"
    ON_SITE = "on_site"
    SUSPENDED = "suspended"
    PENDING_CHECK = "pending_check"
    CLOSED = "closed"


CHINESE = {
    State.PENDING_REGISTRATION: "待立案",
    State.PENDING_DISPATCH: "待派遣",
    State.PENDING_VERIFICATION: "待核实",
    State.PENDING_ACCEPTANCE: "待接单",
    State.HANDLING: "处置中",
    State.EN_ROUTE: "赶赴现场",
    State.ON_SITE: "已到场",
    State.SUSPENDED: "已挂账",
    State.PENDING_CHECK: "待核查",
    State.CLOSED: "已结案",
}


@dataclass(frozen=True, slots=True)
class Request:
    """What the worker has asked for and a leader has not answered yet (待审批)."""

    asked: Asked
    by: str
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Sending:
    """How the dispatch that holds was decided: for the ledger."""

    mode: str
    level: Level
    unit: str = ""
    lead_unit: str = ""
    rule: str = ""
    rules_version: str = ""
    roster_version: str = ""
    ground_version: str = ""


@dataclass(frozen=True, slots=True)
class Case:
    """A case, with the time at which each stage was reached first (disposal: last)."""

    category: Category
    severity: Severity
    kind: Kind
    place: Place
    voices: tuple[Voice, ...]
    opened_at: datetime
    source: str = ""
    """Where its first voice came from; that voice may leave, this stays."""
    camera: str | None = None
    suspicion: bool = False
    confirmed: bool = False
    state: State = State.PENDING_DISPATCH
    round: int = 0
    """The dispatch that holds: nobody is sent anew while somebody is at it."""
    latest_round: int = 0
    """The dispatch that was heard of last, whether it holds or came too late."""
    worker_id: str = ""
    deadlines: Deadlines | None = None
    sending: Sending | None = None
    accepted_level: Level | None = None
    """The rung that took it on first."""
    disposer: str = ""
    checker: str = ""
    overdue: tuple[str, ...] = ()
    request: Request | None = None
    extensions: int = 0
    suspensions: int = 0
    suspended_at: datetime | None = None
    suspended_until: datetime | None = None
    resumes_as: State | None = None
    dispatched_at: datetime | None = None
    accepted_at: datetime | None = None
    arrived_at: datetime | None = None
    disposed_at: datetime | None = None
    checked_at: datetime | None = None
    closed_at: datetime | None = None
    outcome: Outcome | None = None
    on_time: bool | None = None
    rework: int = 0
    declines: int = 0
    reopened: int = 0
    excused: bool = False
    recurred_at: datetime | None = None
    solved: bool | None = None
    satisfied: str = ""
    answers: int = 0
    """How many receipts and camera states were given out."""
    tasks: tuple[Task, ...] = ()
    """The tasks of a coordination that are not done yet."""
    helpers: tuple[str, ...] = ()


IN_HAND = frozenset({State.HANDLING, State.EN_ROUTE, State.ON_SITE})
WAITING = frozenset({State.PENDING_DISPATCH, State.PENDING_VERIFICATION, State.PENDING_ACCEPTANCE})


def evolve(case: Case | None, event: Event) -> Case | None:
    """The next state; an event that does not matter changes nothing."""
    if case is None:
        return _opened(event) if isinstance(event, IncidentClassified) else None
    match event:
        case ReportMerged() if case.state is not State.CLOSED:
            return replace(case, voices=(*case.voices, event.voice))
        case VoiceWithdrawn() | IncidentSplit() | IncidentAbsorbed():
            return replace(case, voices=_left(case, event))
        case MergeRefused() | IncidentClassified():
            return case
        case IncidentRegraded():
            return replace(case, severity=event.severity)
        case IncidentRecategorised():
            return replace(case, category=event.category, kind=event.kind, severity=event.severity)
        case IncidentDispatched():
            return _dispatched(case, event)
        case CaseTaskDone():
            return replace(case, tasks=tuple(t for t in case.tasks if t.task_id != event.task_id))
        case HotlineReceipt() | CameraState():
            return replace(case, answers=case.answers + 1)
    return _stepped(case, event)


def _left(
    case: Case, event: VoiceWithdrawn | IncidentSplit | IncidentAbsorbed
) -> tuple[Voice, ...]:
    """The voices that stay; an absorbed incident keeps none."""
    match event:
        case VoiceWithdrawn():
            gone: Collection[str] = (event.thread,)
        case IncidentSplit():
            gone = event.threads
        case IncidentAbsorbed():
            return ()
    return tuple(each for each in case.voices if each.thread not in gone)


def _opened(event: IncidentClassified) -> Case:
    return Case(
        category=event.category,
        severity=event.severity,
        kind=event.kind,
        place=event.place,
        voices=(event.voice,),
        opened_at=event.classified_at,
        source=event.voice.source,
        camera=event.voice.camera,
        suspicion=event.suspicion,
    )


def _dispatched(case: Case, event: IncidentDispatched) -> Case:
    """A new round begins, unless somebody is at it already or it is over."""
    latest = max(case.latest_round, event.round)
    if event.origin == "person" and case.state in IN_HAND and event.round > case.round:
        return _by_a_person(case, event)
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
        sending=_sending(event),
        request=None,
        dispatched_at=case.dispatched_at or event.dispatched_at,
        tasks=event.tasks,
        helpers=tuple(each.worker_id for each in event.helpers),
    )


def _by_a_person(case: Case, event: IncidentDispatched) -> Case:
    """A person gave it to another (改派、接管、交接班), or help to who has it (协办)."""
    stays = event.assignee.worker_id == case.worker_id
    return replace(
        case,
        state=case.state if stays else State.PENDING_ACCEPTANCE,
        round=event.round,
        latest_round=max(case.latest_round, event.round),
        worker_id=event.assignee.worker_id,
        deadlines=case.deadlines if stays else event.deadlines,
        sending=_sending(event),
        request=None,
        tasks=event.tasks or case.tasks,
        helpers=tuple(each.worker_id for each in event.helpers),
    )


def _sending(event: IncidentDispatched) -> Sending:
    return Sending(
        mode=event.mode,
        level=event.assignee.level,
        unit=event.responsible_unit,
        lead_unit=event.lead_unit,
        rule=event.rule,
        rules_version=event.rules_version,
        roster_version=event.roster_version,
        ground_version=event.ground_version,
    )


def _stepped(case: Case, event: Event) -> Case:
    match event:
        case CaseConfirmed():
            return replace(case, state=State.PENDING_ACCEPTANCE, confirmed=True)
        case CaseAccepted():
            level = case.sending.level if case.sending else None
            return replace(
                case,
                state=State.HANDLING,
                accepted_at=case.accepted_at or event.at,
                accepted_level=case.accepted_level or level,
            )
        case CaseDeparted():
            return replace(case, state=State.EN_ROUTE)
        case CaseArrived():
            return replace(case, state=State.ON_SITE, arrived_at=case.arrived_at or event.at)
        case CaseDisposed():
            return replace(
                case,
                state=State.PENDING_CHECK,
                disposer=event.worker_id,
                disposed_at=event.at,
                request=None,
            )
        case CaseChecked():
            return _checked(case, event)
        case StageOverdue():
            return replace(case, overdue=(*case.overdue, clock(case, event.stage)))
    return _turned(case, event)


def _turned(case: Case, event: Event) -> Case:
    """It is over, begins again, or goes back."""
    match event:
        case CaseClosed():
            return _closed(case, event)
        case CaseReopened():
            return _reopened(case)
        case CaseDeclined():
            return replace(case, state=State.PENDING_DISPATCH, declines=case.declines + 1)
        case CaseRegistered():
            return replace(case, state=State.PENDING_DISPATCH)
        case CaseReturned():
            return replace(case, state=State.PENDING_REGISTRATION)
    return _asked(case, event)


def _asked(case: Case, event: Event) -> Case:
    match event:
        case CaseAsked() if event.asked != "help":
            return replace(case, request=Request(event.asked, event.worker_id, event.until))
        case CaseDenied():
            return replace(case, request=None)
        case CaseExtended():
            return replace(
                case,
                deadlines=event.deadlines,
                extensions=case.extensions + 1,
                request=None,
            )
        case CaseSuspended():
            return replace(
                case,
                state=State.SUSPENDED,
                suspensions=case.suspensions + 1,
                suspended_at=event.at,
                suspended_until=event.until,
                resumes_as=case.state,
                request=None,
            )
        case CaseResumed():
            return replace(
                case,
                state=case.resumes_as or State.HANDLING,
                deadlines=event.deadlines,
                suspended_at=None,
                suspended_until=None,
                resumes_as=None,
            )
    return _judged(case, event)


def _judged(case: Case, event: Event) -> Case:
    """What is found of it afterwards."""
    match event:
        case CaseRated():
            return replace(case, solved=event.solved, satisfied=event.satisfied)
        case CaseRecurred():
            return replace(case, recurred_at=event.at)
        case CaseExcused():
            return replace(case, excused=True)
    return case


def _checked(case: Case, event: CaseChecked) -> Case:
    if event.passed:
        return replace(case, checked_at=event.at, checker=event.worker_id)
    return replace(case, state=State.ON_SITE, rework=case.rework + 1)


def _closed(case: Case, event: CaseClosed) -> Case:
    return replace(
        case,
        state=State.CLOSED,
        closed_at=event.at,
        outcome=event.outcome,
        on_time=event.on_time,
        request=None,
        suspended_at=None,
        suspended_until=None,
    )


def _reopened(case: Case) -> Case:
    return replace(
        case,
        state=State.PENDING_DISPATCH,
        disposed_at=None,
        closed_at=None,
        outcome=None,
        on_time=None,
        overdue=(),
        reopened=case.reopened + 1,
    )


def clock(case: Case, stage: str) -> str:
    """The name of the timer of a stage: each round, and each extension, has clocks of its own."""
    return f"{stage}:{case.round}:{case.extensions}"
