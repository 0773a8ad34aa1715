"""Coordinate systems in use in China, to and from WGS-84; all in degrees, vectorised.

GCJ-02 is WGS-84 shifted by 300 to 700 m, differently from place to place; BD-09 shifts that
once more. Neither has a published definition: these are the formulas that all use, and the
way back is found by iteration, to less than a millimetre. CGCS2000 and WGS-84 differ by
centimetres: here they are the same.
"""

import math
import re
from collections.abc import Callable
from enum import StrEnum
from typing import Any, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from services.reference.degrees import METRES_PER_DEGREE

Floats: TypeAlias = NDArray[np.float64]


class Maths(NamedTuple):
    """The functions of a formula: for arrays, or for single numbers."""

    sin: Callable[[Any], Any]
    cos: Callable[[Any], Any]
    sqrt: Callable[[Any], Any]
    hypot: Callable[[Any, Any], Any]
    atan2: Callable[[Any, Any], Any]
    radians: Callable[[Any], Any]
    degrees: Callable[[Any], Any]
    all: Callable[[Any], Any]


Forward: TypeAlias = Callable[[Any, Any, Maths], tuple[Any, Any]]
OF_ARRAYS = Maths(np.sin, np.cos, np.sqrt, np.hypot, np.arctan2, np.radians, np.degrees, np.all)
OF_FLOATS = Maths(
    math.sin, math.cos, math.sqrt, math.hypot, math.atan2, math.radians, math.degrees, bool
)

SEMI_MAJOR = 6_378_245.0
"""Metres; the ellipsoid of Krassovsky, on which GCJ-02 reckons."""
ECCENTRICITY = 0.006_693_421_622_965_943
TURN = np.pi * 3000.0 / 180.0
WEST, EAST, SOUTH, NORTH = 72.004, 137.8347, 0.8293, 55.8271
"""Degrees; outside of it GCJ-02 is WGS-84."""
ROUNDS = 12
EXACT = 1e-10
"""Degrees, a hundredth of a millimetre: each round is about a thousand times more exact."""


class Crs(StrEnum):
    """A coordinate system (坐标系)."""

    WGS84 = "WGS-84"
    GCJ02 = "GCJ-02"
    BD09 = "BD-09"
    CGCS2000 = "CGCS2000"


NAMES = {
    "wgs84": Crs.WGS84,
    "4326": Crs.WGS84,
    "crs84": Crs.WGS84,
    "gps": Crs.WGS84,
    "gcj02": Crs.GCJ02,
    "gcj": Crs.GCJ02,
    "火星坐标": Crs.GCJ02,
    "bd09": Crs.BD09,
    "bd09ll": Crs.BD09,
    "百度": Crs.BD09,
    "cgcs2000": Crs.CGCS2000,
    "4490": Crs.CGCS2000,
    "国家2000": Crs.CGCS2000,
}


class CrsError(ValueError):
    """A coordinate system is not known; the message says which are."""


def crs_named(text: str) -> Crs:
    """The system that a text names: WGS84, gcj-02, bd09ll, EPSG:4490, urn:ogc:def:crs:OGC::CRS84.

    Raises CrsError naming those that are known.
    """
    plain = re.sub(r"[\s_:.\-]", "", text).lower()
    for name, crs in NAMES.items():
        if plain.endswith(name):
            return crs
    raise CrsError(f"坐标系 {text!r} 不认识：请写 {'、'.join(Crs)} 之一。")


def to_wgs84(longitude: ArrayLike, latitude: ArrayLike, crs: Crs) -> tuple[Floats, Floats]:
    """Degrees of a system as degrees of WGS-84."""
    x, y = np.asarray(longitude, dtype=np.float64), np.asarray(latitude, dtype=np.float64)
    return _to_wgs84(x, y, crs, OF_ARRAYS)


def point_to_wgs84(longitude: float, latitude: float, crs: Crs) -> tuple[float, float]:
    """One point of a system as degrees of WGS-84; much faster than an array of one."""
    return _to_wgs84(longitude, latitude, crs, OF_FLOATS)


def _to_wgs84(x: Any, y: Any, crs: Crs, of: Maths) -> tuple[Any, Any]:
    if crs is Crs.BD09:
        x, y = _undone(_baidu, x, y, of)
    if crs in {Crs.BD09, Crs.GCJ02}:
        x, y = _undone(_shifted, x, y, of)
    return x, y


def from_wgs84(longitude: ArrayLike, latitude: ArrayLike, crs: Crs) -> tuple[Floats, Floats]:
    """Degrees of WGS-84 as degrees of a system."""
    x, y = np.asarray(longitude, dtype=np.float64), np.asarray(latitude, dtype=np.float64)
    if crs in {Crs.BD09, Crs.GCJ02}:
        x, y = _shifted(x, y, OF_ARRAYS)
    return _baidu(x, y, OF_ARRAYS) if crs is Crs.BD09 else (x, y)


def metres(longitude: float, latitude: float, east: float, north: float) -> tuple[float, float]:
    """Metres to the east and to the north that a step in degrees makes at a place."""
    return (
        east * METRES_PER_DEGREE * float(np.cos(np.radians(latitude))),
        north * METRES_PER_DEGREE,
    )


def _undone(forward: Forward, x: Any, y: Any, of: Maths) -> tuple[Any, Any]:
    """What `forward` takes to x, y: step back by how much each guess misses."""
    guess_x, guess_y = x, y
    for _ in range(ROUNDS):
        there_x, there_y = forward(guess_x, guess_y, of)
        miss_x, miss_y = x - there_x, y - there_y
        guess_x, guess_y = guess_x + miss_x, guess_y + miss_y
        if of.all(abs(miss_x) + abs(miss_y) < EXACT):
            break
    return guess_x, guess_y


def _shifted(longitude: Any, latitude: Any, of: Maths) -> tuple[Any, Any]:
    """WGS-84 to GCJ-02."""
    here = (longitude > WEST) & (longitude < EAST) & (latitude > SOUTH) & (latitude < NORTH)
    x, y, sin, pi = longitude - 105.0, latitude - 35.0, of.sin, np.pi
    root = of.sqrt(abs(x))
    wave = (20.0 * sin(6.0 * x * pi) + 20.0 * sin(2.0 * x * pi)) * 2.0 / 3.0
    east = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root + wave
    east += (20.0 * sin(x * pi) + 40.0 * sin(x / 3.0 * pi)) * 2.0 / 3.0
    east += (150.0 * sin(x / 12.0 * pi) + 300.0 * sin(x / 30.0 * pi)) * 2.0 / 3.0
    north = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root + wave
    north += (20.0 * sin(y * pi) + 40.0 * sin(y / 3.0 * pi)) * 2.0 / 3.0
    north += (160.0 * sin(y / 12.0 * pi) + 320.0 * sin(y * pi / 30.0)) * 2.0 / 3.0
    return _moved(longitude, latitude, east * here, north * here, of)


def _moved(longitude: Any, latitude: Any, east: Any, north: Any, of: Maths) -> tuple[Any, Any]:
    """A point moved by metres on the ellipsoid."""
    angle = of.radians(latitude)
    flat = 1.0 - ECCENTRICITY * of.sin(angle) ** 2
    along = SEMI_MAJOR * (1.0 - ECCENTRICITY) / (flat * of.sqrt(flat))
    across = SEMI_MAJOR / of.sqrt(flat) * of.cos(angle)
    return longitude + of.degrees(east / across), latitude + of.degrees(north / along)


def _baidu(longitude: Any, latitude: Any, of: Maths) -> tuple[Any, Any]:
    """GCJ-02 to BD-09."""
    far = of.hypot(longitude, latitude) + 0.00002 * of.sin(latitude * TURN)
    angle = of.atan2(latitude, longitude) + 0.000003 * of.cos(longitude * TURN)
    return far * of.cos(angle) + 0.0065, far * of.sin(angle) + 0.006
