"""A street whose truth is known: are the voices about one matter, and only they, one incident?

`python -m tests.bench.merging [--seeds 20] [--first 100] [--days 14] [--speed]`
"""

import argparse
import random
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from itertools import combinations
from statistics import mean

from schemas.place import Place
from schemas.report import ReportReceived, Source
from services.classification.adapters.merge_check import Street
from services.classification.adapters.recognising import Recogniser, load_recogniser
from services.classification.domain.recognition import Opinion, said_in
from services.reference.catalogue import load_catalogue
from services.reference.degrees import METRES_PER_DEGREE
from tests.bench.street_talk import CAMERA, HOTLINE, MATTERS, MatterKind

METRE = 1 / METRES_PER_DEGREE
EAST = METRE / 0.86
DAY = timedelta(hours=24)
START = datetime(2026, 3, 2, tzinfo=UTC)


@dataclass(frozen=True)
class Wildness:
    """How the street differs from the rules' ideal; lengths in metres, times in hours."""

    estates: int = 8
    buildings: int = 8
    between_estates: float = 450.0
    between_buildings: float = 70.0
    matters_a_day: float = 14.0
    voices: tuple[int, ...] = (1, 1, 2, 2, 3, 4, 6)
    noise: float = 12.0
    """Standard deviation of a phone's or camera's position."""
    names_building: float = 0.8
    called_from_nowhere: float = 0.1
    """The share of callers who name no building and whose ticket has the estate's point."""
    gives_point: float = 0.92
    gives_estate: float = 0.8
    spread: float = 3.0
    """Mean time from the first voice to a further one."""
    last_voice: float = 16.0
    works: tuple[float, float] = (2.0, 20.0)
    """From the last voice to the closing of the case."""
    comes_back: float = 0.2
    twin: float = 0.06
    """The same sort of hazard at another building of the estate at the same time."""
    neighbour: float = 0.25
    """Another sort of hazard at the very same place and time."""


@dataclass
class Truth:
    """A voice: what it says, and which matter it is really about."""

    report: ReportReceived
    matter: str
    sort: str


@dataclass
class Play:
    """What happens on a street, in time: voices and closings."""

    voices: list[Truth] = field(default_factory=list)
    closings: list[tuple[datetime, str]] = field(default_factory=list)
    spans: dict[tuple[str, int, int], list[tuple[datetime, datetime]]] = field(default_factory=dict)
    """When a sort of hazard was there: another one that nobody could tell from it is left out."""


def play(seed: int, days: int, wild: Wildness) -> Play:
    """The street of one seed."""
    dice, made, numbers = random.Random(seed), Play(), iter(range(1_000_000))
    for _ in range(int(days * wild.matters_a_day)):
        kind = dice.choice(MATTERS)
        estate, building = dice.randrange(wild.estates), dice.randrange(wild.buildings)
        at = START + timedelta(hours=dice.uniform(0, 24 * days))
        _happen(made, dice, wild, kind, estate, building, at, next(numbers))
        if dice.random() < wild.twin:
            other, next_door = building, estate
            if kind.outside:
                next_door = (estate + 1) % wild.estates
            else:
                other = (building + dice.randrange(1, wild.buildings)) % wild.buildings
            later = at + timedelta(hours=dice.uniform(-2, 2))
            _happen(made, dice, wild, kind, next_door, other, later, next(numbers))
        if dice.random() < wild.neighbour:
            later = at + timedelta(hours=dice.uniform(-2, 2))
            another = dice.choice([each for each in MATTERS if each is not kind])
            _happen(made, dice, wild, another, estate, building, later, next(numbers))
        if dice.random() < wild.comes_back:
            later = at + timedelta(hours=dice.uniform(48, 144))
            _happen(made, dice, wild, kind, estate, building, later, next(numbers))
    made.voices.sort(key=lambda each: each.report.received_at)
    made.closings.sort()
    return made


def _happen(
    made: Play,
    dice: random.Random,
    wild: Wildness,
    kind: MatterKind,
    estate: int,
    building: int,
    at: datetime,
    number: int,
) -> None:
    where = (kind.name, estate, -1 if kind.outside else building)
    if any(begins - 2 * DAY < at < ends + DAY for begins, ends in made.spans.get(where, ())):
        return
    name, last = f"M{number}", at
    sources = list(kind.sayings)
    for voice in range(dice.choice(wild.voices)):
        hours = min(dice.expovariate(1 / wild.spread), wild.last_voice) if voice else 0.0
        when = at + timedelta(hours=hours)
        last = max(last, when)
        source = dice.choice(sources)
        report = _report(dice, wild, kind, source, estate, building, when, f"{name}-{voice}")
        made.voices.append(Truth(report, name, kind.name))
    closing = last + timedelta(hours=dice.uniform(*wild.works))
    made.spans.setdefault(where, []).append((at, closing))
    made.closings.append((closing, name))


def _report(
    dice: random.Random,
    wild: Wildness,
    kind: MatterKind,
    source: Source,
    estate: int,
    building: int,
    at: datetime,
    name: str,
) -> ReportReceived:
    named = source is not CAMERA and not kind.outside and dice.random() < wild.names_building
    spot = f"{building + 1}栋" if named else dice.choice(("", "我们这边", "楼下", "门口"))
    estate_name = f"试验{'甲乙丙丁戊己庚辛壬癸'[estate]}苑"
    told_estate = dice.random() < wild.gives_estate
    where = (estate_name if told_estate else "") + spot
    point = source is CAMERA or dice.random() < wild.gives_point
    east, north = _at(wild, estate, None if kind.outside else building)
    if source is HOTLINE and not named and dice.random() < wild.called_from_nowhere:
        east, north = _at(wild, estate, None)
    noise = (dice.gauss(0, wild.noise), dice.gauss(0, wild.noise))
    place = Place(
        estate=estate_name if (not point or source is HOTLINE or told_estate) else None,
        building=str(building + 1) if named else None,
        longitude=104.0 + (east + noise[0]) * EAST if point else None,
        latitude=30.6 + (north + noise[1]) * METRE if point else None,
    )
    return ReportReceived(
        report_id=name,
        thread=name,
        source=source,
        text=dice.choice(kind.sayings[source]).format(at=where),
        reported_at=at,
        received_at=at,
        place=place,
    )


def _at(wild: Wildness, estate: int, building: int | None) -> tuple[float, float]:
    """Metres east and north: of a building, or of the middle of the estate."""
    column, row = (1.5, 0.5) if building is None else (building % 4, building // 4)
    return estate * wild.between_estates + column * wild.between_buildings, (
        row * wild.between_buildings
    )


@lru_cache(maxsize=1)
def recogniser() -> Recogniser:
    """The shipped one, with all its mistakes; one for all seeds."""
    return load_recogniser(load_catalogue())


def opinions(voices: Sequence[Truth]) -> list[Opinion]:
    """What the service thinks of each voice."""
    return [each.opinion for each in recogniser().read([said_in(each.report) for each in voices])]


@dataclass
class Figures:
    """Pairs of voices, in all and across channels, and what is wrong where."""

    right: Counter[str] = field(default_factory=Counter)
    said: Counter[str] = field(default_factory=Counter)
    true: Counter[str] = field(default_factory=Counter)
    wrong: list[tuple[Truth, Truth]] = field(default_factory=list)
    missed: list[tuple[Truth, Truth]] = field(default_factory=list)
    recurrences: int = 0
    voices: int = 0
    matters: int = 0

    def precision(self, which: str = "all") -> float:
        """Of the pairs that were put together, those that belong together."""
        return self.right[which] / max(1, self.said[which])

    def recall(self, which: str = "all") -> float:
        """Of the pairs that belong together, those that were put together."""
        return self.right[which] / max(1, self.true[which])


def measure(seed: int, days: int = 14, wild: Wildness | None = None) -> Figures:
    """Play one street through the rules of merging."""
    drama, book = play(seed, days, wild or Wildness()), recogniser().book
    thoughts = opinions(drama.voices)
    heard = [pair for pair in zip(drama.voices, thoughts, strict=True) if pair[1].entry]
    street = Street(book.families, book.catalogue.version)
    closings = iter(drama.closings)
    first: dict[str, str] = {}
    closing = next(closings, None)
    for truth, thought in heard:
        now = truth.report.received_at
        while closing and closing[0] <= now:
            if closing[1] in first:
                street.close(street.incident_of[first[closing[1]]], closing[0])
            closing = next(closings, None)
        first.setdefault(truth.matter, truth.report.report_id)
        street.hear(truth.report, thought, now)
    return _figures([truth for truth, _ in heard], street)


def _figures(voices: Sequence[Truth], street: Street) -> Figures:
    found = Figures(voices=len(voices), matters=len({each.matter for each in voices}))
    found.recurrences = sum(1 for name, root in street.root_of.items() if name != root)
    for one, other in _pairs(voices, street):
        together = (
            street.incident_of[one.report.report_id] == street.incident_of[other.report.report_id]
        )
        same = one.matter == other.matter
        kinds = ["all"] + ["cross"] * (one.report.source is not other.report.source)
        for kind in kinds:
            found.said[kind] += together
            found.true[kind] += same
            found.right[kind] += together and same
        if together and not same:
            found.wrong.append((one, other))
        if same and not together:
            found.missed.append((one, other))
    return found


def _pairs(voices: Sequence[Truth], street: Street) -> Iterator[tuple[Truth, Truth]]:
    """All pairs that are together in truth or by the rules."""
    groups: dict[str, list[Truth]] = defaultdict(list)
    for each in voices:
        groups[each.matter].append(each)
        groups["rule " + street.incident_of[each.report.report_id]].append(each)
    seen = set[tuple[str, str]]()
    for group in groups.values():
        for one, other in combinations(group, 2):
            key = (one.report.report_id, other.report.report_id)
            if key not in seen:
                seen.add(key)
                yield one, other


def speed(seed: int = 1) -> float:
    """Microseconds that the matching of one report takes, recognition left out."""
    drama, book = play(seed, 30, Wildness(matters_a_day=60)), recogniser().book
    thoughts = opinions(drama.voices)
    street = Street(book.families, book.catalogue.version)
    began = time.perf_counter()
    for truth, thought in zip(drama.voices, thoughts, strict=True):
        street.hear(truth.report, thought, truth.report.received_at)
    return (time.perf_counter() - began) / len(drama.voices) * 1e6


def main() -> None:
    """Print a table by seed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=20)
    parser.add_argument("--first", type=int, default=100)
    parser.add_argument("--days", type=int, default=14)
    parser.add_argument("--speed", action="store_true")
    parser.add_argument("--why", action="store_true")
    given = parser.parse_args()
    if given.speed:
        print(f"{speed():.0f} µs a report")
        return
    print("seed  voices  matters  precision  recall  cross precision  cross recall")
    found = []
    for seed in range(given.first, given.first + given.seeds):
        each = measure(seed, given.days)
        found.append(each)
        print(
            f"{seed:4}  {each.voices:6}  {each.matters:7}  {each.precision():9.4f}  "
            f"{each.recall():6.4f}  {each.precision('cross'):15.4f}  {each.recall('cross'):12.4f}"
        )
    print(
        f"mean                   {mean(e.precision() for e in found):9.4f}  "
        f"{mean(e.recall() for e in found):6.4f}  "
        f"{mean(e.precision('cross') for e in found):15.4f}  "
        f"{mean(e.recall('cross') for e in found):12.4f}"
    )
    if given.why:
        _explain(found)


def _explain(found: Sequence[Figures]) -> None:
    for name in ("wrong", "missed"):
        pairs = [pair for each in found for pair in getattr(each, name)]
        print(f"{name}: {Counter((a.sort, b.sort) for a, b in pairs).most_common(12)}")
        for one, other in pairs[:: max(1, len(pairs) // 12)]:
            print(f"   {one.report.text} {one.report.place.building}")
            print(f"      {other.report.text} {other.report.place.building}")


if __name__ == "__main__":
    main()
