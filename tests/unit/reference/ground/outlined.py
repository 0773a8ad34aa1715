"""Small grounds drawn by hand: outlines in micro-degrees around a corner of Chengdu."""

from collections.abc import Mapping
from pathlib import Path

from services.reference.ground.codes import level_of, line_of
from services.reference.ground.files import (
    COLUMNS,
    OUTLINES,
    UNITS,
    Manifest,
    csv_lines,
    unit_rows,
    write_ground,
)
from services.reference.ground.outlines import Polygons, Ring, feature
from services.reference.ground.tree import KINDS, Kind, Unit, default_name

WEST, SOUTH = 104_096_000, 30_645_000
SIDE = 1_000
COMMUNITY = "999001001001"
GRID = f"{COMMUNITY}001"


def square(column: float, row: float, wide: float = 1, high: float = 1) -> Ring:
    """A square, or an oblong, so many sides to the east and north of the corner."""
    west, south = WEST + round(column * SIDE), SOUTH + round(row * SIDE)
    east, north = west + round(wide * SIDE), south + round(high * SIDE)
    return [(west, south), (east, south), (east, north), (west, north), (west, south)]


def unit(code: str, kind: Kind | None = None, **more: str) -> Unit:
    """A unit named by its number."""
    return Unit(code, default_name(code), kind or KINDS[level_of(code)][0], **more)  # type: ignore[arg-type]


def tree_of(*codes: str) -> list[Unit]:
    """These units and all above them."""
    return [unit(code) for code in sorted({each for code in codes for each in line_of(code)})]


def written(folder: Path, outlines: Mapping[str, Polygons], *units: Unit) -> Path:
    """A ground of these outlines; units that are not given are made up from the codes."""
    known = {each.code: each for each in tree_of(*outlines)} | {each.code: each for each in units}
    files = {
        UNITS: csv_lines(COLUMNS, unit_rows(known[code] for code in sorted(known))),
        OUTLINES: [
            feature(code, outlines[code], synthetic=True) + b"\n" for code in sorted(outlines)
        ],
    }
    write_ground(folder, Manifest(name="手绘", synthetic=True, source="测试"), files)
    return folder
