"""The clocks of a case: which one runs, when it is due, and how it is moved.

What is moved is moved by time of its own kind: a limit in working time by working time alone.
"""

from collections.abc import Collection
from datetime import datetime, timedelta

from schemas.case import Stage
from schemas.dispatch import Deadlines
from services.feedback.domain.case import Case, State, clock
from services.feedback.domain.supervising import REMIND, reminds_at
from services.reference.amounts import amount
from services.reference.calendar import WorkCalendar

RESUME = "resume"
"""The timer with which a suspension, or a pause, ends by itself."""

TIMES = ("accept_by", "arrive_by", "dispose_by", "check_by", "remind_at")
"""The times that move when a case has rested."""

RUNNING = {
    State.PENDING_VERIFICATION: Stage.ACCEPT,
    State.PENDING_ACCEPTANCE: Stage.ACCEPT,
    State.HANDLING: Stage.ARRIVE,
    State.EN_ROUTE: Stage.ARRIVE,
    State.ON_SITE: Stage.DISPOSE,
    State.PENDING_CHECK: Stage.CHECK,
}


def deadlines(case: Case) -> dict[str, datetime]:
    """The timers of a case: the clock that runs, or the end of its rest; and a reminder."""
    reminder = reminds_at(case)
    return _running(case) | ({REMIND: reminder} if reminder else {})


def _running(case: Case) -> dict[str, datetime]:
    """The clock that runs now, if it has not run out already; of a case that rests, its end."""
    if case.state is State.SUSPENDED and case.suspended_until:
        return {RESUME: case.suspended_until}
    if case.pause is not None:
        return {RESUME: case.pause.until}
    running = RUNNING.get(case.state)
    if running is None or case.deadlines is None:
        return {}
    name = clock(case, running)
    return {} if name in case.overdue else {name: due(case.deadlines, running)}


def due(deadlines: Deadlines, stage: Stage) -> datetime:
    """When a stage is due."""
    due_at: datetime = getattr(deadlines, f"{stage}_by")
    return due_at


def extended(case: Case, deadlines: Deadlines, calendar: WorkCalendar) -> Deadlines:
    """One more original limit for what is still to be done: disposing and checking."""
    dispose_by = _once_more(case, deadlines, calendar)
    check_by = _later(deadlines, "check_by", deadlines.dispose_by, dispose_by, calendar)
    return deadlines.model_copy(update={"dispose_by": dispose_by, "check_by": check_by})


def _once_more(case: Case, deadlines: Deadlines, calendar: WorkCalendar) -> datetime:
    """Where the original limit is not told, it is what lay between dispatch and due time."""
    if deadlines.dispose_limit:
        return calendar.due(deadlines.dispose_by, amount(deadlines.dispose_limit))
    began = case.dispatched_at or case.opened_at
    return deadlines.dispose_by + (deadlines.dispose_by - began) / (case.extensions + 1)


def rested(
    deadlines: Deadlines, since: datetime, until: datetime, calendar: WorkCalendar
) -> Deadlines:
    """Time that a case rested does not count: what was left is left again.

    What was due before `since` stays where it is.
    """
    moved = {
        name: _later(deadlines, name, since, until, calendar)
        for name in TIMES
        if (by := getattr(deadlines, name)) is not None and by > since
    }
    return deadlines.model_copy(update=moved)


def _later(
    deadlines: Deadlines, name: str, since: datetime, until: datetime, calendar: WorkCalendar
) -> datetime:
    """The time `name` as far after `until` as it was after `since`, in time of its own kind."""
    by: datetime = getattr(deadlines, name)
    if _is_work(name, deadlines.in_working_time):
        left = calendar.worked(since, by)
        if left > timedelta():
            return calendar.after(until, left)
    return until + (by - since)


def _is_work(name: str, in_working_time: Collection[str]) -> bool:
    """The reminder is a share of the time to dispose."""
    return ("dispose_by" if name == "remind_at" else name) in in_working_time
