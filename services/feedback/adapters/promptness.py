"""How soon the hub sends somebody: from the archive, a few seconds after the fact.

A report that waited for a person, or that dispatch held back knowingly, does not count. Where
more is dispatched in a round than it looks at, the latest stand for all.
"""

import asyncio
from contextlib import suppress
from pathlib import Path

import asyncpg
import structlog

from services.feedback import metrics
from services.kernel.postgres import TRANSIENT, Pool, queries

log = structlog.get_logger(__name__)

SQL = queries(Path(__file__).parents[1] / "sql" / "promptness.sql")
EVERY = 5.0
AT_MOST = 1_000


async def measure(pool: Pool, stopping: asyncio.Event) -> None:
    """Look every few seconds at what was dispatched since, until told to stop."""
    reached: int | None = None
    while not stopping.is_set():
        try:
            reached = await look(pool, reached)
        except (asyncpg.PostgresError, *TRANSIENT) as error:
            log.warning("promptness.not_measured", problem=str(error)[:200])
        with suppress(TimeoutError):
            await asyncio.wait_for(stopping.wait(), EVERY)


async def look(pool: Pool, reached: int | None) -> int:
    """Observe what was dispatched behind a row of the archive; returns the row reached now.

    Without a row to begin with nothing is observed: what is past is past.
    """
    end: int = await pool.fetchval(SQL["reached"])
    if reached is not None and end > reached:
        for row in await pool.fetch(SQL["dispatched"], reached, end, AT_MOST):
            metrics.DISPATCHED.observe(row["seconds"])
    return end
