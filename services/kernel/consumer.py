"""Batches from Kafka, by FastStream. PostgreSQL keeps the truth about offsets; Kafka's own
committed offsets only show the lag and say where to begin.
"""

import asyncio
import time
from collections.abc import Sequence
from typing import Any, cast

import structlog
from aiokafka import ConsumerRecord, TopicPartition
from faststream import AckPolicy
from faststream.kafka import KafkaBroker, KafkaRouter
from faststream.kafka.message import KafkaAckableMessage
from faststream.security import BaseSecurity

from services.kernel import drill, metrics
from services.kernel.errors import Unavailable
from services.kernel.fence import OffsetGap
from services.kernel.processor import Processor
from services.kernel.record import Record, sentence

log = structlog.get_logger(__name__)

MOVE_LIMIT_MS = 20_000
LOSS_PAUSE = 5.0
FAILURE_PAUSE = 1.0
FETCH_BYTES, FETCH_WAIT_MS = 65_536, 40
"""The ordinary lane lets batches form: one by one, events cost many times more."""
EXPRESS_WAIT_MS = 500
"""The express lane is answered at once; this is only how long an empty fetch waits."""


class BatchMessage(KafkaAckableMessage):
    """A polled batch. Its offsets are stored with its effects, so that an ack is free."""

    async def ack(self) -> None:
        """Nothing: `Lane.commit` tells Kafka now and then, for display."""


class Lane:
    """One consumer of one service: the ordinary topics, or the express ones."""

    def __init__(
        self, processor: Processor, topics: Sequence[str], group: str, pause: float
    ) -> None:
        self.topics = tuple(topics)
        self.group = group
        self._processor = processor
        self._pause = pause
        self._subscriber: Any = None
        self._sought: dict[TopicPartition, int] = {}
        self._committed: dict[TopicPartition, int] = {}
        self._assigned: set[TopicPartition] = set()

    def subscribe(self, router: KafkaRouter, records: int) -> None:
        """Declare the subscriber; it starts with the broker."""
        self._subscriber = router.subscriber(
            *self.topics,
            batch=True,
            group_id=self.group,
            max_records=records,
            batch_timeout_ms=50,
            auto_offset_reset="earliest",
            rebalance_timeout_ms=MOVE_LIMIT_MS,
            session_timeout_ms=10_000,
            fetch_min_bytes=FETCH_BYTES if self._pause else 1,
            fetch_max_wait_ms=FETCH_WAIT_MS if self._pause else EXPRESS_WAIT_MS,
            title=self.group,
        )
        self._subscriber(parser=self._parse, decoder=self._decode)(self._consume)

    async def _parse(self, raw: tuple[ConsumerRecord[Any, Any], ...]) -> BatchMessage:
        """Never fails: headers and bodies are looked at later, each record by itself."""
        return BatchMessage(raw_message=raw, body=b"", consumer=self.consumer)

    async def _decode(self, message: BatchMessage) -> list[Record]:
        return [_record(each) for each in cast("tuple[Any, ...]", message.raw_message)]

    async def _consume(self, records: Any) -> None:
        began = time.monotonic()
        try:
            await self._processor.batch(records)
        except OffsetGap as gap:
            await self._read_again(gap, records)
        except Exception as error:
            log.warning("batch.failed", error=type(error).__name__, reason=sentence(error))
            await asyncio.sleep(FAILURE_PAUSE)
            raise
        await asyncio.sleep(max(0.0, self._pause - (time.monotonic() - began)))

    async def _read_again(self, gap: OffsetGap, records: list[Record]) -> None:
        """Seek back to the fence once; take a hole that Kafka really has; else stop and say so."""
        wanted = {TopicPartition(*key): offset for key, offset in gap.wanted.items()}
        await self._refuse_loss(wanted)
        if all(self._sought.get(partition) == offset for partition, offset in wanted.items()):
            log.warning("offsets.hole", partitions=[list(key) for key in gap.wanted])
            await self._processor.batch(records, accept_gaps=True)
            return
        self._sought |= wanted
        for partition, offset in self._first_offsets(records).items():
            self.consumer.seek(partition, wanted.get(partition, offset))

    async def _refuse_loss(self, wanted: dict[TopicPartition, int]) -> None:
        """Records that Kafka has dropped before they were read: go no further, and say so."""
        starts = await self.consumer.beginning_offsets(list(wanted))
        for at, stored in wanted.items():
            if stored < starts[at]:
                metrics.OFFSET_LOST.labels(self._processor.service).inc()
                place = f"{at.topic}/{at.partition}"
                log.critical("offsets.lost", at=place, stored=stored, log_start=starts[at])
                await asyncio.sleep(LOSS_PAUSE)
                raise Unavailable(
                    f"Kafka has dropped {place} from {stored} to {starts[at]} before it was read: "
                    "restore the topic, or accept the loss by setting consumer_offset to its start"
                )

    @staticmethod
    def _first_offsets(records: list[Record]) -> dict[TopicPartition, int]:
        first: dict[TopicPartition, int] = {}
        for record in records:
            first.setdefault(TopicPartition(record.topic, record.partition), record.offset)
        return first

    @property
    def consumer(self) -> Any:
        """aiokafka's consumer, once the broker has started it."""
        return self._subscriber.consumer

    async def commit(self) -> None:
        """Tell Kafka how far the effects are, for display of lag and the start position."""
        await self._begin_at_the_fence()
        offsets = {
            each: offset
            for each in self.consumer.assignment()
            if (offset := self._processor.next_offsets.get((each.topic, each.partition)))
            is not None
            and self._committed.get(each) != offset
        }
        if offsets:
            await self.consumer.commit(offsets)
            self._committed |= offsets

    async def _begin_at_the_fence(self) -> None:
        """Where Kafka claims more than was done, go back; forget what is assigned no longer."""
        assigned = set(self.consumer.assignment())
        for gone in self._assigned - assigned:
            self._processor.next_offsets.pop((gone.topic, gone.partition), None)
            self._committed.pop(gone, None)
        news = set() if drill.without("fence") else assigned - self._assigned
        stored = await self._processor.stored_offsets() if news else {}
        for fresh in news:
            done = stored.get((fresh.topic, fresh.partition))
            if done is not None and done < await self.consumer.position(fresh):
                self.consumer.seek(fresh, done)
        self._assigned = assigned

    async def lag(self) -> dict[str, int]:
        """Records by topic that have had no effect yet, of the partitions assigned here."""
        partitions = list(self.consumer.assignment())
        ends = await self.consumer.end_offsets(partitions) if partitions else {}
        lag = dict.fromkeys(self.topics, 0)
        for partition, end in ends.items():
            at = self._processor.next_offsets.get((partition.topic, partition.partition))
            if at is None:
                at = await self.consumer.committed(partition) or 0
            lag[partition.topic] = lag.get(partition.topic, 0) + max(0, end - at)
        return lag


def _record(raw: Any) -> Record:
    return Record(
        raw.topic, raw.partition, raw.offset, raw.timestamp, raw.key, raw.value, raw.headers
    )


def make_broker(
    bootstrap: str, service: str, graceful: float, security: BaseSecurity | None = None
) -> tuple[KafkaBroker, KafkaRouter]:
    """The broker and the one router on which every subscriber of a service is declared."""
    broker = KafkaBroker(
        bootstrap,
        client_id=f"hub-{service}",
        security=security,
        graceful_timeout=graceful,
        apply_types=False,
        allow_auto_create_topics=False,
        logger=None,
    )
    return broker, KafkaRouter(ack_policy=AckPolicy.NACK_ON_ERROR)
