"""An area cut into cells around seeds: as many as wanted, dense where people live.

Seeds are scattered by population, dealt out to streets, communities and grids by halving, and
each gets what is nearer to it than to any other (Voronoi), within the outline of its district.
Coordinates are whole micro-degrees at the end, and neighbours share all corners of a border.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import shapely
from numpy.typing import NDArray

from services.reference.ground.outlines import MICRO, Polygons, Ring

Floats: TypeAlias = NDArray[np.float64]
Numbers: TypeAlias = NDArray[np.int64]
Shapes: TypeAlias = NDArray[np.object_]
"""Shapely geometries in micro-degrees."""

SQUARES_ACROSS = 40
"""Where no population is known: the squares over which seeds are spread evenly."""
MARGIN = 0.2
"""Of a seed's own square, on each side: seeds keep off one another."""
SEAM = 0.9
"""Micro-degrees; a corner so near to a border is put into it."""


@dataclass(frozen=True)
class Population:
    """Where people live: middles of squares in micro-degrees (n, 2), people, half a side."""

    middles: Floats
    people: Floats
    half: tuple[float, float]

    def within(self, outline: Any) -> "Population":
        """The squares whose middle lies in an outline; even ones if there are none."""
        shapely.prepare(outline)
        inside = shapely.contains_xy(outline, self.middles[:, 0], self.middles[:, 1])
        if not inside.any():
            return even(outline)
        return Population(self.middles[inside], self.people[inside], self.half)


def even(outline: Any) -> Population:
    """The same number of people everywhere."""
    west, south, east, north = shapely.bounds(outline)
    half = (east - west) / SQUARES_ACROSS / 2, (north - south) / SQUARES_ACROSS / 2
    xs = west + half[0] * (1 + 2 * np.arange(SQUARES_ACROSS))
    ys = south + half[1] * (1 + 2 * np.arange(SQUARES_ACROSS))
    middles = np.stack(np.meshgrid(xs, ys), axis=-1).reshape(-1, 2)
    middles = middles[shapely.intersects_xy(outline, middles[:, 0], middles[:, 1])]
    return Population(middles, np.ones(len(middles)), half)


def shared(total: int, weights: Floats, least: Numbers) -> Numbers:
    """A total dealt out by weight, each getting at least so many; the sum is the total."""
    rest = total - int(least.sum())
    exact = weights / weights.sum() * rest
    whole = np.floor(exact).astype(np.int64)
    order = np.argsort(whole - exact, kind="stable")
    whole[order[: rest - int(whole.sum())]] += 1
    return np.asarray(least + whole)


def scattered(outline: Any, people: Population, count: int, chance: np.random.Generator) -> Floats:
    """So many points in an outline, dense where people live: (count, 2)."""
    shapely.prepare(outline)
    kept, wanted = np.empty((0, 2)), count
    while wanted:
        portion = _portioned(people.people, wanted + wanted // 20 + 1, chance)
        points = _sown(people, portion, chance)
        points = points[shapely.contains_xy(outline, points[:, 0], points[:, 1])]
        fresh = points[chance.permutation(len(points))[:wanted]]
        kept = np.unique(np.vstack((kept, fresh)), axis=0)
        wanted = count - len(kept)
    return kept


def _portioned(people: Floats, count: int, chance: np.random.Generator) -> Numbers:
    """So many points for each square, by its people; few points are spread over all squares."""
    ends = np.floor(np.cumsum(people) / people.sum() * count + chance.uniform()).astype(np.int64)
    return np.asarray(np.diff(ends, prepend=0))


def _sown(people: Population, portion: Numbers, chance: np.random.Generator) -> Floats:
    """Points in squares, each in a square of its own within them."""
    square = np.repeat(np.arange(len(portion)), portion)
    across = np.ceil(np.sqrt(portion)).astype(np.int64)[square]
    first = np.cumsum(portion) - portion
    place = (np.arange(len(square)) - first[square]) * across**2 // portion[square]
    jitter = chance.uniform(MARGIN, 1 - MARGIN, (len(square), 2))
    step = np.column_stack((place % across, place // across)) + jitter
    return np.asarray(
        people.middles[square] + (2 * step / across[:, None] - 1) * np.array(people.half)
    )


def dealt(points: Floats, counts: Sequence[int]) -> Numbers:
    """The group of each point: groups of the given sizes, each in one piece, made by halving."""
    groups = np.zeros(len(points), dtype=np.int64)
    ends = np.concatenate(([0], np.cumsum(counts)))
    left: list[tuple[Numbers, int, int]] = [(np.arange(len(points)), 0, len(counts))]
    while left:
        members, first, last = left.pop()
        if last - first == 1:
            groups[members] = first
            continue
        half = (ends[first] + ends[last]) / 2
        middle = int(np.argmin(np.abs(ends[first + 1 : last] - half))) + first + 1
        spread = np.ptp(points[members], axis=0)
        order = np.argsort(points[members, int(np.argmax(spread))], kind="stable")
        cut = int(ends[middle] - ends[first])
        left += [(members[order[:cut]], first, middle), (members[order[cut:]], middle, last)]
    return groups


def tessellated(outline: Any, seeds: Floats) -> tuple[Shapes, NDArray[np.bool_]]:
    """The cell of each seed, in whole micro-degrees; and whether the outline cuts it."""
    narrow = np.array([np.cos(np.radians(seeds[0, 1] / MICRO)), 1.0])
    plane = shapely.transform(outline, lambda at: at * narrow)
    around = shapely.voronoi_polygons(
        shapely.multipoints(seeds * narrow), extend_to=plane, ordered=True
    )
    cells = shapely.get_parts(around)
    shapely.prepare(plane)
    is_cut = ~shapely.contains_properly(plane, cells)
    cells[is_cut] = shapely.intersection(cells[is_cut], plane)
    return _rounded(cells, narrow), is_cut


def _rounded(cells: Shapes, narrow: Floats) -> Shapes:
    whole = shapely.transform(cells, lambda at: np.rint(at / narrow))
    return np.asarray(shapely.remove_repeated_points(whole))


def sewn(shapes: Shapes) -> Shapes:
    """The same shapes; where a corner of one lies on a border of another, both have it."""
    corners = shapely.points(np.unique(shapely.get_coordinates(shapes), axis=0))
    tree = shapely.STRtree(corners)
    at = shapely.get_coordinates(corners)
    return np.array([_mended(_seamed(each, tree, at)) for each in shapes], dtype=object)


def _mended(shape: Any) -> Any:
    """A shape that rounding made to cross itself, without the crossing."""
    if shapely.is_valid(shape):
        return shape
    return shapely.set_precision(shapely.make_valid(shape), 1.0)


def _seamed(shape: Any, tree: Any, corners: Floats) -> Any:
    """A shape with the corners that lie on its borders."""
    parts = [
        shapely.Polygon(*_rings([_stitched(ring, tree, corners) for ring in _rings_of(part)]))
        for part in shapely.get_parts(shape)
        if part.geom_type == "Polygon"
    ]
    return parts[0] if len(parts) == 1 else shapely.MultiPolygon(parts)


def _rings(rings: list[Floats]) -> tuple[Floats, list[Floats]]:
    return rings[0], rings[1:]


def _rings_of(part: Any) -> list[Floats]:
    return [shapely.get_coordinates(ring) for ring in (part.exterior, *part.interiors)]


def _stitched(ring: Floats, tree: Any, corners: Floats) -> Floats:
    """A ring with all corners in it that lie on one of its edges, in order."""
    edges = shapely.linestrings(np.stack((ring[:-1], ring[1:]), axis=1))
    edge, corner = tree.query(edges, predicate="dwithin", distance=SEAM)
    start, along = ring[edge], ring[edge + 1] - ring[edge]
    part = ((corners[corner] - start) * along).sum(1) / (along * along).sum(1)
    between = (part > 0) & (part < 1)
    order = np.lexsort((part[between], edge[between]))
    inner, after = corners[corner][between][order], edge[between][order] + 1
    return _without_spikes(np.insert(ring, after, inner, axis=0))


def _without_spikes(ring: Floats) -> Floats:
    """A ring that nowhere goes to a corner and straight back."""
    back = np.all(ring[:-2] == ring[2:], axis=1)
    kept = np.delete(ring, np.flatnonzero(back) + 1, axis=0)
    return kept[np.concatenate(([True], np.any(kept[1:] != kept[:-1], axis=1)))]


def outline_of(shapes: Shapes) -> Any:
    """What shapes that lie side by side cover together."""
    if len(shapes) == 1:
        return shapes[0]
    whole = shapely.coverage_union_all(shapes)
    return whole if shapely.is_valid(whole) else shapely.union_all(shapes)


def polygons_of(shape: Any) -> Polygons:
    """A shape as rings of whole micro-degrees."""
    parts = [part for part in shapely.get_parts(shape) if part.geom_type == "Polygon"]
    return [
        [_ring(part.exterior), *(_ring(hole) for hole in part.interiors)]
        for part in parts
        if part.area > 0
    ]


def _ring(ring: Any) -> Ring:
    return [(round(x), round(y)) for x, y in shapely.get_coordinates(ring).tolist()]


def shape_of(polygons: Polygons) -> Any:
    """Rings of whole micro-degrees as a shape."""
    parts = [shapely.Polygon(rings[0], rings[1:]) for rings in polygons]
    return parts[0] if len(parts) == 1 else shapely.MultiPolygon(parts)
