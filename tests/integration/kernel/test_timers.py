"""Durable timers: what a state wants fires once, what it wants no longer never."""

import asyncio
from datetime import datetime
from typing import Any

import pytest

from services.kernel import timers
from tests.integration.kernel.toyland import Toy, batch, until
from tests.unit.kernel.toy import Added, soon

pytestmark = pytest.mark.integration
COUNT = 200


def ringing(subject: str, at: datetime, **more: Any) -> Added:
    return Added(subject_id=subject, ring_at=at, tells=0, **more)


async def rung(toy: Toy) -> dict[str, int]:
    sql = "SELECT id, (state ->> 'rung')::int FROM subject"
    return {row[0]: row[1] for row in await toy.rows(sql)}


async def test_with_several_pollers_each_timer_fires_once(toy: Toy) -> None:
    await toy.processor.batch(batch(*(ringing(f"灯-{n}", soon(-1)) for n in range(COUNT))))
    pollers = [toy.another() for _ in range(4)]

    async def poll(number: int) -> int:
        fired = 0
        while await toy.count("timer"):
            fired += await pollers[number].fire_timers(limit=7)
        return fired

    fired = await asyncio.gather(*(poll(number) for number in range(4)))
    assert sum(fired) == COUNT
    assert set((await rung(toy)).values()) == {1}
    assert await toy.count("outbox") == COUNT


async def test_a_timer_that_became_moot_never_fires(toy: Toy) -> None:
    await toy.processor.batch(batch(ringing("灯-1", soon(-1)), ringing("灯-2", soon(-1))))
    await toy.processor.batch(batch(Added(subject_id="灯-1", silence=True, tells=0), start=2))
    assert await toy.processor.fire_timers() == 1
    assert await rung(toy) == {"灯-1": 0, "灯-2": 1}


async def test_a_timer_that_was_moved_fires_at_its_new_time_alone(toy: Toy) -> None:
    await toy.processor.batch(batch(ringing("灯-1", soon(-1))))
    await toy.processor.batch(batch(ringing("灯-1", soon(3600)), start=1))
    assert await toy.processor.fire_timers() == 0
    await toy.processor.batch(batch(ringing("灯-1", soon(-1)), start=2))
    assert [await toy.processor.fire_timers() for _ in range(2)] == [1, 0]
    assert await rung(toy) == {"灯-1": 1}


async def test_a_timer_and_the_step_that_makes_it_moot_at_once_never_do_both(toy: Toy) -> None:
    subjects = [f"灯-{n}" for n in range(40)]
    await toy.processor.batch(batch(*(ringing(each, soon(-1)) for each in subjects)))
    silences = [Added(subject_id=each, silence=True, tells=0) for each in subjects]
    other = toy.another()

    async def ring() -> int:
        fired = 0
        while await toy.count("timer"):
            fired += await other.fire_timers(limit=3)
        return fired

    steps = [toy.processor.batch(batch(each, start=40 + n)) for n, each in enumerate(silences)]

    async def step() -> None:
        for each in steps:
            await each

    fired, _ = await asyncio.gather(ring(), step())
    assert sum((await rung(toy)).values()) == fired == await toy.count("outbox")
    assert await toy.count("timer") == 0


async def test_a_timer_whose_event_postgresql_refuses_stops_no_other(toy: Toy) -> None:
    events = [ringing("灯-1", soon(-3)), ringing("坏灯", soon(-2)), ringing("灯-2", soon(-1))]
    await toy.processor.batch(batch(*events))
    while await toy.count("timer"):
        await toy.processor.fire_timers()
    assert await rung(toy) == {"灯-1": 1, "坏灯": 0, "灯-2": 1}
    assert await toy.rows("SELECT topic, subject FROM dead_letter") == [
        ("(timer or command)", "坏灯")
    ]


async def test_the_poller_sleeps_until_the_next_timer_and_is_woken_by_an_earlier_one(
    toy: Toy,
) -> None:
    stopping = asyncio.Event()
    polling = asyncio.create_task(timers.run(toy.processor, 30.0, stopping))
    try:
        await toy.processor.batch(batch(ringing("灯-1", soon(0.3))))
        await until(lambda: toy.count("outbox"), 5.0)
    finally:
        stopping.set()
        toy.processor.timers_changed.set()
        await polling
    assert await rung(toy) == {"灯-1": 1}


async def test_after_a_restore_a_timer_lets_go_first_what_waits_in_its_subject(toy: Toy) -> None:
    """What waits had its effect before the restore: it may be what the timer waits for."""
    await toy.processor.batch(batch(ringing("灯-1", soon(-1)), ringing("灯-2", soon(-1))))
    await toy.processor.batch(batch(Added(subject_id="灯-1", needs=9, silence=True), start=2))
    await toy.pool.execute("INSERT INTO catch_up VALUES ('toy.added', 0, 3)")
    await toy.processor.recall()
    assert await toy.processor.fire_timers() == 1
    assert await rung(toy) == {"灯-1": 0, "灯-2": 1}
