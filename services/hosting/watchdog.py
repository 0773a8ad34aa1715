"""The watchdog: tells health and metrics how things stand, and ends a process that is stuck."""

import asyncio
import os
import time
from collections.abc import Sequence

import structlog

from services.hosting.http import Health
from services.kernel import metrics
from services.kernel.consumer import Lane
from services.kernel.postgres import TRANSIENT
from services.kernel.processor import Processor
from services.kernel.store import SQL

log = structlog.get_logger(__name__)

TICK = 1.0
ANSWER_LIMIT = 3.0
HOUSEKEEPING_EVERY = 5
STUCK = 70


class Watchdog:
    """Looks once a second. `limit` seconds of lag without progress end the process."""

    def __init__(
        self,
        processor: Processor,
        lanes: Sequence[Lane],
        health: Health,
        limit: float,
        inbox_days: int,
    ) -> None:
        self._processor = processor
        self._lanes = lanes
        self._health = health
        self._limit = limit
        self._inbox_days = inbox_days
        self._progress: dict[tuple[str, int], int] = {}
        self._moved_at = time.monotonic()

    async def run(self, stopping: asyncio.Event) -> None:
        """Look until told to stop."""
        tick = 0
        while not stopping.is_set():
            postgres_answers = await self._ask_postgres()
            lag = await self._ask_kafka()
            self._end_if_stuck(lag if postgres_answers else 0)
            tick += 1
            if postgres_answers and tick % HOUSEKEEPING_EVERY == 0:
                await self._keep_house(tick)
            await asyncio.sleep(TICK)

    async def _ask_postgres(self) -> bool:
        service = self._processor.service
        try:
            async with asyncio.timeout(ANSWER_LIMIT):
                row = await self._processor.pool.fetchrow(SQL["backlog"])
        except (*TRANSIENT, TimeoutError) as error:
            self._health.report("postgres", f"does not answer: {str(error)[:120]}")
            return False
        self._health.report("postgres", None)
        for what, value in row.items() if row else ():
            metrics.BACKLOG.labels(service, what).set(float(value))
        return True

    async def _ask_kafka(self) -> int:
        total = 0
        try:
            async with asyncio.timeout(ANSWER_LIMIT):
                for lane in self._lanes:
                    await lane.commit()
                    for topic, lag in (await lane.lag()).items():
                        metrics.LAG.labels(self._processor.service, topic).set(lag)
                        total += lag
        except Exception as error:  # whatever the client raises, Kafka did not answer
            self._health.report(
                "kafka", f"does not answer: {str(error)[:120] or type(error).__name__}"
            )
            return 0
        self._health.report("kafka", None)
        return total

    def _end_if_stuck(self, lag: int) -> None:
        now = time.monotonic()
        if lag == 0 or self._progress != self._processor.next_offsets:
            self._progress = dict(self._processor.next_offsets)
            self._moved_at = now
        elif now - self._moved_at > self._limit:
            log.critical("watchdog.stuck", lag=lag, seconds=round(now - self._moved_at))
            os._exit(STUCK)

    async def _keep_house(self, tick: int) -> None:
        try:
            await self._processor.sweep_parked()
            if tick % 3_600 == HOUSEKEEPING_EVERY:
                await self._processor.pool.execute(SQL["sweep_inbox"], self._inbox_days)
        except Exception as error:  # housekeeping comes again; it must not end the watchdog
            log.warning("housekeeping.failed", error=str(error)[:200])
