"""From a point to the unit that answers for it (路由): the lowest one whose outline holds it.

Where no micro-grid holds it, it goes up the tree: general grid, community, street, district;
a point just outside goes to the nearest community, any other to the desk of the whole ground.
It is never nowhere, and each answer says why.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from math import isfinite

import numpy as np
from numpy.typing import ArrayLike, NDArray

from services.reference.ground.codes import TITLES, Level, at_level
from services.reference.ground.crs import Floats
from services.reference.ground.index import NOWHERE, OutlineIndex
from services.reference.ground.outlines import MICRO, Collected, Outlines, Polygons
from services.reference.ground.tree import Kind, Tree

UPWARDS = tuple(reversed(Level))
SURE = {
    Level.MICRO_GRID: 0.95,
    Level.GRID: 0.8,
    Level.COMMUNITY: 0.6,
    Level.STREET: 0.4,
    Level.DISTRICT: 0.2,
}
"""Confidence where the unit of this level is the lowest that holds the point."""
NEAR = 100.0
"""Metres outside of all outlines within which the nearest community is taken."""
SURE_NEAR = 0.3
NEAR_LEVELS = frozenset({Level.MICRO_GRID, Level.GRID, Level.COMMUNITY})
"""The levels whose codes name a community."""
ANSWERS_KEPT = 20_000


@dataclass(frozen=True, slots=True)
class Route:
    """Where a point goes: `code` is the lowest unit that it is known to be in, or empty.

    `desk` is the code of the unit whose desk takes it; empty: the desk above all districts.
    `why` is in Chinese.
    """

    code: str
    level: Level | None
    desk: str
    confidence: float
    why: str

    def part(self, level: Level) -> str | None:
        """The code of the unit of a level that the point is in; None if it is not known."""
        return at_level(self.code, level) or None


class Router:
    """The outlines of all levels, to be asked for points in degrees of WGS-84."""

    def __init__(self, tree: Tree, outlines: Mapping[Level, Outlines]) -> None:
        self._tree = tree
        self._indexes = {
            level: OutlineIndex(outlines[level]) for level in UPWARDS if level in outlines
        }
        self._inside = lru_cache(ANSWERS_KEPT)(self._answer)

    def route(self, longitude: float, latitude: float) -> Route:
        """Where one point goes."""
        x, y = longitude * MICRO, latitude * MICRO
        if not (isfinite(x) and isfinite(y)):
            return self._outside("没有坐标")
        for level, index in self._indexes.items():
            found = index.holding_one(x, y)
            if found != NOWHERE:
                return self._inside(level, index.codes[found])
        return self._beside(x, y)

    def routes(self, longitude: ArrayLike, latitude: ArrayLike) -> list[Route]:
        """Where many points go; of the same unit it is the same answer."""
        x = np.asarray(longitude, dtype=np.float64) * MICRO
        y = np.asarray(latitude, dtype=np.float64) * MICRO
        x, y = np.where(np.isfinite(x + y), (x, y), 0.0)
        routes = np.empty(len(x), dtype=object)
        left = np.arange(len(x))
        for level, index in self._indexes.items():
            found = index.holding(x[left], y[left])
            held = found != NOWHERE
            routes[left[held]] = self._answers(level, index, found[held])
            left = left[~held]
        near = self._near(x[left], y[left])
        routes[left[~near]] = self._off_the_ground()
        for each in left[near].tolist():
            routes[each] = self._beside(float(x[each]), float(y[each]))
        return list(routes.tolist())

    def _near(self, x: Floats, y: Floats) -> NDArray[np.bool_]:
        """Whether an outline may be near each of some points: only for these it is looked for."""
        near = np.zeros(len(x), dtype=np.bool_)
        for level in NEAR_LEVELS & self._indexes.keys():
            near |= self._indexes[level].may_be_near(x, y, NEAR)
        return near

    def explain(self, longitude: float, latitude: float) -> list[str]:
        """Sentences in Chinese: what each level said, where the nearest border is, who takes it."""
        x, y = longitude * MICRO, latitude * MICRO
        told = [f"坐标（WGS-84）：经度 {longitude:.6f}，纬度 {latitude:.6f}"]
        for level, index in self._indexes.items():
            found = index.holding_one(x, y)
            if found == NOWHERE:
                told.append(f"{len(index)} 个{TITLES[level]}轮廓中没有包含该点的，往上一级查")
                continue
            told.append(self._told(level, index, found, index.distance(found, x, y)))
            break
        route = self.route(longitude, latitude)
        return [*told, *self.line(route.code), f"结论：{route.why}"]

    def line(self, code: str) -> list[str]:
        """A unit and all above it, in words; its functional zone."""
        zone = self._tree.zone(code)
        line = [f"{each.kind} {each.code} {each.name}" for each in self._tree.line(code)]
        return [*line, f"功能区：{zone}"] if zone else line

    def _told(self, level: Level, index: OutlineIndex, found: int, far: float) -> str:
        code = index.codes[found]
        return (
            f"{len(index)} 个{TITLES[level]}轮廓中，{self._tree.described(code)}（{code}）"
            f"包含该点，离其边界 {far:.0f} 米"
        )

    def _answers(
        self, level: Level, index: OutlineIndex, found: NDArray[np.int64]
    ) -> NDArray[np.object_]:
        unique, which = np.unique(found, return_inverse=True)
        answers = np.empty(len(unique), dtype=object)
        answers[:] = [self._inside(level, index.codes[each]) for each in unique.tolist()]
        return answers[which]

    def _answer(self, level: Level, code: str) -> Route:
        unit = self._tree.unit(code)
        is_exclusive = unit is not None and unit.kind is Kind.EXCLUSIVE_GRID
        name = self._tree.described(code)
        if level is Level.MICRO_GRID or is_exclusive:
            what = Kind.EXCLUSIVE_GRID if is_exclusive else Kind.MICRO_GRID
            return Route(code, level, code, SURE[Level.MICRO_GRID], f"点在{what}{name}的轮廓内")
        below = TITLES[UPWARDS[UPWARDS.index(level) - 1]]
        desk = "，由其值班台受理" if level in {Level.STREET, Level.DISTRICT} else "，由其受理"
        why = f"点在{name}的轮廓内，但不在其任何{below}内{desk}"
        return Route(code, level, code, SURE[level], why)

    def _beside(self, x: float, y: float) -> Route:
        """For a point outside of all outlines: the nearest community, if it is near."""
        for level, index in self._indexes.items():
            if level not in NEAR_LEVELS:
                continue
            found, far = index.nearest(x, y, NEAR)
            community = at_level(index.codes[found], Level.COMMUNITY) if found != NOWHERE else ""
            if community:
                name = self._tree.described(community)
                why = f"点在所有轮廓之外 {far:.0f} 米，按最近的{name}受理，位置请核实"
                return Route(community, Level.COMMUNITY, community, SURE_NEAR, why)
        return self._off_the_ground()

    def _off_the_ground(self) -> Route:
        return self._outside(f"点在地面之外（{NEAR:.0f} 米内没有任何轮廓）")

    def _outside(self, because: str) -> Route:
        top = self._tree.unit(self._tree.top)
        desk = f"{top.name}值班台" if top else "总值班台"
        return Route("", None, top.code if top else "", 0.0, f"{because}，由{desk}受理")


def by_level(outlines: Iterable[tuple[str, Polygons]]) -> dict[Level, Outlines]:
    """Outlines in columns, each level of the tree by itself."""
    collected: dict[Level, Collected] = {}
    for code, polygons in outlines:
        collected.setdefault(_level(code), Collected()).add(code, polygons)
    return {level: each.columns() for level, each in collected.items()}


def _level(code: str) -> Level:
    return UPWARDS[(18 - len(code)) // 3]


def as_codes(routes: Iterable[Route]) -> Iterator[tuple[str, ...]]:
    """District, street, community, grid and micro-grid of each route; empty where not known."""
    for route in routes:
        yield tuple(at_level(route.code, level) for level in Level)
