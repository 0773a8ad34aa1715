"""How many reports wait for a person, for Prometheus."""

import asyncio

from services.classification import metrics
from services.classification.adapters.reviews import SQL
from services.hosting.rounds import rounds
from services.kernel.postgres import Pool

EVERY = 5.0


async def measure(pool: Pool, stopping: asyncio.Event) -> None:
    """Count every few seconds, until told to stop."""

    async def count() -> None:
        row = await pool.fetchrow(SQL["queue"])
        metrics.WAITING.set(row["waiting"])
        metrics.OLDEST.set(row["oldest"])

    await rounds(count, EVERY, stopping)
