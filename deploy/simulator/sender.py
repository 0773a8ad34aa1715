"""Putting records on upstream topics, at a rate or as fast as Kafka takes them."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from functools import partial

from aiokafka import AIOKafkaProducer
from aiokafka.structs import RecordMetadata

from deploy.simulator.records import Upstream
from services.hosting.kafka import client_login

Acknowledged = Callable[[str, int, str], None]
"""Given the origin (topic/partition/offset), the time in milliseconds and the label."""
BREATH = 200
"""Records sent in a row before other tasks may run."""


def nobody(origin: str, at: int, label: str) -> None:
    """Nobody wants to know."""


@asynccontextmanager
async def sender(bootstrap: str) -> AsyncIterator["Sender"]:
    """A sender that has flushed everything when it ends."""
    producer = AIOKafkaProducer(
        bootstrap_servers=bootstrap,
        client_id="hub-simulator",
        enable_idempotence=True,
        linger_ms=2,
        max_batch_size=262_144,
        max_request_size=4_194_304,
        **client_login(),
    )
    await producer.start()
    try:
        yield Sender(producer)
    finally:
        await producer.stop()


class Sender:
    """Sends records in their order, each partition by key."""

    def __init__(self, producer: AIOKafkaProducer) -> None:
        self._producer = producer

    async def at_rate(
        self, records: Sequence[Upstream], rate: float, acknowledged: Acknowledged = nobody
    ) -> None:
        """Send all, `rate` a second (0: as fast as possible), and wait until Kafka has them."""
        began, pending = time.monotonic(), []
        for number, record in enumerate(records):
            if rate:
                await asyncio.sleep(max(0.0, began + number / rate - time.monotonic()))
            elif number % BREATH == BREATH - 1:
                await asyncio.sleep(0)
            pending.append(await self._send(record, acknowledged))
        await asyncio.gather(*pending)

    async def now(self, records: Sequence[Upstream]) -> None:
        """Send all and wait until Kafka has them."""
        await self.at_rate(records, 0)

    async def _send(
        self, record: Upstream, acknowledged: Acknowledged
    ) -> "asyncio.Future[RecordMetadata]":
        at = int(time.time() * 1000)
        future: asyncio.Future[RecordMetadata] = await self._producer.send(
            record.topic, record.value, record.key, timestamp_ms=at, headers=list(record.headers)
        )
        future.add_done_callback(partial(_tell, acknowledged, at, record.label))
        return future


def _tell(
    acknowledged: Acknowledged, at: int, label: str, future: "asyncio.Future[RecordMetadata]"
) -> None:
    if not future.cancelled() and future.exception() is None:
        where = future.result()
        acknowledged(f"{where.topic}/{where.partition}/{where.offset}", at, label)
