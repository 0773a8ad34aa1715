"""The watchdog: tells health and metrics how things stand, and ends a process that is stuck.

Two ways to be stuck: records wait and none moves; or Kafka is there and this process's client
gets no answer from it, which happens to clients after a broker's restart.
"""

import asyncio
import os
import time
from collections.abc import Sequence

import structlog

from services.hosting.http import Health
from services.hosting.metrics import ANSWER, POOL
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
    """Looks once a second. `limit` seconds of lag without progress end the process.

    So do `limit` seconds without an answer of Kafka at an address that takes connections;
    an address that takes none is waited for.
    """

    def __init__(
        self,
        processor: Processor,
        lanes: Sequence[Lane],
        health: Health,
        limit: float,
        inbox_days: int,
        bootstrap: str,
    ) -> None:
        self._processor = processor
        self._lanes = lanes
        self._health = health
        self._limit = limit
        self._inbox_days = inbox_days
        self._progress: dict[tuple[str, int], int] = {}
        self._bootstrap = bootstrap
        self._moved_at = self._answered_at = time.monotonic()

    async def run(self, stopping: asyncio.Event) -> None:
        """Look until told to stop."""
        tick = 0
        while not stopping.is_set():
            postgres_answers = await self._ask_postgres()
            lag = await self._ask_kafka()
            self._end_if_stuck(lag if postgres_answers else 0)
            await self._end_if_deaf()
            tick += 1
            if postgres_answers and tick % HOUSEKEEPING_EVERY == 0:
                await self._keep_house(tick)
            await asyncio.sleep(TICK)

    async def _ask_postgres(self) -> bool:
        service, pool = self._processor.service, self._processor.pool
        POOL.labels(service, "idle").set(pool.get_idle_size())
        POOL.labels(service, "busy").set(pool.get_size() - pool.get_idle_size())
        try:
            async with asyncio.timeout(ANSWER_LIMIT):
                with ANSWER.labels(service, "postgres").time():
                    row = await pool.fetchrow(SQL["backlog"])
        except (*TRANSIENT, TimeoutError) as error:
            self._health.report("postgres", f"does not answer: {str(error)[:120]}")
            return False
        self._health.report("postgres", None)
        for what, value in row.items() if row else ():
            metrics.BACKLOG.labels(service, what).set(float(value))
        return True

    async def _ask_kafka(self) -> int:
        try:
            async with asyncio.timeout(ANSWER_LIMIT):
                with ANSWER.labels(self._processor.service, "kafka").time():
                    lags = [await self._lag(lane) for lane in self._lanes]
        except Exception as error:  # whatever the client raises, Kafka did not answer
            self._health.report(
                "kafka", f"does not answer: {str(error)[:120] or type(error).__name__}"
            )
            return 0
        self._health.report("kafka", None)
        self._answered_at = time.monotonic()
        for topic, lag in (each for lane in lags for each in lane.items()):
            metrics.LAG.labels(self._processor.service, topic).set(lag)
        return sum(sum(lane.values()) for lane in lags)

    @staticmethod
    async def _lag(lane: Lane) -> dict[str, int]:
        await lane.commit()
        return await lane.lag()

    def _end_if_stuck(self, lag: int) -> None:
        now = time.monotonic()
        if lag == 0 or self._progress != self._processor.next_offsets:
            self._progress = dict(self._processor.next_offsets)
            self._moved_at = now
        elif now - self._moved_at > self._limit:
            log.critical("watchdog.stuck", lag=lag, seconds=round(now - self._moved_at))
            os._exit(STUCK)

    async def _end_if_deaf(self) -> None:
        """A client that hears nothing of a broker that is there does not recover by itself."""
        silent = time.monotonic() - self._answered_at
        if silent > self._limit:
            if await _takes_connections(self._bootstrap):
                log.critical("watchdog.deaf", seconds=round(silent))
                os._exit(STUCK)
            self._answered_at = time.monotonic()

    async def _keep_house(self, tick: int) -> None:
        try:
            await self._processor.sweep_parked()
            if tick % 3_600 == HOUSEKEEPING_EVERY:
                await self._processor.pool.execute(SQL["sweep_inbox"], self._inbox_days)
        except Exception as error:  # housekeeping comes again; it must not end the watchdog
            log.warning("housekeeping.failed", error=str(error)[:200])


async def _takes_connections(bootstrap: str) -> bool:
    """Whether any of the addresses host:port, separated by commas, takes a connection."""
    for address in bootstrap.split(","):
        host, _, port = address.strip().rpartition(":")
        try:
            async with asyncio.timeout(ANSWER_LIMIT):
                _, writer = await asyncio.open_connection(host, int(port))
        except (OSError, TimeoutError):
            continue
        writer.close()
        return True
    return False
