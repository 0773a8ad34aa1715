"""A gazetteer's entries by what they belong to: road, house number, estate, kind, crossing."""

import re
from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Sequence
from functools import cached_property
from typing import TypeVar

from services.reference.places.addresses import KindWord
from services.reference.places.entries import Entry
from services.reference.places.finding import Spellings
from services.reference.places.spellings import area_of

Key = TypeVar("Key", bound=Hashable)

CELL = 0.01
"""Degrees; places are kept in squares of this side, about a kilometre."""
POINTLIKE = {"estate", "market", "school", "hospital", "metro", "park", "office", "landmark"}


class Register:
    """The entries of one gazetteer, and the ways to them."""

    def __init__(self, entries: tuple[Entry, ...]) -> None:
        self.entries = entries
        self.spellings = Spellings(entries)

    def at_house(self, roads: Iterable[str], number: int) -> tuple[Entry, ...]:
        """What has a house number on one of the roads."""
        return tuple(
            entry
            for road in roads
            for entry in self._on_road[road]
            if any(numbers.holds(number) for numbers in entry.numbers)
        )

    def of_kind(
        self, sort: KindWord, roads: Iterable[str] = (), among: Iterable[Entry] = ()
    ) -> tuple[Entry, ...]:
        """The places of a sort on these roads, or among these entries."""
        there = [entry for road in roads for entry in self._on_road[road]] or list(among)
        return tuple(
            entry
            for entry in there
            if entry.kind in POINTLIKE
            and entry.kind == (sort.kind or entry.kind)
            and re.search(sort.names, entry.name)
        )

    def crossings(self, ones: Iterable[str], others: Iterable[str]) -> tuple[Entry, ...]:
        """The crossings of two roads; if none is registered, the roads' meeting without a point."""
        others = tuple(others)
        pairs = [frozenset((one, other)) for one in ones for other in others]
        known = tuple(entry for pair in pairs for entry in self._crossings[pair])
        return known or tuple(
            entry for one in ones for other in others for entry in self._meeting(one, other)
        )

    def buildings(self, estate: Entry) -> dict[str, Entry]:
        """The registered buildings of an estate by number; none means that nobody listed them."""
        return self._buildings[estate.home] or self._buildings[estate.name, ""]

    def gates(self, estates: Iterable[Entry], name: str) -> tuple[Entry, ...]:
        """The gates of this name."""
        return tuple(
            gate
            for estate in estates
            for gate in self._gates[estate.name]
            if name in (gate.name, *gate.aliases) and gate.community in ("", estate.community)
        )

    def siblings(self, estates: Iterable[Entry]) -> tuple[Entry, ...]:
        """All parts of the estates that these are parts of."""
        stems = dict.fromkeys(area_of(estate)[0] for estate in estates)
        return tuple(each for stem in stems if stem for each in self._families[stem])

    def in_area(
        self, estates: Iterable[Entry], area: str
    ) -> tuple[tuple[Entry, ...], tuple[Entry, ...]]:
        """The estates that are this part, and those that are parts of the same sort."""
        sort = area[-1] if len(area) > 1 else "区"
        parts = [(estate, area_of(estate)[1]) for estate in estates]
        fitting = tuple(estate for estate, part in parts if part in (area, area + "区"))
        return fitting, tuple(estate for estate, part in parts if part.endswith(sort))

    def in_community(self, code: str) -> Iterable[Entry]:
        """The places with a point of their own, other than buildings, of a community."""
        return self._in_community.get(code, ())

    def around(self, longitude: float, latitude: float) -> Iterator[Entry]:
        """The same within a kilometre of a point, and some that are farther."""
        x, y = _cell(longitude, latitude)
        for column in (x - 1, x, x + 1):
            for row in (y - 1, y, y + 1):
                yield from self._cells.get((column, row), ())

    def estates_named(self, name: str) -> Sequence[Entry]:
        """The estates of a name, or else of an alias."""
        return self._estates.get(name, ())

    def estates_of(self, code: str) -> Sequence[Entry]:
        """The estates that a unit of the grid tree is the lowest to hold."""
        return self._by_code.get(code, ())

    def warm(self) -> None:
        """Make what is made when it is first needed."""
        self.spellings.warm()
        _ = (self._on_road, self._crossings, self._communities, self._buildings, self._gates)
        _ = (self._families, self._in_community, self._cells, self._estates, self._by_code)

    @cached_property
    def _estates(self) -> dict[str, list[Entry]]:
        estates = [entry for entry in self.entries if entry.kind == "estate"]
        aliases = _grouped((alias, entry) for entry in estates for alias in entry.aliases)
        return aliases | _grouped((entry.name, entry) for entry in estates)

    @cached_property
    def _by_code(self) -> dict[str, list[Entry]]:
        estates = (entry for entry in self.entries if entry.kind == "estate")
        return _grouped((entry.code, entry) for entry in estates)

    @cached_property
    def _in_community(self) -> dict[str, list[Entry]]:
        there = (entry for entry in self.entries if entry.kind in POINTLIKE)
        return _grouped((entry.community, entry) for entry in there)

    @cached_property
    def _cells(self) -> dict[tuple[int, int], list[Entry]]:
        return _grouped(
            (_cell(entry.longitude, entry.latitude), entry)
            for entry in self.entries
            if entry.kind in POINTLIKE
            and entry.longitude is not None
            and entry.latitude is not None
        )

    @cached_property
    def _on_road(self) -> dict[str, list[Entry]]:
        return _grouped((road, entry) for entry in self.entries for road in self._roads_of(entry))

    def _roads_of(self, entry: Entry) -> tuple[str, ...]:
        return entry.roads if entry.kind in POINTLIKE else ()

    @cached_property
    def _crossings(self) -> dict[frozenset[str], list[Entry]]:
        crossings = (entry for entry in self.entries if entry.kind == "crossing")
        return _grouped((frozenset(entry.roads), entry) for entry in crossings)

    def _meeting(self, one: str, other: str) -> list[Entry]:
        """Two roads of one community meet there, though nobody registered where."""
        shared = sorted(self._communities[one] & self._communities[other])
        name = f"{one}与{other}路口"
        return [
            Entry("crossing", name, community=community, roads=(one, other))
            for community in shared[:1]
        ]

    @cached_property
    def _communities(self) -> dict[str, set[str]]:
        communities: dict[str, set[str]] = defaultdict(set)
        for entry in self.entries:
            if entry.kind == "road" and entry.community:
                communities[entry.name].add(entry.community)
        return communities

    @cached_property
    def _buildings(self) -> dict[tuple[str, str], dict[str, Entry]]:
        buildings: dict[tuple[str, str], dict[str, Entry]] = defaultdict(dict)
        for entry in self.entries:
            if entry.kind == "building":
                buildings[entry.home][entry.building.lstrip("0")] = entry
        return buildings

    @cached_property
    def _gates(self) -> dict[str, list[Entry]]:
        gates = (entry for entry in self.entries if entry.kind == "gate")
        return _grouped((entry.estate, entry) for entry in gates)

    @cached_property
    def _families(self) -> dict[str, list[Entry]]:
        estates = (entry for entry in self.entries if entry.kind == "estate")
        return _grouped((area_of(entry)[0], entry) for entry in estates)


def _cell(longitude: float, latitude: float) -> tuple[int, int]:
    return int(longitude // CELL), int(latitude // CELL)


def _grouped(pairs: Iterable[tuple[Key, Entry]]) -> dict[Key, list[Entry]]:
    groups: dict[Key, list[Entry]] = defaultdict(list)
    for key, entry in pairs:
        groups[key].append(entry)
    return groups
