"""Areas to be filled with communities and grids: given ones, or plainly invented squares."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby
from typing import Any

import numpy as np
import shapely

from services.reference.ground.cells import dealt, even, outline_of, scattered, shared, tessellated
from services.reference.ground.codes import Level
from services.reference.ground.tree import Kind, Unit

MICRO_GRID_SIDE = 900
"""Micro-degrees, about 100 m: where everything is invented."""
CORNER = (103_900_000, 30_500_000)
"""Micro-degrees; where the first invented district begins."""
DEALING_SEEDS = 4_000
"""As many points share a district out to its streets."""


class Size(StrEnum):
    """How large a ground is made."""

    STREET = "street"
    DISTRICT = "district"
    CITY = "city"


@dataclass(frozen=True)
class Amount:
    """How many of each there are."""

    districts: int
    streets: int
    communities: int
    grids: int
    micro_grids: int


AMOUNTS = {
    Size.STREET: Amount(1, 1, 21, 237, 1_166),
    Size.DISTRICT: Amount(1, 11, 93, 995, 6_293),
    Size.CITY: Amount(23, 261, 3_040, 14_020, 126_449),
}
"""The sizes of a real street, of 成华 and of 成都; communities of a street by the same measure."""


@dataclass(frozen=True)
class Area:
    """An outline in micro-degrees, and the communities that lie in it, sorted by code."""

    unit: Unit
    outline: Any
    communities: Sequence[Unit]


def invented(amount: Amount) -> tuple[dict[str, Unit], list[Area]]:
    """Districts that are squares, with streets and communities named by their numbers."""
    units: dict[str, Unit] = {}
    areas = []
    side = round((amount.micro_grids / amount.districts) ** 0.5) * MICRO_GRID_SIDE
    streets = _even(amount.streets, amount.districts)
    communities = iter(_even(amount.communities, amount.streets))
    across = int(np.ceil(amount.districts**0.5))
    for number in range(amount.districts):
        code = f"9901{number + 1:02d}"
        units[code] = Unit(code, f"虚构{number + 1}区", Kind.DISTRICT)
        counts = [next(communities) for _ in range(streets[number])]
        below = list(_invented_below(code, counts))
        units |= {unit.code: unit for unit in below}
        west, south = CORNER[0] + number % across * side, CORNER[1] + number // across * side
        square = shapely.box(west, south, west + side, south + side)
        homes = [unit for unit in below if unit.level is Level.COMMUNITY]
        areas.append(Area(units[code], square, homes))
    return units, areas


def _even(total: int, parts: int) -> list[int]:
    return list(shared(total, np.ones(parts), np.zeros(parts, dtype=np.int64)).tolist())


def _invented_below(district: str, communities: Sequence[int]) -> Iterator[Unit]:
    for street, count in enumerate(communities, start=1):
        code = f"{district}{street:03d}"
        yield Unit(code, f"虚构第{street}街道", Kind.STREET)
        for number in range(1, count + 1):
            yield Unit(f"{code}{number:03d}", f"虚构第{number}社区", Kind.COMMUNITY)


def street_of(area: Area, street: Unit, seed: int) -> Area:
    """The part of a district that a street is given, as an area of its own."""
    chance = np.random.default_rng([seed, int(area.unit.code)])
    counts = [len(list(each)) for _, each in groupby(area.communities, lambda e: e.parent)]
    streets = [code for code, _ in groupby(area.communities, lambda e: e.parent)]
    seeds = scattered(area.outline, even(area.outline), DEALING_SEEDS, chance)
    sizes = shared(
        DEALING_SEEDS, np.array(counts, dtype=np.float64), np.ones(len(counts), np.int64)
    )
    cells, _ = tessellated(area.outline, seeds)
    mine = dealt(seeds, sizes.tolist()) == streets.index(street.code)
    homes = [unit for unit in area.communities if unit.parent == street.code]
    return Area(street, outline_of(cells[mine]), homes)
