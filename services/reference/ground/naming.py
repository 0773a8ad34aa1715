"""Places by name (地名): the gazetteer of a ground, its answers with the units of the grid tree.

A place that was found by its name gets the lowest unit that answers for it: that of its entry;
where the entry has a point and no micro-grid, what the outlines say of the point, as long as
it lies in the unit of the entry.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from schemas.place import Place
from services.reference.ground.codes import Level, at_level
from services.reference.ground.errors import GroundError
from services.reference.ground.findings import Finding, Flaw
from services.reference.ground.routing import Router
from services.reference.ground.tree import Tree
from services.reference.places import Entry, Gazetteer, GazetteerError, Match, load_gazetteer


@dataclass(frozen=True, slots=True)
class Estate:
    """A residential estate (小区) with its point, in degrees of WGS-84.

    `code` is the lowest unit that holds all of it; `buildings` how many are known.
    """

    name: str
    code: str
    longitude: float
    latitude: float
    buildings: int = 0

    @property
    def community(self) -> str:
        """Its community; empty if it is not known."""
        return at_level(self.code, Level.COMMUNITY)

    @property
    def grid(self) -> str:
        """Its general grid; empty if it lies in several."""
        return at_level(self.code, Level.GRID)

    @property
    def micro_grid(self) -> str:
        """Its micro-grid; empty if it lies in several."""
        return at_level(self.code, Level.MICRO_GRID)


def read_gazetteer(path: Path) -> Gazetteer:
    """The gazetteer of a file; raises GroundError with all that is wrong, each with its line."""
    try:
        return load_gazetteer(path)
    except GazetteerError as error:
        raise GroundError(str(error)) from error


def with_communities(gazetteer: Gazetteer, tree: Tree) -> Gazetteer:
    """The gazetteer and the communities of the tree that are not in it."""
    known = {each.community for each in gazetteer.entries if each.kind == "community"}
    further = tuple(
        Entry("community", unit.name, unit.aliases, community=unit.code)
        for unit in tree.at(Level.COMMUNITY)
        if unit.code not in known and len(unit.name) > 1
    )
    return Gazetteer(gazetteer.entries + further, gazetteer.version)


def estates_of(gazetteer: Gazetteer) -> Iterator[Estate]:
    """The estates that have a point, in the order of the file."""
    for each in gazetteer.entries:
        if each.kind == "estate" and each.longitude is not None and each.latitude is not None:
            buildings = len(gazetteer.register.buildings(each))
            yield Estate(each.name, each.code, each.longitude, each.latitude, buildings)


def routed(match: Match, router: Router, version: str) -> Match:
    """A match whose place has the lowest unit that answers for it, and says by which ground."""
    place = match.place
    codes: dict[str, str | None] = {}
    why = match.why
    if place.longitude is not None and place.latitude is not None and not place.micro_grid:
        code = router.route(place.longitude, place.latitude).code
        known = place.grid or place.community or ""
        if code.startswith(known):
            codes = units_of(code)
        elif code and not known.startswith(code):
            why += "；台账里的编码与坐标不在一处，按编码"
    found = place.model_copy(update={**codes, "ground": version})
    return replace(match, place=found, why=why)


def units_of(code: str) -> dict[str, str | None]:
    """Community, grid and micro-grid of a code, for a place."""
    return {
        "community": at_level(code, Level.COMMUNITY) or None,
        "grid": at_level(code, Level.GRID) or None,
        "micro_grid": at_level(code, Level.MICRO_GRID) or None,
    }


def place_of(estate: Entry) -> Place:
    """An estate as a place that is not in doubt."""
    return Place(
        address=estate.name,
        estate=estate.name,
        longitude=estate.longitude,
        latitude=estate.latitude,
        confidence=1.0,
        **units_of(estate.code),
    )


def check_places(file: str, entries: Iterable[Entry], tree: Tree, router: Router) -> list[Finding]:
    """Entries whose unit is not in the tree, or whose point lies in another unit."""
    listed = [each for each in entries if each.line]
    orphans = [_orphan(file, each) for each in listed if each.code and each.code not in tree]
    return [*orphans, *_misplaced(file, listed, tree, router)]


def _orphan(file: str, entry: Entry) -> Finding:
    what = f"{entry.label}的编码 {entry.code} 不在网格树里：请改正编码，或清空该列。"
    return Finding(Flaw.ORPHAN, what, entry.code, file, f"第 {entry.line} 行")


def _misplaced(
    file: str, entries: Sequence[Entry], tree: Tree, router: Router
) -> Iterator[Finding]:
    known = [each for each in entries if each.code in tree]
    points = [(each.longitude, each.latitude) for each in known]
    x, y = np.array(points, dtype=np.float64).reshape(-1, 2).T
    has_point = np.isfinite(x)
    located = [each for each, has in zip(known, has_point, strict=True) if has]
    for entry, route in zip(located, router.routes(x[has_point], y[has_point]), strict=True):
        if route.code and not _is_one_line(entry.code, route.code):
            what = (
                f"{entry.label}的编码是 {entry.code}，坐标却在{tree.described(route.code)}"
                f"（{route.code}）：请改正其中一个；坐标要用 WGS-84。"
            )
            yield Finding(Flaw.MISPLACED, what, entry.code, file, f"第 {entry.line} 行")


def _is_one_line(code: str, other: str) -> bool:
    """Whether one of two units lies in the other."""
    return code.startswith(other) or other.startswith(code)
