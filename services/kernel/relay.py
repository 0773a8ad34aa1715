"""The relay: what is in the outbox goes to Kafka, in order, at least once.

An advisory lock gives each shard of the outbox one owner. Any error ends the process: a
supervisor starts it again, and what was sent twice is dropped by its receivers.
"""

import asyncio
from collections import defaultdict
from typing import Any

import asyncpg
import orjson
import structlog
from aiokafka import AIOKafkaProducer
from aiokafka.partitioner import DefaultPartitioner

from services.kernel import drill, metrics
from services.kernel.processor import Processor
from services.kernel.store import SQL

log = structlog.get_logger(__name__)

ROWS_AT_ONCE = 2_000
SECONDS_BETWEEN_CLAIMS = 1.0

partition_of = DefaultPartitioner()


class Relay:
    """Sends the outbox of one service. `run` ends only by an error or by `stopping`."""

    def __init__(
        self, processor: Processor, producer: AIOKafkaProducer, dsn_connection: Any, poll: float
    ) -> None:
        self._processor = processor
        self._producer = producer
        self._connection: asyncpg.Connection[asyncpg.Record] = dsn_connection
        self._poll = poll
        self._shards: set[int] = set()
        self._claimed_at = 0.0

    async def run(self, stopping: asyncio.Event) -> None:
        """Send until told to stop, and then what is left."""
        while not stopping.is_set():
            await self._claim()
            self._processor.mail.clear()
            if not await self.send_some():
                await self._wait()
        while await self.send_some():
            pass

    async def send_some(self) -> int:
        """Send the oldest rows of my shards; returns how many there were."""
        rows = await self._connection.fetch(SQL["next_mail"], list(self._shards), ROWS_AT_ONCE)
        if rows:
            await self._send(rows)
            drill.checkpoint("between_send_and_delete")
            await self._connection.execute(SQL["mail_sent"], [row["seq"] for row in rows])
            metrics.RELAYED.labels(self._processor.service).inc(len(rows))
        return len(rows)

    async def _claim(self) -> None:
        """Become the owner of shards that nobody owns."""
        now = asyncio.get_running_loop().time()
        wanted = set(range(self._processor.shards)) - self._shards
        if wanted and now - self._claimed_at > SECONDS_BETWEEN_CLAIMS:
            self._claimed_at = now
            rows = await self._connection.fetch(SQL["own_shards"], sorted(wanted))
            self._shards |= {row["shard"] for row in rows}
            if rows:
                log.info("relay.owns", shards=len(self._shards))

    async def _wait(self) -> None:
        try:
            await asyncio.wait_for(self._processor.mail.wait(), self._poll)
        except TimeoutError:
            return

    async def _send(self, rows: list[Any]) -> None:
        """Whole batches a partition, each in the order of the outbox."""
        by_partition: dict[tuple[str, int], list[Any]] = defaultdict(list)
        for row in rows:
            by_partition[row["topic"], await self._partition(row)].append(row)
        sent = [
            future
            for (topic, partition), mail in by_partition.items()
            for future in await self._send_batches(topic, partition, mail)
        ]
        await asyncio.gather(*sent)

    async def _partition(self, row: Any) -> int:
        partitions = sorted(await self._producer.partitions_for(row["topic"]))
        return int(partition_of(row["subject"].encode(), partitions, partitions))

    async def _send_batches(self, topic: str, partition: int, rows: list[Any]) -> list[Any]:
        futures, batch = [], self._producer.create_batch()
        for row in rows:
            record = {
                "key": row["subject"].encode(),
                "value": row["payload"],
                "headers": [(name, value.encode()) for name, value in orjson.loads(row["headers"]).items()],
                "timestamp": None,
            }
            if batch.append(**record) is None:
                futures.append(await self._producer.send_batch(batch, topic, partition=partition))
                batch = self._producer.create_batch()
                batch.append(**record)
        futures.append(await self._producer.send_batch(batch, topic, partition=partition))
        return futures
