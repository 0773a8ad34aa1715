"""Which outline holds a point: a raster of squares, and ray casting over whole arrays.

The ray goes east. Each edge is stored from its southern to its northern end, so that the two
neighbours of a border reckon with the very same numbers: a point belongs to exactly one of
them, also on the border (the western and the southern border are a unit's own).
"""

from collections.abc import Iterator
from functools import lru_cache
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from services.reference.degrees import METRES_PER_DEGREE
from services.reference.ground.outlines import MICRO, Ints, Outlines

Floats: TypeAlias = NDArray[np.float64]
Positions: TypeAlias = NDArray[np.int64]

NOWHERE = -1
SQUARES_PER_OUTLINE = 2.0
CHUNK = 32_768
"""Points that are looked up at once: their arrays stay in the processor's cache."""
EDGES_AT_ONCE = 2_000_000
LATELY = 1_024
"""Squares and borders that are kept as lists for single points, which come where others came."""


class OutlineIndex:
    """The outlines of one level; positions are those in `codes`. Coordinates are micro-degrees."""

    def __init__(self, outlines: Outlines) -> None:
        """Outlines that overlap are told apart by their order: the first one holds."""
        self.codes = outlines.codes
        self._edges, self._first_edge = _edges(outlines)
        self._boxes = _boxes(self._edges, self._first_edge)
        self._lay_raster()
        self._in_square = lru_cache(LATELY)(self._members_of)
        self._border = lru_cache(LATELY)(self._edges_of)

    def __len__(self) -> int:
        return len(self.codes)

    def _lay_raster(self) -> None:
        west, south, east, north = self._boxes.T
        self._west, self._south = int(west.min()), int(south.min())
        width, height = int(east.max()) - self._west + 1, int(north.max()) - self._south + 1
        side = np.sqrt(width * height / (SQUARES_PER_OUTLINE * len(self)))
        self._side = max(float(side), 1.0)
        self._columns, self._rows = (int(each // self._side) + 1 for each in (width, height))
        first_x, last_x = self._column(west), self._column(east)
        first_y, last_y = self._row(south), self._row(north)
        wide, high = last_x - first_x + 1, last_y - first_y + 1
        outline, step = _expanded(wide * high)
        x, y = first_x[outline] + step % wide[outline], first_y[outline] + step // wide[outline]
        square = y * self._columns + x
        order = np.argsort(square, kind="stable")
        self._members: Ints = outline[order].astype(np.int32)
        counts = np.bincount(square, minlength=self._columns * self._rows)
        self._first_member = np.concatenate(([0], np.cumsum(counts)))

    def _column(self, x: Floats | Ints) -> Positions:
        return ((x - self._west) // self._side).astype(np.int64)

    def _row(self, y: Floats | Ints) -> Positions:
        return ((y - self._south) // self._side).astype(np.int64)

    def holding(self, x: Floats, y: Floats) -> Positions:
        """For each point the position of the outline that holds it, or NOWHERE."""
        found = np.full(len(x), NOWHERE, dtype=np.int64)
        for start in range(0, len(x), CHUNK):
            part = slice(start, start + CHUNK)
            found[part] = self._holding(x[part], y[part])
        return found

    def holding_one(self, x: float, y: float) -> int:
        """The same for one point, without arrays."""
        for outline in self._near(x, y):
            odd = False
            for x1, y1, x2, y2 in self._border(outline):
                if y1 <= y < y2 and x < x1 + (y - y1) * ((x2 - x1) / (y2 - y1)):
                    odd = not odd
            if odd:
                return outline
        return NOWHERE

    def distance(self, outline: int, x: float, y: float) -> float:
        """Metres from a point to the border of an outline."""
        first, last = self._first_edge[outline], self._first_edge[outline + 1]
        return _distance(self._edges[first:last].astype(np.float64), x, y)

    def nearest(self, x: float, y: float, metres: float) -> tuple[int, float]:
        """The outline whose border is nearest to a point, and metres; NOWHERE if none is near."""
        found, least = NOWHERE, metres
        for outline in self._around(x, y, *_reach(y, metres)):
            far = self.distance(outline, x, y)
            if far <= least and (found == NOWHERE or far < least):
                found, least = outline, far
        return found, least

    def may_be_near(self, x: Floats, y: Floats, metres: float) -> NDArray[np.bool_]:
        """Whether the squares so near to each of some points have any outline in them."""
        across, reach = _reach(float(np.abs(y).max(initial=0)), metres)
        wide, high = (int(each // self._side) + 1 for each in (across, reach))
        taken = np.diff(self._first_member).reshape(self._rows, self._columns) > 0
        sums = np.pad(taken, ((high + 1, high), (wide + 1, wide))).cumsum(0).cumsum(1)
        row, column = self._row(y), self._column(x)
        within = (row >= -high) & (row < self._rows + high)
        within &= (column >= -wide) & (column < self._columns + wide)
        row, column = row[within].clip(0, self._rows - 1), column[within].clip(0, self._columns - 1)
        south, west = row, column
        north, east = row + 2 * high + 1, column + 2 * wide + 1
        total = sums[north, east] - sums[south, east] - sums[north, west] + sums[south, west]
        near = np.zeros(len(x), dtype=np.bool_)
        near[within] = total > 0
        return near

    def _near(self, x: float, y: float) -> Iterator[int]:
        """The outlines of a point's square whose box holds it."""
        column, row = int((x - self._west) // self._side), int((y - self._south) // self._side)
        if not (0 <= column < self._columns and 0 <= row < self._rows):
            return
        for outline, (west, south, east, north) in self._in_square(row * self._columns + column):
            if west <= x <= east and south <= y <= north:
                yield outline

    def _members_of(self, square: int) -> list[tuple[int, list[int]]]:
        """The outlines of a square, each with its box."""
        near = self._members[self._first_member[square] : self._first_member[square + 1]]
        return list(zip(near.tolist(), self._boxes[near].tolist(), strict=True))

    def _edges_of(self, outline: int) -> list[list[int]]:
        first, last = int(self._first_edge[outline]), int(self._first_edge[outline + 1])
        edges: list[list[int]] = self._edges[first:last].tolist()
        return edges

    def _around(self, x: float, y: float, across: float, reach: float) -> list[int]:
        """The outlines whose box is so near to a point, sorted."""
        xs = self._column(np.array([x - across, x + across])).clip(0, self._columns - 1)
        ys = self._row(np.array([y - reach, y + reach])).clip(0, self._rows - 1)
        parts = []
        for row in range(ys[0], ys[1] + 1):
            first = self._first_member[row * self._columns + xs[0]]
            last = self._first_member[row * self._columns + xs[1] + 1]
            parts.append(self._members[first:last])
        there = np.unique(np.concatenate(parts))
        west, south, east, north = self._boxes[there].T
        near = (west - across <= x) & (x <= east + across)
        near &= (south - reach <= y) & (y <= north + reach)
        return [int(each) for each in there[near]]

    def _holding(self, x: Floats, y: Floats) -> Positions:
        point, outline = self._candidates(x, y)
        hit = self._odd(x[point], y[point], outline)
        found = np.full(len(x), NOWHERE, dtype=np.int64)
        # of several the first one holds: the last write wins
        found[point[hit][::-1]] = outline[hit][::-1]
        return found

    def _candidates(self, x: Floats, y: Floats) -> tuple[Positions, Ints]:
        """Pairs of a point and an outline whose box holds it, in the order of both."""
        column, row = self._column(x), self._row(y)
        inside = (column >= 0) & (column < self._columns) & (row >= 0) & (row < self._rows)
        square = np.where(inside, row * self._columns + column, 0)
        first = self._first_member[square]
        count = np.where(inside, self._first_member[square + 1] - first, 0)
        point, step = _expanded(count)
        outline = self._members[first[point] + step]
        west, south, east, north = self._boxes[outline].T
        at_x, at_y = x[point], y[point]
        boxed = (west <= at_x) & (at_x <= east) & (south <= at_y) & (at_y <= north)
        return point[boxed], outline[boxed]

    def _odd(self, x: Floats, y: Floats, outline: Ints) -> NDArray[np.bool_]:
        """Whether each point's ray crosses its outline an odd number of times."""
        count = self._first_edge[outline + 1] - self._first_edge[outline]
        odd = np.zeros(len(outline), dtype=np.bool_)
        ends = np.cumsum(count)
        start = 0
        while start < len(outline):
            done = ends[start - 1] if start else 0
            stop = max(int(np.searchsorted(ends, done + EDGES_AT_ONCE)), start + 1)
            part = slice(start, stop)
            odd[part] = self._crossed(x[part], y[part], outline[part], count[part])
            start = stop
        return odd

    def _crossed(self, x: Floats, y: Floats, outline: Ints, count: Positions) -> NDArray[np.bool_]:
        pair, step = _expanded(count)
        edge = self._first_edge[outline][pair] + step
        at_y, edges = y[pair], self._edges
        reached = (edges[edge, 1] <= at_y) & (at_y < edges[edge, 3])
        pair, at_y = pair[reached], at_y[reached]
        x1, y1, x2, y2 = edges[edge[reached]].T
        crossed = x[pair] < x1 + (at_y - y1) * ((x2 - x1) / (y2 - y1))
        return (np.bincount(pair[crossed], minlength=len(x)) & 1).astype(np.bool_)


def _reach(y: float, metres: float) -> tuple[float, float]:
    """Metres as micro-degrees of longitude and of latitude."""
    north = metres / 111_000 * MICRO
    return north / max(float(np.cos(np.radians(y / MICRO))), 0.01), north


def _expanded(counts: Positions) -> tuple[Positions, Positions]:
    """For counts [2, 0, 1]: the owners [0, 0, 2] and the steps [0, 1, 0]."""
    owner = np.repeat(np.arange(len(counts)), counts)
    first = np.cumsum(counts) - counts
    return owner, np.arange(len(owner)) - first[owner]


def _edges(outlines: Outlines) -> tuple[Ints, Positions]:
    """All edges from their southern to their northern end: (n, 4); where each outline's begin."""
    start = np.arange(max(len(outlines.points) - 1, 0))
    is_edge = np.ones(len(start), dtype=np.bool_)
    is_edge[outlines.first_point[1:-1] - 1] = False
    start = start[is_edge]
    a, b = outlines.points[start], outlines.points[start + 1]
    upwards = (a[:, 1] < b[:, 1])[:, None]
    edges = np.hstack((np.where(upwards, a, b), np.where(upwards, b, a)))
    first_point = outlines.first_point[outlines.first_ring[outlines.first_part]]
    return edges, np.searchsorted(start, first_point).astype(np.int64)


def _boxes(edges: Ints, first_edge: Positions) -> Ints:
    """West, south, east and north of each outline: (n, 4)."""
    begin = first_edge[:-1]
    sides = (
        np.minimum.reduceat(np.minimum(edges[:, 0], edges[:, 2]), begin),
        np.minimum.reduceat(edges[:, 1], begin),
        np.maximum.reduceat(np.maximum(edges[:, 0], edges[:, 2]), begin),
        np.maximum.reduceat(edges[:, 3], begin),
    )
    return np.column_stack(sides)


def _distance(edges: Floats, x: float, y: float) -> float:
    """Metres from a point to the nearest of some edges, on a plane that touches at the point."""
    per_unit = METRES_PER_DEGREE / MICRO
    scale = np.array([np.cos(np.radians(y / MICRO)), 1.0]) * per_unit
    a, b = (edges[:, :2] - (x, y)) * scale, (edges[:, 2:] - (x, y)) * scale
    along = b - a
    part = np.clip(-(a * along).sum(1) / np.maximum((along * along).sum(1), 1e-12), 0, 1)
    return float(np.hypot(*(a + part[:, None] * along).T).min())
