"""What feedback says: the case goes on, a clock runs out, somebody gets an answer."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from schemas.case import CaseRated, CaseRecurred, CaseReopened, MergeRefused, Stage, StageOverdue
from schemas.event import Event
from schemas.incident import IncidentClassified, ReportMerged
from schemas.worker import CitizenRated, StepReported
from services.feedback.domain.answers import answer, welcome
from services.feedback.domain.case import Case, State, clock
from services.feedback.domain.clocks import RESUME, due
from services.feedback.domain.effects import closed, resume, step
from services.feedback.domain.proof import NOBODY, Witness
from services.feedback.domain.refusals import Limits


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
    given = welcome(event.voice, event.incident_id, case.answers + 1, now)
    if given is not None:
        yield given


def decide_step(
    event: StepReported, case: Case, limits: Limits, now: datetime, witness: Witness = NOBODY
) -> Iterator[Event]:
    """A worker's step moves the case, and those who reported it hear of it."""
    events = list(step(case, event, now, limits, witness))
    yield from events
    yield from answer(case, event.incident_id, events, now)


def decide_withdrawn(incident_id: str, case: Case, now: datetime) -> Iterator[Event]:
    """All voices were taken back: the case is closed."""
    if case.state is not State.CLOSED:
        events: list[Event] = [closed(case, incident_id, "withdrawn", now)]
        yield from events
        yield from answer(case, incident_id, events, now)


def decide_absorbed(incident_id: str, case: Case, now: datetime) -> Iterator[Event]:
    """The case is closed without a word to its voices: the case they join will answer them."""
    if case.state is not State.CLOSED:
        yield closed(case, incident_id, "absorbed", now)


def decide_timer(incident_id: str, case: Case, name: str, now: datetime) -> Iterator[Event]:
    """A case has rested long enough, or a stage's time is up and it is not done."""
    if case.deadlines is None:
        return
    if name == RESUME:
        yield resume(case, incident_id, now)
        return
    stage = Stage(name.partition(":")[0])
    if name == clock(case, stage):
        yield StageOverdue(
            incident_id=incident_id,
            round=case.round,
            worker_id=case.worker_id,
            at=now,
            stage=stage,
            due_at=due(case.deadlines, stage),
        )


def decide_rating(
    event: CitizenRated, incident_id: str, case: Case, now: datetime
) -> Iterator[Event]:
    """What the citizen says is kept; what is not solved is reopened, and all hear of it."""
    yield CaseRated(
        incident_id=incident_id,
        round=case.round,
        at=now,
        thread=event.thread,
        solved=event.solved,
        satisfied=event.satisfied,
    )
    is_bad = event.solved is False or (event.solved is None and event.satisfied in UNSATISFIED)
    if is_bad and case.state is State.CLOSED:
        reopened = CaseReopened(
            incident_id=incident_id, round=case.round, at=now, reason=event.comment
        )
        yield reopened
        yield from answer(case, incident_id, [reopened], now)


UNSATISFIED = frozenset({"不满意"})
