"""The watch over sources: writes down who was heard, and has it said who fell silent.

Every process watches. Each edge is a command on the source's own state, so that it is said once.
"""

import asyncio
from dataclasses import dataclass
from uuid import uuid4

import structlog

from services.hosting.rounds import rounds
from services.intake import metrics
from services.intake.adapters.ears import Ears
from services.intake.adapters.register_watch import RegisterWatch
from services.intake.adapters.source_book import SourceBook
from services.intake.domain.signatures import SKEW
from services.kernel.processor import Processor

log = structlog.get_logger(__name__)

LOOK_EVERY = 2.0
"""Seconds between two looks; what is heard meanwhile is written down at once."""
LONGEST_GAP = 30.0
"""Seconds without any process that listens, after which all patience begins anew."""
LOOKS_PER_SWEEP = 30
CONDITIONS = ("ok", "slow", "expired", "maintenance", "unwatched")


@dataclass
class SourceWatch:
    """Looks every two seconds; a PostgreSQL that is away is met again at the next look."""

    processor: Processor
    registers: RegisterWatch
    ears: Ears
    book: SourceBook
    _registered: str = ""
    _looks: int = 0

    async def run(self, stopping: asyncio.Event) -> None:
        """Watch until told to stop."""
        await rounds(self.look, LOOK_EVERY, stopping)

    async def look(self) -> None:
        """Write down what was heard, then say what has changed."""
        await self._take_register()
        await self.book.listen(LONGEST_GAP)
        await self._write_down()
        for edge in await self.book.edges():
            await self.processor.command(edge, f"source/{uuid4().hex}", "sources")
        numbers = await self.book.conditions()
        for condition in CONDITIONS:
            metrics.SOURCES.labels(condition).set(numbers.get(condition, 0))
        if self._looks % LOOKS_PER_SWEEP == 0:
            await self.book.forget_signatures(2 * SKEW.total_seconds() + LONGEST_GAP)
        self._looks += 1

    async def _take_register(self) -> None:
        register = self.registers.register
        if register.version != self._registered:
            await self.book.register(register)
            self._registered = register.version

    async def _write_down(self) -> None:
        at, met = self.ears.take()
        try:
            await self.book.hear(at, met)
        except BaseException:
            self.ears.give_back(at, met)
            raise
