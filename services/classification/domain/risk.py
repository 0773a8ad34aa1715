"""Where more happens than chance explains (风险预警).

For each category and area, at each level of the grid, the incidents of the last days are held
against what is usual there. What is usual is the district's pace of these very days, so that
weekends, seasons, rain and campaigns lift nothing, times the area's share, shrunk towards its
parent's: a gamma-Poisson model (empirical Bayes, as in Clayton and Kaldor, Biometrics 1987).
How improbable a count is follows from the negative binomial tail, given that there was any
incident at all; the best of several windows counts, as in the space-time scan statistic of
Kulldorff (J. R. Statist. Soc. A 2001), with the grid tree for its zones. It is told as a
recurrence interval (Kleinman et al., Am. J. Epidemiol. 2004): how many days lie between two
findings at least as rare, anywhere in the district, by chance. The model's tail is corrected
by the district's own: by how often ordinary days reach a moderate score.

Only what has news is looked at. Days are local days, as proleptic ordinals where they are numbers.
"""

import tomllib
from collections import Counter, deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from datetime import date
from enum import StrEnum
from functools import lru_cache
from itertools import pairwise
from math import exp, expm1, inf, lgamma, log, log1p, sqrt
from pathlib import Path
from sys import intern
from typing import Any, Literal, NamedTuple, Self

SHIPPED = Path(__file__).parents[1] / "risk.toml"
PIVOT = 5.0
"""Nats: the moderate score by which the tail of chance is learned."""
TAIL_MEMORY = 90.0
"""Days, for the same."""
TAIL_PRIOR = 20.0
"""Scores beyond the pivot that the stated tail is worth."""
PRECISION = 1e-5
"""Relative: when the sum of a tail may end."""
ORDINARY = 1.5
"""Standard deviations: what is not further from usual is not worth a closer look."""
TINY = 1e-300
"""No chance is told to be smaller."""
ALL = ""
"""In place of a category: all of them."""

Key = tuple[str, str]
"""A category and the code of an area."""


class AreaLevel(StrEnum):
    """A level of the grid: 区县, 街道, 社区, 一般网格, 微网格."""

    DISTRICT = "district"
    STREET = "street"
    COMMUNITY = "community"
    GRID = "grid"
    MICRO_GRID = "micro_grid"


LEVELS = {
    6: AreaLevel.DISTRICT,
    9: AreaLevel.STREET,
    12: AreaLevel.COMMUNITY,
    14: AreaLevel.GRID,
    15: AreaLevel.GRID,
    17: AreaLevel.MICRO_GRID,
    18: AreaLevel.MICRO_GRID,
}
"""By the digits of an area's code; grids have 14 or 15."""


class RiskLevel(StrEnum):
    """蓝, 黄, 橙, 红."""

    BLUE = "blue"
    YELLOW = "yellow"
    ORANGE = "orange"
    RED = "red"


GRAVITY = {level: weight for weight, level in enumerate(RiskLevel)}


@dataclass(frozen=True, slots=True)
class Parameters:
    """What is set in `risk.toml`, which says what each is and its unit."""

    windows: tuple[int, ...]
    place_memory_days: float
    pace_memory_days: float
    silent_days: int
    prior_incidents: float
    prior_place_incidents: float
    sway: float
    clump: float
    district_sway: float
    least_incidents: int
    unknown_children: int
    calm_days: int
    echo_days: int
    level_interval_days: dict[str, float]
    share: dict[str, float]
    tail: dict[str, float]

    @classmethod
    def read(cls, path: Path = SHIPPED) -> Self:
        """From a file. Raises TypeError where a figure is missing or unknown."""
        figures = tomllib.loads(path.read_text(encoding="utf-8"))
        return cls(**figures | {"windows": tuple(sorted(figures["windows"]))})

    def level(self, interval: float) -> RiskLevel | None:
        """How grave a finding is that chance brings once in so many days."""
        reached = [each for each in RiskLevel if interval >= self.level_interval_days[each]]
        return reached[-1] if reached else None


@dataclass(frozen=True, slots=True)
class Sighting:
    """One incident, not one report: what, and where as far as it is known.

    `teller` is the pseudonym of a citizen or the id of a device, empty for workers: within
    some days one teller counts once for a category and community, however loud.
    """

    incident_id: str
    category: str
    area: str
    teller: str = ""


@dataclass(frozen=True, slots=True)
class RiskWarning:
    """More than chance explains: raised once, again if it grows a level, and once it subsided.

    `p_value` is that of the count by itself; `interval_days` says how often chance brings
    something as rare anywhere in the district.
    """

    phase: Literal["raised", "grown", "subsided"]
    category: str
    area: str
    area_level: AreaLevel
    level: RiskLevel
    observed: int
    expected: float
    p_value: float
    interval_days: float
    first_day: date
    last_day: date
    evidence: str


@dataclass(slots=True)
class Pace:
    """How much of a category the district has: weighed incidents, weighed days, its week."""

    total: float = 0.0
    exposure: float = 0.0
    week: list[float] = field(default_factory=lambda: [0.0] * 7)
    surplus: float = 0.0
    square: float = 0.0


@dataclass(slots=True)
class Active:
    """A warning that stands: the excess that it explains, and for how many days it is calm."""

    level: RiskLevel
    excess: float
    calm: int = 0


class Finding(NamedTuple):
    """The most improbable window of an area; `score` in nats."""

    area: str
    score: float
    days: int
    observed: int
    expected: float
    p_value: float


class Stretch(NamedTuple):
    """The last days of a category in the whole district; `sway` as it is known by then."""

    days: int
    expected: float
    observed: int
    sway: float


@dataclass
class RiskWatch:
    """Watches one district. `children` says how many areas lie in each area, by its code;
    `names` has names by code, of areas and categories.
    """

    parameters: Parameters
    children: Mapping[str, int] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.today = self._began = 0
        self._district = ""
        self._days: deque[Counter[Key]] = deque(maxlen=max(self.parameters.windows))
        self._usual: dict[str, dict[str, float]] = {}
        self._paces: dict[str, Pace] = {ALL: Pace()}
        self._active: dict[Key, Active] = {}
        self._heard: dict[str, int] = {}
        self._tails = {level: [0.0, 0.0, 0.0] for level in AreaLevel}
        self._high: set[Key] = set()

    def observe(self, day: date, sightings: Iterable[Sighting]) -> list[RiskWarning]:
        """Take in what was seen on a day, or in a part of it, and say what is new.

        What comes late counts for the day that is reached already; what has no area counts for
        none. Raises ValueError where an area lies in another district.
        """
        subsided = list(self._turn_to(day.toordinal()))
        news: dict[str, set[str]] = {}
        for sighting in sightings:
            areas = lineage(sighting.area)
            self._district = self._district or "".join(areas[:1])
            if areas and areas[0] != self._district:
                raise ValueError(f"{sighting.area} is not in the district {self._district}")
            if areas and not self._is_echo(sighting):
                news.setdefault(sighting.category, set()).update(areas)
                self._days[0].update((sighting.category, area) for area in areas)
        raised = [said for each, areas in news.items() for said in self._judge(each, areas)]
        return subsided + raised

    def _is_echo(self, sighting: Sighting) -> bool:
        """Whether the incident was counted already, or its teller for this category and place."""
        marks = [sighting.incident_id]
        if sighting.teller:
            marks.append(f"{sighting.category}:{sighting.area[:12]}:{sighting.teller}")
        heard = any(mark in self._heard for mark in marks)
        for mark in marks:
            self._heard.setdefault(mark, self.today)
        return heard

    # what is improbable

    def _judge(self, category: str, areas: Iterable[str]) -> Iterator[RiskWarning]:
        """The rarest area of those that lie in each other speaks for all of them."""
        if self.today - self._began < self.parameters.silent_days:
            return
        stretches = self._stretches(category)
        found = [each for area in areas if (each := self._find(category, area, stretches))]
        for finding in sorted(found, key=lambda each: (-self._interval(each), each.area)):
            key = (category, finding.area)
            if finding.score > PIVOT and not self._is_known(key):
                self._high.add(key)
            level = self.parameters.level(self._interval(finding))
            if level:
                yield from self._say(key, finding, level)

    def _say(self, key: Key, finding: Finding, level: RiskLevel) -> Iterator[RiskWarning]:
        known = self._active.get(key)
        if known is None and not self._is_explained(key, finding):
            self._active[key] = Active(level, finding.observed - finding.expected)
            yield self._warning("raised", key, finding, level)
        elif known:
            known.excess, known.calm = finding.observed - finding.expected, 0
            if GRAVITY[level] > GRAVITY[known.level]:
                known.level = level
                yield self._warning("grown", key, finding, level)

    def _is_known(self, key: Key) -> bool:
        """Whether a warning stands for this area, one around it, or one in it."""
        category, area = key
        return any(
            category == other and (self._covers(place, area) or within(place, area))
            for other, place in self._active
        )

    def _covers(self, place: str, area: str) -> bool:
        """Whether a warning for a place says all there is to say of an area.

        One for the district does not: its pace is part of what is usual for every area.
        """
        return within(area, place) and (place != self._district or area == place)

    def _is_explained(self, key: Key, finding: Finding) -> bool:
        """Whether warnings around it, or in it, say the same already."""
        category, area = key
        excess = 0.0
        for (other, place), active in self._active.items():
            if other == category and self._covers(place, area):
                return True
            if other == category and within(place, area):
                excess += active.excess
        if not excess:
            return False
        rest = self._find(category, area, self._stretches(category), excess)
        return rest is None or self.parameters.level(self._interval(rest)) is None

    def _stretches(self, category: str) -> list[Stretch]:
        """What is usual for the district, and what there was, over each window."""
        pace, expected, observed, done = self._pace(category), 0.0, 0, []
        rate, sway = self._rate(pace), self._district_sway(pace)
        for back, counts in enumerate(self._days):
            expected += rate * self._weekday(pace, self.today - back)
            observed += counts.get((category, self._district), 0)
            if back + 1 in self.parameters.windows:
                done.append(Stretch(back + 1, expected, observed, sway))
        return done

    def _find(
        self, category: str, area: str, stretches: list[Stretch], explained: float = 0.0
    ) -> Finding | None:
        """The most improbable window of an area, as far as anything in it is improbable."""
        key, counts, observed = (category, area), [0], 0
        for each in self._days:
            observed += each.get(key, 0)
            counts.append(observed)
        if observed - explained < self.parameters.least_incidents:
            return None
        share, known = self._share(category, area)
        best: Finding | None = None
        for stretch in stretches:
            left = round(counts[stretch.days] - explained)
            if left >= self.parameters.least_incidents:
                usual = self._expect(key, stretch, left, share, known)
                finding = _improbable(area, stretch.days, left, *usual)
                if finding and (best is None or finding.score > best.score):
                    best = finding
        return best

    def _expect(
        self, key: Key, stretch: Stretch, observed: int, share: float, known: float
    ) -> tuple[float, float]:
        """What is usual in a window, and its squared coefficient of variation.

        The rest of the district lifts it: as far as the category is known to sway, or, for a
        first storm, as far as the rest says for sure.
        Days are not independent: what sways an area sways it for days, hence the root.
        """
        parameters, sway = self.parameters, stretch.sway
        root = sqrt(stretch.days)
        if key[1] == self._district:
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

    def _interval(self, finding: Finding) -> float:
        """Days between two findings at least as rare in the whole district, by chance."""
        level = LEVELS[len(finding.area)]
        days, tests, _ = self._tails[level]
        a_day = max(1.0, tests / days if days else 1.0)
        nats = finding.score / self._tail(level) + log(self.parameters.share[level] / a_day)
        return exp(min(nats, 500.0))

    def _tail(self, level: AreaLevel) -> float:
        """How much heavier than the model chance is: as stated, or as the days have shown."""
        stated = self.parameters.tail[level]
        _, tests, high = self._tails[level]
        reached = (high + TAIL_PRIOR) / (tests + TAIL_PRIOR * exp(PIVOT / stated))
        return max(stated, PIVOT / -log(reached))

    # what is usual

    def _share(self, category: str, area: str) -> tuple[float, float]:
        """The area's part of the district's incidents, and how many of its own that is known by.

        Down the tree, each child's part of its parent is shrunk towards its part in everything.
        """
        usual, busy = self._usual.get(category, {}), self._usual.get(ALL, {})
        now, share = self._place_weight(self.today - len(self._days)), 1.0
        prior = self.parameters.prior_incidents
        own = self.parameters.prior_place_incidents
        for parent, child in pairwise(lineage(area)):
            siblings = self.children.get(parent, self.parameters.unknown_children)
            part = (busy.get(child, 0.0) / now + own) / (
                busy.get(parent, 0.0) / now + own * siblings
            )
            mine, theirs = usual.get(child, 0.0) / now, usual.get(parent, 0.0) / now
            share *= min(1.0, (mine + prior) / (theirs + prior / part))
        return share, usual.get(area, 0.0) / now

    def _pace(self, category: str) -> Pace:
        """The category's pace; one that was never seen had all days to be seen on."""
        pace = self._paces.get(category)
        return pace or Pace(exposure=self._paces[ALL].exposure)

    def _rate(self, pace: Pace) -> float:
        """Incidents a day in the district: half an incident at the mean of all is the prior."""
        everything = self._paces[ALL]
        if not everything.exposure:
            return 1.0
        now = self._pace_weight(self.today)
        total = max(everything.total, now)
        mean = total / everything.exposure / max(1, len(self._paces) - 1)
        return (0.5 * now + pace.total) / (0.5 * now / mean + pace.exposure)

    def _weekday(self, pace: Pace, day: int) -> float:
        """How this day of the week compares with the mean of the week."""
        everything = self._paces[ALL].week
        common = (everything[day % 7] + 1) / (sum(everything) + 7)
        return 7 * (pace.week[day % 7] + 30 * common) / (sum(pace.week) + 30)

    def _district_sway(self, pace: Pace) -> float:
        """The squared coefficient of variation of the category's days in the whole district."""
        stated = self.parameters.district_sway
        return max(0.02, (pace.surplus + 5 * stated) / (pace.square + 5))

    def _pace_weight(self, day: int) -> float:
        return exp((day - self._began) / self.parameters.pace_memory_days)

    def _place_weight(self, day: int) -> float:
        return exp((day - self._began) / self.parameters.place_memory_days)

    # days go by

    def _turn_to(self, day: int) -> Iterator[RiskWarning]:
        if not self.today:
            self.today = self._began = day
            self._days.appendleft(Counter())
        while self.today < day:
            yield from self._close()
            if len(self._days) == self._days.maxlen:
                self._become_usual(self._days[-1], self.today - len(self._days) + 1)
            self.today += 1
            self._days.appendleft(Counter())

    def _close(self) -> Iterator[RiskWarning]:
        """The end of a day: learn how chance behaves, and see which warnings subside."""
        keep = 1 - 1 / TAIL_MEMORY
        tests = Counter(LEVELS[len(area)] for _, area in self._days[0])
        high = Counter(LEVELS[len(area)] for _, area in self._high)
        for level, tail in self._tails.items():
            gained = (1.0, tests[level], high[level])
            tail[:] = [keep * old + new for old, new in zip(tail, gained, strict=True)]
        self._high.clear()
        for mark in [mark for mark, day in self._heard.items() if self._is_past(day)]:
            del self._heard[mark]
        for key in list(self._active):
            yield from self._calm(key)

    def _is_past(self, day: int) -> bool:
        return self.today - day >= self.parameters.echo_days

    def _calm(self, key: Key) -> Iterator[RiskWarning]:
        category, area = key
        active = self._active[key]
        finding = self._find(category, area, self._stretches(category))
        usual = finding is None or self.parameters.level(self._interval(finding)) is None
        active.calm = active.calm + 1 if usual else 0
        if active.calm >= self.parameters.calm_days:
            del self._active[key]
            last = finding or Finding(area, 0.0, 1, self._days[0][key], 0.0, 1.0)
            yield self._warning("subsided", key, last, active.level)

    def _become_usual(self, counts: Counter[Key], day: int) -> None:
        """A day leaves the windows and becomes part of the history."""
        pace_weight, place_weight = self._pace_weight(day), self._place_weight(day)
        for (category, area), count in counts.items():
            for each in (category, ALL):
                usual = self._usual.setdefault(each, {})
                usual[area] = usual.get(area, 0.0) + count * place_weight
            if len(area) == 6 and category not in self._paces:
                self._paces[category] = self._pace(category)
        of_district = {
            category: count for (category, area), count in counts.items() if len(area) == 6
        }
        of_district[ALL] = sum(of_district.values())
        for category, pace in self._paces.items():
            self._advance(pace, day, of_district.get(category, 0), pace_weight)

    def _advance(self, pace: Pace, day: int, count: int, weight: float) -> None:
        weekday = self._weekday(pace, day)
        if pace.exposure:
            expected = self._rate(pace) * weekday
            pace.surplus = 0.99 * pace.surplus + (count - expected) ** 2 - expected
            pace.square = 0.99 * pace.square + expected**2
        pace.total += count * weight
        pace.exposure += weekday * weight
        pace.week = [each * 0.998 for each in pace.week]
        pace.week[day % 7] += count

    # what is kept, and what is said

    def dump(self) -> dict[str, Any]:
        """All that the watch remembers, as JSON can hold it; to be written before it goes on."""
        return {
            "today": self.today,
            "began": self._began,
            "district": self._district,
            "days": [[[*key, count] for key, count in each.items()] for each in self._days],
            "usual": self._usual,
            "paces": {category: asdict(pace) for category, pace in self._paces.items()},
            "active": [[*key, asdict(active)] for key, active in self._active.items()],
            "heard": self._heard,
            "tails": self._tails,
            "high": sorted(self._high),
        }

    def load(self, state: Mapping[str, Any]) -> None:
        """Go on from what was dumped."""
        self._days.clear()
        self.today, self._began = state["today"], state["began"]
        self._district = state["district"]
        for counts in reversed(state["days"]):
            self._days.appendleft(Counter({(code, area): count for code, area, count in counts}))
        self._usual = {
            code: {intern(area): weight for area, weight in areas.items()}
            for code, areas in state["usual"].items()
        }
        self._paces = {code: Pace(**pace) for code, pace in state["paces"].items()}
        self._active = {
            (code, area): Active(**each | {"level": RiskLevel(each["level"])})
            for code, area, each in state["active"]
        }
        self._heard = dict(state["heard"])
        self._tails = {AreaLevel(level): list(tail) for level, tail in state["tails"].items()}
        self._high = {(code, area) for code, area in state["high"]}

    def _warning(
        self,
        phase: Literal["raised", "grown", "subsided"],
        key: Key,
        finding: Finding,
        level: RiskLevel,
    ) -> RiskWarning:
        category, area = key
        interval = self._interval(finding)
        named = (self.names.get(area, area), self.names.get(category, category))
        return RiskWarning(
            phase=phase,
            category=category,
            area=area,
            area_level=LEVELS[len(area)],
            level=level,
            observed=finding.observed,
            expected=finding.expected,
            p_value=finding.p_value,
            interval_days=interval,
            first_day=date.fromordinal(self.today - finding.days + 1),
            last_day=date.fromordinal(self.today),
            evidence=f"{named[0]}{named[1]}已回落到往常水平"
            if phase == "subsided"
            else evidence(*named, finding, interval),
        )


def _improbable(
    area: str, days: int, observed: int, expected: float, spread: float
) -> Finding | None:
    deviation = sqrt(expected + spread * expected**2)
    if observed < expected + ORDINARY * deviation:
        return None
    p_value, any_at_all = negative_binomial(observed, expected, spread)
    score = log(any_at_all) - log(p_value)
    return Finding(area, score, days, observed, expected, p_value)


@lru_cache(maxsize=65_536)
def lineage(area: str) -> tuple[str, ...]:
    """An area and all around it, the district first; none for what is no code of an area."""
    if len(area) not in LEVELS or not area.isdecimal():
        return ()
    grid = 14 if len(area) in {14, 17} else 15
    return tuple(area[:digits] for digits in (6, 9, 12, grid, grid + 3) if digits <= len(area))


def within(area: str, other: str) -> bool:
    """Whether an area is another one, or lies in it."""
    return area.startswith(other)


def children_of(areas: Iterable[str]) -> dict[str, int]:
    """How many areas lie in each, from the codes of the smallest."""
    inside = {pair for area in areas for pair in pairwise(lineage(area))}
    return dict(Counter(parent for parent, _ in inside))


def negative_binomial(count: int, mean: float, spread: float) -> tuple[float, float]:
    """The chances of so many or more, and of any at all; `spread` is 1/size: the squared
    coefficient of variation beyond Poisson's.
    """
    size = 1 / spread
    none = -size * log1p(mean * spread)
    odds = mean / (mean + size)
    term = exp(lgamma(count + size) - lgamma(size) - lgamma(count + 1) + none + count * log(odds))
    total, ratio = term, inf
    while term > PRECISION * total or ratio >= 1:
        ratio = odds * (count + size) / (count + 1)
        term, count = term * ratio, count + 1
        total += term
    return max(TINY, min(total, 1.0)), -expm1(none)


def evidence(area: str, category: str, finding: Finding, interval: float) -> str:
    """What an operator reads: how many there were, how many there usually are, how rare that is."""
    usual = f"约 {finding.expected:.1f}" if finding.expected >= 0.05 else "不到 0.1"
    counted = f"{area} {finding.days} 天内{category} {finding.observed} 起，往常{usual} 起"
    return f"{counted}，全区{in_words(interval)}一遇"


def surely(observed: int) -> float:
    """What a count speaks for at the least: two standard deviations below it."""
    return max(0.0, observed - 2 * sqrt(observed))


def in_words(days: float) -> str:
    """A recurrence interval as people say it."""
    if days < 60:
        return f"约 {days:.0f} 天"
    if days < 700:
        return f"约 {days / 30.4:.0f} 个月"
    return f"约 {days / 365.25:.0f} 年" if days < 36_525 else "百年以上"
