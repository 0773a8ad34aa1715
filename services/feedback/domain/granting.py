"""What moves the clocks of a case: an extension, a rest (挂账), and its end."""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime

from schemas.case import CaseExtended, CaseResumed, CaseSuspended
from schemas.event import Event
from schemas.worker import Action, StepReported
from services.feedback.domain.case import Case
from services.feedback.domain.clocks import extended, rested
from services.reference.calendar import WorkCalendar

Granting = Callable[[Case, StepReported, datetime, WorkCalendar], Iterator[Event]]


def _granted(
    case: Case, said: StepReported, now: datetime, calendar: WorkCalendar
) -> Iterator[Event]:
    request = case.request
    if request is None or case.deadlines is None:
        return
    if request.asked == "extension":
        yield CaseExtended(
            incident_id=said.incident_id,
            round=case.round,
            worker_id=said.worker_id,
            at=now,
            deadlines=extended(case, case.deadlines, calendar),
        )
    elif request.until is not None:
        yield CaseSuspended(
            incident_id=said.incident_id,
            round=case.round,
            worker_id=said.worker_id,
            at=now,
            until=request.until,
            reason=said.note,
        )


def _resumed(
    case: Case, said: StepReported, now: datetime, calendar: WorkCalendar
) -> Iterator[Event]:
    if case.deadlines is not None:
        yield resume(case, said.incident_id, now, calendar, said.worker_id)


def resume(
    case: Case, incident_id: str, now: datetime, calendar: WorkCalendar, worker_id: str = ""
) -> CaseResumed:
    """A case that rested goes on. Raises ValueError if it never had a clock."""
    if case.deadlines is None:
        raise ValueError("a case without deadlines cannot have rested")
    since = case.suspended_at or now
    return CaseResumed(
        incident_id=incident_id,
        round=case.round,
        worker_id=worker_id,
        at=now,
        deadlines=rested(case.deadlines, since, now, calendar),
    )


GRANTING: Mapping[Action, Granting] = {Action.GRANT: _granted, Action.RESUME: _resumed}
"""The steps that move clocks, and so need the working calendar."""
