"""Codes of the grid tree (编码): how long each is, and what lies in what.

A code of 12 digits is county 6 + street 3 + community 3; a general grid (单元网格标识码) has
15, the community and 3 more; an older form has 14 (6 + 3 + 3 + 2) and means the same grid:
`51010800400301` is `510108004003001`. A micro-grid has those 15 and 3 more.
"""

import re
from enum import StrEnum


class Level(StrEnum):
    """The levels of the tree, from the district down."""

    DISTRICT = "district"
    STREET = "street"
    COMMUNITY = "community"
    GRID = "grid"
    MICRO_GRID = "micro_grid"


LENGTHS = {
    6: Level.DISTRICT,
    9: Level.STREET,
    12: Level.COMMUNITY,
    15: Level.GRID,
    18: Level.MICRO_GRID,
}
"""Digits of the canonical code of each level."""
SHORT_GRID = 14
TITLES = {
    Level.DISTRICT: "区县",
    Level.STREET: "街道",
    Level.COMMUNITY: "社区",
    Level.GRID: "网格",
    Level.MICRO_GRID: "微网格",
}
LEVELS = tuple(Level)
WIDE = str.maketrans("０１２３４５６７８９", "0123456789")
SCIENTIFIC = re.compile(r"\d(\.\d+)?[eE]\+?\d+")


class CodeError(ValueError):
    """A code is none; the message is in Chinese and says what to do."""


def canonical(written: str) -> str:
    """A code in its one form: narrow digits, no spaces, a grid of 14 digits with 15.

    Raises CodeError where it is no code.
    """
    code = written.translate(WIDE).strip().removeprefix("'").removesuffix(".0")
    fault = _fault(code)
    if fault:
        raise CodeError(f"编码 {written!r} {fault}")
    return f"{code[:12]}0{code[12:]}" if len(code) == SHORT_GRID else code


def _fault(code: str) -> str:
    if not code:
        return "是空的：请补上编码。"
    if SCIENTIFIC.fullmatch(code):
        return "被表格软件改成了科学计数法：请把该列设为“文本”，从原始数据重新导出。"
    if not re.fullmatch(r"[0-9]+", code):
        return "不全是数字：请改为 6、9、12、14、15 或 18 位数字。"
    if len(code) not in LENGTHS and len(code) != SHORT_GRID:
        return (
            f"有 {len(code)} 位：应为 6（区县）、9（街道）、12（社区）、14 或 15（网格）、"
            "18（微网格）位；请查是否丢了开头的 0 或多了字符。"
        )
    return ""


def level_of(code: str) -> Level:
    """The level of a canonical code; raises CodeError if it is none."""
    level = LENGTHS.get(len(code))
    if level is None:
        raise CodeError(f"编码 {code!r} {_fault(code) or '不是规范写法。'}")
    return level


def parent_of(code: str) -> str | None:
    """The canonical code above; None for a district."""
    return code[:-3] if len(code) > 6 else None


def line_of(code: str) -> list[str]:
    """A canonical code and all above it, the district first."""
    return [code[:length] for length in LENGTHS if length <= len(code)]


def at_level(code: str, level: Level) -> str:
    """The part of a canonical code that names the unit of a level; empty if it is above."""
    length = 6 + 3 * LEVELS.index(level)
    return code[:length] if len(code) >= length else ""


def short_form(code: str) -> str | None:
    """The form of 14 digits of a general grid; None if its sequence needs three."""
    is_short = len(code) == 15 and code[12] == "0"
    return code[:12] + code[13:] if is_short else None
