"""Outlines of units in columns: whole micro-degrees of WGS-84, so that shared borders are equal.

On paper an outline is one GeoJSON Feature a line, sorted by code; in memory all of them are
four arrays, which is what makes a city of 126,449 micro-grids fit.
"""

from array import array
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import orjson
from numpy.typing import NDArray

from services.reference.ground.errors import GroundError

MICRO = 1_000_000
"""Parts of a degree: coordinates are kept to 1e-6, about 0.1 m."""

Ints: TypeAlias = NDArray[np.int32]
Ring: TypeAlias = Sequence[tuple[int, int]]
"""A closed ring of micro-degrees: longitude, latitude."""
Polygons: TypeAlias = Sequence[Sequence[Ring]]
"""The parts of an outline; of each part the outer ring, then its holes."""


@dataclass(frozen=True, eq=False)
class Outlines:
    """Outlines by position: parts of an outline, rings of a part, points of a ring."""

    codes: Sequence[str]
    first_part: Ints
    """n + 1 numbers: outline i has the parts first_part[i] to first_part[i + 1]."""
    first_ring: Ints
    first_point: Ints
    points: Ints
    """Shape (n, 2): micro-degrees."""

    def __len__(self) -> int:
        return len(self.codes)

    def __contains__(self, code: object) -> bool:
        return code in self._positions

    def polygons(self, code: str) -> Polygons:
        """The parts of the outline of a unit; none if it has no outline."""
        position = self._positions.get(code)
        return () if position is None else self.at(position)

    def at(self, position: int) -> Polygons:
        """The parts of the outline at a position."""
        parts = range(self.first_part[position], self.first_part[position + 1])
        return [
            [self._ring(ring) for ring in range(self.first_ring[part], self.first_ring[part + 1])]
            for part in parts
        ]

    def _ring(self, ring: int) -> Ring:
        points = self.points[self.first_point[ring] : self.first_point[ring + 1]]
        return [(x, y) for x, y in points.tolist()]

    @cached_property
    def _positions(self) -> dict[str, int]:
        return {code: position for position, code in enumerate(self.codes)}


class Collected:
    """Outlines as they come in, one after the other, until they are put into columns."""

    def __init__(self) -> None:
        self._codes: list[str] = []
        self._parts, self._rings, self._points = array("i", [0]), array("i", [0]), array("i", [0])
        self._flat = array("i")

    def add(self, code: str, polygons: Polygons) -> None:
        """One more outline."""
        for rings in polygons:
            for ring in rings:
                for point in ring:
                    self._flat.extend(point)
                self._points.append(len(self._flat) // 2)
            self._rings.append(len(self._points) - 1)
        self._parts.append(len(self._rings) - 1)
        self._codes.append(code)

    def columns(self) -> Outlines:
        """All of them."""
        parts, rings, points, flat = (
            np.frombuffer(each, dtype=np.int32) if len(each) else np.empty(0, dtype=np.int32)
            for each in (self._parts, self._rings, self._points, self._flat)
        )
        return Outlines(tuple(self._codes), parts, rings, points, flat.reshape(-1, 2))


def collect(outlines: Iterable[tuple[str, Polygons]]) -> Outlines:
    """Outlines in columns, in the order in which they come."""
    collected = Collected()
    for code, polygons in outlines:
        collected.add(code, polygons)
    return collected.columns()


def from_geometry(geometry: Any) -> Polygons:
    """A GeoJSON Polygon or MultiPolygon in degrees as rounded rings.

    Raises GroundError for anything else.
    """
    kind = geometry.get("type") if isinstance(geometry, dict) else None
    if kind not in {"Polygon", "MultiPolygon"}:
        raise GroundError(f"图形是 {kind or '空的'}，不是面（Polygon）：请导出为面图层。")
    parts = geometry["coordinates"] if kind == "MultiPolygon" else [geometry["coordinates"]]
    try:
        return [[rounded(ring) for ring in rings] for rings in parts]
    except (TypeError, ValueError, IndexError) as error:
        raise GroundError("坐标不是数字对 [经度, 纬度]：请重新导出该要素。") from error


def whole(polygons: Polygons) -> Polygons:
    """The outline itself; raises GroundError if a ring of it has fewer than three corners."""
    if not polygons or any(len(ring) < 4 for rings in polygons for ring in rings):
        raise GroundError("轮廓是空的，或有一个环不足三个点：请重新绘制该单元")
    return polygons


def rounded(ring: Iterable[Sequence[float]]) -> Ring:
    """A ring in degrees as micro-degrees, closed, without a point twice in a row."""
    points = [(round(point[0] * MICRO), round(point[1] * MICRO)) for point in ring]
    kept = points[:1] + [after for before, after in pairwise(points) if after != before]
    return kept if not kept or kept[0] == kept[-1] else [*kept, kept[0]]


def to_geometry(polygons: Polygons) -> dict[str, Any]:
    """Rounded rings as a GeoJSON geometry in degrees."""
    parts = [[[[x / MICRO, y / MICRO] for x, y in ring] for ring in rings] for rings in polygons]
    if len(parts) == 1:
        return {"type": "Polygon", "coordinates": parts[0]}
    return {"type": "MultiPolygon", "coordinates": parts}


def feature(code: str, polygons: Polygons, synthetic: bool) -> bytes:
    """One line of outlines.geojsonl, without its end."""
    return orjson.dumps(
        {
            "type": "Feature",
            "properties": {"code": code, "synthetic": synthetic},
            "geometry": to_geometry(polygons),
        }
    )


def read_lines(path: Path) -> Iterator[tuple[str, Polygons]]:
    """The outlines of a file of ours, line by line; raises GroundError naming the line."""
    with path.open("rb") as lines:
        for number, line in enumerate(lines, start=1):
            try:
                read = orjson.loads(line)
                yield read["properties"]["code"], whole(from_geometry(read["geometry"]))
            except (orjson.JSONDecodeError, KeyError, TypeError, GroundError) as error:
                told = f"{path.name} 第 {number} 行读不懂（{error}）：请重新导入。"
                raise GroundError(told) from error


def to_degrees(points: Ints) -> NDArray[np.float64]:
    """Micro-degrees as degrees."""
    return points / MICRO
