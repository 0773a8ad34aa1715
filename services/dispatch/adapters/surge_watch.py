"""Sees that a surge ends, though nothing more comes, and shows how each street stands."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

import structlog

from services.dispatch import metrics
from services.dispatch.adapters.hours import SQL
from services.dispatch.adapters.surge_tables import keep_turned
from services.dispatch.adapters.surges import Lookout
from services.dispatch.domain.pressure import turn
from services.dispatch.domain.roster.duty import Roster
from services.dispatch.domain.surge import SurgeRules
from services.hosting.rounds import rounds
from services.kernel.postgres import Connection, Pool

log = structlog.get_logger(__name__)

PACE = 5.0
"""Seconds between two looks."""


@dataclass
class SurgeWatch:
    """Looks at the streets that are in a surge."""

    pool: Pool
    roster: Callable[[], Roster | None]
    rules: Callable[[], SurgeRules | None]

    _shown: frozenset[str] = frozenset()

    async def run(self, stopping: asyncio.Event) -> None:
        """Look until told to stop."""
        await rounds(self.look, PACE, stopping)

    async def look(self) -> None:
        """End what is over, and show which streets are in a surge."""
        async with self.pool.acquire() as connection, connection.transaction():
            rows = await connection.fetch(SQL["surges"], None)
            since = {row["street"]: row["since"] for row in rows}
            turned = await self._turned(connection, since)
            await keep_turned(connection, turned)
        for street in turned:
            log.info("surge.over", street=street)
        for street in self._shown | since.keys():
            metrics.SURGE.labels(street).set(street in since and street not in turned)
        self._shown = frozenset(since.keys() - turned.keys())

    async def _turned(
        self, connection: Connection, since: dict[str, datetime]
    ) -> dict[str, datetime | None]:
        roster, rules = self.roster(), self.rules()
        if not since:
            return {}
        if roster is None or rules is None:
            return dict.fromkeys(since)
        rows = await connection.fetch(SQL["off"])
        off = frozenset(row["subject"].removeprefix("duty:") for row in rows)
        lookout = Lookout(connection, roster, off, rules, datetime.now(UTC))
        in_hand = await lookout.in_hand(list(since))
        found: dict[str, datetime | None] = {}
        for street, began in since.items():
            pressure = lookout.pressure(street, in_hand)
            metrics.SURGE_DEMAND.labels(street).set(pressure.demand)
            metrics.SURGE_FREE.labels(street).set(pressure.free)
            if turn(began, pressure, rules, lookout.now) is None:
                found[street] = None
        return found
