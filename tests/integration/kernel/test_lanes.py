"""From Kafka to the effects: holes, offsets that Kafka made up, poison, and danger first."""

import asyncio
import time
import uuid

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition

from tests.integration.kernel.kafkaland import Sent, consuming, make_topics, send
from tests.integration.kernel.toyland import Toy, until
from tests.unit.kernel.toy import Added, headers_of

pytestmark = pytest.mark.integration
WAITING = 20_000
EXPRESS_LIMIT = 2.0
LAMP = "灯-1"


def said(topic: str, event: Added, ce_id: str | None = None, **more: str | bytes | None) -> Sent:
    headers = headers_of(ce_id or uuid.uuid4().hex, event.subject_id, **more)
    return Sent(topic, event.subject_id.encode(), event.model_dump_json().encode(), headers)


async def has(toy: Toy, count: int) -> bool:
    return await toy.count("effect") >= count


async def commit(bootstrap: str, group: str, offsets: dict[TopicPartition, int]) -> None:
    """Let Kafka believe that a group has come so far."""
    async with AIOKafkaConsumer(
        bootstrap_servers=bootstrap, group_id=group, enable_auto_commit=False
    ) as consumer:
        consumer.assign(list(offsets))
        await consumer.commit(offsets)


async def ends_at(bootstrap: str, partition: TopicPartition, offset: int) -> bool:
    async with AIOKafkaConsumer(bootstrap_servers=bootstrap) as consumer:
        ends: dict[TopicPartition, int] = await consumer.end_offsets([partition])
    return ends[partition] == offset


async def test_records_have_their_effect_once_over_restarts(toy: Toy, kafka_bootstrap: str) -> None:
    (topic,) = await make_topics(kafka_bootstrap, "added")
    await send(kafka_bootstrap, [said(topic, Added(subject_id=f"灯-{n % 7}")) for n in range(300)])
    for _ in range(2):
        async with consuming(kafka_bootstrap, toy.another(topics=(topic,)), topic, records=50):
            await until(lambda: has(toy, 300))
    await send(kafka_bootstrap, [said(topic, Added(subject_id=LAMP))])
    async with consuming(kafka_bootstrap, toy.another(topics=(topic,)), topic):
        await until(lambda: has(toy, 301))
    assert sum([await toy.total(f"灯-{n}") for n in range(7)]) == 301


async def test_when_kafka_claims_more_than_was_done_the_consumer_reads_it_again(
    toy: Toy, kafka_bootstrap: str
) -> None:
    (topic,) = await make_topics(kafka_bootstrap, "added", partitions=1)
    await send(kafka_bootstrap, [said(topic, Added(subject_id=LAMP, amount=n)) for n in (1, 2)])
    async with consuming(kafka_bootstrap, toy.another(topics=(topic,)), topic) as (lane,):
        await until(lambda: has(toy, 2))
        group = lane.group
    await send(kafka_bootstrap, [said(topic, Added(subject_id=LAMP, amount=n)) for n in (3, 4, 5)])
    await commit(kafka_bootstrap, group, {TopicPartition(topic, 0): 4})
    async with consuming(kafka_bootstrap, toy.another(topics=(topic,)), topic):
        await until(lambda: has(toy, 5))
    assert await toy.amounts(LAMP) == [1, 2, 3, 4, 5]


async def test_what_kafka_claims_to_be_done_up_to_the_very_end_is_read_without_a_further_record(
    toy: Toy, kafka_bootstrap: str
) -> None:
    (topic,) = await make_topics(kafka_bootstrap, "added", partitions=1)
    await send(kafka_bootstrap, [said(topic, Added(subject_id=LAMP, amount=1))])
    async with consuming(kafka_bootstrap, toy.another(topics=(topic,)), topic) as (lane,):
        await until(lambda: has(toy, 1))
        group = lane.group
    await send(kafka_bootstrap, [said(topic, Added(subject_id=LAMP, amount=n)) for n in (2, 3)])
    await commit(kafka_bootstrap, group, {TopicPartition(topic, 0): 3})
    async with consuming(kafka_bootstrap, toy.another(topics=(topic,)), topic) as (lane,):
        async with asyncio.timeout(15):
            while not await has(toy, 3):
                await lane.commit()
                await asyncio.sleep(0.2)
    assert await toy.amounts(LAMP) == [1, 2, 3]


async def test_a_hole_that_a_transaction_left_is_taken(toy: Toy, kafka_bootstrap: str) -> None:
    (topic,) = await make_topics(kafka_bootstrap, "added", partitions=1)
    async with consuming(kafka_bootstrap, toy.another(topics=(topic,)), topic):
        await send(kafka_bootstrap, [said(topic, Added(subject_id=LAMP, amount=1))])
        await until(lambda: has(toy, 1))
        async with (
            AIOKafkaProducer(
                bootstrap_servers=kafka_bootstrap, transactional_id=uuid.uuid4().hex
            ) as producer,
            producer.transaction(),
        ):
            one = said(topic, Added(subject_id=LAMP, amount=2))
            await producer.send(topic, one.value, one.key, headers=one.headers)
        await until(lambda: ends_at(kafka_bootstrap, TopicPartition(topic, 0), 3))
        await send(kafka_bootstrap, [said(topic, Added(subject_id=LAMP, amount=3))])
        await until(lambda: has(toy, 3))
    assert await toy.amounts(LAMP) == [1, 2, 3]
    assert await toy.offset(topic=topic) == 4, "the marker of the transaction takes a place"


async def test_poison_of_all_kinds_goes_to_the_dead_letters_and_stops_nobody(
    toy: Toy, kafka_bootstrap: str
) -> None:
    (topic,) = await make_topics(kafka_bootstrap, "added")
    good, key = Added(subject_id=LAMP), LAMP.encode()
    poison = [
        said(topic, good, colour=b"\xff\xfe"),
        said(topic, good, ce_source=None),
        said(topic, good, ce_type="toy.unknown.v1"),
        said(topic, good, ce_id="a\x00b"),
        Sent(topic, key, None, headers_of("a", LAMP)),
        Sent(topic, key, b"[" * 100_000, headers_of("b", LAMP)),
        Sent(topic, b"\xff\x00", b"\xff\xfe", []),
        Sent(topic, key, b"x" * 2_500_000, headers_of("c", LAMP)),
    ]
    async with AIOKafkaProducer(
        bootstrap_servers=kafka_bootstrap, max_request_size=4_000_000
    ) as producer:
        for each in poison:
            await producer.send(topic, each.value, each.key, headers=each.headers)
            one = said(topic, good)
            await producer.send(topic, one.value, one.key, headers=one.headers)
    async with consuming(kafka_bootstrap, toy.another(topics=(topic,)), topic):
        await until(lambda: has(toy, len(poison)))
        await until(lambda: _dead(toy, len(poison)))
    assert await toy.total(LAMP) == len(poison)


async def _dead(toy: Toy, count: int) -> bool:
    return await toy.count("dead_letter") == count


@pytest.mark.slow
async def test_with_twenty_thousand_waiting_danger_is_through_within_two_seconds(
    toy: Toy, kafka_bootstrap: str
) -> None:
    topic, express = await make_topics(kafka_bootstrap, "added", "added.express", partitions=4)
    await send(
        kafka_bootstrap, [said(topic, Added(subject_id=f"灯-{n % 900}")) for n in range(WAITING)]
    )
    processor = toy.another(topics=(topic, express))
    async with consuming(kafka_bootstrap, processor, topic, express):
        await until(lambda: has(toy, 1))
        began = time.monotonic()
        await send(kafka_bootstrap, [said(express, Added(subject_id="起火"), "fire")])
        await until(lambda: toy.total("起火"))
        took, left = time.monotonic() - began, WAITING - await toy.count("effect")
        assert took < EXPRESS_LIMIT, f"{took:.2f} s"
        assert left > 0, "nothing was waiting any more: the test shows nothing"
        await until(lambda: has(toy, WAITING + 1), 45)
