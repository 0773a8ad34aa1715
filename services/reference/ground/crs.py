"""Coordinate systems in use in China, to and from WGS-84; all in degrees, vectorised.

GCJ-02 is WGS-84 shifted by 300 to 700 m, differently from place to place; BD-09 shifts that
once more. Neither has a published definition: these are the formulas that all use, and the
way back is found by iteration, to less than a millimetre. CGCS2000 and WGS-84 differ by
centimetres: here they are the same.
"""

import re
from collections.abc import Callable
from enum import StrEnum
from functools import lru_cache
from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats: TypeAlias = NDArray[np.float64]
Forward: TypeAlias = Callable[[Floats, Floats], tuple[Floats, Floats]]

SEMI_MAJOR = 6_378_245.0
"""Metres; the ellipsoid of Krassovsky, on which GCJ-02 reckons."""
ECCENTRICITY = 0.006_693_421_622_965_943
TURN = np.pi * 3000.0 / 180.0
WEST, EAST, SOUTH, NORTH = 72.004, 137.8347, 0.8293, 55.8271
"""Degrees; outside of it GCJ-02 is WGS-84."""
ROUNDS = 12
EXACT = 1e-10
"""Degrees, a hundredth of a millimetre: each round is about a thousand times more exact."""
POINTS_KEPT = 10_000
METRES_PER_DEGREE = 111_320.0
"""Of latitude; of longitude at the equator."""


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
    if crs is Crs.BD09:
        x, y = _undone(_baidu, x, y)
    if crs in {Crs.BD09, Crs.GCJ02}:
        x, y = _undone(_shifted, x, y)
    return x, y


@lru_cache(POINTS_KEPT)
def point_to_wgs84(longitude: float, latitude: float, crs: Crs) -> tuple[float, float]:
    """One point of a system as degrees of WGS-84; the same point is often asked again."""
    if crs not in {Crs.BD09, Crs.GCJ02}:
        return longitude, latitude
    x, y = to_wgs84(longitude, latitude, crs)
    return float(x), float(y)


def from_wgs84(longitude: ArrayLike, latitude: ArrayLike, crs: Crs) -> tuple[Floats, Floats]:
    """Degrees of WGS-84 as degrees of a system."""
    x, y = np.asarray(longitude, dtype=np.float64), np.asarray(latitude, dtype=np.float64)
    if crs in {Crs.BD09, Crs.GCJ02}:
        x, y = _shifted(x, y)
    return _baidu(x, y) if crs is Crs.BD09 else (x, y)


def metres(longitude: float, latitude: float, east: float, north: float) -> tuple[float, float]:
    """Metres to the east and to the north that a step in degrees makes at a place."""
    return (
        east * METRES_PER_DEGREE * float(np.cos(np.radians(latitude))),
        north * METRES_PER_DEGREE,
    )


def _undone(forward: Forward, x: Floats, y: Floats) -> tuple[Floats, Floats]:
    """What `forward` takes to x, y: step back by how much each guess misses."""
    guess_x, guess_y = x, y
    for _ in range(ROUNDS):
        there_x, there_y = forward(guess_x, guess_y)
        miss_x, miss_y = x - there_x, y - there_y
        guess_x, guess_y = guess_x + miss_x, guess_y + miss_y
        if not np.any(np.abs(miss_x) + np.abs(miss_y) > EXACT):
            break
    return guess_x, guess_y


def _shifted(longitude: Floats, latitude: Floats) -> tuple[Floats, Floats]:
    """WGS-84 to GCJ-02."""
    here = (longitude > WEST) & (longitude < EAST) & (latitude > SOUTH) & (latitude < NORTH)
    x, y = longitude - 105.0, latitude - 35.0
    root = np.sqrt(np.abs(x))
    wave = (20.0 * np.sin(6.0 * x * np.pi) + 20.0 * np.sin(2.0 * x * np.pi)) * 2.0 / 3.0
    east = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root + wave
    east += (20.0 * np.sin(x * np.pi) + 40.0 * np.sin(x / 3.0 * np.pi)) * 2.0 / 3.0
    east += (150.0 * np.sin(x / 12.0 * np.pi) + 300.0 * np.sin(x / 30.0 * np.pi)) * 2.0 / 3.0
    north = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root + wave
    north += (20.0 * np.sin(y * np.pi) + 40.0 * np.sin(y / 3.0 * np.pi)) * 2.0 / 3.0
    north += (160.0 * np.sin(y / 12.0 * np.pi) + 320.0 * np.sin(y * np.pi / 30.0)) * 2.0 / 3.0
    return _moved(longitude, latitude, np.where(here, east, 0.0), np.where(here, north, 0.0))


def _moved(
    longitude: Floats, latitude: Floats, east: Floats, north: Floats
) -> tuple[Floats, Floats]:
    """A point moved by metres on the ellipsoid."""
    angle = np.radians(latitude)
    flat = 1.0 - ECCENTRICITY * np.sin(angle) ** 2
    along = SEMI_MAJOR * (1.0 - ECCENTRICITY) / (flat * np.sqrt(flat))
    across = SEMI_MAJOR / np.sqrt(flat) * np.cos(angle)
    return longitude + np.degrees(east / across), latitude + np.degrees(north / along)


def _baidu(longitude: Floats, latitude: Floats) -> tuple[Floats, Floats]:
    """GCJ-02 to BD-09."""
    far = np.hypot(longitude, latitude) + 0.00002 * np.sin(latitude * TURN)
    angle = np.arctan2(latitude, longitude) + 0.000003 * np.cos(longitude * TURN)
    return far * np.cos(angle) + 0.0065, far * np.sin(angle) + 0.006
