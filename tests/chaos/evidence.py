"""What there is to see: every record on the topics, and the tables. By plain clients."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import asyncpg
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient

from schemas.flow import FLOW

TOPICS = tuple(name for topic in FLOW for name in topic.names)
CONSUMERS = {
    name: tuple(str(each) for each in topic.consumers) for topic in FLOW for name in topic.names
}
SERVICES = ("intake", "classification", "dispatch", "feedback")

Place = tuple[str, int, int]
"""Topic, partition, offset."""


@dataclass(frozen=True, slots=True)
class Fact:
    """A record as it lies in Kafka, with whatever of it can be read."""

    topic: str
    partition: int
    offset: int
    id: str
    type: str
    source: str
    subject: str
    sequence: int
    body: Mapping[str, Any] = field(default_factory=dict)

    @property
    def place(self) -> Place:
        """Where it lies."""
        return self.topic, self.partition, self.offset

    @property
    def incident(self) -> str:
        """The incident that it speaks of, or an empty string."""
        return str(self.body.get("incident_id", ""))


def fact(record: Any) -> Fact:
    """A record of Kafka as a fact; rubbish has empty fields."""
    headers = {name: (value or b"").decode(errors="replace") for name, value in record.headers}
    number = headers.get("ce_sequence", "")
    try:
        body = json.loads(record.value or b"{}")
    except (ValueError, RecursionError):
        body = {}
    return Fact(
        topic=record.topic,
        partition=record.partition,
        offset=record.offset,
        id=headers.get("ce_id", ""),
        type=headers.get("ce_type", ""),
        source=headers.get("ce_source", ""),
        subject=headers.get("ce_subject", ""),
        sequence=int(number) if number.isdecimal() and len(number) < 10 else 0,
        body=body if isinstance(body, dict) else {},
    )


async def partitions(bootstrap: str, topics: Sequence[str] = TOPICS) -> list[TopicPartition]:
    """All partitions of these topics."""
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await admin.start()
    try:
        found = await admin.describe_topics(list(topics))
    finally:
        await admin.close()
    return [
        TopicPartition(each["topic"], part["partition"])
        for each in found
        for part in each["partitions"]
    ]


async def all_facts(bootstrap: str) -> list[Fact]:
    """Every record on every topic, each partition in its order."""
    places = await partitions(bootstrap)
    facts: list[Fact] = []
    async with AIOKafkaConsumer(bootstrap_servers=bootstrap, enable_auto_commit=False) as consumer:
        consumer.assign(places)
        await consumer.seek_to_beginning()
        ends = await consumer.end_offsets(places)
        while any([await consumer.position(each) < end for each, end in ends.items()]):
            for batch in (await consumer.getmany(timeout_ms=200)).values():
                facts += map(fact, batch)
    return facts


async def ends(bootstrap: str) -> dict[tuple[str, int], int]:
    """Where each partition ends."""
    places = await partitions(bootstrap)
    async with AIOKafkaConsumer(bootstrap_servers=bootstrap) as consumer:
        found = await consumer.end_offsets(places)
    return {(each.topic, each.partition): offset for each, offset in found.items()}


Rows = list[tuple[Any, ...]]


async def rows(connection: Any, sql: str, *arguments: Any) -> Rows:
    """What a question finds, as plain tuples."""
    return [tuple(row) for row in await connection.fetch(sql, *arguments)]


async def of_each(connection: Any, sql: str) -> dict[str, Rows]:
    """The same question to the schema of each service: `{service}` stands for it."""
    return {each: await rows(connection, sql.format(service=each)) for each in SERVICES}


@dataclass
class Tables:
    """What the services wrote down."""

    outbox: dict[str, int]
    parked: dict[str, int]
    timers_due: dict[str, int]
    dead: dict[tuple[str, str, int, int], str]
    offsets: dict[tuple[str, str, int], int]
    archive: Rows
    tallies: dict[str, int]
    ledger: dict[str, str]
    assigned: set[str]


async def read_tables(dsn: str) -> Tables:
    """The tables as they are now, over the owner's connection."""
    connection = await asyncpg.connect(dsn)
    try:
        return await _read(connection)
    finally:
        await connection.close()


async def _read(connection: Any) -> Tables:
    count = "SELECT count(*) FROM {service}."
    due = await of_each(connection, count + "timer WHERE due_at < now() - interval '2 s'")
    dead = await of_each(
        connection, "SELECT topic, partition, record_offset, error FROM {service}.dead_letter"
    )
    offsets = await of_each(
        connection, "SELECT topic, partition, next_offset FROM {service}.consumer_offset"
    )
    archive = "SELECT producer, ce_id, ce_type, topic, incident_id, subject FROM feedback.archive"
    tallies = "SELECT what, sum(number)::bigint FROM feedback.tally GROUP BY what"
    return Tables(
        outbox=_single(await of_each(connection, count + "outbox")),
        parked=_single(await of_each(connection, count + "parked")),
        timers_due=_single(due),
        dead={(name, *row[:3]): row[3] for name, found in dead.items() for row in found},
        offsets={(name, *row[:2]): row[2] for name, found in offsets.items() for row in found},
        archive=await rows(connection, archive),
        tallies=dict(await rows(connection, tallies)),
        ledger=dict(await rows(connection, "SELECT incident_id, state FROM feedback.ledger")),
        assigned={
            row[0] for row in await rows(connection, "SELECT incident_id FROM dispatch.assignment")
        },
    )


def _single(found: dict[str, Rows]) -> dict[str, int]:
    return {name: each[0][0] for name, each in found.items()}
