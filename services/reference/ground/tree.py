"""The grid tree (网格树): district, street, community, general grid, micro-grid."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from services.reference.ground.codes import (
    LENGTHS,
    SHORT_GRID,
    TITLES,
    Level,
    canonical,
    level_of,
    line_of,
    parent_of,
)


class Kind(StrEnum):
    """What a unit is; a 专属网格 (a school, a mall, a park) has no micro-grids of its own."""

    DISTRICT = "区县"
    STREET = "街道"
    COMMUNITY = "社区"
    GENERAL_GRID = "一般网格"
    EXCLUSIVE_GRID = "专属网格"
    MICRO_GRID = "微网格"


KINDS: dict[Level, tuple[Kind, ...]] = {
    Level.DISTRICT: (Kind.DISTRICT,),
    Level.STREET: (Kind.STREET,),
    Level.COMMUNITY: (Kind.COMMUNITY,),
    Level.GRID: (Kind.GENERAL_GRID, Kind.EXCLUSIVE_GRID),
    Level.MICRO_GRID: (Kind.MICRO_GRID,),
}
"""The kinds of each level; the first is meant where none is said."""
COMMUNITY_TYPES = ("新建商住", "国企生活区", "老旧", "拆迁安置", "产业")


@dataclass(frozen=True, slots=True)
class Unit:
    """One unit of the tree; its code says its level and what it lies in.

    `zone` is a functional zone such as 高新区, which is no administrative division;
    it holds for all below. `community_type` is one of COMMUNITY_TYPES, or empty.
    """

    code: str
    name: str
    kind: Kind
    aliases: tuple[str, ...] = ()
    zone: str = ""
    community_type: str = ""

    @property
    def level(self) -> Level:
        """Its level, as the length of its code says."""
        return level_of(self.code)

    @property
    def parent(self) -> str | None:
        """The code of the unit that it lies in; None for a district."""
        return parent_of(self.code)


class Tree:
    """All units of a ground, sorted by code: what lies in a unit follows it."""

    def __init__(self, units: Iterable[Unit]) -> None:
        self.units: Sequence[Unit] = tuple(sorted(units, key=lambda unit: unit.code))
        self.codes: Sequence[str] = tuple(unit.code for unit in self.units)

    def __len__(self) -> int:
        return len(self.units)

    def __contains__(self, code: object) -> bool:
        return isinstance(code, str) and self.position(code) is not None

    def position(self, code: str) -> int | None:
        """Where a unit stands in `units`; None if there is no such code."""
        found = bisect_left(self.codes, code)
        return found if found < len(self.codes) and self.codes[found] == code else None

    def unit(self, code: str) -> Unit | None:
        """The unit of a code; the form of 14 digits is taken, too."""
        found = self.position(canonical(code) if len(code) == SHORT_GRID else code)
        return None if found is None else self.units[found]

    def under(self, code: str) -> Sequence[Unit]:
        """A unit and all that lies in it; the empty code is the whole tree."""
        first, last = bisect_left(self.codes, code), bisect_left(self.codes, f"{code}:")
        return self.units[first:last]

    def children(self, code: str) -> list[Unit]:
        """What lies directly in a unit; the empty code gives the districts."""
        length = len(code) + 3 if code else min(LENGTHS)
        return [unit for unit in self.under(code) if len(unit.code) == length]

    def at(self, level: Level) -> Iterator[Unit]:
        """All units of a level."""
        length = next(digits for digits, each in LENGTHS.items() if each is level)
        return (unit for unit in self.units if len(unit.code) == length)

    def line(self, code: str) -> list[Unit]:
        """A unit and all above it that are known, the district first."""
        return [unit for each in line_of(code) if (unit := self.unit(each)) is not None]

    def zone(self, code: str) -> str:
        """The functional zone that a unit lies in: its own, or that of the nearest above."""
        return next((unit.zone for unit in reversed(self.line(code)) if unit.zone), "")

    def named(self, name: str) -> Sequence[Unit]:
        """The units that bear a name, as their own, as an alias or as their functional zone."""
        return self._names.get(name, ())

    def counts(self) -> dict[str, int]:
        """How many units there are of each kind."""
        counted = Counter(unit.kind for unit in self.units)
        return {str(kind): counted[kind] for kind in Kind if counted[kind]}

    def described(self, code: str) -> str:
        """A unit in words, from the community down: 双林社区第1网格第2微网格."""
        line = self.line(code)
        shown = [unit.name for unit in line if len(unit.code) >= 12] or [
            unit.name for unit in line[-1:]
        ]
        return "".join(shown) or code

    @cached_property
    def top(self) -> str:
        """The lowest unit in which everything lies; empty if there is none."""
        code = ""
        while len(below := self.children(code)) == 1:
            code = below[0].code
        return code

    @cached_property
    def _names(self) -> dict[str, list[Unit]]:
        names: dict[str, list[Unit]] = {}
        for unit in self.units:
            for name in {unit.name, unit.zone, *unit.aliases} - {""}:
                names.setdefault(name, []).append(unit)
        return names


def default_name(code: str) -> str:
    """What a grid or micro-grid is called that has no name: by its number."""
    return f"第{int(code[-3:])}{TITLES[level_of(code)]}"
