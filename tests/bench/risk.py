"""`python -m tests.bench.risk --seed N --json`: how soon an outbreak is found, at how many
false alarms, in simulated districts over a year.

Each seed is a district of its own: 14 streets, 100 communities, 995 general grids, 6,293
micro-grids, the categories of the shipped catalogue. Rates are heavy-tailed over categories and
places, and each community has its own taste; there are weekends, seasons, trends, rain days and
campaigns that lift whole categories, days that sway (negative binomial), incidents that bring
others, and loud people who report for days. False alarms are counted in a year without
outbreaks; power in the same year with outbreaks planted.
"""

import argparse
import json
import random
import time
from bisect import bisect
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import accumulate
from math import cos, pi
from pathlib import Path
from typing import Any, NamedTuple

from services.classification.domain.risk.areas import children_of
from services.classification.domain.risk.parameters import Parameters
from services.classification.domain.risk.sighting import Sighting
from services.classification.domain.risk.watch import RiskWarning, RiskWatch
from services.classification.domain.state import OUTAGES
from services.reference.catalogue import load_catalogue

FIRST = date(2026, 1, 5).toordinal()
"""A Monday."""
SIZES = range(3, 21)
DELAYS = (-24, 0, 6, 12, 24, 48, 72)
"""Hours after the eighth excess report, or after the last one of a smaller outbreak."""
WEATHER = {
    "96005": 3.0, "96006": 2.0, "96003": 1.5, "94005": 1.5, "10002": 1.5, "91008": 1.0,
    "93003": 1.0, "96004": 1.0, "06048": 1.0, "06023": 1.0, "91006": 0.7, "06013": 0.5,
}  # fmt: skip
"""By how much moderate rain lifts a category: 积水, 树木倒伏, 排水, 漏水, 线缆 …"""


@dataclass(frozen=True)
class World:
    """What a district is like. Spreads are standard deviations of logarithms; sways are squared
    coefficients of variation; the rest is in incidents, people or campaigns.
    """

    days: int = 365
    incidents_a_day: float = 1_000.0
    communities: int = 100
    grids: int = 995
    micro_grids: int = 6_293
    streets: int = 14
    category_spread: float = 1.7
    place_spread: float = 0.6
    taste_spread: float = 0.7
    micro_spread: float = 0.7
    district_sway: float = 0.05
    community_sway: float = 0.5
    followers: float = 0.08
    trouble_spot: float = 0.2
    loud_people_a_week: float = 3.0
    loud_under_one_name: float = 0.8
    campaigns_a_year: float = 8.0


class Seen(NamedTuple):
    """One incident: when, in days from the first, what, where, and told by whom."""

    at: float
    category: str
    area: str
    teller: str = ""


@dataclass(frozen=True)
class Outbreak:
    """What was planted: `times` of the excess reports in days, `usual` as expected in 3 days."""

    category: str
    community: str
    times: tuple[float, ...]
    by_volume: bool
    usual: float

    @property
    def due(self) -> float:
        """When the eighth excess report came, or the last one of fewer."""
        return self.times[min(8, len(self.times)) - 1]


class District:
    """A simulated district, and what happens there."""

    def __init__(self, seed: int, world: World) -> None:
        self.random, self.world = random.Random(seed), world
        self.categories = [each for each in load_catalogue().entries if each != OUTAGES]
        self._build_ground()
        self._build_rates()
        self._build_year()

    def _build_ground(self) -> None:
        world, draw = self.world, self.random
        self.communities = [
            f"510108{number % world.streets + 1:03d}{number // world.streets + 1:03d}"
            for number in range(world.communities)
        ]
        sizes = split(draw, world.grids, world.communities, 0.4)
        grids = numbered(zip(self.communities, sizes, strict=True))
        sizes = split(draw, world.micro_grids, len(grids), 0.3)
        self.micro_grids: dict[str, list[str]] = {}
        for micro in numbered(zip(grids, sizes, strict=True)):
            self.micro_grids.setdefault(micro[:12], []).append(micro)
        self.busy = {
            community: list(accumulate(self._around_one(world.micro_spread) for _ in inside))
            for community, inside in self.micro_grids.items()
        }

    def _build_rates(self) -> None:
        """The mean of each category in each community, incidents a day."""
        world = self.world
        weights = [self._around_one(world.category_spread) for _ in self.categories]
        places = [
            len(self.micro_grids[each]) * self._around_one(world.place_spread)
            for each in self.communities
        ]
        self.means: list[list[float]] = []
        for weight in weights:
            row = [place * self._around_one(world.taste_spread) for place in places]
            scale = world.incidents_a_day * weight / sum(weights) / sum(row)
            self.means.append([each * scale for each in row])
        self.volumes = [sum(row) for row in self.means]
        self.spots = [
            [self.random.choice(self.micro_grids[each]) for each in self.communities]
            for _ in self.categories
        ]

    def _build_year(self) -> None:
        """Rain, campaigns, and each category's weekends, seasons and trend."""
        draw, days = self.random, self.world.days
        number = len(self.categories)
        self.rain = [
            self.random.lognormvariate(-0.5, 1.0)
            if draw.random() < (0.3 if 120 < day % 365 < 280 else 0.08)
            else 0.0
            for day in range(days)
        ]
        self.weekend = [draw.uniform(0.6, 1.3) for _ in range(number)]
        self.season = [(draw.uniform(0, 0.5), draw.uniform(0, 2 * pi)) for _ in range(number)]
        self.trend = [draw.uniform(-0.3, 0.4) for _ in range(number)]
        self.campaign = [[1.0] * days for _ in range(number)]
        for _ in range(poisson(draw, self.world.campaigns_a_year * days / 365)):
            category, first, lift = draw.randrange(number), draw.randrange(days), draw.uniform(2, 4)
            for day in range(first, min(days, first + draw.randint(7, 14))):
                self.campaign[category][day] *= lift

    def lift(self, category: int, day: int) -> float:
        """How a category's expectation of a day compares with its mean."""
        amplitude, phase = self.season[category]
        lift = 1 + amplitude * cos(2 * pi * day / 365 + phase)
        lift *= 1 + self.trend[category] * day / 365
        if day % 7 >= 5:
            lift *= self.weekend[category]
        wet = WEATHER.get(self.categories[category], 0.0) * self.rain[day]
        dry = 0.9 if self.rain[day] and not wet else 1.0
        return lift * (1 + wet) * dry * self.campaign[category][day]

    def year(self) -> list[Seen]:
        """All that happens, outbreaks apart."""
        seen = [each for day in range(self.world.days) for each in self._ordinary(day)]
        for number in range(
            poisson(self.random, self.world.loud_people_a_week * self.world.days / 7)
        ):
            seen += self._loud(f"citizen-{number}")
        return [each for each in seen if each.at < self.world.days]

    def _ordinary(self, day: int) -> Iterator[Seen]:
        draw, world = self.random, self.world
        sway = world.community_sway
        for category, row in enumerate(self.means):
            shape = 1 / world.district_sway
            lift = self.lift(category, day) * draw.gammavariate(shape, 1 / shape)
            for place, mean in enumerate(row):
                chance = draw.random()
                if chance < (1 + sway * mean * lift) ** (-1 / sway):
                    continue
                for _ in range(swaying(chance, mean * lift, sway)):
                    yield from self._incident(day, category, place)

    def _incident(self, day: int, category: int, place: int) -> Iterator[Seen]:
        draw, code = self.random, self.categories[category]
        area = self._somewhere(category, place)
        yield Seen(day + draw.random(), code, area)
        while draw.random() < self.world.followers:
            yield Seen(day + draw.random() + draw.randint(0, 3), code, area)

    def _somewhere(self, category: int, place: int) -> str:
        """A micro-grid of a community: its trouble spot, or one by how busy it is."""
        if self.random.random() < self.world.trouble_spot:
            return self.spots[category][place]
        community = self.communities[place]
        busy = self.busy[community]
        return self.micro_grids[community][bisect(busy, self.random.random() * busy[-1])]

    def _loud(self, name: str) -> Iterator[Seen]:
        """Someone who reports one matter, or three, for up to five days from one micro-grid.

        Three of four reports within a day join the incident that is open already.
        """
        draw = self.random
        categories = draw.choices(self.categories, self.volumes, k=1 if draw.random() < 0.7 else 3)
        area = self._somewhere(0, draw.randrange(len(self.communities)))
        teller = name if draw.random() < self.world.loud_under_one_name else ""
        first, span = draw.uniform(0, self.world.days), draw.uniform(1, 5)
        last: dict[str, float] = {}
        for at in sorted(first + draw.uniform(0, span) for _ in range(draw.randint(4, 20))):
            category = draw.choice(categories)
            if at - last.get(category, -9.0) > 1 or draw.random() < 0.25:
                last[category] = at
                yield Seen(at, category, area, teller)

    def plant(self, per_size: int, first_day: int) -> tuple[list[Outbreak], list[Seen]]:
        """Outbreaks of each size, in 3 days and one community, each its own pair of both.

        Half of them in any category, half by how much there is of it. Half of them anywhere in
        the community, a quarter in one general grid, a quarter in one micro-grid.
        """
        outbreaks, seen, used = [], list[Seen](), set()
        for number in range(per_size * len(SIZES)):
            pair = self._pair(by_volume=number % 2 == 1)
            while pair in used:
                pair = self._pair(by_volume=number % 2 == 1)
            used.add(pair)
            outbreak = self._outbreak(*pair, SIZES[number // per_size], first_day, number % 2 == 1)
            outbreaks.append(outbreak)
            pool = self._pool(outbreak.community)
            seen += [Seen(at, outbreak.category, self.random.choice(pool)) for at in outbreak.times]
        return outbreaks, seen

    def _pair(self, *, by_volume: bool) -> tuple[int, int]:
        weights = self.volumes if by_volume else None
        category = self.random.choices(range(len(self.categories)), weights)[0]
        return category, self.random.randrange(len(self.communities))

    def _outbreak(
        self, category: int, place: int, size: int, first_day: int, by_volume: bool
    ) -> Outbreak:
        start = self.random.uniform(first_day, self.world.days - 6)
        days = range(int(start), int(start) + 3)
        return Outbreak(
            category=self.categories[category],
            community=self.communities[place],
            times=tuple(sorted(start + self.random.uniform(0, 3) for _ in range(size))),
            by_volume=by_volume,
            usual=sum(self.means[category][place] * self.lift(category, day) for day in days),
        )

    def _pool(self, community: str) -> list[str]:
        inside = self.micro_grids[community]
        one = self.random.choice(inside)
        grid = [each for each in inside if each[:15] == one[:15]]
        return self.random.choice((inside, inside, grid, [one]))

    def _around_one(self, spread: float) -> float:
        return self.random.lognormvariate(0, spread)


def split(draw: random.Random, total: int, parts: int, spread: float) -> list[int]:
    """A total in so many parts, none of them empty."""
    weights = [draw.lognormvariate(0, spread) for _ in range(parts)]
    sizes = [1 + int(each / sum(weights) * (total - parts)) for each in weights]
    for _ in range(total - sum(sizes)):
        sizes[draw.randrange(parts)] += 1
    return sizes


def numbered(sizes: Iterable[tuple[str, int]]) -> list[str]:
    """The codes of so many areas in each."""
    return [f"{code}{number + 1:03d}" for code, size in sizes for number in range(size)]


def poisson(draw: random.Random, mean: float) -> int:
    """How many, where each comes by itself."""
    at, count = draw.expovariate(1), 0
    while at < mean:
        at, count = at + draw.expovariate(1), count + 1
    return count


def swaying(chance: float, mean: float, sway: float) -> int:
    """The quantile of a negative binomial distribution; `sway` is 1/size."""
    count, odds = 0, sway * mean / (1 + sway * mean)
    term = reached = (1 + sway * mean) ** (-1 / sway)
    while chance > reached and count < 10_000:
        count += 1
        term *= odds * (count - 1 + 1 / sway) / count
        reached += term
    return count


@dataclass(frozen=True)
class Said:
    """A warning, when it was raised (days), and whether an outbreak stands behind it."""

    at: float
    warning: RiskWarning


class Run(NamedTuple):
    """What a watch said over a year, and what it cost."""

    said: list[Said]
    slowest_day: float
    watch: RiskWatch


def watch_over(district: District, seen: list[Seen], ticks: int, parameters: Parameters) -> Run:
    """Let a watch look at a year, so many times a day."""
    inside = [micro for each in district.micro_grids.values() for micro in each]
    watch = RiskWatch(parameters, children_of(inside))
    portions: list[list[Sighting]] = [[] for _ in range(district.world.days * ticks)]
    for number, each in enumerate(sorted(seen)):
        sighting = Sighting(str(number), each.category, each.area, each.teller)
        portions[int(each.at * ticks)].append(sighting)
    said, slowest, spent = [], 0.0, 0.0
    for tick, portion in enumerate(portions):
        began = time.perf_counter()
        warnings = watch.observe(date.fromordinal(FIRST + tick // ticks), portion)
        spent += time.perf_counter() - began
        if tick % ticks == ticks - 1:
            slowest, spent = max(slowest, spent), 0.0
        said += [Said((tick + 1) / ticks, each) for each in warnings]
    return Run(said, slowest, watch)


def delay(outbreak: Outbreak, run: Run) -> float | None:
    """Days from the eighth excess report to the first warning in the community; None if none."""
    at = [
        each.at
        for each in run.said
        if each.warning.phase == "raised"
        and each.warning.category == outbreak.category
        and each.warning.area.startswith(outbreak.community)
        and outbreak.times[0] < each.at <= outbreak.due + 7
    ]
    return min(at) - outbreak.due if at else None


def measure(seed: int, world: World, per_size: int, ticks: int) -> dict[str, Any]:
    """One district: a year without outbreaks, and the same with them."""
    parameters, district = Parameters.read(), District(seed, world)
    seen = district.year()
    quiet = watch_over(district, seen, ticks, parameters)
    outbreaks, planted = district.plant(per_size, parameters.silent_days + 7)
    busy = watch_over(district, seen + planted, ticks, parameters)
    raised = [each.warning for each in quiet.said if each.warning.phase == "raised"]
    return {
        "seed": seed,
        "weeks": (world.days - parameters.silent_days) / 7,
        "incidents": len(seen),
        "false": [[each.area_level, each.level, each.interval_days] for each in raised],
        "outbreaks": [
            [each.by_volume, len(each.times), each.usual, delay(each, busy)] for each in outbreaks
        ],
        "slowest_day_seconds": max(quiet.slowest_day, busy.slowest_day),
        "keys": quiet.watch.usual.keys,
        "state_bytes": len(json.dumps(quiet.watch.dump(), separators=(",", ":"))),
        "said": [each.warning.evidence for each in busy.said[:: max(1, len(busy.said) // 8)]],
    }


def summary(runs: list[dict[str, Any]]) -> dict[str, Any]:
    """The figures over all seeds. An outbreak is found if it is within a day of its due."""
    weeks = sum(run["weeks"] for run in runs)
    false = [each for run in runs for each in run["false"]]
    outbreaks = [Met(*each) for run in runs for each in run["outbreaks"]]
    large = [each for each in outbreaks if each.size >= 8]
    delays = sorted(each.delay * 24 for each in large if each.delay is not None)
    return {
        "seeds": [run["seed"] for run in runs],
        "weeks": round(weeks, 1),
        "incidents_a_year": [run["incidents"] for run in runs],
        "false_alarms_a_week": round(len(false) / weeks, 2),
        "false_alarms_by_area": count(each[0] for each in false),
        "false_alarms_by_level": count(each[1] for each in false),
        "power_8_to_20": {name: power(chosen(large, name)) for name in CHOICES},
        "power_by_size": {
            name: {
                size: power(each for each in chosen(outbreaks, name) if each.size == size)
                for size in SIZES
            }
            for name in CHOICES
        },
        "power_8_to_20_by_usual_in_3_days": {
            f"{low}-{high}": power(each for each in large if low <= each.usual < high)
            for low, high in BANDS
        },
        "found_by_hours_after_the_eighth": {
            name: {hours: power(chosen(large, name), hours) for hours in DELAYS} for name in CHOICES
        },
        "median_delay_hours": round(delays[len(delays) // 2], 1) if delays else None,
        "slowest_day_seconds": round(max(run["slowest_day_seconds"] for run in runs), 3),
        "keys": max(run["keys"] for run in runs),
        "state_bytes": max(run["state_bytes"] for run in runs),
        "examples": runs[0]["said"],
    }


class Met(NamedTuple):
    """An outbreak, and after how many days it was found."""

    by_volume: bool
    size: int
    usual: float
    delay: float | None


CHOICES = {"any category": False, "by volume": True}
"""How the category of an outbreak is chosen: each alike, or by how much there is of it."""
BANDS = ((0.0, 0.1), (0.1, 0.3), (0.3, 1.0), (1.0, 3.0), (3.0, 99.0))


def chosen(outbreaks: Iterable[Met], name: str) -> list[Met]:
    """Those whose category was chosen so."""
    return [each for each in outbreaks if each.by_volume is CHOICES[name]]


def power(outbreaks: Iterable[Met], hours: float = 24) -> float | None:
    """The share that is found by so many hours after the eighth; None of none."""
    found = [each.delay is not None and each.delay * 24 <= hours for each in outbreaks]
    return round(sum(found) / len(found), 3) if found else None


def count(names: Iterable[str]) -> dict[str, int]:
    """How many of each."""
    return dict(sorted(Counter(names).items()))


def picture(figures: dict[str, Any]) -> str:
    """Power by size and by delay, as an SVG."""
    sizes, late = figures["power_by_size"], figures["found_by_hours_after_the_eighth"]
    panels = (
        panel(60, "found within a day of the eighth, by size", sizes),
        panel(480, "8 to 20: found by hours after the eighth", late),
    )
    words = "".join(
        f'<text x="{60 + 160 * number}" y="312" fill="{colour}">{name}</text>'
        for number, (name, colour) in enumerate(zip(CHOICES, COLOURS, strict=True))
    )
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 880 325" font-family="sans-serif" '
        f'font-size="12"><rect width="880" height="325" fill="#fff"/>{"".join(panels)}{words}</svg>'
    )


COLOURS = ("#1f5fa8", "#c4511f")


def panel(left: int, title: str, curves: dict[str, dict[Any, float | None]]) -> str:
    """One pair of axes, 340 by 220, with a curve for each choice."""
    steps = list(next(iter(curves.values())))
    across = {step: left + 340 * number / (len(steps) - 1) for number, step in enumerate(steps)}
    parts = [f'<text x="{left}" y="24" font-weight="bold">{title}</text>']
    for tenth in (0, 2, 4, 6, 8, 10):
        y = 260 - 22 * tenth
        parts.append(f'<path d="M{left} {y}h340" stroke="#ddd"/>')
        parts.append(f'<text x="{left - 8}" y="{y + 4}" text-anchor="end">{10 * tenth}%</text>')
    parts += [
        f'<text x="{x:.0f}" y="278" text-anchor="middle">{step}</text>'
        for step, x in across.items()
    ]
    for curve, colour in zip(curves.values(), COLOURS, strict=True):
        points = " ".join(
            f"{across[at]:.0f},{260 - 220 * (each or 0):.0f}" for at, each in curve.items()
        )
        parts.append(
            f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="2"/>'
        )
    return "".join(parts)


def main() -> None:
    """Measure one seed or several, or pool what was measured before."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, nargs="+", default=[101], help="a district each")
    parser.add_argument("--pool", type=Path, nargs="+", default=[], help="files of --keep instead")
    parser.add_argument("--keep", type=Path, help="write what was measured, for --pool")
    parser.add_argument("--per-size", type=int, default=12, help="outbreaks of each size a year")
    parser.add_argument("--ticks", type=int, default=8, help="looks a day")
    parser.add_argument("--volume", type=float, default=1_000.0, help="incidents a day")
    parser.add_argument("--svg", type=Path, help="write the curves")
    parser.add_argument("--json", action="store_true", help="print JSON on one line")
    options = parser.parse_args()
    runs = [each for path in options.pool for each in json.loads(path.read_text("utf-8"))]
    world = World(incidents_a_day=options.volume)
    runs = runs or [measure(seed, world, options.per_size, options.ticks) for seed in options.seed]
    if options.keep:
        options.keep.write_text(json.dumps(runs, ensure_ascii=False), encoding="utf-8")
    figures = summary(runs)
    if options.svg:
        options.svg.write_text(picture(figures) + "\n", encoding="utf-8")
    print(json.dumps(figures, ensure_ascii=False, indent=None if options.json else 1))


if __name__ == "__main__":
    main()
