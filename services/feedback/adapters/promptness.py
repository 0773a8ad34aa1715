"""How soon the hub sends somebody: from the archive, a few seconds after the fact.

A report that waited for a person, or that dispatch held back knowingly, does not count. Where
more is dispatched in a round than it looks at, the latest stand for all.
"""

import asyncio
from pathlib import Path

from services.feedback import metrics
from services.hosting.rounds import rounds
from services.kernel.postgres import Pool, queries

SQL = queries(Path(__file__).parents[1] / "sql" / "promptness.sql")
EVERY = 5.0
AT_MOST = 1_000


async def measure(pool: Pool, stopping: asyncio.Event) -> None:
    """Look every few seconds at what was dispatched since, until told to stop."""
    reached: int | None = None

    async def go_on() -> None:
        nonlocal reached
        reached = await look(pool, reached)

    await rounds(go_on, EVERY, stopping)


async def look(pool: Pool, reached: int | None) -> int:
    """Observe what was dispatched behind a row of the archive; returns the row reached now.

    Without a row to begin with nothing is observed: what is past is past.
    """
    end: int = await pool.fetchval(SQL["reached"])
    if reached is not None and end > reached:
        for row in await pool.fetch(SQL["dispatched"], reached, end, AT_MOST):
            metrics.DISPATCHED.observe(row["seconds"])
    return end
