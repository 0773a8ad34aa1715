"""What the duty desk reads, from the archive and the ledger."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import orjson

from services.feedback.adapters.memory import SQL
from services.feedback.adapters.slow import Slow
from services.feedback.domain.measures import Axis, query, told
from services.kernel.postgres import Pool

LATEST = 20
COUNTED = {
    "reported": "hub.report.received.v1",
    "classified": "hub.incident.classified.v1",
    "merged": "hub.report.merged.v1",
    "dismissed": "hub.report.dismissed.v1",
    "overdue_stages": "hub.stage.overdue.v1",
    "receipts": "hub.hotline.receipt.v1",
}

MERGE_REFUSED = "hub.merge.refused.v1"
"""A voice that came too late for its incident did not join it after all."""


class PostgresReadings:
    """Readings of feedback's own schema. They show no text of citizens."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self._numbers = Slow(self._count)

    async def overview(self, scope: str) -> dict[str, Any]:
        """How many were reported, classified, dispatched and closed; the rectification rate.

        The numbers are those of the whole hub, the latest incidents those of the scope.
        """
        numbers = await self._numbers.now()
        latest = [_shown(row) for row in await self._pool.fetch(SQL["latest"], LATEST, scope)]
        return {**numbers, "latest": latest}

    async def _count(self) -> dict[str, Any]:
        tallies = {row["what"]: row["number"] for row in await self._pool.fetch(SQL["tallies"])}
        counts = dict(await self._pool.fetchrow(SQL["rates"]) or {})
        rate = counts["rectified"] / counts["due"] if counts["due"] else None
        counted = {name: tallies.get(ce_type, 0) for name, ce_type in COUNTED.items()}
        counted["merged"] -= tallies.get(MERGE_REFUSED, 0)
        return {**counted, **counts, "rectification_rate": rate}

    async def measures(
        self, axis: Axis, area: str, since: datetime, until: datetime
    ) -> list[dict[str, Any]]:
        """Each rate with numerator and denominator, a row for each value of the axis."""
        rows = await self._pool.fetch(query(axis), area, since, until)
        return [told(dict(row)) for row in rows]

    async def road(self, incident_id: str) -> Sequence[dict[str, Any]]:
        """The whole life of one incident: each event, when, which service, why."""
        rows = await self._pool.fetch(SQL["road"], incident_id)
        return [_step(row) for row in rows]


def _shown(row: Any) -> dict[str, Any]:
    return {
        name: value.isoformat() if isinstance(value, datetime) else value
        for name, value in row.items()
    }


def _step(row: Any) -> dict[str, Any]:
    shown = _shown(row)
    event = orjson.loads(shown.pop("payload"))
    return shown | {"reasons": event.get("reasons") or event.get("reason")}
