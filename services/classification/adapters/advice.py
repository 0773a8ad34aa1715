"""The language model beside the reviewers: it looks at what waits, and nothing waits for it."""

import asyncio
from datetime import UTC, datetime

import orjson
import structlog

from schemas.incident import Candidate
from services.classification import metrics
from services.classification.adapters.reviews import SQL
from services.classification.domain.review import ADVISER, AnswerReview
from services.classification.ports import Adviser
from services.hosting.rounds import rounds
from services.kernel.errors import Unprocessable
from services.kernel.postgres import Pool
from services.kernel.processor import Processor
from services.reference.calendar import BEIJING

log = structlog.get_logger(__name__)

LOOK_EVERY = 1.0
AT_ONCE = 4
"""Questions that are asked side by side."""


class AdviceDesk:
    """Asks about each waiting report once, as long as the day's money lasts."""

    def __init__(self, processor: Processor, adviser: Adviser, daily_cost: float) -> None:
        self._processor = processor
        self._pool: Pool = processor.pool
        self._adviser = adviser
        self._daily_cost = daily_cost

    async def run(self, stopping: asyncio.Event) -> None:
        """Look for reports that wait until told to stop; an error is told and passes."""

        async def until_none_waits() -> None:
            while await self.ask() == AT_ONCE and not stopping.is_set():
                pass

        await rounds(until_none_waits, LOOK_EVERY, stopping)

    async def ask(self) -> int:
        """Ask about some reports that wait; returns how many."""
        if await self._spent() >= self._daily_cost:
            return 0
        now = datetime.now(UTC)
        rows = await self._pool.fetch(SQL["take_unasked"], AT_ONCE, now)
        await asyncio.gather(
            *(self._ask(row["thread"], row["text"], row["candidates"]) for row in rows)
        )
        return len(rows)

    async def _ask(self, thread: str, text: str, candidates: str) -> None:
        known = [Candidate.model_validate(each) for each in orjson.loads(candidates)]
        advice = await self._adviser.advise(text, known)
        metrics.ADVICE.labels(advice.outcome).inc()
        today = datetime.now(BEIJING).date()
        await self._pool.execute(SQL["spend"], today, advice.cost)
        if advice.code is None:
            return
        who = f"{ADVISER}{self._adviser.name}"[:64]
        order = AnswerReview(thread=thread, code=advice.code, reviewer=who)
        try:
            await self._processor.command(order, f"advice/{thread}", "advice")
        except Unprocessable:
            log.info("advice.too_late", thread=thread)

    async def _spent(self) -> float:
        today = datetime.now(BEIJING).date()
        return float(await self._pool.fetchval(SQL["spent"], today))
