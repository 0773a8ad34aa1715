"""How far each service has come in each topic: ends from Kafka, the fence from PostgreSQL."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import asyncpg
from aiokafka import AIOKafkaConsumer, TopicPartition

from deploy.simulator.follower import partitions_of
from schemas.flow import EXPRESS, FLOW, Service, Topic
from services.hosting.kafka import client_login

FENCE = "SELECT topic, partition, next_offset FROM {service}.consumer_offset"

Fences = Mapping[tuple[str, str, int], int]
"""Next offset by service, topic and partition."""


@dataclass(frozen=True)
class Standing:
    """One lane of a topic: where its partitions begin and end, and each consumer's lag."""

    topic: Topic
    name: str
    starts: dict[int, int] = field(default_factory=dict)
    ends: dict[int, int] = field(default_factory=dict)
    lag: dict[str, int] = field(default_factory=dict)

    @property
    def lane(self) -> str:
        """Ordinary or express."""
        return "express" if self.name.endswith(EXPRESS) else "ordinary"

    @property
    def records(self) -> int:
        """How many records Kafka keeps."""
        return sum(self.ends.values()) - sum(self.starts.values())


async def standings(kafka: str, postgres: str) -> list[Standing]:
    """All topics of the flow, both lanes, in the order of travel."""
    names = [name for topic in FLOW for name in topic.names]
    starts, ends = await _bounds(kafka, await partitions_of(kafka, names))
    fences = await fences_of(postgres)
    return [
        _standing(topic, name, starts.get(name, {}), ends.get(name, {}), fences)
        for topic in FLOW
        for name in topic.names
    ]


def _standing(
    topic: Topic, name: str, starts: dict[int, int], ends: dict[int, int], fences: Fences
) -> Standing:
    lag = {
        service.value: sum(
            max(0, end - max(fences.get((service, name, partition), 0), starts[partition]))
            for partition, end in ends.items()
        )
        for service in topic.consumers
    }
    return Standing(topic, name, starts, ends, lag)


Bounds = dict[str, dict[int, int]]


async def _bounds(kafka: str, partitions: Mapping[str, int]) -> tuple[Bounds, Bounds]:
    wanted = [
        TopicPartition(name, number)
        for name, count in partitions.items()
        for number in range(count)
    ]
    consumer = AIOKafkaConsumer(bootstrap_servers=kafka, enable_auto_commit=False, **client_login())
    await consumer.start()
    try:
        return (
            _by_topic(await consumer.beginning_offsets(wanted)),
            _by_topic(await consumer.end_offsets(wanted)),
        )
    finally:
        await consumer.stop()


def _by_topic(offsets: Mapping[TopicPartition, int]) -> Bounds:
    found: Bounds = {}
    for each, offset in offsets.items():
        found.setdefault(each.topic, {})[each.partition] = offset
    return found


async def fences_of(postgres: str) -> Fences:
    """How far every service has come, by what it has written down itself."""
    connection = await asyncpg.connect(postgres)
    try:
        return {
            (service.value, row["topic"], row["partition"]): row["next_offset"]
            for service in Service
            for row in await connection.fetch(FENCE.format(service=service))
        }
    finally:
        await connection.close()
