"""The file of yesterday's tickets (对账文件), written each night where an operator wants it."""

import asyncio
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

import structlog

from services.feedback.adapters.reconciling import SQL, paths, write_day
from services.hosting.rounds import rounds
from services.kernel.postgres import Pool
from services.reference.calendar import BEIJING

log = structlog.get_logger(__name__)

PACE = 60.0
"""Seconds between two looks at whether yesterday's file is there."""
AFTER_MIDNIGHT = timedelta(minutes=5)
"""Until then what was decided before midnight may still be on its way into the archive."""


@dataclass
class DailyFile:
    """Whichever process sees first that it is not there writes it; a day is not written twice."""

    pool: Pool
    folder: Path | None

    async def run(self, stopping: asyncio.Event) -> None:
        """Look until told to stop; what failed is tried again."""

        async def look_now() -> None:
            await self.look(datetime.now(BEIJING))

        await rounds(look_now, PACE, stopping)

    async def look(self, now: datetime) -> bool:
        """Write the file of the day that is over; whether that was needed."""
        day = (now - AFTER_MIDNIGHT).date() - timedelta(days=1)
        if self.folder is None or self._is_there(self.folder, day):
            return False
        async with self.pool.acquire() as connection, connection.transaction():
            await connection.execute(SQL["lock_daily_file"])
            if self._is_there(self.folder, day):
                return False
            tickets = await write_day(connection, day, self.folder)
        log.info("reconciliation.written", day=str(day), tickets=tickets)
        return True

    @staticmethod
    def _is_there(folder: Path, day: date) -> bool:
        return all(each.exists() for each in paths(folder, day))
