"""Where something is: on the map, and in the grid tree."""

from pydantic import Field

from schemas.event import Part


class Place(Part):
    """A place as far as it is known; nothing in it is guessed.

    `longitude` and `latitude` are WGS-84 degrees. `community` has 12 digits, `grid` 15,
    `micro_grid` 18. `address` is kept to estate and building; a unit or room never travels.
    `ground` is the version of the ground by which it was found.
    """

    address: str | None = Field(default=None, max_length=256)
    estate: str | None = None
    building: str | None = None
    longitude: float | None = Field(default=None, ge=-180, le=180)
    latitude: float | None = Field(default=None, ge=-90, le=90)
    community: str | None = None
    grid: str | None = None
    micro_grid: str | None = None
    confidence: float = Field(default=0.0, ge=0, le=1)
    ground: str | None = None
