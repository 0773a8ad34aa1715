"""The watch over one district: what is new is judged, told once, and followed until it subsides."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any, Literal

from schemas.incident import Alertness
from services.classification.domain.risk.areas import LEVELS, AreaLevel, Key, lineage, within
from services.classification.domain.risk.chance import PIVOT, Finding, Tails
from services.classification.domain.risk.parameters import RISING, Parameters
from services.classification.domain.risk.sighting import Echoes, Sighting
from services.classification.domain.risk.usual import Usual
from services.classification.domain.risk.windows import Windows
from services.classification.domain.risk.words import evidence

Phase = Literal["raised", "grown", "subsided"]


@dataclass(frozen=True, slots=True)
class RiskWarning:
    """More than chance explains: raised once, again if it grows a level, and once it subsided.

    `p_value` is that of the count by itself; `interval_days` says how often chance brings
    something as rare anywhere in the district.
    """

    phase: Phase
    category: str
    area: str
    area_level: AreaLevel
    level: Alertness
    observed: int
    expected: float
    p_value: float
    interval_days: float
    first_day: date
    last_day: date
    evidence: str


@dataclass(slots=True)
class Active:
    """A warning that stands: the excess that it explains, and for how many days it is calm."""

    level: Alertness
    excess: float
    calm: int = 0


class RiskWatch:
    """Watches one district. `children` says how many areas lie in each area, by its code;
    `named` what the code of an area or a category is called.
    """

    def __init__(
        self,
        parameters: Parameters,
        children: Mapping[str, int] | None = None,
        named: Callable[[str], str] = str,
    ) -> None:
        self.parameters, self._named = parameters, named
        self.usual = Usual(parameters, children or {})
        self._windows = Windows(parameters, self.usual)
        self._tails = Tails(parameters)
        self._echoes = Echoes(parameters.echo_days)
        self._active: dict[Key, Active] = {}
        self._high: set[Key] = set()

    @property
    def today(self) -> int:
        """The day that is reached; 0 before the first."""
        return self._windows.today

    def observe(self, day: date, sightings: Iterable[Sighting]) -> list[RiskWarning]:
        """Take in what was seen on a day, or in a part of it, and say what is new.

        What comes late counts for its own day, unless that is history; what has no area counts
        for none. Raises ValueError where an area lies in another district.
        """
        subsided = list(self._turn_to(day.toordinal()))
        news: dict[str, set[str]] = {}
        for sighting in sightings:
            if areas := self._count(sighting, day.toordinal()):
                news.setdefault(sighting.category, set()).update(areas)
        raised = [said for each, areas in news.items() for said in self._judge(each, areas)]
        return subsided + raised

    def take_back(self, sightings: Iterable[Sighting]) -> None:
        """Uncount incidents that were none after all; what has become history stays."""
        for sighting in sightings:
            day = self._echoes.forget(sighting)
            if day is not None and self._windows.reaches(day):
                self._windows.count(sighting.category, lineage(sighting.area), day, more=-1)

    def _count(self, sighting: Sighting, day: int) -> tuple[str, ...]:
        """The areas in which it counts: none for an echo, and for what is history."""
        areas, windows = lineage(sighting.area), self._windows
        windows.district = windows.district or "".join(areas[:1])
        if areas and areas[0] != windows.district:
            raise ValueError(f"{sighting.area} is not in the district {windows.district}")
        if not areas or not windows.reaches(day) or self._echoes.is_echo(sighting, day):
            return ()
        windows.count(sighting.category, areas, day)
        return areas

    # what is improbable

    def _judge(self, category: str, areas: Iterable[str]) -> Iterator[RiskWarning]:
        """The rarest area of those that lie in each other speaks for all of them."""
        if self._windows.lived < self.parameters.silent_days:
            return
        windows = self._windows
        stretches = windows.stretches(category)
        found = [each for area in areas if (each := windows.find(category, area, stretches))]
        for finding in sorted(found, key=lambda each: (-self._tails.interval(each), each.area)):
            key = (category, finding.area)
            if finding.score > PIVOT and not self._is_known(key):
                self._high.add(key)
            level = self._level(finding)
            if level:
                yield from self._say(key, finding, level)

    def _level(self, finding: Finding) -> Alertness | None:
        return self.parameters.level(self._tails.interval(finding))

    def _say(self, key: Key, finding: Finding, level: Alertness) -> Iterator[RiskWarning]:
        known = self._active.get(key)
        if known is None and not self._is_explained(key):
            self._active[key] = Active(level, finding.observed - finding.expected)
            yield self._warning("raised", key, finding, level)
        elif known:
            known.excess, known.calm = finding.observed - finding.expected, 0
            if RISING.index(level) > RISING.index(known.level):
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
        return within(area, place) and (place != self._windows.district or area == place)

    def _is_explained(self, key: Key) -> bool:
        """Whether warnings around it, or in it, say the same already."""
        category, area = key
        excess = 0.0
        for (other, place), active in self._active.items():
            if other == category and self._covers(place, area):
                return True
            if other == category and within(place, area):
                excess += active.excess
        return bool(excess) and self._is_usual(key, excess)

    def _is_usual(self, key: Key, explained: float = 0.0) -> bool:
        """Whether nothing is improbable any more once so many are explained."""
        category, area = key
        stretches = self._windows.stretches(category)
        rest = self._windows.find(category, area, stretches, explained)
        return rest is None or self._level(rest) is None

    # days go by

    def _turn_to(self, day: int) -> Iterator[RiskWarning]:
        if not self.today:
            self.usual.began = day
            self._windows.begin(day)
        while self.today < day:
            yield from self._close()
            self._windows.turn()

    def _close(self) -> Iterator[RiskWarning]:
        """The end of a day: learn how chance behaves, and see which warnings subside."""
        today = self._windows.days[0]
        self._tails.learn((area for _, area in today), (area for _, area in self._high))
        self._high.clear()
        self._echoes.fade(self.today)
        for key in list(self._active):
            yield from self._calm(key)

    def _calm(self, key: Key) -> Iterator[RiskWarning]:
        category, area = key
        active = self._active[key]
        finding = self._windows.find(category, area, self._windows.stretches(category))
        usual = finding is None or self._level(finding) is None
        active.calm = active.calm + 1 if usual else 0
        if active.calm >= self.parameters.calm_days:
            del self._active[key]
            last = finding or Finding(area, 0.0, 1, self._windows.days[0][key], 0.0, 1.0)
            yield self._warning("subsided", key, last, active.level)

    # what is kept, and what is said

    def dump(self) -> dict[str, Any]:
        """All that the watch remembers, as JSON can hold it; to be written before it goes on."""
        return {
            **self._windows.dump(),
            **self.usual.dump(),
            "active": [[*key, asdict(active)] for key, active in self._active.items()],
            "heard": self._echoes.heard,
            "tails": {level.value: tail for level, tail in self._tails.learned.items()},
            "high": sorted(self._high),
        }

    def load(self, state: Mapping[str, Any]) -> None:
        """Go on from what was dumped."""
        self._windows.load(state)
        self.usual.load(state)
        self._active = {
            (code, area): Active(**each | {"level": Alertness(each["level"])})
            for code, area, each in state["active"]
        }
        self._echoes.heard = dict(state["heard"])
        self._tails.learned = {
            AreaLevel(level): list(tail) for level, tail in state["tails"].items()
        }
        self._high = {(code, area) for code, area in state["high"]}

    def _warning(self, phase: Phase, key: Key, finding: Finding, level: Alertness) -> RiskWarning:
        category, area = key
        interval = self._tails.interval(finding)
        named = (self._named(area), self._named(category))
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
