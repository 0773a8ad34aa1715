"""By when each stage is due. Danger to life follows 1-3-5: accept, arrive, dispose in minutes."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from schemas.dispatch import Deadlines
from schemas.incident import Severity


@dataclass(frozen=True, slots=True)
class Limits:
    """How long a stage may take, each counted from the dispatch; the check from the disposal."""

    accept: timedelta
    arrive: timedelta
    dispose: timedelta
    check: timedelta = timedelta(minutes=30)


LIMITS = {
    Severity.DANGER: Limits(timedelta(minutes=1), timedelta(minutes=3), timedelta(minutes=5)),
    Severity.HIGH: Limits(timedelta(minutes=5), timedelta(minutes=30), timedelta(hours=4)),
    Severity.MEDIUM: Limits(timedelta(minutes=15), timedelta(hours=2), timedelta(hours=24)),
    Severity.LOW: Limits(timedelta(minutes=15), timedelta(hours=8), timedelta(days=3)),
}


def deadlines(severity: Severity, now: datetime) -> Deadlines:
    """The due times of an incident that is dispatched now."""
    limits = LIMITS[severity]
    return Deadlines(
        accept_by=now + limits.accept,
        arrive_by=now + limits.arrive,
        dispose_by=now + limits.dispose,
        check_by=now + limits.dispose + limits.check,
    )
