"""What comes of a step that is allowed."""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any

from schemas.case import (
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
    CaseEvent,
    CaseExcused,
    CaseRegistered,
    CaseReopened,
    CaseReturned,
    CaseTaskDone,
    Outcome,
    StepRefused,
)
from schemas.event import Event
from schemas.incident import Kind
from schemas.worker import Action, StepReported
from services.feedback.domain.case import Case
from services.feedback.domain.granting import GRANTING
from services.feedback.domain.proof import NOBODY, Witness, as_kept, distance
from services.feedback.domain.refusals import Limits, why_not

ANSWERED: Mapping[Kind, Outcome] = {Kind.REQUEST: "answered", Kind.WARNING: "looked_into"}
"""How a case ends whose check was passed; all other kinds end rectified."""


def step(
    case: Case, said: StepReported, now: datetime, limits: Limits, witness: Witness = NOBODY
) -> Iterator[Event]:
    """What comes of a step, or the refusal."""
    refusal = why_not(case, said, now, limits, witness)
    if refusal is None:
        granting = GRANTING.get(said.action)
        if granting:
            yield from granting(case, said, now, limits.calendar)
        else:
            yield from EFFECTS[said.action](case, as_kept(said, witness), now)
    else:
        yield _of(StepRefused, case, said, now)(
            step_id=said.step_id, action=said.action, reason=refusal
        )


def _of(
    event: type[CaseEvent], case: Case, said: StepReported, now: datetime
) -> Callable[..., CaseEvent]:
    """The event with what all steps of a case have in common; the rest is to be given."""

    def make(**more: Any) -> CaseEvent:
        return event(
            incident_id=said.incident_id,
            round=case.round,
            worker_id=said.worker_id,
            at=now,
            **more,
        )

    return make


Effect = Callable[[Case, StepReported, datetime], Iterator[Event]]


def _says(event: type[CaseEvent]) -> Effect:
    def say(case: Case, said: StepReported, now: datetime) -> Iterator[Event]:
        yield _of(event, case, said, now)()

    return say


def _says_why(event: type[CaseEvent]) -> Effect:
    def say(case: Case, said: StepReported, now: datetime) -> Iterator[Event]:
        yield _of(event, case, said, now)(reason=said.note)

    return say


def _arrived(case: Case, said: StepReported, now: datetime) -> Iterator[Event]:
    yield _of(CaseArrived, case, said, now)(
        said_at=said.at, distance=distance(case, said), evidence=said.evidence
    )


def _disposed(case: Case, said: StepReported, now: datetime) -> Iterator[Event]:
    yield _of(CaseDisposed, case, said, now)(
        measure=said.note, evidence=said.evidence, confirmed_by=said.confirmed_by
    )


def _task_done(case: Case, said: StepReported, now: datetime) -> Iterator[Event]:
    yield _of(CaseTaskDone, case, said, now)(task_id=said.task_id, note=said.note)


def _checked(case: Case, said: StepReported, now: datetime) -> Iterator[Event]:
    passed = bool(said.passed)
    yield _of(CaseChecked, case, said, now)(
        passed=passed,
        finding=said.note,
        evidence=said.evidence,
        confirmed_by=said.confirmed_by,
    )
    if passed:
        yield closed(case, said.incident_id, ANSWERED.get(case.kind, "rectified"), now)


def _dismissed(case: Case, said: StepReported, now: datetime) -> Iterator[Event]:
    """A false alarm; of a warning it was found on the spot, which is its finding."""
    if case.kind is Kind.WARNING:
        yield from _disposed(case, said, now)
    yield closed(case, said.incident_id, "false_alarm", now)


def _ended(outcome: Outcome) -> Effect:
    def end(case: Case, said: StepReported, now: datetime) -> Iterator[Event]:
        yield closed(case, said.incident_id, outcome, now)

    return end


def _asked(action: Action) -> Effect:
    asked = {Action.ASK_HELP: "help", Action.ASK_EXTENSION: "extension"}.get(action, "suspension")

    def ask(case: Case, said: StepReported, now: datetime) -> Iterator[Event]:
        yield _of(CaseAsked, case, said, now)(asked=asked, reason=said.note, until=said.until)

    return ask


def _denied(case: Case, said: StepReported, now: datetime) -> Iterator[Event]:
    if case.request is not None:
        yield _of(CaseDenied, case, said, now)(asked=case.request.asked, reason=said.note)


def closed(case: Case, incident_id: str, outcome: Outcome, now: datetime) -> CaseClosed:
    """The closing; on time if the disposal was, or if nothing had to be disposed of."""
    disposed_at = case.disposed_at or now
    on_time = case.deadlines is None or disposed_at <= case.deadlines.dispose_by
    return CaseClosed(
        incident_id=incident_id, round=case.round, at=now, outcome=outcome, on_time=on_time
    )


EFFECTS: Mapping[Action, Effect] = {
    Action.CONFIRM: _says(CaseConfirmed),
    Action.FALSE_ALARM: _dismissed,
    Action.ACCEPT: _says(CaseAccepted),
    Action.DECLINE: _says_why(CaseDeclined),
    Action.DEPART: _says(CaseDeparted),
    Action.ARRIVE: _arrived,
    Action.DISPOSE: _disposed,
    Action.TASK_DONE: _task_done,
    Action.CHECK: _checked,
    Action.ASK_HELP: _asked(Action.ASK_HELP),
    Action.ASK_EXTENSION: _asked(Action.ASK_EXTENSION),
    Action.ASK_SUSPENSION: _asked(Action.ASK_SUSPENSION),
    Action.DENY: _denied,
    Action.RETURN: _says_why(CaseReturned),
    Action.REGISTER: _says(CaseRegistered),
    Action.NOT_ACCEPT: _ended("not_accepted"),
    Action.EXCUSE: _says_why(CaseExcused),
    Action.REOPEN: _says_why(CaseReopened),
}
