"""A ground drawn."""

import struct
import zlib
from xml.etree import ElementTree as ET

import numpy as np

from services.reference.ground.codes import Level
from services.reference.ground.drawing import RED, level_to_draw, png, svg
from tests.unit.reference.cases import GROUND

OUTLINES = GROUND.outlines()
WRONG = GROUND.estates[0].micro_grid
RED_HEX = "#d62728"


def shapes(wrong: set[str], under: str = "") -> list[ET.Element]:
    whole = ET.fromstring("".join(svg(GROUND.tree, OUTLINES, wrong, under)))
    return [each for each in whole.iter() if each.tag.endswith("path")]


def test_every_micro_grid_is_drawn_and_only_what_is_wrong_is_red() -> None:
    drawn = shapes({WRONG})
    assert len(drawn) == 160
    red = [each for each in drawn if each.get("fill") == RED_HEX]
    assert len(red) == 1 and WRONG in (red[0][0].text or "")


def test_a_part_of_the_ground_is_drawn_alone() -> None:
    assert len(shapes(set(), under=GROUND.estates[0].community)) == 20


def test_what_lies_beneath_is_drawn_red_so_that_a_gap_shines_through() -> None:
    community = GROUND.estates[0].community
    drawn = shapes({community})
    assert len(drawn) == 161 and drawn[0].get("fill") == RED_HEX


def test_the_tree_stands_beside_the_map() -> None:
    text = "".join(svg(GROUND.tree, OUTLINES, {WRONG}))
    assert "双林社区（24）" in text and "微网格 160" in text


def test_where_there_are_too_many_the_level_above_is_drawn() -> None:
    assert level_to_draw(OUTLINES, "", most=100) is Level.GRID
    assert level_to_draw(OUTLINES, "", most=1) is Level.STREET


def test_a_png_shows_what_is_wrong_in_red() -> None:
    content = png(OUTLINES, {WRONG}, width=200)
    assert content.startswith(b"\x89PNG")
    width, height = struct.unpack(">II", content[16:24])
    length = struct.unpack(">I", content[33:37])[0]
    rows = np.frombuffer(zlib.decompress(content[41 : 41 + length]), np.uint8)
    pixels = rows.reshape(height, 1 + 3 * width)[:, 1:].reshape(height, width, 3)
    is_red = np.all(pixels == RED, axis=2)
    assert width == 200 and is_red[-3, 3] and 0 < is_red.mean() < 0.01
