"""A leader watches a case (督办): it is marked, runs on in every mode, and is reminded of."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

from schemas.case import CaseReminded
from schemas.dispatch import SupervisionOrdered
from schemas.event import Event
from services.feedback.domain.case import Case, State, Watch

REMIND = "remind"
"""The timer of the next reminder."""

EVERY = timedelta(days=1)
"""From one reminder to the next; the dispatch's own moment to remind is not passed over."""

QUIET = frozenset({State.CLOSED, State.SUSPENDED})
"""Where nobody need be reminded."""


def watched(case: Case, event: Event) -> Case:
    """The case after an order to watch it, or a reminder; any other event changes nothing."""
    match event:
        case SupervisionOrdered():
            return replace(case, watch=Watch(event.by, event.ordered_at, event.ordered_at))
        case CaseReminded() if case.watch is not None:
            watch = replace(case.watch, reminded_at=event.at, reminders=event.number)
            return replace(case, watch=watch)
    return case


def reminds_at(case: Case) -> datetime | None:
    """When the next reminder is due; None if nobody watches the case, or it is over."""
    if case.watch is None or case.state in QUIET:
        return None
    last = case.watch.reminded_at
    usual = last + EVERY
    due = case.deadlines.remind_at if case.deadlines else None
    return due if due is not None and last < due < usual else usual


def remind(case: Case, incident_id: str, now: datetime) -> Iterator[Event]:
    """It is still open, and a leader watches it."""
    if case.watch is not None:
        yield CaseReminded(
            incident_id=incident_id,
            round=case.round,
            worker_id=case.worker_id,
            at=now,
            by=case.watch.by,
            number=case.watch.reminders + 1,
            due_at=case.deadlines.dispose_by if case.deadlines else None,
        )
