"""What passes by itself is tried again, and has its effect once."""

import asyncio
from typing import Any

import pytest

from services.kernel.errors import Unavailable
from tests.integration.kernel.toyland import Toy, batch, owner, until
from tests.unit.kernel.toy import Added, record

pytestmark = pytest.mark.integration
BLOCKED = """
SELECT count(*) FROM pg_stat_activity
WHERE application_name = 'hub toy' AND datname = current_database() AND wait_event_type = 'Lock'"""
KILL = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity
WHERE application_name = 'hub toy' AND datname = current_database()"""


def pair(start: int) -> Any:
    return batch(Added(subject_id="a"), Added(subject_id="b"), start=start)


async def test_a_deadlock_is_tried_again(toy: Toy) -> None:
    await toy.processor.batch(pair(0))
    async with owner(toy.dsn) as other:
        await other.execute("SET deadlock_timeout = '60 s'")  # so that the toy is the victim
        async with other.transaction():
            await other.execute("SELECT FROM toy.subject WHERE id = 'b' FOR UPDATE")
            working = asyncio.create_task(toy.processor.batch(pair(2)))
            await until(lambda: other.fetchval(BLOCKED))
            await other.execute("SELECT FROM toy.subject WHERE id = 'a' FOR UPDATE")
        await working
    assert await toy.total("a") == await toy.total("b") == 2
    assert await toy.offset() == 4


async def test_a_connection_that_is_cut_is_replaced(toy: Toy) -> None:
    await toy.processor.batch(pair(0))
    async with owner(toy.dsn) as other:
        assert await other.fetch(KILL)
    await toy.processor.batch(pair(2))
    assert await toy.total("a") == 2


async def test_a_connection_that_is_cut_in_the_middle_leaves_nothing_half_done(toy: Toy) -> None:
    await toy.processor.batch(pair(0))
    async with owner(toy.dsn) as other:
        async with other.transaction():
            await other.execute("SELECT FROM toy.subject WHERE id = 'b' FOR UPDATE")
            working = asyncio.create_task(toy.processor.batch(pair(2)))
            await until(lambda: other.fetchval(BLOCKED))
            await other.fetch(KILL)
        await working
    assert await toy.total("a") == await toy.total("b") == 2


async def test_many_who_meet_the_same_new_subject_at_once_all_have_their_effect(toy: Toy) -> None:
    lanes = [toy.another() for _ in range(4)]
    await asyncio.gather(
        *(
            lane.batch([record(0, Added(subject_id="new"), partition=number)])
            for number, lane in enumerate(lanes)
        )
    )
    assert await toy.total("new") == 4
    assert sorted(number for _, number in await toy.outgoing()) == [1, 2, 3, 4]


async def test_after_patience_the_batch_is_given_back_and_nothing_was_done(toy: Toy) -> None:
    await toy.processor.batch(pair(0))
    hasty = toy.another(retry_limit=0.0)
    async with owner(toy.dsn) as other, other.transaction():
        await other.execute("SELECT FROM toy.subject WHERE id = 'b' FOR UPDATE")
        working = asyncio.create_task(hasty.batch(pair(2)))
        await until(lambda: other.fetchval(BLOCKED))
        await other.fetch(KILL)
        with pytest.raises(Unavailable, match="PostgreSQL"):
            await working
    assert await toy.total("a") == 1 and await toy.offset() == 2


async def test_a_zombie_that_wakes_up_with_an_old_batch_does_no_harm(toy: Toy) -> None:
    """Two processes hold the same batch; who comes second waits at the fence and then sees it."""
    await toy.processor.batch(pair(0))
    first, zombie = toy.another(), toy.another()
    await asyncio.gather(*(each.batch(pair(2)) for each in (first, zombie, first, zombie)))
    await zombie.batch(pair(0))
    assert await toy.total("a") == await toy.total("b") == 2
    assert await toy.offset() == 4
