"""Which categories may be one matter said in two ways, and how near and how late (并案类别族)."""

import csv
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from functools import lru_cache
from io import StringIO

COLUMNS = ("family", "metres", "hours", "likeness", "codes", "facets")
FARTHEST = 150
"""Metres that a family may reach: the look-around and its locks are made for that."""
LONGEST = 7 * 24
"""Hours after which no open incident is joined."""


class FamilyError(ValueError):
    """The table of families can not be used; the message names the line and what to do."""


@dataclass(frozen=True, slots=True)
class Family:
    """Categories that people take for one another, with the reach of one matter among them.

    `likeness` is the least likeness of texts, 0 to 1: where it is above 0, the place alone
    does not make two reports one matter (two neighbours may each ask something of their own).
    """

    name: str
    metres: float = 50.0
    window: timedelta = timedelta(hours=24)
    likeness: float = 0.0
    facets: tuple[tuple[str, ...], ...] = ()
    """Words that tell one hazard of the family from another: 施工 from 广场舞."""

    def facets_of(self, text: str) -> frozenset[int]:
        """Which hazards of the family a text names."""
        return _facets_of(self.facets, text)


@dataclass(frozen=True)
class Families:
    """The families by category; a category in no family is one by itself, with the defaults."""

    by_code: Mapping[str, Family] = field(default_factory=dict)

    def of(self, code: str) -> Family:
        """The family of a category."""
        return self.by_code.get(code) or Family(code)

    def leanings(
        self, code: str, candidates: Iterable[tuple[str, float]]
    ) -> tuple[tuple[str, float], ...]:
        """What a report leans to, family by family, that of `code` first.

        `candidates` are categories with their probability; the shares of one family add up.
        """
        shares = {self.of(code).name: 0.0}
        for each, share in candidates:
            name = self.of(each).name
            shares[name] = shares.get(name, 0.0) + share
        return tuple(shares.items())


@lru_cache(maxsize=16_384)
def _facets_of(facets: tuple[tuple[str, ...], ...], text: str) -> frozenset[int]:
    return frozenset(
        number for number, words in enumerate(facets) if any(word in text for word in words)
    )


def read_families(text: str, codes: Collection[str]) -> Families:
    """Read the table, whose categories must be among `codes`. Raises FamilyError."""
    rows = csv.reader(StringIO(text))
    if tuple(next(rows, ())) != COLUMNS:
        raise FamilyError(f"line 1: the columns must be {','.join(COLUMNS)}")
    by_code: dict[str, Family] = {}
    names = set[str]()
    for line, row in enumerate(rows, 2):
        try:
            family, members = _family(row)
        except ValueError as error:
            raise FamilyError(f"line {line}: {error}") from None
        for code in members:
            if code not in codes:
                raise FamilyError(f"line {line}: the catalogue has no category {code}; remove it")
            if code in by_code:
                raise FamilyError(f"line {line}: {code} is in {by_code[code].name} already")
            by_code[code] = family
        if family.name in names:
            raise FamilyError(f"line {line}: {family.name} stands there twice; join the rows")
        names.add(family.name)
    return Families(by_code)


def _family(row: list[str]) -> tuple[Family, list[str]]:
    if len(row) != len(COLUMNS):
        raise ValueError(f"{len(row)} fields where there must be {len(COLUMNS)}")
    name, metres, hours, likeness, members, said = row
    facets = tuple(tuple(each.split("|")) for each in said.split("/") if each)
    family = Family(name, float(metres), timedelta(hours=float(hours)), float(likeness), facets)
    if not 0 < family.metres <= FARTHEST:
        raise ValueError(f"metres must be above 0 and at most {FARTHEST}, not {metres}")
    if not 0 < float(hours) <= LONGEST:
        raise ValueError(f"hours must be above 0 and at most {LONGEST}, not {hours}")
    if not 0 <= family.likeness < 1:
        raise ValueError(f"likeness must be from 0 to below 1, not {likeness}")
    return family, members.split("|")
