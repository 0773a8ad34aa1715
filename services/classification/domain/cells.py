"""Squares of the map, by which what is near is found without looking at all there is."""

from functools import lru_cache
from math import floor, hypot

from schemas.place import Place
from services.reference.degrees import step

CELL = 0.0015
"""Degrees: a square of about 150 m."""
LOCK_CELL = 0.005
"""Degrees: side of the squares within which merging is done by one at a time."""
DEGREES_PER_METRE = 1.5e-5
"""More than a metre, east or north, up to 53° north, where the northernmost town lies."""


def cell_of(longitude: float, latitude: float) -> str:
    """The cell of a point."""
    return f"{floor(longitude / CELL)}:{floor(latitude / CELL)}"


def cells_near(place: Place, metres: float) -> tuple[str, ...]:
    """The cells within reach of a place; none where the point is unknown."""
    if place.longitude is None or place.latitude is None:
        return ()
    return squares(place.longitude, place.latitude, CELL, metres)


@lru_cache(maxsize=65_536)
def squares(longitude: float, latitude: float, side: float, metres: float) -> tuple[str, ...]:
    """All squares of this side, in degrees, within so many metres of a point.

    Cached: reports of one estate share its point.
    """
    reach = metres * DEGREES_PER_METRE
    west, east = floor((longitude - reach) / side), floor((longitude + reach) / side)
    south, north = floor((latitude - reach) / side), floor((latitude + reach) / side)
    return tuple(f"{x}:{y}" for x in range(west, east + 1) for y in range(south, north + 1))


def metres_between(x: float, y: float, x2: float, y2: float) -> float:
    """Metres between two points not far from each other, given in degrees."""
    return hypot(*step(x, y, x2, y2))


def estate_of(place: Place) -> str:
    """The estate by which a place is known where its point is not; empty: none."""
    return f"{place.community or ''}/{place.estate}" if place.estate else ""


def unit_of(place: Place) -> str:
    """The smallest unit that is known, down from a grid; empty: none."""
    return place.micro_grid or place.grid or ""
