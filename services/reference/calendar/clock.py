"""The clock of one stage (时限): extension (延期), suspension (挂账), a granted appeal (申诉).

What is asked for too late or too often is refused with a sentence; a refusal changes nothing.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from services.reference.amounts import Amount
from services.reference.calendar.working import WorkCalendar

MOST_EXTENSIONS = 2
LONGEST_SUSPENSION = timedelta(days=366)


class ClockRefused(ValueError):
    """What was asked for is not allowed; the message says why, in Chinese."""


@dataclass(frozen=True, slots=True)
class Clock:
    """A limit that is running; `left` is what was left of it when it was suspended."""

    limit: Amount
    due: datetime
    extensions: int = 0
    left: timedelta | None = None
    resumes_at: datetime | None = None
    was_suspended: bool = False
    is_excused: bool = False
    """A timeout whose appeal was granted is not counted."""

    @property
    def is_suspended(self) -> bool:
        """Whether it stands still."""
        return self.left is not None

    def is_late(self, at: datetime) -> bool:
        """Whether it was too late at a moment, and that counts."""
        return not self.is_suspended and not self.is_excused and at > self.due


def started(limit: Amount, now: datetime, calendar: WorkCalendar) -> Clock:
    """A limit begins."""
    return Clock(limit, calendar.due(now, limit))


def extended(clock: Clock, now: datetime, calendar: WorkCalendar) -> Clock:
    """One original limit more, counted from when it would have been due; at most twice."""
    _in_time(clock, now, "延期")
    if clock.extensions >= MOST_EXTENSIONS:
        raise ClockRefused(f"已延期 {clock.extensions} 次，最多 {MOST_EXTENSIONS} 次，不能再延期")
    due = calendar.due(clock.due, clock.limit)
    return replace(clock, due=due, extensions=clock.extensions + 1)


def suspended(clock: Clock, now: datetime, until: datetime, calendar: WorkCalendar) -> Clock:
    """It stands still until a moment, once, for a year at most."""
    _in_time(clock, now, "挂账")
    if clock.was_suspended:
        raise ClockRefused("已挂账过一次，不能再次挂账")
    if not now < until <= now + LONGEST_SUSPENSION:
        raise ClockRefused("挂账的截止时间须晚于现在，且不超过一年")
    is_work = clock.limit.unit.is_work
    left = calendar.worked(now, clock.due) if is_work else clock.due - now
    return replace(clock, left=left, resumes_at=until, was_suspended=True)


def resumed(clock: Clock, now: datetime, calendar: WorkCalendar) -> Clock:
    """It runs on with what was left, by itself at `resumes_at` or sooner by a person."""
    if clock.left is None:
        raise ClockRefused("没有挂账，不需要恢复计时")
    is_work = clock.limit.unit.is_work and bool(clock.left)
    due = calendar.after(now, clock.left) if is_work else now + clock.left
    return replace(clock, due=due, left=None, resumes_at=None)


def excused(clock: Clock) -> Clock:
    """Its appeal was granted."""
    return replace(clock, is_excused=True)


def _in_time(clock: Clock, now: datetime, what: str) -> None:
    if clock.is_suspended:
        raise ClockRefused(f"正在挂账，不能申请{what}")
    if now > clock.due:
        raise ClockRefused(f"已过时限，不能申请{what}：须在到期之前提出")
