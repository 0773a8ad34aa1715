"""What feedback says: the case goes on, a clock runs out, somebody gets an answer."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from schemas.case import (
    CaseRated,
    CaseRecurred,
    CaseReopened,
    MergeRefused,
    Outcome,
    Stage,
    StageOverdue,
    StepRefused,
)
from schemas.dispatch import Deadlines
from schemas.event import Event
from schemas.incident import IncidentClassified, ReportMerged
from schemas.worker import CitizenRated, StepReported
from services.feedback.domain.answers import answer, catch_up, welcome
from services.feedback.domain.case import Case, State, clock
from services.feedback.domain.clocks import RESUME, due
from services.feedback.domain.effects import closed, step
from services.feedback.domain.evolve import after
from services.feedback.domain.granting import resume
from services.feedback.domain.pausing import (
    PausingMode,
    is_routine,
    paused,
    paused_again,
    stopped,
    unpaused,
)
from services.feedback.domain.proof import NOBODY, Witness
from services.feedback.domain.refusals import LIMITS, Limits
from services.feedback.domain.supervising import REMIND, remind


def decide_opened(event: IncidentClassified, before: Case | None, now: datetime) -> Iterator[Event]:
    """Whoever reported it hears that it was taken up; what it follows has come back."""
    given = welcome(event.voice, event.incident_id, 1, now)
    if given is not None:
        yield given
    if before is not None and _came_back(before, now):
        yield CaseRecurred(
            incident_id=str(event.follows), round=before.round, at=now, again=event.incident_id
        )


def _came_back(before: Case, now: datetime) -> bool:
    if before.closed_at is None or before.recurred_at is not None:
        return False
    return now - before.closed_at <= RECURRENCE


RECURRENCE = timedelta(days=30)
"""What comes back within this time counts against the net rate of rectification."""


def decide_merged(event: ReportMerged, case: Case, now: datetime) -> Iterator[Event]:
    """A voice joins, and hears so; if the case was closed meanwhile, it is refused."""
    if case.state is State.CLOSED:
        yield MergeRefused(
            incident_id=event.incident_id, round=case.round, at=now, voice=event.voice
        )
        return
    yield from catch_up(case, event.voice, event.incident_id, case.answers + 1, now)


def decide_step(
    event: StepReported, case: Case, limits: Limits, now: datetime, witness: Witness = NOBODY
) -> Iterator[Event]:
    """A worker's step moves the case, and those who reported it hear of it."""
    events = list(_stepped(event, case, limits, now, witness))
    yield from events
    yield from answer(case, event.incident_id, events, now)


def _stepped(
    event: StepReported, case: Case, limits: Limits, now: datetime, witness: Witness
) -> Iterator[Event]:
    """A step on a case whose clocks stand still: they go on for it, and stop again after it."""
    woken = list(unpaused(case, event.incident_id, now, limits.calendar, "有人办理，结算时限"))
    awake = after(case, woken)
    events = list(step(awake, event, now, limits, witness))
    if case.pause is None or any(isinstance(each, StepRefused) for each in events):
        yield from events
        return
    yield from (*woken, *events)
    yield from paused_again(after(awake, events), event.incident_id, case.pause, now)


def decide_withdrawn(
    incident_id: str, case: Case, now: datetime, limits: Limits = LIMITS
) -> Iterator[Event]:
    """All voices were taken back: the case is closed."""
    if case.state is not State.CLOSED:
        events = list(_ended(incident_id, case, "withdrawn", now, limits))
        yield from events
        yield from answer(case, incident_id, events, now)


def _ended(
    incident_id: str, case: Case, outcome: Outcome, now: datetime, limits: Limits
) -> Iterator[Event]:
    woken = list(unpaused(case, incident_id, now, limits.calendar, "事件结束，结算时限"))
    yield from woken
    yield closed(after(case, woken), incident_id, outcome, now)


def decide_absorbed(
    incident_id: str, case: Case, now: datetime, limits: Limits = LIMITS
) -> Iterator[Event]:
    """The case is closed without a word to its voices: the case they join will answer them."""
    if case.state is not State.CLOSED:
        yield from _ended(incident_id, case, "absorbed", now, limits)


def decide_weighed(
    incident_id: str, before: Case, event: Event, now: datetime, limits: Limits
) -> Iterator[Event]:
    """It is graver, or watched, since this event: then its clocks stand still no longer."""
    if not is_routine(after(before, [event])):
        yield from unpaused(before, incident_id, now, limits.calendar, "不再是常规工作，恢复计时")


def decide_timer(
    incident_id: str,
    case: Case,
    name: str,
    now: datetime,
    limits: Limits = LIMITS,
    modes: Sequence[PausingMode] = (),
) -> Iterator[Event]:
    """A case has rested long enough, a stage's time is up, or somebody is to be reminded."""
    if name == REMIND:
        yield from remind(case, incident_id, now)
    elif name == RESUME and case.pause is not None:
        reason = "应急模式到期，恢复计时"
        yield from unpaused(case, incident_id, now, limits.calendar, reason)
    elif name == RESUME and case.deadlines is not None:
        resumed = resume(case, incident_id, now, limits.calendar)
        yield resumed
        yield from answer(case, incident_id, [resumed], now)
    elif case.deadlines is not None:
        yield from _rung(incident_id, case, case.deadlines, name, now, modes)


def _rung(
    incident_id: str,
    case: Case,
    deadlines: Deadlines,
    name: str,
    now: datetime,
    modes: Sequence[PausingMode],
) -> Iterator[Event]:
    """Too late; unless a mode began before, of which the case has not heard yet."""
    stage = Stage(name.partition(":")[0])
    if name != clock(case, stage):
        return
    for each in paused(case, incident_id, modes, now):
        if due(deadlines, stage) > stopped(each).since:
            yield each
            return
    yield StageOverdue(
        incident_id=incident_id,
        round=case.round,
        worker_id=case.worker_id,
        at=now,
        stage=stage,
        due_at=due(deadlines, stage),
    )


def decide_rating(
    event: CitizenRated, incident_id: str, case: Case, now: datetime
) -> Iterator[Event]:
    """What the citizen says is kept; what is not solved is reopened, and all hear of it.

    What was absorbed goes on elsewhere: it is not opened a second time here.
    """
    yield CaseRated(
        incident_id=incident_id,
        round=case.round,
        at=now,
        thread=event.thread,
        solved=event.solved,
        satisfied=event.satisfied,
    )
    is_bad = event.solved is False or (event.solved is None and event.satisfied in UNSATISFIED)
    if is_bad and case.state is State.CLOSED and case.outcome != "absorbed":
        reopened = CaseReopened(
            incident_id=incident_id, round=case.round, at=now, reason=event.comment
        )
        yield reopened
        yield from answer(case, incident_id, [reopened], now)


UNSATISFIED = frozenset({"不满意"})
