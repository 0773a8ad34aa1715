"""The months of the archive: made before they begin."""

import asyncio
from datetime import timedelta

import structlog

from services.feedback.adapters.memory import SQL
from services.hosting.rounds import rounds
from services.kernel.postgres import Pool

log = structlog.get_logger(__name__)

AHEAD = 3
DAY = timedelta(days=1).total_seconds()


async def keep_ahead(pool: Pool, stopping: asyncio.Event) -> None:
    """Each day: make the next months if they are not there. A failure is logged and tried again.

    Without its month a row goes to `archive_rest`, and nothing is lost.
    """

    async def make_months() -> None:
        log.info("archive_months", made=await pool.fetchval(SQL["make_months"], AHEAD))

    await rounds(make_months, DAY, stopping)
