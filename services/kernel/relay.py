"""The relay: what is in the outbox goes to Kafka, in order, at least once.

What its own process commits it sends straight from memory, and then deletes the rows. What
others left it finds by scanning: at its start, when it is idle, and five times a second. An
advisory lock gives each shard of the outbox one owner. Any error ends the process: a
supervisor starts it again, and what was sent twice is dropped by its receivers.
"""

import asyncio
from collections import defaultdict, deque
from collections.abc import Sequence
from typing import Any

import asyncpg
import orjson
import structlog
from aiokafka import AIOKafkaProducer
from aiokafka.partitioner import DefaultPartitioner

from services.kernel import drill, metrics
from services.kernel.processor import Processor
from services.kernel.record import Mail
from services.kernel.store import SQL

log = structlog.get_logger(__name__)

ROWS_AT_ONCE = 2_000
SECONDS_BETWEEN_CLAIMS = 1.0
SECONDS_BETWEEN_SCANS = 0.2
SCANNED_REMEMBERED = 2 * ROWS_AT_ONCE
"""What was found by scanning may come from memory yet: its commit is answered late."""

partition_of = DefaultPartitioner()
"""As all clients of Kafka choose: a record that is sent again by another finds its partition."""


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
        self._scan_at = 0.0
        self._scanned: deque[int] = deque(maxlen=SCANNED_REMEMBERED)

    async def run(self, stopping: asyncio.Event) -> None:
        """Send until told to stop, and then what is left."""
        while not stopping.is_set():
            await self._claim()
            if not await self.send_some():
                await self._wait()
        while await self.send_some():
            pass

    async def send_some(self) -> int:
        """Send what comes next; returns how many events there were."""
        mail = await self._next()
        if mail:
            await self._send(mail)
            drill.checkpoint("between_send_and_delete")
            await self._connection.execute(SQL["mail_sent"], [each.seq for each in mail])
            metrics.RELAYED.labels(self._processor.service).inc(len(mail))
        return len(mail)

    async def _next(self) -> list[Mail]:
        """From memory, if all shards are mine and nothing of others lies there before or between.

        What another process said of a subject before mine was committed before mine was, and has
        a lower number: it is seen here, so that it is never overtaken.
        """
        now = asyncio.get_running_loop().time()
        mail = self._processor.mail.empty()
        scanned = set(self._scanned) if mail else ()
        fresh = [each for each in mail if each.seq not in scanned]
        if fresh and len(self._shards) == self._processor.shards and now < self._scan_at:
            last = max(each.seq for each in fresh)
            there = await self._connection.fetchval(SQL["mail_up_to"], last, len(fresh) + 1)
            if there == len(fresh):
                return fresh
        rows = await self._connection.fetch(SQL["next_mail"], list(self._shards), ROWS_AT_ONCE)
        self._scanned.extend(row["seq"] for row in rows)
        if len(rows) < ROWS_AT_ONCE:
            self._scan_at = now + SECONDS_BETWEEN_SCANS
        return [_mail(row) for row in rows]

    async def _claim(self) -> None:
        """Become the owner of shards that nobody owns; what lies there is older than mine."""
        now = asyncio.get_running_loop().time()
        wanted = set(range(self._processor.shards)) - self._shards
        if wanted and now - self._claimed_at > SECONDS_BETWEEN_CLAIMS:
            self._claimed_at = now
            rows = await self._connection.fetch(SQL["own_shards"], sorted(wanted))
            self._shards |= {row["shard"] for row in rows}
            if rows:
                self._scan_at = 0.0
                log.info("relay.owns", shards=len(self._shards))

    async def _wait(self) -> None:
        try:
            await asyncio.wait_for(self._processor.mail.arrived.wait(), self._poll)
        except TimeoutError:
            return

    async def _send(self, mail: Sequence[Mail]) -> None:
        """Whole batches a partition, each in the order of the outbox."""
        partitions = {
            topic: sorted(await self._producer.partitions_for(topic))
            for topic in {each.topic for each in mail}
        }
        by_partition: dict[tuple[str, int], list[Mail]] = defaultdict(list)
        for each in mail:
            known = partitions[each.topic]
            partition = partition_of(each.subject.encode(), known, known)
            by_partition[each.topic, partition].append(each)
        sent = [
            future
            for (topic, partition), part in by_partition.items()
            for future in await self._send_batches(topic, partition, part)
        ]
        await asyncio.gather(*sent)

    async def _send_batches(self, topic: str, partition: int, mail: Sequence[Mail]) -> list[Any]:
        futures, batch = [], self._producer.create_batch()
        for each in mail:
            record = {
                "key": each.subject.encode(),
                "value": each.payload,
                "headers": [(name, value.encode()) for name, value in each.headers.items()],
                "timestamp": None,
            }
            if batch.append(**record) is None:
                futures.append(await self._producer.send_batch(batch, topic, partition=partition))
                batch = self._producer.create_batch()
                batch.append(**record)
        futures.append(await self._producer.send_batch(batch, topic, partition=partition))
        return futures


def _mail(row: Any) -> Mail:
    return Mail(
        row["seq"], row["topic"], row["subject"], orjson.loads(row["headers"]), row["payload"]
    )
