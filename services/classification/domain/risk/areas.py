"""The levels of the grid, and how areas lie in each other by their codes."""

from collections import Counter
from collections.abc import Iterable
from enum import StrEnum
from functools import lru_cache
from itertools import pairwise

Key = tuple[str, str]
"""A category and the code of an area."""


class AreaLevel(StrEnum):
    """A level of the grid: 区县, 街道, 社区, 一般网格, 微网格."""

    DISTRICT = "district"
    STREET = "street"
    COMMUNITY = "community"
    GRID = "grid"
    MICRO_GRID = "micro_grid"


DISTRICT_DIGITS = 6
COMMUNITY_DIGITS = 12
LEVELS = {
    DISTRICT_DIGITS: AreaLevel.DISTRICT,
    9: AreaLevel.STREET,
    COMMUNITY_DIGITS: AreaLevel.COMMUNITY,
    14: AreaLevel.GRID,
    15: AreaLevel.GRID,
    17: AreaLevel.MICRO_GRID,
    18: AreaLevel.MICRO_GRID,
}
"""By the digits of an area's code; grids have 14 or 15."""


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
