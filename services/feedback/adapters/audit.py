"""The auditor (巡检): no open case without a person or a clock; a lost clock is set again."""

import asyncio
from dataclasses import dataclass
from pathlib import Path

import structlog

from services.feedback import metrics
from services.feedback.domain.case import Case
from services.feedback.domain.clocks import deadlines
from services.hosting.rounds import rounds
from services.kernel.postgres import queries
from services.kernel.processor import Processor

log = structlog.get_logger(__name__)

SQL = queries(Path(__file__).parents[1] / "sql" / "audit.sql")
PAGE = 10_000
"""Open cases that one round looks at: a million must not keep PostgreSQL from other clocks."""
PATIENCE = 5.0
"""Seconds that a new case may be on its way through dispatch."""


@dataclass
class Audit:
    """`pace` is the seconds between two rounds."""

    processor: Processor
    pace: float
    seen: str = ""
    """The open case up to which the last round looked; the next one goes on behind it."""

    async def run(self, stopping: asyncio.Event) -> None:
        """Look until told to stop."""
        await rounds(self.go_round, self.pace, stopping)

    async def go_round(self) -> None:
        """Tell who has nobody, and set the clocks that are lost."""
        pool = self.processor.pool
        waiting = await pool.fetchval(SQL["without_person"], PATIENCE)
        metrics.HOLES.labels("no_person").set(waiting)
        page = await pool.fetchrow(SQL["without_clock"], self.seen, PAGE)
        self.seen = page["last"] if page and page["looked_at"] == PAGE else ""
        stopped = await self._set_clocks(list(page["lost"]) if page else [])
        metrics.HOLES.labels("no_clock").set(len(stopped))
        if stopped:
            metrics.MENDED.inc(len(stopped))
            log.error("audit.hole", problem="no_clock", incidents=stopped[:10], count=len(stopped))

    async def _set_clocks(self, incidents: list[str]) -> list[str]:
        """The cases, locked and looked at again, whose clocks were lost; they run now."""
        if not incidents:
            return []
        store = self.processor.store
        async with self.processor.pool.acquire() as connection, connection.transaction():
            subjects = await store.subjects(connection, incidents)
            cases = {key: each.state for key, each in subjects.items()}
            lost = {k: c for k, c in cases.items() if isinstance(c, Case) and deadlines(c)}
            await store.restore_timers(connection, lost)
        return sorted(lost)
