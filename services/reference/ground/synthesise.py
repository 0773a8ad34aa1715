"""A ground that looks like a city's and is none: seeded, and says of itself that it is synthetic.

Areas are cut to fit what is in them (streets, communities, grids, micro-grids of 50 to 80
households), dense where people live.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from services.reference.ground.areas import Area
from services.reference.ground.cells import (
    Floats,
    Numbers,
    Population,
    dealt,
    even,
    outline_of,
    polygons_of,
    scattered,
    sewn,
    shared,
    tessellated,
)
from services.reference.ground.errors import GroundError
from services.reference.ground.outlines import Polygons
from services.reference.ground.tree import Kind, Unit, default_name

EXCLUSIVE = 0.06
"""How many of the grids are 专属网格."""
EXCLUSIVE_NAMES = ("学校", "商场", "产业园", "写字楼", "医院", "批发市场")
MOST = 999
"""Of anything in the unit above it: its number in the code has three digits."""

Told = Callable[[str, int, int], None]
"""Is told what is being done, how much of it is done, and how much there is."""


@dataclass(frozen=True, slots=True)
class Grid:
    """A grid that is to be: its code, and how many micro-grids; a 专属网格 has none."""

    code: str
    micro_grids: int

    @property
    def cells(self) -> int:
        """How many cells it takes."""
        return max(self.micro_grids, 1)

    def leaves(self) -> list[str]:
        """The codes of its cells."""
        if not self.micro_grids:
            return [self.code]
        return [f"{self.code}{number:03d}" for number in range(1, self.micro_grids + 1)]


@dataclass
class Synthetic:
    """What was made, by code: units, outlines, and a point in each micro-grid and 专属网格."""

    units: dict[str, Unit] = field(default_factory=dict)
    outlines: dict[str, Polygons] = field(default_factory=dict)
    seeds: dict[str, tuple[int, int]] = field(default_factory=dict)


def synthesise(
    areas: Sequence[Area],
    totals: tuple[int, int],
    seed: int,
    population: Population | None = None,
    told: Told = lambda what, done, of: None,
) -> Synthetic:
    """Fill areas with so many grids and micro-grids; raises GroundError if they do not fit."""
    made = Synthetic()
    shapes: dict[str, Any] = {}
    cut: list[str] = []
    of_area = _between_areas(areas, totals, population)
    for number, (area, grids, micro_grids) in enumerate(zip(areas, *of_area, strict=True)):
        told("切分 cutting", number, len(areas))
        chance = np.random.default_rng([seed, int(area.unit.code)])
        planned = list(_planned(area, int(grids), int(micro_grids), chance))
        made.units |= {unit.code: unit for unit in _units(planned, chance)}
        people = population.within(area.outline) if population else even(area.outline)
        seeds = scattered(area.outline, people, sum(each.cells for each in planned), chance)
        cells, is_cut = tessellated(area.outline, seeds)
        codes = _placed(planned, seeds)
        shapes |= zip(codes, cells, strict=True)
        points = np.rint(seeds).astype(np.int64).tolist()
        made.seeds |= {code: (x, y) for code, (x, y) in zip(codes, points, strict=True)}
        cut += [code for code, on_edge in zip(codes, is_cut, strict=True) if on_edge]
    shapes |= zip(cut, sewn(_array(shapes[code] for code in cut)), strict=True)
    made.outlines |= _drawn(shapes, {area.unit.code for area in areas}, told)
    made.outlines |= {area.unit.code: polygons_of(area.outline) for area in areas}
    return made


def _between_areas(
    areas: Sequence[Area], totals: tuple[int, int], population: Population | None
) -> tuple[Numbers, Numbers]:
    """Grids and micro-grids of each area, by the people who live there, else by its size."""
    if population:
        weights = [float(population.within(area.outline).people.sum()) for area in areas]
    else:
        weights = [float(shapely.area(area.outline)) for area in areas]
    least = np.array([len(area.communities) for area in areas], dtype=np.int64)
    if not least.all() or int(least.sum()) > totals[0] or totals[0] > totals[1]:
        raise GroundError(
            f"{len(areas)} 片区域、{int(least.sum())} 个社区、{totals[0]} 个网格、{totals[1]} 个"
            "微网格对不上：每片区域要有社区，每一级不能少于上一级；请调整数量或换一个规模。"
        )
    grids = shared(totals[0], np.array(weights), least)
    return grids, shared(totals[1], np.array(weights), grids)


def _planned(
    area: Area, grids: int, micro_grids: int, chance: np.random.Generator
) -> Iterator[Grid]:
    """The grids of each community of an area, sorted; a 专属网格 bears a last number."""
    homes = area.communities
    ones = np.ones(len(homes), dtype=np.int64)
    of_home = shared(grids, chance.uniform(0.7, 1.3, len(homes)), ones)
    alone = chance.binomial(np.maximum(of_home - 3, 0), EXCLUSIVE)
    general = of_home - alone
    micro = shared(micro_grids, general * chance.uniform(0.8, 1.2, len(homes)), general)
    for home, many, few, small in zip(homes, general, alone, micro, strict=True):
        weights = chance.uniform(0.7, 1.3, int(many))
        sizes = [*shared(int(small), weights, np.ones(int(many), np.int64)).tolist(), *[0] * few]
        if max(len(sizes), *sizes) > MOST:
            raise GroundError(f"{home.name} 分到的网格太多，编码放不下：请增加社区或减少网格。")
        for number, size in enumerate(sizes, start=1):
            yield Grid(f"{home.code}{number:03d}", size)


def _units(planned: Iterable[Grid], chance: np.random.Generator) -> Iterator[Unit]:
    for grid in planned:
        if grid.micro_grids:
            yield Unit(grid.code, default_name(grid.code), Kind.GENERAL_GRID)
            for code in grid.leaves():
                yield Unit(code, default_name(code), Kind.MICRO_GRID)
        else:
            what = EXCLUSIVE_NAMES[int(chance.integers(len(EXCLUSIVE_NAMES)))]
            yield Unit(grid.code, f"{what}专属网格", Kind.EXCLUSIVE_GRID)


def _placed(planned: Sequence[Grid], seeds: Floats) -> list[str]:
    """The code of each seed: streets lie together, in them communities, in them grids."""
    codes = np.empty(len(seeds), dtype=object)
    left: list[tuple[NDArray[np.int64], Sequence[Grid], int]] = [
        (np.arange(len(seeds)), planned, 9)
    ]
    while left:
        members, grids, length = left.pop()
        if length > 15:
            codes[_numbered(members, seeds)] = grids[0].leaves()
            continue
        parts = [list(each) for _, each in groupby(grids, key=lambda grid: grid.code[:length])]
        groups = dealt(seeds[members], [sum(each.cells for each in part) for part in parts])
        left += [(members[groups == at], part, length + 3) for at, part in enumerate(parts)]
    return codes.tolist()


def _numbered(members: NDArray[np.int64], seeds: Floats) -> NDArray[np.int64]:
    """The cells of a grid in the order of their numbers: from the north-west on."""
    return members[np.argsort(seeds[members, 0] - seeds[members, 1], kind="stable")]


def _drawn(shapes: Mapping[str, Any], given: Iterable[str], told: Told) -> dict[str, Polygons]:
    """The outline of each leaf, and of what they cover together, up to what was given."""
    outlines = {code: polygons_of(shape) for code, shape in shapes.items()}
    least = min(map(len, given))
    below: dict[str, list[Any]] = {}
    for code, shape in shapes.items():
        below.setdefault(code[:15] if len(code) > 15 else code, []).append(shape)
    for length in range(15, least, -3):
        told("合并 uniting", 15 - length, 15 - least)
        whole = {code: outline_of(_array(parts)) for code, parts in below.items()}
        outlines |= {code: polygons_of(shape) for code, shape in whole.items()}
        below = {}
        for code, shape in whole.items():
            below.setdefault(code[: length - 3], []).append(shape)
    return outlines


def _array(shapes: Iterable[Any]) -> NDArray[np.object_]:
    listed = list(shapes)
    made = np.empty(len(listed), dtype=object)
    made[:] = listed
    return made
