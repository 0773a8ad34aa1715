"""The relay: what is in the outbox reaches Kafka, each key in order, at least once."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import pytest
from aiokafka.errors import MessageSizeTooLargeError

from services.kernel import drill
from services.kernel.processor import Processor
from services.kernel.relay import Relay
from tests.integration.kernel.kafkaland import (
    Read,
    header,
    make_topics,
    producing,
    read_all,
    relay_of,
)
from tests.integration.kernel.toyland import Toy, batch, until
from tests.unit.kernel.toy import Added

pytestmark = pytest.mark.integration
SUBJECTS = [f"井盖-{number}" for number in range(20)]


@asynccontextmanager
async def running(*relays: Relay) -> AsyncIterator[None]:
    """Relays that run until the end of the block, and must not have failed."""
    stopping = asyncio.Event()
    tasks = [asyncio.create_task(each.run(stopping)) for each in relays]
    try:
        yield
    finally:
        stopping.set()
        await asyncio.gather(*tasks)


async def speak(processor: Processor, rounds: int, padding: int = 0, start: int = 0) -> None:
    events = [Added(subject_id=each, padding=padding) for _ in range(rounds) for each in SUBJECTS]
    await processor.batch(batch(*events, start=start))


def sequences(records: Sequence[Read]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = defaultdict(list)
    for each in records:
        assert each.key and each.key.decode() == header(each, "ce_subject")
        found[each.key.decode()].append(int(header(each, "ce_sequence")))
    return found


def first_occurrences(records: Sequence[Read]) -> list[Read]:
    found: dict[str, Read] = {}
    for each in records:
        found.setdefault(header(each, "ce_id"), each)
    return list(found.values())


async def empty(toy: Toy) -> bool:
    return await toy.count("outbox") == 0


async def test_each_key_arrives_in_order_and_without_gaps(toy: Toy, kafka_bootstrap: str) -> None:
    told, _ = await make_topics(kafka_bootstrap, "told", "told.express", partitions=4)
    processor = toy.another(told=told)
    async with (
        producing(kafka_bootstrap) as producer,
        relay_of(processor, toy.dsn, producer) as relay,
        running(relay),
    ):
        for number in range(3):
            await speak(processor, 10, start=number * 200)
        await until(lambda: empty(toy))
    found = sequences(first_occurrences(await read_all(kafka_bootstrap, told)))
    assert found == {each: list(range(1, 31)) for each in SUBJECTS}


async def test_what_two_processes_say_of_one_subject_arrives_in_order(
    toy: Toy, kafka_bootstrap: str
) -> None:
    """The owner of the shards sends its own mail at once, the other's must not fall behind."""
    (told,) = await make_topics(kafka_bootstrap, "told")
    first, second = toy.another(told=told), toy.another(told=told)
    async with (
        producing(kafka_bootstrap) as producer,
        relay_of(first, toy.dsn, producer) as relay,
        running(relay),
    ):
        await speak(first, 1)
        await until(lambda: empty(toy))
        for number in range(5):
            await speak(second, 1, start=number * 40 + 20)
            await speak(first, 1, start=number * 40 + 40)
        await until(lambda: empty(toy))
    records = first_occurrences(await read_all(kafka_bootstrap, told))
    assert sequences(records) == {each: list(range(1, 12)) for each in SUBJECTS}


async def test_what_another_process_said_between_two_commits_of_mine_is_not_overtaken(
    toy: Toy, kafka_bootstrap: str
) -> None:
    """Both of mine lie in memory when the relay comes; the other's lies between them."""
    (told,) = await make_topics(kafka_bootstrap, "told")
    first, second = toy.another(told=told), toy.another(told=told)
    async with producing(kafka_bootstrap) as producer, relay_of(first, toy.dsn, producer) as relay:
        await relay._claim()
        await relay.send_some()
        relay._scan_at = float("inf")
        await speak(first, 1)
        await speak(second, 1, start=20)
        await speak(first, 1, start=40)
        while await relay.send_some():
            continue
    found = sequences(await read_all(kafka_bootstrap, told))
    assert found == {each: [1, 2, 3] for each in SUBJECTS}


async def test_each_shard_has_one_owner_and_another_takes_over_when_it_is_gone(
    toy: Toy, kafka_bootstrap: str
) -> None:
    (told,) = await make_topics(kafka_bootstrap, "told")
    first, second = toy.another(told=told), toy.another(told=told)
    async with producing(kafka_bootstrap) as producer, relay_of(second, toy.dsn, producer) as heir:
        async with relay_of(first, toy.dsn, producer) as owner, running(owner):
            await speak(first, 2)
            await until(lambda: empty(toy))
            async with running(heir):
                await speak(second, 2, start=40)
                await until(lambda: empty(toy))
        async with running(heir):
            await speak(second, 2, start=80)
            await until(lambda: empty(toy))
    found = sequences(await read_all(kafka_bootstrap, told))
    assert found == {each: [1, 2, 3, 4, 5, 6] for each in SUBJECTS}, "two owners would send twice"


async def test_what_a_crash_left_between_send_and_delete_is_sent_again_in_order(
    toy: Toy, kafka_bootstrap: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    (told,) = await make_topics(kafka_bootstrap, "told")
    processor = toy.another(told=told)
    await speak(processor, 5)

    def die(point: str) -> None:
        if point == "between_send_and_delete":
            raise ConnectionError(point)

    async with producing(kafka_bootstrap) as producer:
        with monkeypatch.context() as dying:
            dying.setattr(drill, "checkpoint", die)
            async with relay_of(processor, toy.dsn, producer) as relay:
                with pytest.raises(ConnectionError):
                    await relay.run(asyncio.Event())
        assert await toy.count("outbox") == 5 * len(SUBJECTS), "what was not deleted must be there"
        async with relay_of(processor, toy.dsn, producer) as relay, running(relay):
            await speak(processor, 1, start=100)
            await until(lambda: empty(toy))
    records = await read_all(kafka_bootstrap, told)
    assert len(records) > 6 * len(SUBJECTS), "at least once: some came twice, with the same id"
    assert sequences(first_occurrences(records)) == {each: [1, 2, 3, 4, 5, 6] for each in SUBJECTS}


async def test_a_large_event_travels_among_small_ones(toy: Toy, kafka_bootstrap: str) -> None:
    (told,) = await make_topics(kafka_bootstrap, "told")
    processor = toy.another(told=told)
    sizes = [10, 899_000, 10, 600_000, 300_000, 300_000, 10]
    await processor.batch(batch(*(Added(subject_id="井盖-1", padding=each) for each in sizes)))
    assert await toy.count("dead_letter") == 0
    async with (
        producing(kafka_bootstrap) as producer,
        relay_of(processor, toy.dsn, producer) as relay,
        running(relay),
    ):
        await until(lambda: empty(toy))
    records = await read_all(kafka_bootstrap, told)
    assert [len(each.value or b"") // 1_000 for each in records] == [
        size // 1_000 for size in sizes
    ]


async def test_any_error_ends_the_relay_and_keeps_the_mail(toy: Toy, kafka_bootstrap: str) -> None:
    (told,) = await make_topics(kafka_bootstrap, "told", largest=2_000)
    processor = toy.another(told=told)
    await speak(processor, 1, padding=5_000)
    async with (
        producing(kafka_bootstrap) as producer,
        relay_of(processor, toy.dsn, producer) as relay,
    ):
        with pytest.raises(MessageSizeTooLargeError):
            await relay.run(asyncio.Event())
    assert await toy.count("outbox") == len(SUBJECTS)
