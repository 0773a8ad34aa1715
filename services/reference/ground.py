"""The ground: the grid tree of a street, and from a point or a text to a place in it."""

import json
import re
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from pathlib import Path

from schemas.place import Place

DEMO = Path(__file__).parent / "data" / "demo_street.json"
BUCKET = 0.002
"""Degrees; side of the squares by which points are looked up."""

DIGITS = str.maketrans("０１２３４５６７８９一二三四五六七八九", "0123456789123456789")
ONE = "[一二三四五六七八九]"
BUILDING = re.compile(rf"([0-9０-９]{{1,3}}|{ONE}?十{ONE}?|{ONE}{{1,3}})\s*(?:号楼|栋|幢|座)")


@dataclass(frozen=True)
class Estate:
    """A residential estate (小区); here each lies in one micro-grid."""

    name: str
    buildings: int
    community: str
    grid: str
    micro_grid: str
    longitude: float
    latitude: float


@dataclass(frozen=True)
class Camera:
    """A camera, and the estate that it looks at."""

    device: str
    channel: str
    estate: str


@dataclass(frozen=True)
class Square:
    """The outline of a micro-grid: west, south, east, north in WGS-84 degrees."""

    west: float
    south: float
    east: float
    north: float
    estate: Estate

    def holds(self, longitude: float, latitude: float) -> bool:
        """Whether a point lies in it; its west and south borders are its own."""
        return self.west <= longitude < self.east and self.south <= latitude < self.north


@dataclass(frozen=True)
class Ground:
    """One version of the ground; `version` is the hash of its content."""

    version: str
    street: str
    squares: tuple[Square, ...]
    cameras: tuple[Camera, ...]
    communities: dict[str, str]

    @property
    def estates(self) -> tuple[Estate, ...]:
        """All estates, in the order of the file."""
        return tuple(square.estate for square in self.squares)

    def find(self, text: str) -> Place:
        """The place that a text names: estate and building; an empty place if it names none."""
        named = self._names.search(text)
        if named is None:
            return Place()
        estate = self._estates[named.group()]
        building = BUILDING.search(text, named.end())
        number = _numeral(building.group(1)) if building else None
        return _place(estate, number, 0.9 if number else 0.8)

    def locate(self, longitude: float, latitude: float) -> Place:
        """The micro-grid in which a point lies; outside of the ground the point alone."""
        for square in self._buckets.get(_bucket(longitude, latitude), ()):
            if square.holds(longitude, latitude):
                place = _place(square.estate, None, 0.95)
                return place.model_copy(update={"longitude": longitude, "latitude": latitude})
        return Place(longitude=longitude, latitude=latitude)

    def camera(self, device: str, channel: str = "") -> Place | None:
        """What a camera looks at; None if it is not registered."""
        estate = self._cameras.get((device, channel)) or self._cameras.get((device, ""))
        return _place(self._estates[estate], None, 1.0) if estate else None

    @cached_property
    def _names(self) -> re.Pattern[str]:
        longest_first = sorted(self._estates, key=len, reverse=True)
        return re.compile("|".join(map(re.escape, longest_first)) or r"(?!)")

    @cached_property
    def _estates(self) -> dict[str, Estate]:
        return {estate.name: estate for estate in self.estates}

    @cached_property
    def _cameras(self) -> dict[tuple[str, str], str]:
        known = {(each.device, each.channel): each.estate for each in self.cameras}
        return known | {(each.device, ""): each.estate for each in self.cameras}

    @cached_property
    def _buckets(self) -> dict[tuple[int, int], list[Square]]:
        buckets: dict[tuple[int, int], list[Square]] = {}
        for square in self.squares:
            west, south = _bucket(square.west, square.south)
            east, north = _bucket(square.east, square.north)
            for x in range(west, east + 1):
                for y in range(south, north + 1):
                    buckets.setdefault((x, y), []).append(square)
        return buckets


def load_ground(path: Path | None = None) -> Ground:
    """Read a ground file, the demonstration street if none is given."""
    content = (path or DEMO).read_bytes()
    tree = json.loads(content)
    squares, cameras = [], []
    for community in tree["communities"]:
        for grid in community["grids"]:
            for micro in grid["micro_grids"]:
                square = _square(community["code"], grid["code"], micro)
                squares.append(square)
                cameras += [
                    Camera(each["device"], each["channel"], square.estate.name)
                    for each in micro["cameras"]
                ]
    return Ground(
        version=sha256(content).hexdigest()[:12],
        street=tree["street"]["code"],
        squares=tuple(squares),
        cameras=tuple(cameras),
        communities={each["code"]: each["name"] for each in tree["communities"]},
    )


def _square(community: str, grid: str, micro: dict[str, str | float]) -> Square:
    west, south, east, north = (float(micro[side]) for side in ("west", "south", "east", "north"))
    estate = Estate(
        name=str(micro["estate"]),
        buildings=int(micro["buildings"]),
        community=community,
        grid=grid,
        micro_grid=str(micro["code"]),
        longitude=round((west + east) / 2, 6),
        latitude=round((south + north) / 2, 6),
    )
    return Square(west, south, east, north, estate)


def _numeral(written: str) -> str:
    """The number of a building, however it is written: 12, １２ and 十二 are the same."""
    tens, ten, ones = written.translate(DIGITS).rpartition("十")
    return str(int(f"{tens or 1}{ones or 0}" if ten else ones))


def _place(estate: Estate, building: str | None, confidence: float) -> Place:
    return Place(
        address=estate.name + (f"{building}栋" if building else ""),
        estate=estate.name,
        building=building,
        longitude=estate.longitude,
        latitude=estate.latitude,
        community=estate.community,
        grid=estate.grid,
        micro_grid=estate.micro_grid,
        confidence=confidence,
    )


def _bucket(longitude: float, latitude: float) -> tuple[int, int]:
    return int(longitude // BUCKET), int(latitude // BUCKET)
