"""Dead letters: the list of a service, the original record, and its way back (redrive)."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, ConsumerRecord, TopicPartition

from services.hosting.kafka import client_login
from services.kernel.errors import Unprocessable
from services.kernel.record import ORIGIN, Header, Record

FETCH_LIMIT = 10.0
"""Seconds in which Kafka must give a record that it has."""

LIST = """
SELECT * FROM {service}.dead_letter
WHERE ($1::bigint IS NULL OR id = $1) AND ($2 OR redriven_at IS NULL) ORDER BY id"""
MARK = "UPDATE {service}.dead_letter SET redriven_at = now() WHERE id = $1"


@dataclass(frozen=True, slots=True)
class Letter:
    """Where a record lies that a service could not process, and why."""

    service: str
    id: int
    topic: str
    partition: int
    record_offset: int
    record_timestamp: datetime | None
    key: str | None
    event_id: str
    subject: str | None
    error: str
    reason: str
    attempts: int
    trace_id: str | None
    code_version: str
    died_at: datetime
    redriven_at: datetime | None

    @property
    def name(self) -> str:
        """How people call it: the service and its number."""
        return f"{self.service}:{self.id}"

    @property
    def position(self) -> str:
        """Where the record lies."""
        return f"{self.topic}/{self.partition}/{self.record_offset}"


async def letters(
    connection: Any, service: str, *, number: int | None = None, redriven: bool = False
) -> list[Letter]:
    """The dead letters of a service, oldest first: one by its number, or all that wait."""
    rows = await connection.fetch(LIST.format(service=service), number, redriven)
    return [Letter(service, **dict(row)) for row in rows]


@asynccontextmanager
async def originals(bootstrap: str) -> AsyncIterator["Originals"]:
    """A reader of single records."""
    consumer = AIOKafkaConsumer(
        bootstrap_servers=bootstrap, enable_auto_commit=False, **client_login()
    )
    await consumer.start()
    try:
        yield Originals(consumer)
    finally:
        await consumer.stop()


class Originals:
    """Reads the records that dead letters point at."""

    def __init__(self, consumer: AIOKafkaConsumer) -> None:
        self._consumer = consumer

    async def read(self, letter: Letter) -> Record:
        """The record as it came. Raises Unprocessable if Kafka does not have it (any more)."""
        if "/" in letter.topic or " " in letter.topic:
            raise Unprocessable(f"{letter.name} came from no topic: there is no record to read")
        partition = TopicPartition(letter.topic, letter.partition)
        self._consumer.assign([partition])
        start = (await self._consumer.beginning_offsets([partition]))[partition]
        end = (await self._consumer.end_offsets([partition]))[partition]
        if not start <= letter.record_offset < end:
            raise Unprocessable(f"Kafka no longer has {letter.position}, where {letter.name} lay")
        self._consumer.seek(partition, letter.record_offset)
        try:
            async with asyncio.timeout(FETCH_LIMIT):
                found = await self._consumer.getone(partition)
        except TimeoutError:
            raise Unprocessable(f"Kafka did not give {letter.position} in time") from None
        if found.offset != letter.record_offset:
            raise Unprocessable(f"Kafka no longer has {letter.position}, where {letter.name} lay")
        return _record(found)


def _record(found: ConsumerRecord[bytes, bytes]) -> Record:
    return Record(
        topic=found.topic,
        partition=found.partition,
        offset=found.offset,
        timestamp=found.timestamp,
        key=found.key,
        value=found.value,
        headers=found.headers,
    )


def headers_for_redrive(record: Record) -> list[Header]:
    """The headers as they were, and where the record stood first."""
    kept = [header for header in record.headers if header[0] != ORIGIN]
    return [*kept, (ORIGIN, record.origin.encode())]


async def redrive(
    connection: Any, producer: AIOKafkaProducer, letter: Letter, record: Record
) -> None:
    """Put the original record on its topic again, and note that it was done."""
    await producer.send_and_wait(
        record.topic, record.value, record.key, headers=headers_for_redrive(record)
    )
    await connection.execute(MARK.format(service=letter.service), letter.id)
