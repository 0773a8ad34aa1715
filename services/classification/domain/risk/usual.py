"""What is usual: the district's pace in a category, and each area's share of it."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from itertools import pairwise
from math import exp
from sys import intern
from typing import Any

from services.classification.domain.risk.areas import DISTRICT_DIGITS, Key, lineage
from services.classification.domain.risk.parameters import Parameters

ALL = ""
"""In place of a category: all of them."""


@dataclass(slots=True)
class Pace:
    """How much of a category the district has: weighed incidents, weighed days, its week."""

    total: float = 0.0
    exposure: float = 0.0
    week: list[float] = field(default_factory=lambda: [0.0] * 7)
    surplus: float = 0.0
    square: float = 0.0


class Usual:
    """The history of a district; recent days weigh more. `children` says how many areas lie in
    each area, by its code.
    """

    def __init__(self, parameters: Parameters, children: Mapping[str, int]) -> None:
        self._parameters, self._children = parameters, children
        self.began = 0
        self._places: dict[str, dict[str, float]] = {}
        self._paces: dict[str, Pace] = {ALL: Pace()}

    @property
    def keys(self) -> int:
        """How many pairs of category and area have a history."""
        return sum(map(len, self._places.values()))

    def share(self, category: str, area: str, last: int) -> tuple[float, float]:
        """The area's part of the district's incidents, and how many of its own that is known by.

        Down the tree, each child's part of its parent is shrunk towards its part in everything.
        `last` is the last day that belongs to the history.
        """
        usual, busy = self._places.get(category, {}), self._places.get(ALL, {})
        now, share = self._place_weight(last), 1.0
        prior = self._parameters.prior_incidents
        own = self._parameters.prior_place_incidents
        for parent, child in pairwise(lineage(area)):
            siblings = self._children.get(parent, self._parameters.unknown_children)
            part = (busy.get(child, 0.0) / now + own) / (
                busy.get(parent, 0.0) / now + own * siblings
            )
            mine, theirs = usual.get(child, 0.0) / now, usual.get(parent, 0.0) / now
            share *= min(1.0, (mine + prior) / (theirs + prior / part))
        return share, usual.get(area, 0.0) / now

    def pace(self, category: str) -> Pace:
        """The category's pace; one that was never seen had all days to be seen on."""
        pace = self._paces.get(category)
        return pace or Pace(exposure=self._paces[ALL].exposure)

    def rate(self, pace: Pace, today: int) -> float:
        """Incidents a day in the district: half an incident at the mean of all is the prior."""
        everything = self._paces[ALL]
        if not everything.exposure:
            return 1.0
        now = self._pace_weight(today)
        total = max(everything.total, now)
        mean = total / everything.exposure / max(1, len(self._paces) - 1)
        return (0.5 * now + pace.total) / (0.5 * now / mean + pace.exposure)

    def weekday(self, pace: Pace, day: int) -> float:
        """How this day of the week compares with the mean of the week."""
        everything = self._paces[ALL].week
        common = (everything[day % 7] + 1) / (sum(everything) + 7)
        return 7 * (pace.week[day % 7] + 30 * common) / (sum(pace.week) + 30)

    def district_sway(self, pace: Pace) -> float:
        """The squared coefficient of variation of the category's days in the whole district."""
        stated = self._parameters.district_sway
        return max(0.02, (pace.surplus + 5 * stated) / (pace.square + 5))

    def take_in(self, counts: Mapping[Key, int], day: int, today: int) -> None:
        """A day leaves the windows and becomes part of the history."""
        pace_weight, place_weight = self._pace_weight(day), self._place_weight(day)
        for (category, area), count in counts.items():
            for each in (category, ALL):
                usual = self._places.setdefault(each, {})
                usual[area] = usual.get(area, 0.0) + count * place_weight
            if len(area) == DISTRICT_DIGITS and category not in self._paces:
                self._paces[category] = self.pace(category)
        of_district = {
            category: count
            for (category, area), count in counts.items()
            if len(area) == DISTRICT_DIGITS
        }
        of_district[ALL] = sum(of_district.values())
        for category, pace in self._paces.items():
            self._advance(pace, day, today, of_district.get(category, 0), pace_weight)

    def _advance(self, pace: Pace, day: int, today: int, count: int, weight: float) -> None:
        weekday = self.weekday(pace, day)
        if pace.exposure:
            expected = self.rate(pace, today) * weekday
            pace.surplus = 0.99 * pace.surplus + (count - expected) ** 2 - expected
            pace.square = 0.99 * pace.square + expected**2
        pace.total += count * weight
        pace.exposure += weekday * weight
        pace.week = [each * 0.998 for each in pace.week]
        pace.week[day % 7] += count

    def _pace_weight(self, day: int) -> float:
        return exp((day - self.began) / self._parameters.pace_memory_days)

    def _place_weight(self, day: int) -> float:
        return exp((day - self.began) / self._parameters.place_memory_days)

    def dump(self) -> dict[str, Any]:
        """All of it, as JSON can hold it; to be written before it goes on."""
        return {
            "began": self.began,
            "usual": self._places,
            "paces": {category: asdict(pace) for category, pace in self._paces.items()},
        }

    def load(self, state: Mapping[str, Any]) -> None:
        """Go on from what was dumped."""
        self.began = state["began"]
        self._places = {
            code: {intern(area): weight for area, weight in areas.items()}
            for code, areas in state["usual"].items()
        }
        self._paces = {code: Pace(**pace) for code, pace in state["paces"].items()}
