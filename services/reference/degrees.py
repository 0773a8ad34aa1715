"""Degrees as metres, on a plane that touches the ground where something happens."""

from math import cos, radians

METRES_PER_DEGREE = 111_320.0
"""Of latitude; of longitude at the equator."""


def step(x: float, y: float, to_x: float, to_y: float) -> tuple[float, float]:
    """Metres to the east and to the north from one point to another near by, both in degrees."""
    east = (to_x - x) * METRES_PER_DEGREE * cos(radians(y))
    return east, (to_y - y) * METRES_PER_DEGREE
