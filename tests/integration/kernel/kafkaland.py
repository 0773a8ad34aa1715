"""Topics of unique names on a real Kafka: made, written and read by plain clients."""

import uuid
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TypeAlias

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, ConsumerRecord, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from services.kernel.consumer import Lane, make_broker
from services.kernel.postgres import connect_once
from services.kernel.processor import Processor
from services.kernel.record import Header
from services.kernel.relay import Relay

Read: TypeAlias = "ConsumerRecord[bytes, bytes]"


async def make_topics(
    bootstrap: str, *kinds: str, partitions: int = 2, largest: int = 4_194_304
) -> list[str]:
    """Topics of these kinds with one unique name, as `added-1f…`."""
    run = uuid.uuid4().hex[:8]
    names = [
        f"{kind.partition('.')[0]}-{run}{'.express' * kind.endswith('.express')}" for kind in kinds
    ]
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await admin.start()
    try:
        config = {"max.message.bytes": str(largest)}
        await admin.create_topics([NewTopic(n, partitions, 1, topic_configs=config) for n in names])
    finally:
        await admin.close()
    return names


@asynccontextmanager
async def producing(bootstrap: str) -> AsyncIterator[AIOKafkaProducer]:
    """A producer like the services' own."""
    async with AIOKafkaProducer(
        bootstrap_servers=bootstrap,
        enable_idempotence=True,
        max_batch_size=500_000,
        max_request_size=1_000_000,
    ) as producer:
        yield producer


@dataclass(frozen=True)
class Sent:
    """What a test puts on a topic."""

    topic: str
    key: bytes
    value: bytes | None
    headers: Sequence[Header]


async def send(bootstrap: str, records: Sequence[Sent]) -> None:
    """Send all and wait until Kafka has them."""
    async with AIOKafkaProducer(
        bootstrap_servers=bootstrap, linger_ms=5, max_batch_size=262_144
    ) as producer:
        for each in records:
            await producer.send(each.topic, each.value, each.key, headers=each.headers)
        await producer.flush()


async def read_all(bootstrap: str, *topics: str) -> list[Read]:
    """Everything that lies on these topics, partition by partition."""
    async with AIOKafkaConsumer(bootstrap_servers=bootstrap, enable_auto_commit=False) as consumer:
        found = [TopicPartition(*each) for each in await _partitions(bootstrap, topics)]
        consumer.assign(found)
        await consumer.seek_to_beginning()
        ends = await consumer.end_offsets(found)
        records: list[Read] = []
        while any([await consumer.position(each) < end for each, end in ends.items()]):
            for batch in (await consumer.getmany(timeout_ms=500)).values():
                records += batch
    return records


async def _partitions(bootstrap: str, topics: Sequence[str]) -> list[tuple[str, int]]:
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await admin.start()
    try:
        found = await admin.describe_topics(list(topics))
    finally:
        await admin.close()
    return [(each["topic"], part["partition"]) for each in found for part in each["partitions"]]


def header(record: Read, name: str) -> str:
    """One header as text; empty if there is none."""
    return next((value.decode() for key, value in record.headers if key == name), "")


@asynccontextmanager
async def relay_of(
    processor: Processor, dsn: str, producer: AIOKafkaProducer
) -> AsyncIterator[Relay]:
    """A relay with a connection of its own, as a service has it."""
    connection = await connect_once(dsn, processor.service)
    try:
        yield Relay(processor, producer, connection, 0.02)
    finally:
        await connection.close()


@asynccontextmanager
async def consuming(
    bootstrap: str, processor: Processor, *topics: str, records: int = 500, pause: float = 0.01
) -> AsyncIterator[list[Lane]]:
    """Lanes as a service has them: one for the ordinary topics, one for the express ones."""
    broker, router = make_broker(bootstrap, processor.service, 5.0)
    express = [each for each in topics if each.endswith(".express")]
    group = f"group-{topics[0]}"
    lanes = [Lane(processor, [each for each in topics if each not in express], group, pause)]
    lanes += [Lane(processor, express, f"{group}.express", 0.0)] if express else []
    for lane in lanes:
        lane.subscribe(router, records)
    broker.include_router(router)
    await broker.start()
    try:
        yield lanes
    finally:
        await broker.stop()
