"""Who is on duty at a moment: shifts, with swaps and leave in them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import lru_cache

from schemas.dispatch import Level
from services.dispatch.domain.roster.written import Leave, Person, Shift, WrittenRoster
from services.reference.calendar import BEIJING

A_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Duty:
    """`worker` does the shift that `holder` has, for the areas of `holder`."""

    holder: str
    worker: str
    begins: datetime
    ends: datetime


@dataclass(frozen=True)
class Roster:
    """The roster of one version; `by_area` are those who hold a rung of an area."""

    version: str
    people: Mapping[str, Person]
    swaps: Mapping[tuple[date, str, str], str]
    leave: Mapping[str, tuple[Leave, ...]]
    by_area: Mapping[tuple[Level, str], tuple[str, ...]] = field(default_factory=dict)
    shifts_of: Mapping[str, tuple[Shift, ...]] = field(default_factory=dict)
    lines: Mapping[str, int] = field(default_factory=dict)
    """Where each person stands in the file."""

    def __hash__(self) -> int:
        """By identity: each reading of a file is a roster of its own."""
        return id(self)

    def on_duty(self, level: Level, area: str, now: datetime) -> Iterator[Duty]:
        """Who is there for an area on a rung."""
        today = now.astimezone(BEIJING).date()
        for holder in self.by_area.get((level, area), ()):
            for day in (today - A_DAY, today):
                yield from (d for d in self.of(holder, day) if d.begins <= now < d.ends)

    def of(self, holder: str, day: date) -> Iterator[Duty]:
        """The duties of who holds a rung that begin on a day, whoever does them."""
        for shift in self.shifts_of.get(holder, ()):
            if works_on(shift, day):
                swapped = self.swaps.get((day, shift.name, holder), holder)
                worker = stand_in(self.leave, swapped, day)
                if worker:
                    yield Duty(holder, worker, *hours_on(shift, day))

    def works_until(self, worker: str, now: datetime) -> datetime | None:
        """The end of the shift that somebody is in; None: in none."""
        today = now.astimezone(BEIJING).date()
        ends = [
            duty.ends
            for duty in self.duties(today - A_DAY, 2)
            if duty.worker == worker and duty.begins <= now < duty.ends
        ]
        return max(ends, default=None)

    def working(self, now: datetime) -> frozenset[str]:
        """All who are in a shift."""
        return _working(self, now.replace(second=0, microsecond=0))

    def duties(self, first: date, days: int) -> Iterator[Duty]:
        """All duties that begin on these days."""
        for number in range(days):
            for holder in self.shifts_of:
                yield from self.of(holder, first + number * A_DAY)


def roster_of(
    written: WrittenRoster, version: str, lines: Mapping[str, int] | None = None
) -> Roster:
    """The roster, ready to be asked."""
    by_area: dict[tuple[Level, str], list[str]] = {}
    leave: dict[str, list[Leave]] = {}
    for person in written.people:
        for area in person.areas:
            by_area.setdefault((person.level, area), []).append(person.id)
    for each in written.leave:
        leave.setdefault(each.person, []).append(each)
    shifts: dict[str, list[Shift]] = {}
    for shift in written.shifts:
        for holder in shift.people:
            shifts.setdefault(holder, []).append(shift)
    return Roster(
        version,
        {person.id: person for person in written.people},
        {(each.day, each.shift, each.out): each.into for each in written.swaps},
        {person: tuple(each) for person, each in leave.items()},
        {key: tuple(holders) for key, holders in by_area.items()},
        {person: tuple(each) for person, each in shifts.items()},
        lines or {},
    )


def stand_in(leave: Mapping[str, tuple[Leave, ...]], worker: str, day: date) -> str | None:
    """Who works for somebody that day: they themselves, a substitute, or nobody.

    Ends because a roster whose substitutes lead back to themselves is not taken.
    """
    for each in leave.get(worker, ()):
        if each.since <= day <= each.until:
            return stand_in(leave, each.substitute, day) if each.substitute else None
    return worker


def works_on(shift: Shift, day: date) -> bool:
    """Whether a shift begins on a day."""
    return day in shift.dates if shift.dates else day.isoweekday() in shift.weekdays


def hours_on(shift: Shift, day: date) -> tuple[datetime, datetime]:
    """When a shift that begins on a day begins and ends."""
    first, last = (time.fromisoformat(each) for each in shift.hours.split("-"))
    begins = datetime.combine(day, first, BEIJING)
    ends = datetime.combine(day, last, BEIJING)
    return begins, ends if ends > begins else ends + A_DAY


@lru_cache(maxsize=4)
def _working(roster: Roster, now: datetime) -> frozenset[str]:
    today = now.astimezone(BEIJING).date()
    return frozenset(
        duty.worker for duty in roster.duties(today - A_DAY, 2) if duty.begins <= now < duty.ends
    )
