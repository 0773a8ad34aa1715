"""What dispatch says when another version of the ground came into use."""

from datetime import datetime
from typing import ClassVar

from schemas.event import Event
from schemas.ground import GroundPublished


class GroundTaken(Event):
    """This process uses a version of the ground. It never travels: each process notices it,
    and one of them announces it.
    """

    ce_type: ClassVar[str] = "ground.taken"
    about: ClassVar[str] = "version"

    version: str
    name: str
    synthetic: bool
    communities: int
    grids: int
    micro_grids: int


def announce(taken: GroundTaken, now: datetime) -> GroundPublished:
    """The announcement for all services."""
    return GroundPublished(**taken.model_dump(), published_at=now)
