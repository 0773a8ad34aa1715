"""The ground (网格底图): which version of it is in use."""

from typing import ClassVar

from pydantic import AwareDatetime

from schemas.event import Event


class GroundPublished(Event):
    """A version of the ground came into use: from now on places are found by it.

    `version` is the hash of its content. Incidents keep the version by which they were routed
    (`Place.ground`). The counts are units of each level of the grid tree.
    """

    ce_type: ClassVar[str] = "hub.ground.published.v1"
    about: ClassVar[str] = "version"

    version: str
    name: str
    synthetic: bool
    communities: int
    grids: int
    micro_grids: int
    published_at: AwareDatetime
