"""Working time: when a limit is up, and how much was worked between two moments.

All results are in Beijing time. A limit that starts outside of working hours starts with the
next ones; one that ends with the working day is due at its last minute, not the next morning.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta, timezone

from services.reference.amounts import LENGTHS, Amount, Unit
from services.reference.calendar.days import Days

BEIJING = timezone(timedelta(hours=8), "Asia/Shanghai")
NO_TIME = timedelta()
ONE_DAY = timedelta(days=1)
Hours = tuple[tuple[time, time], ...]
USUAL: Hours = ((time(8), time(12)), (time(14), time(18)))
SEARCHED = 8_000
"""Days within which a limit must be up: the longest is 3,660 working days."""


class NeverDue(ValueError):
    """The calendar has no working time in which a limit could pass."""


@dataclass(frozen=True)
class WorkCalendar:
    """Days and hours of work; `version` is the hash of the file that says so."""

    days: Days = field(default_factory=Days)
    hours: Hours = USUAL
    version: str = "shipped"
    _known: dict[date, bool] = field(default_factory=dict, repr=False, compare=False)

    @property
    def day_length(self) -> timedelta:
        """Working time of one working day."""
        return sum((until - since for since, until in _spans(date.min, self.hours)), NO_TIME)

    def is_working(self, moment: datetime) -> bool:
        """Whether people are at work at a moment."""
        local = moment.astimezone(BEIJING)
        return self.is_worked(local.date()) and any(
            since <= local.time() < until for since, until in self.hours
        )

    def is_worked(self, day: date) -> bool:
        """Whether people are at work on a day."""
        if day not in self._known:
            self._known[day] = self.days.is_worked(day)
        return self._known[day]

    def due(self, since: datetime, limit: Amount) -> datetime:
        """When a limit is up that starts at a moment; raises NeverDue if nobody ever works."""
        start = since.astimezone(BEIJING)
        if not limit.unit.is_work:
            return start + limit.number * LENGTHS[limit.unit]
        return self.after(start, self.length(limit))

    def length(self, limit: Amount) -> timedelta:
        """How much time a limit is, of whichever kind its unit counts."""
        whole = self.day_length if limit.unit is Unit.WORK_DAY else LENGTHS[limit.unit]
        return limit.number * whole

    def after(self, since: datetime, work: timedelta) -> datetime:
        """The moment at which so much working time has passed; `work` is more than none."""
        for opens, closes in self._spans_from(since):
            left = closes - max(opens, since)
            if work <= left:
                return max(opens, since) + work
            work -= max(left, NO_TIME)
        raise NeverDue("工作日历中没有足够的工作时间：请检查 hours 和 rest_days。")

    def worked(self, since: datetime, until: datetime) -> timedelta:
        """Working time between two moments."""
        total = NO_TIME
        for opens, closes in self._spans_from(since):
            if opens >= until:
                break
            total += max(min(closes, until) - max(opens, since), NO_TIME)
        return total

    def unknown_years(self, since: datetime, until: datetime) -> list[int]:
        """The years between two moments whose arrangement of holidays is not known."""
        first, last = (each.astimezone(BEIJING).year for each in (since, until))
        return [year for year in range(first, last + 1) if not self.days.knows(year)]

    def _spans_from(self, since: datetime) -> Iterator[tuple[datetime, datetime]]:
        day = since.astimezone(BEIJING).date()
        for _ in range(SEARCHED):
            if self.is_worked(day):
                yield from _spans(day, self.hours)
            day += ONE_DAY


def _spans(day: date, hours: Hours) -> Iterator[tuple[datetime, datetime]]:
    for opens, closes in hours:
        yield datetime.combine(day, opens, BEIJING), datetime.combine(day, closes, BEIJING)
