"""What feedback says: the case goes on, a clock runs out, somebody gets an answer."""

from collections.abc import Iterator
from datetime import datetime

from schemas.case import CaseReopened, MergeRefused, Stage, StageOverdue
from schemas.event import Event
from schemas.incident import IncidentClassified, ReportMerged
from schemas.worker import CitizenRated, StepReported
from services.feedback.domain.answers import answer, welcome
from services.feedback.domain.case import Case, State, due
from services.feedback.domain.workflow import closed, step


def decide_opened(event: IncidentClassified, now: datetime) -> Iterator[Event]:
    """Whoever reported it hears that it was taken up."""
    given = welcome(event.voice, event.incident_id, 1, now)
    if given is not None:
        yield given


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


def decide_step(event: StepReported, case: Case, now: datetime) -> Iterator[Event]:
    """A worker's step moves the case, and those who reported it hear of it."""
    events = list(step(case, event, now))
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


def decide_overdue(incident_id: str, case: Case, clock: str, now: datetime) -> Iterator[Event]:
    """A stage's time is up, and it is not done."""
    stage, _, round_ = clock.partition(":")
    if case.deadlines is not None and int(round_) == case.round:
        yield StageOverdue(
            incident_id=incident_id,
            round=case.round,
            worker_id=case.worker_id,
            at=now,
            stage=Stage(stage),
            due_at=due(case.deadlines, Stage(stage)),
        )


def decide_rating(
    event: CitizenRated, incident_id: str, case: Case, now: datetime
) -> Iterator[Event]:
    """Not solved, says the citizen of a closed case: it is reopened."""
    if event.solved is False and case.state is State.CLOSED:
        yield CaseReopened(incident_id=incident_id, round=case.round, at=now, reason=event.comment)
