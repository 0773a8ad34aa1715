"""One look of the risk watch: what it was told since the last one, and what is news of it."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import ClassVar, Literal
from uuid import UUID, uuid5

from schemas.event import Event, Part
from schemas.incident import Alertness, Category
from schemas.place import Place
from services.classification.domain.risk.areas import (
    COMMUNITY_DIGITS,
    AreaLevel,
    Key,
    lineage,
)
from services.classification.domain.risk.watch import RiskWarning, RiskWatch
from services.classification.domain.sightings import Seen

MOST = 0.8
"""The share of the evidence that must lie in a part of an area, for somebody to look there."""
DEEPEST = len(AreaLevel)
WARNINGS = UUID("7c1d0a52-0c0e-5a43-9f0b-2f6b8f1d6e41")


class Warned(Part):
    """A warning as it is told: raised, or graver than it was. `interval_days` says how often
    chance brings something as rare anywhere in the district.
    """

    phase: Literal["raised", "grown"]
    warning_id: str
    incident_id: str
    level: Alertness
    category: Category
    area: str
    area_name: str
    first_day: date
    last_day: date
    days: int
    observed: int
    expected: float
    interval_days: float
    place: Place
    reasons: tuple[str, ...]
    incidents: tuple[str, ...]


class RiskLooked(Event):
    """A district was looked at. It never travels: whichever process looked, one tells of it.

    `version` is that of the memory from which the look began, `memory` what is remembered
    after it, `heard` the incidents that were counted or taken back, each with its category.
    """

    ce_type: ClassVar[str] = "risk.looked"
    about: ClassVar[str] = "watch"

    watch: str
    district: str
    slot: int
    version: int
    today: date
    memory: bytes
    heard: tuple[tuple[str, str], ...] = ()
    warned: tuple[Warned, ...] = ()
    subsided: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Known:
    """A warning that was told and has not subsided."""

    warning_id: str
    incident_id: str


@dataclass(frozen=True, slots=True)
class News:
    """What is to be told of: by key what stands now, and which keys are over."""

    standing: dict[Key, RiskWarning]
    over: set[Key]


def look(watch: RiskWatch, heard: Sequence[Seen], today: date) -> News:
    """Tell the watch what it has not heard of yet, day by day, and bring it to today."""
    watch.take_back(each.sighting for each in heard if each.taken_back)
    told = sorted((each for each in heard if not each.taken_back), key=lambda each: each.day)
    said: list[RiskWarning] = []
    for day, those in groupby(told, key=lambda each: each.day):
        said += watch.observe(min(day, today), [each.sighting for each in those])
    return _news(said + watch.observe(today, ()), today, max(watch.parameters.windows))


def _news(said: Iterable[RiskWarning], today: date, days: int) -> News:
    """The last word on each; what was long ago is nobody's errand."""
    news = News({}, set())
    for each in said:
        key = (each.category, each.area)
        if each.phase == "subsided":
            news.standing.pop(key, None)
            news.over.add(key)
        elif (today - each.last_day).days < days:
            news.standing[key] = each
    return news


@dataclass(frozen=True, slots=True)
class Evidence:
    """The incidents behind a warning, and the area of each."""

    incidents: tuple[str, ...] = ()
    areas: tuple[str, ...] = ()


def warned(
    said: RiskWarning,
    evidence: Evidence,
    category: Category,
    named: Callable[[str], str],
    known: Known | None,
) -> Warned:
    """A warning with all that is told of it; one that nobody was told of yet is raised."""
    there = narrowed(said.area, evidence.areas)
    name = f"{said.category}:{said.area}:{said.last_day}"
    warning_id = known.warning_id if known else str(uuid5(WARNINGS, name))
    return Warned(
        phase="grown" if known else "raised",
        warning_id=warning_id,
        incident_id=known.incident_id if known else str(uuid5(WARNINGS, warning_id)),
        level=said.level,
        category=category,
        area=said.area,
        area_name=named(said.area),
        first_day=said.first_day,
        last_day=said.last_day,
        days=(said.last_day - said.first_day).days + 1,
        observed=said.observed,
        expected=said.expected,
        interval_days=said.interval_days,
        place=place_of(there, named(there)),
        reasons=(said.evidence,),
        incidents=evidence.incidents,
    )


def narrowed(area: str, inside: Iterable[str]) -> str:
    """Where somebody should look: the smallest area with most of it, a community at the largest."""
    lines = [lineage(each) for each in inside]
    for level in range(len(lineage(area)), DEEPEST):
        parts = Counter(line[level] for line in sorted(lines) if len(line) > level)
        part, amount = next(iter(parts.most_common(1)), (area, 0))
        if amount < MOST * len(lines) and len(area) >= COMMUNITY_DIGITS:
            break
        area = part
    return area


def place_of(area: str, name: str) -> Place:
    """An area as a place."""
    known: Mapping[int, str] = dict(enumerate(lineage(area)))
    return Place(
        address=name[:256], community=known.get(2), grid=known.get(3), micro_grid=known.get(4)
    )
