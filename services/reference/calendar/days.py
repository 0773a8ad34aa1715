"""Which days are worked: the state's arrangement (调休 included), and what a city adds."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache

import chinese_calendar
from chinese_calendar import constants

WEEKEND = 5


@cache
def published_years() -> frozenset[int]:
    """The years whose arrangement the library has."""
    return frozenset(day.year for day in constants.holidays)


@dataclass(frozen=True)
class Days:
    """`exceptions` says of single days whether they are worked; `years` are known by them alone."""

    exceptions: Mapping[date, bool] = field(default_factory=dict)
    years: frozenset[int] = frozenset()

    def knows(self, year: int) -> bool:
        """Whether the arrangement of a year is known."""
        return year in self.years or year in published_years()

    def is_worked(self, day: date) -> bool:
        """Whether people are at work; of a year that is not known, Monday to Friday are taken."""
        if (said := self.exceptions.get(day)) is not None:
            return said
        if day.year in self.years or day.year not in published_years():
            return day.weekday() < WEEKEND
        return bool(chinese_calendar.is_workday(day))
