"""Following what the hub says, with a consumer of its own that belongs to no group."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Self

import orjson
from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient

from deploy.simulator.errors import SimulatorError
from schemas.flow import CASES, DISPATCHES, INCIDENTS, REPORTS
from services.hosting.kafka import client_login

HUB_TOPICS = tuple(
    name for topic in (REPORTS, INCIDENTS, DISPATCHES, CASES) for name in topic.names
)
Position = tuple[str, int]
"""Topic and partition."""


@dataclass(frozen=True, slots=True)
class Seen:
    """An event of the hub as it lies in Kafka; `at` is the record's time in milliseconds."""

    topic: str
    partition: int
    offset: int
    at: int
    id: str
    type: str
    subject: str
    correlation: str
    body: Mapping[str, Any] = field(default_factory=dict)


async def partitions_of(bootstrap: str, topics: Iterable[str]) -> dict[str, int]:
    """How many partitions each of these topics has; topics that are missing are left out."""
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap, **client_login())
    await admin.start()
    try:
        there = set(await admin.list_topics())
        wanted = [name for name in topics if name in there]
        found = await admin.describe_topics(wanted) if wanted else []
    finally:
        await admin.close()
    return {each["topic"]: len(each["partitions"]) for each in found}


class Follower:
    """Reads all partitions of some topics, from their ends as they were when it started."""

    def __init__(self, bootstrap: str, topics: tuple[str, ...] = HUB_TOPICS) -> None:
        self._bootstrap = bootstrap
        self._topics = topics
        self._consumer: AIOKafkaConsumer | None = None
        self.next: dict[Position, int] = {}

    async def __aenter__(self) -> Self:
        partitions = await self._partitions()
        self._consumer = AIOKafkaConsumer(
            bootstrap_servers=self._bootstrap,
            fetch_max_wait_ms=100,
            enable_auto_commit=False,
            **client_login(),
        )
        await self._consumer.start()
        self._consumer.assign(partitions)
        for partition, offset in (await self._consumer.end_offsets(partitions)).items():
            self._consumer.seek(partition, offset)
            self.next[partition.topic, partition.partition] = offset
        return self

    async def __aexit__(self, *reason: object) -> None:
        if self._consumer:
            await self._consumer.stop()

    async def rewind(self) -> None:
        """Begin at the oldest records that Kafka still has."""
        consumer = self._started()
        for partition, offset in (await consumer.beginning_offsets(self._assigned())).items():
            consumer.seek(partition, offset)
            self.next[partition.topic, partition.partition] = offset

    async def poll(self, milliseconds: int = 200) -> list[Seen]:
        """What has come since; empty if nothing came for so long."""
        batches = await self._started().getmany(timeout_ms=milliseconds, max_records=5_000)
        records = [record for batch in batches.values() for record in batch]
        for record in records:
            self.next[record.topic, record.partition] = record.offset + 1
        return [seen(record) for record in sorted(records, key=lambda each: each.timestamp)]

    async def ends(self) -> dict[Position, int]:
        """Where each partition ends now."""
        found = await self._started().end_offsets(self._assigned())
        return {(each.topic, each.partition): offset for each, offset in found.items()}

    def _assigned(self) -> list[TopicPartition]:
        return [TopicPartition(*position) for position in self.next]

    def _started(self) -> AIOKafkaConsumer:
        if self._consumer is None:
            raise RuntimeError("the follower was not started")
        return self._consumer

    async def _partitions(self) -> list[TopicPartition]:
        counts = await partitions_of(self._bootstrap, self._topics)
        missing = [name for name in self._topics if name not in counts]
        if missing:
            raise SimulatorError(
                f"Kafka at {self._bootstrap} has no topic {missing[0]}; run 'hub migrate' first."
            )
        return [
            TopicPartition(name, each) for name, count in counts.items() for each in range(count)
        ]


def seen(record: ConsumerRecord[bytes, bytes]) -> Seen:
    """A record as an event; what can not be understood has an empty type."""
    headers = {name: value.decode(errors="replace") for name, value in record.headers if value}
    try:
        body = orjson.loads(record.value or b"{}")
    except orjson.JSONDecodeError:
        body = {}
    return Seen(
        topic=record.topic,
        partition=record.partition,
        offset=record.offset,
        at=record.timestamp,
        id=headers.get("ce_id", ""),
        type=headers.get("ce_type", "") if isinstance(body, dict) else "",
        subject=headers.get("ce_subject", ""),
        correlation=headers.get("ce_correlationid", headers.get("ce_id", "")),
        body=body if isinstance(body, dict) else {},
    )
