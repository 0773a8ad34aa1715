"""The modes that pause routine work: kept as one fact, brought to the cases in portions.

Whoever looks at a clock that has run out reads the fact, so that nothing is called late that
a mode has paused, however many cases there are. The cases themselves hear of it from here, some
hundreds in a transaction, so that ordinary work and other clocks go on meanwhile; what is open,
routine and not paused, or paused and its mode over, is found anew each time: no crash and no
race leaves one out.
"""

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

from schemas.dispatch import ModeDeclared, ModeEnded
from schemas.event import Event
from services.feedback.domain.clocks import RUNNING
from services.feedback.domain.pausing import PausingMode, StraightenClocks
from services.hosting.rounds import rounds
from services.kernel.domain import Outcome, TimerDue
from services.kernel.postgres import Connection, columns, queries
from services.kernel.processor import Processor

SQL = queries(Path(__file__).parents[1] / "sql" / "modes.sql")
AT_ONCE = 250
"""Cases in one transaction: other clocks wait no longer than it takes."""
PACE = 1.0
"""Seconds between two looks."""


async def pausing(connection: Connection, events: Iterable[Event]) -> Sequence[PausingMode]:
    """The modes, if one of these events looks at clocks; most batches need not ask."""
    if not any(isinstance(each, TimerDue | StraightenClocks) for each in events):
        return ()
    return [PausingMode(**row) for row in await connection.fetch(SQL["pausing"])]


async def project(connection: Connection, outcome: Outcome) -> None:
    """Keep the list of modes."""
    events = [each.event for each in outcome.consumed]
    declared = {
        each.mode_id: (each.mode_id, each.area, each.trigger, each.declared_at, each.expires_at)
        for each in events
        if isinstance(each, ModeDeclared) and each.pauses_routine
    }
    ended = {each.mode_id: each.ended_at for each in events if isinstance(each, ModeEnded)}
    if declared:
        await connection.execute(SQL["declare"], *columns(declared.values()))
    if ended:
        await connection.execute(SQL["end"], list(ended), list(ended.values()))


@dataclass
class Straightening:
    """Brings the modes to the cases."""

    processor: Processor

    async def run(self, stopping: asyncio.Event) -> None:
        """Look until told to stop; portions follow each other until no case is left."""

        async def straighten() -> None:
            while await self.go_round() and not stopping.is_set():
                pass

        await rounds(straighten, PACE, stopping)

    async def go_round(self) -> int:
        """Straighten the clocks of the next portion; returns how many cases have changed."""
        pool = self.processor.pool
        if not await pool.fetchval(SQL["any_mode"]):
            return 0
        rows = await pool.fetch(SQL["to_straighten"], list(RUNNING), AT_ONCE)
        if not rows:
            return 0
        order = StraightenClocks(incidents=tuple(row["incident_id"] for row in rows))
        return len(await self.processor.command(order, uuid4().hex, "feedback"))
