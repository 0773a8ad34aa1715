"""How many reports wait for a person, for Prometheus."""

import asyncio
from contextlib import suppress

import asyncpg
import structlog

from services.classification import metrics
from services.classification.adapters.reviews import SQL
from services.kernel.postgres import TRANSIENT, Pool

log = structlog.get_logger(__name__)

EVERY = 5.0


async def measure(pool: Pool, stopping: asyncio.Event) -> None:
    """Count every few seconds, until told to stop."""
    while not stopping.is_set():
        try:
            row = await pool.fetchrow(SQL["queue"])
        except (asyncpg.PostgresError, *TRANSIENT) as error:
            log.warning("reviews.not_counted", problem=str(error)[:200])
        else:
            metrics.WAITING.set(row["waiting"])
            metrics.OLDEST.set(row["oldest"])
        with suppress(TimeoutError):
            await asyncio.wait_for(stopping.wait(), EVERY)
