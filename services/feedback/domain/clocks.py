"""The clocks of a case: which one runs, when it is due, and how it is moved."""

from datetime import datetime, timedelta

from schemas.case import Stage
from schemas.dispatch import Deadlines
from services.feedback.domain.case import Case, State, clock

RESUME = "resume"
"""The timer with which a suspension ends by itself."""

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
    """The clock that runs now, if it has not run out already; of a case that rests, its end."""
    if case.state is State.SUSPENDED and case.suspended_until:
        return {RESUME: case.suspended_until}
    running = RUNNING.get(case.state)
    if running is None or case.deadlines is None:
        return {}
    name = clock(case, running)
    return {} if name in case.overdue else {name: due(case.deadlines, running)}


def due(deadlines: Deadlines, stage: Stage) -> datetime:
    """When a stage is due."""
    due_at: datetime = getattr(deadlines, f"{stage}_by")
    return due_at


def extended(case: Case, deadlines: Deadlines) -> Deadlines:
    """One more original limit for what is still to be done: disposing and checking."""
    began = case.dispatched_at or case.opened_at
    limit = (deadlines.dispose_by - began) / (case.extensions + 1)
    return _moved(deadlines, limit, ("dispose_by", "check_by"))


def resumed(case: Case, deadlines: Deadlines, now: datetime) -> Deadlines:
    """The time that a case rested does not count: what was left is left again."""
    rested = now - case.suspended_at if case.suspended_at else timedelta()
    ahead = [name for name in TIMES if _is_ahead(case, deadlines, name)]
    return _moved(deadlines, rested, ahead)


def _is_ahead(case: Case, deadlines: Deadlines, name: str) -> bool:
    by: datetime | None = getattr(deadlines, name)
    return by is not None and (case.suspended_at is None or by > case.suspended_at)


def _moved(deadlines: Deadlines, by: timedelta, names: "list[str] | tuple[str, ...]") -> Deadlines:
    return deadlines.model_copy(update={name: getattr(deadlines, name) + by for name in names})
