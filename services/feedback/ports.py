"""What the pages of feedback need to know."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Protocol

from services.feedback.domain.measures import Axis


class Readings(Protocol):
    """What can be read of the archive and the ledger."""

    async def overview(self) -> dict[str, Any]:
        """How many were reported, classified, dispatched and closed; the rectification rate."""

    async def measures(
        self, axis: Axis, area: str, since: datetime, until: datetime
    ) -> Sequence[dict[str, Any]]:
        """Each rate with numerator and denominator, a row for each value of the axis."""

    async def road(self, incident_id: str) -> Sequence[dict[str, Any]]:
        """The whole life of one incident, in the order of recording; empty if it is unknown."""
