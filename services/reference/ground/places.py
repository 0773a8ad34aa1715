"""Estates and cameras of a ground: what a text names, what a camera looks at."""

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from schemas.place import Place
from services.reference.ground.codes import Level, at_level
from services.reference.ground.errors import GroundError

DIGITS = str.maketrans("０１２３４５６７８９一二三四五六七八九", "0123456789123456789")
ONE = "[一二三四五六七八九]"
BUILDING = re.compile(rf"([0-9０-９]{{1,3}}|{ONE}?十{ONE}?|{ONE}{{1,3}})\s*(?:号楼|栋|幢|座)")
GAZETTEER_COLUMNS = ("estate", "aliases", "building", "longitude", "latitude", "code")
CAMERA_COLUMNS = ("device", "channel", "estate", "code", "longitude", "latitude")


@dataclass(frozen=True, slots=True)
class Estate:
    """A residential estate (小区) and the middle of it, in degrees of WGS-84.

    `code` is the lowest unit that holds all of it; `buildings` how many are known.
    """

    name: str
    code: str
    longitude: float
    latitude: float
    buildings: int = 0
    aliases: tuple[str, ...] = ()

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


@dataclass(frozen=True, slots=True)
class Building:
    """One building of an estate, with its own point and unit."""

    estate: str
    number: str
    code: str
    longitude: float
    latitude: float


@dataclass(frozen=True, slots=True)
class Camera:
    """A camera, and the estate or the unit that it looks at."""

    device: str
    channel: str
    estate: str
    code: str = ""


class Gazetteer:
    """The estates of a ground and their buildings; a text names one by its name or an alias."""

    def __init__(self, estates: Iterable[Estate], buildings: Iterable[Building] = ()) -> None:
        self.buildings = {(each.estate, each.number): each for each in buildings}
        numbers: dict[str, int] = {}
        for estate, _ in self.buildings:
            numbers[estate] = numbers.get(estate, 0) + 1
        self.estates: Sequence[Estate] = tuple(
            replace(each, buildings=numbers.get(each.name, each.buildings)) for each in estates
        )

    def find(self, text: str) -> Place:
        """The place that a text names: estate and building; an empty place if it names none."""
        named = self._names.search(text)
        if named is None:
            return Place()
        estate = self._estates[named.group()]
        written = BUILDING.search(text, named.end())
        number = numeral(written.group(1)) if written else None
        return self.place(estate, number, 0.9 if number else 0.8)

    def place(self, estate: Estate, number: str | None, confidence: float) -> Place:
        """An estate, or a building of it, as a place; a building that is known has its own."""
        known = self.buildings.get((estate.name, number or ""))
        at = known or estate
        return Place(
            address=estate.name + (f"{number}栋" if number else ""),
            estate=estate.name,
            building=number,
            longitude=at.longitude,
            latitude=at.latitude,
            confidence=confidence,
            **units_of(at.code),
        )

    def estate(self, name: str) -> Estate | None:
        """The estate of a name or an alias."""
        return self._estates.get(name)

    def only_estate_of(self, micro_grid: str) -> Estate | None:
        """The estate of a micro-grid in which there is no other."""
        there = self._by_unit.get(micro_grid, ())
        return there[0] if len(there) == 1 else None

    @cached_property
    def _estates(self) -> dict[str, Estate]:
        aliases = {alias: each for each in self.estates for alias in each.aliases}
        return aliases | {each.name: each for each in self.estates}

    @cached_property
    def _names(self) -> re.Pattern[str]:
        longest_first = sorted(self._estates, key=len, reverse=True)
        return re.compile("|".join(map(re.escape, longest_first)) or r"(?!)")

    @cached_property
    def _by_unit(self) -> dict[str, list[Estate]]:
        there: dict[str, list[Estate]] = {}
        for estate in self.estates:
            there.setdefault(estate.code, []).append(estate)
        return there


def units_of(code: str) -> dict[str, str | None]:
    """Community, grid and micro-grid of a code, for a place."""
    return {
        "community": at_level(code, Level.COMMUNITY) or None,
        "grid": at_level(code, Level.GRID) or None,
        "micro_grid": at_level(code, Level.MICRO_GRID) or None,
    }


def numeral(written: str) -> str:
    """The number of a building, however it is written: 12, １２ and 十二 are the same."""
    tens, ten, ones = written.translate(DIGITS).rpartition("十")
    return str(int(f"{tens or 1}{ones or 0}" if ten else ones))


def read_gazetteer(path: Path) -> Gazetteer:
    """The estates and buildings of gazetteer.csv; raises GroundError naming the line."""
    estates, buildings = [], []
    for row, longitude, latitude in _located(path):
        name, code = row["estate"], row["code"]
        if row["building"]:
            buildings.append(Building(name, row["building"], code, longitude, latitude))
        else:
            aliases = tuple(row["aliases"].split("|")) if row["aliases"] else ()
            estates.append(Estate(name, code, longitude, latitude, 0, aliases))
    return Gazetteer(estates, buildings)


def read_cameras(path: Path) -> list[Camera]:
    """The cameras of cameras.csv; raises GroundError naming the line."""
    return [
        Camera(row["device"], row["channel"], row["estate"], row["code"])
        for row, _, _ in _located(path)
    ]


def _located(path: Path) -> Iterator[tuple[dict[str, str], float, float]]:
    with path.open(encoding="utf-8", newline="") as lines:
        for number, row in enumerate(csv.DictReader(lines), start=2):
            try:
                yield row, float(row["longitude"]), float(row["latitude"])
            except (KeyError, ValueError, TypeError) as error:
                raise GroundError(
                    f"{path} 第 {number} 行没有可读的坐标（{error}）：请补上十进制经纬度。"
                ) from error
