"""The last days of a district, and the most improbable stretch of them for an area."""

from collections import Counter, deque
from collections.abc import Iterable, Mapping
from math import sqrt
from typing import Any, NamedTuple

from services.classification.domain.risk.areas import Key
from services.classification.domain.risk.chance import Finding, improbable
from services.classification.domain.risk.parameters import Parameters
from services.classification.domain.risk.usual import Usual


class Stretch(NamedTuple):
    """The last days of a category in the whole district; `sway` as it is known by then."""

    days: int
    expected: float
    observed: int
    sway: float


class Windows:
    """What was counted on each of the last days, today first, against what is usual."""

    def __init__(self, parameters: Parameters, usual: Usual) -> None:
        self._parameters, self._usual = parameters, usual
        self.today = 0
        self.district = ""
        self.lived = 0
        """On how many of the days before today there was anything."""
        self.days: deque[Counter[Key]] = deque(maxlen=max(parameters.windows))

    def begin(self, day: int) -> None:
        """The first day."""
        self.today = day
        self.days.appendleft(Counter())

    def turn(self) -> None:
        """The next day; the oldest becomes part of the history."""
        if len(self.days) == self.days.maxlen:
            oldest = self.today - len(self.days) + 1
            self._usual.take_in(self.days[-1], oldest, self.today)
        self.lived += bool(self.days[0])
        self.today += 1
        self.days.appendleft(Counter())

    def reaches(self, day: int) -> bool:
        """Whether a day is one of those that are held."""
        return self.today - day < len(self.days)

    def count(self, category: str, areas: Iterable[str], day: int, more: int = 1) -> None:
        """One incident more, or one less, on a day that is held."""
        counts = self.days[self.today - day]
        for area in areas:
            counts[category, area] += more
            if not counts[category, area]:
                del counts[category, area]

    def stretches(self, category: str) -> list[Stretch]:
        """What is usual for the district, and what there was, over each window."""
        pace, expected, observed, done = self._usual.pace(category), 0.0, 0, []
        rate, sway = self._usual.rate(pace, self.today), self._usual.district_sway(pace)
        for back, counts in enumerate(self.days):
            expected += rate * self._usual.weekday(pace, self.today - back)
            observed += counts.get((category, self.district), 0)
            if back + 1 in self._parameters.windows:
                done.append(Stretch(back + 1, expected, observed, sway))
        return done

    def find(
        self, category: str, area: str, stretches: list[Stretch], explained: float = 0.0
    ) -> Finding | None:
        """The most improbable window of an area, as far as anything in it is improbable."""
        key, counts, observed = (category, area), [0], 0
        for each in self.days:
            observed += each.get(key, 0)
            counts.append(observed)
        if observed - explained < self._parameters.least_incidents:
            return None
        share, known = self._usual.share(category, area, self.today - len(self.days))
        best: Finding | None = None
        for stretch in stretches:
            left = round(counts[stretch.days] - explained)
            if left >= self._parameters.least_incidents:
                usual = self._expect(area, stretch, left, share, known)
                finding = improbable(area, stretch.days, left, *usual)
                if finding and (best is None or finding.score > best.score):
                    best = finding
        return best

    def _expect(
        self, area: str, stretch: Stretch, observed: int, share: float, known: float
    ) -> tuple[float, float]:
        """What is usual in a window, and its squared coefficient of variation.

        The rest of the district lifts it: as far as the category is known to sway, or, for a
        first storm, as far as the rest says for sure.
        Days are not independent: what sways an area sways it for days, hence the root.
        """
        parameters, sway = self._parameters, stretch.sway
        root = sqrt(stretch.days)
        if area == self.district:
            expected = stretch.expected
            spread = sway / root + 1 / (known + 1)
        else:
            elsewhere = stretch.expected * max(0.01, 1 - share)
            others = 1 / sway + stretch.observed - observed
            lift = max(
                1.0,
                others / (1 / sway + elsewhere),
                surely(stretch.observed - observed) / elsewhere,
            )
            expected = share * stretch.expected * lift
            spread = parameters.sway / root + 1 / (known + parameters.prior_incidents) + 1 / others
        return expected, spread + parameters.clump / expected

    def dump(self) -> dict[str, Any]:
        """All of it, as JSON can hold it; to be written before it goes on."""
        return {
            "today": self.today,
            "district": self.district,
            "lived": self.lived,
            "days": [[[*key, count] for key, count in each.items()] for each in self.days],
        }

    def load(self, state: Mapping[str, Any]) -> None:
        """Go on from what was dumped."""
        self.today, self.district = state["today"], state["district"]
        self.lived = state["lived"]
        self.days.clear()
        for counts in reversed(state["days"]):
            self.days.appendleft(Counter({(code, area): count for code, area, count in counts}))


def surely(observed: int) -> float:
    """What a count speaks for at the least: two standard deviations below it."""
    return max(0.0, observed - 2 * sqrt(observed))
