"""What the pages of feedback need to know."""

from collections.abc import Sequence
from typing import Any, Protocol


class Readings(Protocol):
    """What can be read of the archive and the ledger."""

    async def overview(self) -> dict[str, Any]:
        """How many were reported, classified, dispatched and closed; the rectification rate."""

    async def road(self, incident_id: str) -> Sequence[dict[str, Any]]:
        """The whole life of one incident, in the order of recording; empty if it is unknown."""
