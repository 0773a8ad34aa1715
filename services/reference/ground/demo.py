"""The street that ships with the project: plainly invented, all of its micro-grids squares.

Codes and names of the street and its communities are published ones; every boundary, estate,
building and camera is invented. `python -m services.reference.ground.demo` writes it anew.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from services.reference.ground.codes import level_of
from services.reference.ground.files import (
    CAMERAS,
    COLUMNS,
    GAZETTEER,
    OUTLINES,
    UNITS,
    Manifest,
    csv_lines,
    unit_rows,
    write_ground,
)
from services.reference.ground.outlines import MICRO, Polygons, feature
from services.reference.ground.places import CAMERA_COLUMNS, GAZETTEER_COLUMNS
from services.reference.ground.tree import KINDS, Kind, Unit, default_name
from services.reference.ground.whole import DEMO

DISTRICT = ("510108", "成华区")
STREET = ("510108004", "双桥子街道")
COMMUNITIES = (
    ("510108004003", "双林社区"),
    ("510108004004", "双桥路北社区"),
    ("510108004005", "水碾河路北社区"),
    ("510108004006", "新鸿社区"),
    ("510108004007", "新华社区"),
    ("510108004008", "菽香里社区"),
    ("510108004009", "万晟社区"),
    ("510108004010", "三街坊社区"),
)
FIRST = "云松岚晴禾枫霁棠澄桐"
SECOND = "栖苑庭里湾台阁园汀舍"
WEST, SOUTH = 104_096_000, 30_645_000
WIDTH, HEIGHT = 1_200, 900
"""Micro-degrees: the corner of the street, and the size of a micro-grid."""
GRIDS, MICRO_GRIDS = 4, 5
"""Of a community and of a grid; a grid is a row of squares, a community a block of rows."""
ABOUT = Manifest(
    name="双桥子街道演示地面",
    synthetic=True,
    source="街道、社区的编码与名称为公开资料；边界、小区、楼栋、摄像头全部为虚构",
)


@dataclass(frozen=True)
class Square:
    """A micro-grid with its one estate; degrees are WGS-84."""

    number: int
    code: str
    column: int
    row: int

    @property
    def estate(self) -> str:
        """The name of its estate."""
        tens, hundreds = self.number // 10 % 10, self.number // 100
        return FIRST[self.number % 10] + SECOND[tens] + "一二"[hundreds] + "期"

    @property
    def buildings(self) -> int:
        """How many buildings the estate has."""
        return 3 + self.number % 6

    def point(self, part: float) -> tuple[float, float]:
        """A point on the middle line, the west end being 0 and the east end 1; in degrees."""
        x, y = _corner(self.column, self.row)
        return round((x + part * WIDTH) / MICRO, 6), round((y + HEIGHT / 2) / MICRO, 6)


def write(directory: Path) -> Manifest:
    """Write the demonstration street into a directory."""
    files = {
        UNITS: csv_lines(COLUMNS, unit_rows(units())),
        OUTLINES: (feature(code, shape, synthetic=True) + b"\n" for code, shape in outlines()),
        GAZETTEER: csv_lines(GAZETTEER_COLUMNS, gazetteer()),
        CAMERAS: csv_lines(CAMERA_COLUMNS, cameras()),
    }
    return write_ground(directory, ABOUT, files)


def squares() -> Iterator[Square]:
    """All micro-grids, in the order of their codes."""
    for index, (community, _) in enumerate(COMMUNITIES):
        for grid in range(GRIDS):
            for micro in range(MICRO_GRIDS):
                number = (index * GRIDS + grid) * MICRO_GRIDS + micro
                column, row = index % 4 * MICRO_GRIDS + micro, index // 4 * GRIDS + grid
                yield Square(number, f"{community}{grid + 1:03d}{micro + 1:03d}", column, row)


def units() -> list[Unit]:
    """The whole tree, sorted by code."""
    named = dict((DISTRICT, STREET, *COMMUNITIES))
    codes = {square.code[:length] for square in squares() for length in (6, 9, 12, 15, 18)}
    return [
        Unit(code, named.get(code) or default_name(code), _kind(code)) for code in sorted(codes)
    ]


def outlines() -> Iterator[tuple[str, Polygons]]:
    """The box of every unit from the street down, sorted by code."""
    boxes: dict[str, list[tuple[int, int]]] = {}
    for square in squares():
        for length in (9, 12, 15, 18):
            corners = _corner(square.column, square.row), _corner(square.column + 1, square.row + 1)
            boxes.setdefault(square.code[:length], []).extend(corners)
    for code, box in sorted(boxes.items()):
        west, east = min(x for x, _ in box), max(x for x, _ in box)
        south, north = min(y for _, y in box), max(y for _, y in box)
        ring = [(west, south), (east, south), (east, north), (west, north), (west, south)]
        yield code, [[ring]]


def gazetteer() -> Iterator[tuple[object, ...]]:
    """Each estate, then its buildings from west to east."""
    for square in squares():
        yield square.estate, "", "", *square.point(0.5), square.code
        for building in range(1, square.buildings + 1):
            part = building / (square.buildings + 1)
            yield square.estate, "", building, *square.point(part), square.code


def cameras() -> Iterator[tuple[object, ...]]:
    """One camera an estate."""
    for square in squares():
        device = f"CAM-{square.number:04d}"
        yield device, "1", square.estate, square.code, *square.point(0.5)


def _kind(code: str) -> Kind:
    return KINDS[level_of(code)][0]


def _corner(column: int, row: int) -> tuple[int, int]:
    return WEST + column * WIDTH, SOUTH + row * HEIGHT


if __name__ == "__main__":
    write(DEMO)
