"""Redrive puts the very record back, once, and makes room for its effect."""

import uuid
from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import pytest
from aiokafka import AIOKafkaProducer

import services.kernel
from schemas.flow import Topic
from services.hosting import topics
from services.hosting.deadletters import Letter, letters, originals, redrive
from services.hosting.migrations import migrate
from services.kernel.errors import Unprocessable
from services.kernel.postgres import Connection
from services.kernel.record import Record

pytestmark = pytest.mark.integration

KERNEL = Path(services.kernel.__file__).parent / "sql" / "migrations"
HEADERS = [("content-type", b"application/json"), ("odd", b"\xff"), ("ce_source", b"workers")]
BURY = """
INSERT INTO intake.dead_letter
    (topic, partition, record_offset, event_id, error, reason, code_version)
VALUES ($1, $2, $3, $4, 'Unprocessable', 'because', '0')"""


@pytest.fixture
async def connection(database: str) -> AsyncIterator[Connection]:
    await migrate(database, "intake", [KERNEL], None)
    found = await asyncpg.connect(database)
    yield found
    await found.close()


@pytest.fixture
async def producer(kafka_bootstrap: str) -> AsyncIterator[AIOKafkaProducer]:
    async with AIOKafkaProducer(bootstrap_servers=kafka_bootstrap) as found:
        yield found


@pytest.fixture
async def topic(kafka_bootstrap: str) -> str:
    name = f"test.{uuid.uuid4().hex[:8]}"
    await topics.create(kafka_bootstrap, [Topic(name, (), "upstream", (), partitions=2)])
    return name


async def dead(connection: Connection, producer: AIOKafkaProducer, topic: str) -> Letter:
    """A record that died."""
    await producer.send_and_wait(topic, b"before", b"k")
    sent = await producer.send_and_wait(topic, b"\x00body", b"k", headers=list(HEADERS))
    await connection.execute(BURY, topic, sent.partition, sent.offset, "e1")
    [letter] = await letters(connection, "intake")
    return letter


async def at(kafka: str, letter: Letter, offset: int) -> Record:
    """The record that lies at an offset of the letter's partition."""
    fields = {name: getattr(letter, name) for name in Letter.__slots__}
    async with originals(kafka) as reader:
        return await reader.read(Letter(**fields | {"record_offset": offset}))


async def test_the_redriven_record_is_the_same_and_says_where_it_stood_first(
    connection: Connection, producer: AIOKafkaProducer, topic: str, kafka_bootstrap: str
) -> None:
    letter = await dead(connection, producer, topic)
    original = await at(kafka_bootstrap, letter, letter.record_offset)
    await redrive(connection, producer, letter, original)
    again = await at(kafka_bootstrap, letter, letter.record_offset + 1)
    assert (again.key, again.value) == (b"k", b"\x00body")
    assert list(again.headers) == [*HEADERS, ("hub-origin", letter.position.encode())]
    assert again.origin == original.origin == letter.position


async def test_a_record_that_is_redriven_twice_keeps_its_first_origin(
    connection: Connection, producer: AIOKafkaProducer, topic: str, kafka_bootstrap: str
) -> None:
    letter = await dead(connection, producer, topic)
    for step in range(2):
        record = await at(kafka_bootstrap, letter, letter.record_offset + step)
        await redrive(connection, producer, letter, record)
    last = await at(kafka_bootstrap, letter, letter.record_offset + 2)
    assert [name for name, _ in last.headers].count("hub-origin") == 1
    assert last.origin == letter.position


async def test_what_was_redriven_waits_no_longer_and_is_still_on_record(
    connection: Connection, producer: AIOKafkaProducer, topic: str, kafka_bootstrap: str
) -> None:
    letter = await dead(connection, producer, topic)
    await redrive(
        connection, producer, letter, await at(kafka_bootstrap, letter, letter.record_offset)
    )
    assert await letters(connection, "intake") == []
    [kept] = await letters(connection, "intake", redriven=True)
    assert kept.redriven_at is not None


async def test_a_record_that_kafka_no_longer_has_is_refused_with_a_sentence(
    connection: Connection, producer: AIOKafkaProducer, topic: str, kafka_bootstrap: str
) -> None:
    letter = await dead(connection, producer, topic)
    with pytest.raises(Unprocessable, match="no longer has"):
        await at(kafka_bootstrap, letter, 1_000)
