"""Cases, steps and dispatches for the tests of feedback."""

from datetime import UTC, datetime, timedelta
from typing import Any

from schemas.dispatch import Assignee, Deadlines, IncidentDispatched, Level, Mode
from schemas.event import Event
from schemas.incident import Category, IncidentClassified, Kind, ReportMerged, Severity, Voice
from schemas.place import Place
from schemas.report import Source
from schemas.worker import Action, Role, StepReported
from services.feedback.domain.case import Case, State
from services.feedback.domain.effects import step
from services.feedback.domain.evolve import evolve
from services.feedback.domain.refusals import LIMITS

NOON = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)
WORKER, OTHER, CHECKER = "W1", "W2", "G1"
DESK, LEADER, GUARD = "D1", "L1", "P1"


def minutes(number: float) -> datetime:
    """So many minutes after noon."""
    return NOON + timedelta(minutes=number)


def voice(number: int = 1, ticket: str | None = None, alarm: str | None = None) -> Voice:
    """A voice: of the hotline, of a camera, or of a chat."""
    source = Source.HOTLINE if ticket else Source.CAMERA if alarm else Source.WECHAT
    return Voice(
        report_id=f"R{number}",
        thread=f"t:{number}",
        source=source,
        reported_at=NOON,
        ticket_number=ticket,
        camera_alarm=alarm,
    )


def incident(
    heard: Voice | None = None, kind: Kind = Kind.HAZARD, *, suspicion: bool = False
) -> IncidentClassified:
    """A bag of rubbish on the stairs."""
    return IncidentClassified(
        incident_id="I1",
        voice=heard or voice(),
        kind=kind,
        category=Category(code="91003", name="堵塞疏散通道或楼道堆物", scene="安全"),
        severity=Severity.MEDIUM,
        confidence=0.9,
        title="楼道堆物",
        summary="楼道里堆了很多纸箱",
        place=Place(),
        suspicion=suspicion,
        reasons=(),
        catalogue_version="c1",
        classified_at=NOON,
    )


def sent(round_: int = 1, worker: str = WORKER) -> IncidentDispatched:
    """The incident went to somebody: due after 1, 2, 3 and 4 hours."""
    hours = [NOON + timedelta(hours=round_ - 1 + hour) for hour in (1, 2, 3, 4)]
    names = ("accept_by", "arrive_by", "dispose_by", "check_by")
    return IncidentDispatched(
        incident_id="I1",
        round=round_,
        assignee=Assignee(worker_id=worker, level=Level.MICRO_GRID, area=""),
        mode=Mode.AT_ONCE,
        severity=Severity.MEDIUM,
        deadlines=Deadlines(**dict(zip(names, hours, strict=True))),
        reasons=(),
        ground_version="g1",
        dispatched_at=NOON,
    )


def merged(heard: Voice) -> ReportMerged:
    """A further voice."""
    return ReportMerged(incident_id="I1", voice=heard, reasons=(), merged_at=NOON)


def did(
    action: Action,
    worker: str = WORKER,
    round_: int = 0,
    note: str = "说明",
    passed: bool | None = True,
    **more: Any,
) -> StepReported:
    """Somebody did something, with all that any step needs."""
    fields: dict[str, Any] = {
        "step_id": "s1",
        "incident_id": "I1",
        "action": action,
        "worker_id": worker,
        "role": ROLES.get(worker, Role.WORKER),
        "round": round_,
        "at": NOON,
        "note": note,
        "passed": passed,
        "until": NOON + timedelta(days=30),
    }
    return StepReported.model_validate(fields | more)


ROLES = {DESK: Role.DESK, LEADER: Role.LEADER, GUARD: Role.PROPERTY}


def by(action: Action) -> str:
    """Who may do it."""
    return DOERS.get(action, WORKER)


DOERS = {
    Action.CHECK: CHECKER,
    Action.GRANT: LEADER,
    Action.DENY: LEADER,
    Action.RETURN: DESK,
    Action.REGISTER: DESK,
    Action.NOT_ACCEPT: DESK,
    Action.REOPEN: DESK,
}

PATHS: dict[State, tuple[Action, ...]] = {
    State.PENDING_ACCEPTANCE: (),
    State.HANDLING: (Action.ACCEPT,),
    State.EN_ROUTE: (Action.ACCEPT, Action.DEPART),
    State.ON_SITE: (Action.ACCEPT, Action.ARRIVE),
    State.SUSPENDED: (Action.ACCEPT, Action.ASK_SUSPENSION, Action.GRANT),
    State.PENDING_CHECK: (Action.ACCEPT, Action.ARRIVE, Action.DISPOSE),
    State.CLOSED: (Action.ACCEPT, Action.ARRIVE, Action.DISPOSE, Action.CHECK),
    State.PENDING_REGISTRATION: (Action.RETURN,),
}


def after(*events: Event, begin: Event | None = None) -> Case:
    """The case after these events."""
    case = evolve(None, begin or incident())
    for event in events:
        case = evolve(case, event)
    assert case is not None
    return case


def walked(case: Case, *actions: Action) -> Case:
    """The case after these steps, each by whoever may do it."""
    for action in actions:
        for event in step(case, did(action, by(action)), NOON, LIMITS):
            case = evolve(case, event) or case
    return case


def case_in(state: State, begin: Event | None = None) -> Case:
    """A case that has come as far as this, as cases do."""
    if state is State.PENDING_DISPATCH:
        return after(begin=begin)
    if state is State.PENDING_VERIFICATION:
        return after(sent(), begin=incident(suspicion=True))
    return walked(after(sent(), begin=begin), *PATHS[state])
