"""Conditions on time that exclude each other: no moment ever meets all of them."""

from collections.abc import Hashable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from datetime import date, time

from services.dispatch.domain.routing.conditions import DAY, Conditions
from services.dispatch.domain.routing.facts import WORKING
from services.dispatch.domain.routing.table import Rule
from services.reference.calendar import WorkCalendar
from services.reference.rule_files import Fault

YEARS = range(date(2024, 1, 1).toordinal(), date(2027, 1, 1).toordinal())
"""Every sort of day is among these: worked weekends and free weekdays too."""


def never_met(rules: Sequence[Rule], calendar: WorkCalendar, file: str) -> Iterator[Fault]:
    """A fault for each rule whose conditions on time have no moment in common."""
    at_work = frozenset(
        minute
        for opens, closes in calendar.hours
        for minute in range(_minute(opens), _minute(closes))
    )
    for rule in rules:
        if not _meets(rule.conditions, calendar, at_work):
            problem = f"规则“{rule.name}”永远轮不到：phase、hours、weekdays、dates 互相矛盾。"
            yield Fault(file, rule.line, problem, "请去掉其中互相矛盾的一项。")


def _meets(conditions: Conditions, calendar: WorkCalendar, at_work: AbstractSet[int]) -> bool:
    sets = conditions.sets
    if len(sets.keys() & {"phase", "hours", "weekdays", "dates"}) <= 1:
        return True
    hours, weekdays = sets.get("hours", frozenset(range(DAY))), sets.get("weekdays")
    return any(
        hours & _minutes(sets.get("phase"), at_work, is_worked=calendar.is_worked(day))
        for day in map(date.fromordinal, _days(sets.get("dates")))
        if weekdays is None or day.isoweekday() in weekdays
    )


def _days(dates: AbstractSet[Hashable] | None) -> Iterator[int]:
    return iter(YEARS) if dates is None else (day for day in dates if isinstance(day, int))


def _minutes(
    phases: AbstractSet[Hashable] | None, at_work: AbstractSet[int], *, is_worked: bool
) -> AbstractSet[int]:
    """The minutes of a day that are working time, or are not, as wanted."""
    everything = frozenset(range(DAY))
    working = at_work if is_worked else frozenset()
    if phases is None or len(phases) > 1:
        return everything
    return working if WORKING in phases else everything - working


def _minute(moment: time) -> int:
    return moment.hour * 60 + moment.minute
