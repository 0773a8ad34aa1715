"""A ground drawn: the tree and the map as SVG, the map as PNG; what is wrong is red."""

import struct
import zlib
from collections.abc import Collection, Iterator
from html import escape

import numpy as np
from numpy.typing import NDArray

from services.reference.ground.codes import Level, level_of
from services.reference.ground.index import NOWHERE, OutlineIndex
from services.reference.ground.outlines import MICRO, Outlines, Polygons, collect
from services.reference.ground.tree import Tree

RED = (214, 39, 40)
COLOURS = (
    (166, 206, 227),
    (178, 223, 138),
    (253, 219, 170),
    (202, 178, 214),
    (255, 242, 174),
    (179, 226, 205),
    (222, 203, 228),
    (203, 213, 232),
    (230, 245, 201),
    (241, 226, 204),
)
"""Pale, and no red among them."""
MOST_SHAPES = 8_000
"""Of one level: beyond it the level above is drawn."""
MOST_LINES = 60
WIDTH, TREE_WIDTH, LINE = 1_200, 330, 16
"""Pixels: of the map, of the tree, of a line of it."""


def level_to_draw(outlines: Outlines, under: str, most: int = MOST_SHAPES) -> Level:
    """The lowest level of which there are not too many in a unit."""
    counts = dict.fromkeys(Level, 0)
    for code in outlines.codes:
        if code.startswith(under):
            counts[level_of(code)] += 1
    drawable = [level for level in Level if 0 < counts[level] <= most]
    return drawable[-1] if drawable else Level.DISTRICT


def _shown(outlines: Outlines, level: Level, under: str) -> list[str]:
    """The units of a level, and those above it that have nothing below them (专属网格)."""
    codes = sorted(code for code in outlines.codes if code.startswith(under))
    least = next(len(code) for code in codes if level_of(code) is level) if codes else 0
    following = [*codes[1:], ""]
    return [
        code
        for code, after in zip(codes, following, strict=True)
        if len(code) == least or (len(code) < least and not after.startswith(code))
    ]


def svg(tree: Tree, outlines: Outlines, wrong: Collection[str], under: str = "") -> Iterator[str]:
    """The tree on the left, the map on the right; the units of `wrong` in red."""
    level = level_to_draw(outlines, under)
    below = [code for code in outlines.codes if code in wrong and code.startswith(under)]
    shown = _shown(outlines, level, under)
    box = _box(outlines, [*below, *shown])
    tall = max(_height(box), MOST_LINES * LINE)
    yield (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{TREE_WIDTH + WIDTH}" height="{tall}" '
        'font-family="sans-serif" font-size="12"><rect width="100%" height="100%" fill="white"/>'
    )
    yield from _tree_lines(tree, wrong, under)
    yield f'<g transform="translate({TREE_WIDTH} 0)" stroke="#555" stroke-width="0.5">'
    for code in sorted({*below, *shown}, key=lambda each: (len(each), each)):
        colour = _hex(RED if code in wrong else _colour(code))
        name = escape(f"{code} {tree.described(code)}")
        path = _path(outlines.polygons(code), box)
        yield (
            f'<path d="{path}" fill="{colour}" fill-opacity="0.85" fill-rule="evenodd">'
            f"<title>{name}</title></path>"
        )
    yield "</g></svg>"


def _tree_lines(tree: Tree, wrong: Collection[str], under: str) -> Iterator[str]:
    """The upper levels, so many lines; behind each how much lies in it."""
    units = list(tree.under(under))
    level = max(
        (e for e in Level if sum(u.level is e for u in units) <= MOST_LINES), key=list(Level).index
    )
    shown = [unit for unit in units if list(Level).index(unit.level) <= list(Level).index(level)]
    shown = shown[:MOST_LINES]
    for number, unit in enumerate(shown, start=1):
        bad = any(code.startswith(unit.code) for code in wrong)
        indent = 8 + 12 * list(Level).index(unit.level)
        held = len(tree.under(unit.code)) - 1
        yield (
            f'<text x="{indent}" y="{number * LINE}" fill="{_hex(RED) if bad else "#222"}">'
            f"{escape(unit.name)}{f'（{held}）' if held else ''}</text>"
        )
    for number, (kind, count) in enumerate(tree.counts().items(), start=len(shown) + 2):
        yield f'<text x="8" y="{number * LINE}">{escape(kind)} {count}</text>'


def png(outlines: Outlines, wrong: Collection[str], under: str = "", width: int = WIDTH) -> bytes:
    """The map alone, each pixel asked of the index that routes points."""
    level = level_to_draw(outlines, under, most=10**9)
    shown = _shown(outlines, level, under)
    box = _box(outlines, shown)
    height = max(round(width * _height(box) / WIDTH), 1)
    west, south, east, north = box
    x = np.tile(west + (np.arange(width) + 0.5) / width * (east - west), height)
    y = np.repeat(north - (np.arange(height) + 0.5) / height * (north - south), width)
    picture = np.full((height * width, 3), 255, dtype=np.uint8)
    _paint_wrong(picture, outlines, [c for c in wrong if c not in set(shown)], (x, y))
    index = OutlineIndex(collect((code, outlines.polygons(code)) for code in shown))
    found = index.holding(x, y)
    held = found != NOWHERE
    colours = np.array([RED if c in wrong else _colour(c) for c in shown], dtype=np.uint8)
    picture[held] = colours[found[held]]
    return _encoded(_with_borders(picture.reshape(height, width, 3), found.reshape(height, width)))


def _paint_wrong(
    picture: NDArray[np.uint8],
    outlines: Outlines,
    wrong: Collection[str],
    at: tuple[NDArray[np.float64], NDArray[np.float64]],
) -> None:
    """What is wrong above the level that is drawn shines through its gaps."""
    known = [code for code in wrong if code in outlines]
    if known:
        index = OutlineIndex(collect((code, outlines.polygons(code)) for code in known))
        picture[index.holding(*at) != NOWHERE] = RED


def _with_borders(picture: NDArray[np.uint8], found: NDArray[np.int64]) -> NDArray[np.uint8]:
    border = np.zeros(found.shape, dtype=np.bool_)
    border[:, 1:] |= found[:, 1:] != found[:, :-1]
    border[1:] |= found[1:] != found[:-1]
    picture[border] = picture[border] // 2
    return picture


def _encoded(picture: NDArray[np.uint8]) -> bytes:
    """A picture (height, width, 3) as PNG."""
    height, width, _ = picture.shape
    rows = np.hstack((np.zeros((height, 1), np.uint8), picture.reshape(height, width * 3)))
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = [(b"IHDR", header), (b"IDAT", zlib.compress(rows.tobytes(), 6)), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(name, data) for name, data in chunks)


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


Box = tuple[float, float, float, float]


def _box(outlines: Outlines, codes: Collection[str]) -> Box:
    points = [
        point for c in codes for rings in outlines.polygons(c) for ring in rings for point in ring
    ] or [(0, 0), (MICRO, MICRO)]
    at = np.array(points)
    (west, south), (east, north) = at.min(axis=0), at.max(axis=0)
    return float(west), float(south), float(east), float(north)


def _height(box: Box) -> int:
    """Pixels of the map's height, so that north and east are alike long."""
    west, south, east, north = box
    narrow = float(np.cos(np.radians((south + north) / 2 / MICRO)))
    return max(round(WIDTH * (north - south) / max((east - west) * narrow, 1.0)), 1)


def _path(polygons: Polygons, box: Box) -> str:
    west, south, east, north = box
    across, down = WIDTH / max(east - west, 1), _height(box) / max(north - south, 1)
    rings = [
        "M" + "L".join(f"{(x - west) * across:.1f} {(north - y) * down:.1f}" for x, y in ring) + "Z"
        for rings in polygons
        for ring in rings
    ]
    return "".join(rings)


def _colour(code: str) -> tuple[int, int, int]:
    """The same for all of a community; communities that follow each other differ."""
    return COLOURS[int(code[:12][-3:]) % len(COLOURS)]


def _hex(colour: tuple[int, int, int]) -> str:
    return "#" + "".join(f"{each:02x}" for each in colour)
