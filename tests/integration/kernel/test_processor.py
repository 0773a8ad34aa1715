"""A batch has its effect once, in order and wholly, on a real PostgreSQL."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any

import pytest

from services.kernel.domain import Outcome
from services.kernel.errors import Unprocessable
from services.kernel.fence import OffsetGap
from services.kernel.postgres import Connection
from services.kernel.record import Message, new_id
from tests.integration.kernel.toyland import Toy, batch, counting_domain, project
from tests.unit.kernel.toy import Added, Told, message, record

pytestmark = pytest.mark.integration
LAMP = "灯-1"


def add(number: int, subject: str = LAMP, **more: Any) -> Added:
    return Added(subject_id=subject, amount=number, **more)


async def test_a_batch_has_its_effect_in_order(toy: Toy) -> None:
    await toy.processor.batch(batch(add(1), add(2), add(4)))
    assert await toy.amounts(LAMP) == [1, 2, 4]
    assert await toy.total(LAMP) == 7
    assert await toy.outgoing() == [(LAMP, 1), (LAMP, 2), (LAMP, 3)]
    assert await toy.offset() == 3


async def test_the_same_batch_again_has_no_effect(toy: Toy) -> None:
    same = batch(add(1), add(2))
    for _ in range(3):
        await toy.processor.batch(same)
    assert await toy.total(LAMP) == 3
    assert await toy.count("outbox") == 2


async def test_the_fence_drops_what_lies_below_and_takes_the_rest(toy: Toy) -> None:
    await toy.processor.batch(batch(add(1), add(2), ce_id=None))
    overlapping = [record(n, add(n + 1), ce_id=f"other-{n}") for n in range(4)]
    await toy.processor.batch(overlapping)
    assert await toy.amounts(LAMP) == [1, 2, 3, 4]
    assert await toy.offset() == 4


async def test_a_batch_beyond_the_fence_has_no_effect_and_says_where_to_read(toy: Toy) -> None:
    await toy.processor.batch(batch(add(1)))
    with pytest.raises(OffsetGap) as gap:
        await toy.processor.batch(batch(add(8), start=5))
    assert gap.value.wanted == {("toy.added", 0): 1}
    assert await toy.amounts(LAMP) == [1] and await toy.offset() == 1


async def test_a_hole_that_kafka_really_has_is_taken(toy: Toy) -> None:
    await toy.processor.batch(batch(add(1)))
    await toy.processor.batch(batch(add(8), start=5), accept_gaps=True)
    assert await toy.amounts(LAMP) == [1, 8] and await toy.offset() == 6


async def test_the_inbox_drops_an_id_that_comes_again_at_another_place(toy: Toy) -> None:
    await toy.processor.batch([record(0, add(1), ce_id="a"), record(1, add(1), ce_id="a")])
    await toy.processor.batch([record(0, add(1), ce_id="a", partition=3)])
    await toy.processor.batch([record(2, add(1), ce_id="a", ce_source="river")])
    assert await toy.effects() == ["a", "a"]
    assert await toy.total(LAMP) == 2, "the same id of another source is another message"


async def test_of_two_records_with_one_id_the_first_keeps_its_place(toy: Toy) -> None:
    first, other, again = (
        record(n, add(a), ce_id=i) for n, (a, i) in enumerate(((1, "a"), (2, "b"), (1, "a")))
    )
    await toy.processor.batch([first, other, again])
    assert await toy.effects() == ["a", "b"]


async def test_a_counted_message_needs_no_inbox(toy: Toy) -> None:
    for offset in (0, 1):
        await toy.processor.batch([record(offset, add(5), ce_id="a", sequence=1)])
    assert await toy.total(LAMP) == 5
    assert await toy.count("inbox") == 0


async def test_what_is_ahead_of_its_predecessor_waits_for_it(toy: Toy) -> None:
    order = [3, 2, 5, 1, 4]
    for offset, number in enumerate(order):
        await toy.processor.batch(
            [record(offset, add(number), ce_id=f"m{number}", sequence=number)]
        )
    assert await toy.amounts(LAMP) == [1, 2, 3, 4, 5]
    assert await toy.count("parked") == 0
    assert await toy.rows("SELECT parked, seen ->> 'street' FROM subject") == [(0, "5")]


async def test_what_waits_for_a_rule_goes_on_when_the_rule_is_content(toy: Toy) -> None:
    await toy.processor.batch(batch(add(10, needs=5), add(3, needs=0)))
    assert await toy.effects() == [] and await toy.count("parked") == 2
    assert await toy.processor.command(add(5), "by hand", "desk")
    await toy.processor.sweep_parked()
    assert await toy.amounts(LAMP) == [5, 10, 3]
    assert await toy.count("parked") == 0


async def test_two_who_release_the_same_at_once_have_its_effect_once(toy: Toy) -> None:
    await toy.processor.batch(batch(add(10, needs=5)))
    await toy.processor.command(add(5), "by hand", "desk")
    both_have_read = asyncio.Barrier(2)

    async def wait_for_the_other(messages: Sequence[Message]) -> None:
        with suppress(asyncio.BrokenBarrierError, TimeoutError):
            await asyncio.wait_for(both_have_read.wait(), 1.0)

    rules = counting_domain(prepare=wait_for_the_other)
    await asyncio.gather(*(toy.another(rules).sweep_parked() for _ in range(2)))
    assert await toy.amounts(LAMP) == [5, 10]
    assert await toy.rows("SELECT parked FROM subject") == [(0,)]


async def test_a_rule_that_fails_costs_its_own_message_only(toy: Toy) -> None:
    await toy.processor.batch(batch(add(1), add(2, fails=True), add(-4), add(8)))
    assert await toy.amounts(LAMP) == [1, 8]
    dead = await toy.rows("SELECT record_offset, error, event_id FROM dead_letter ORDER BY id")
    assert dead == [
        (1, "ZeroDivisionError", "toy.added/0/1"),
        (2, "Unprocessable", "toy.added/0/2"),
    ]
    assert await toy.offset() == 4


async def test_a_value_that_postgresql_refuses_costs_its_own_message_only(toy: Toy) -> None:
    events = [add(n, refused=n == 4) for n in range(1, 8)]
    await toy.processor.batch(batch(*events))
    assert await toy.amounts(LAMP) == [1, 2, 3, 5, 6, 7]
    assert await toy.rows("SELECT record_offset, error FROM dead_letter") == [
        (3, "CharacterNotInRepertoireError")
    ]
    assert [number for _, number in await toy.outgoing()] == [1, 2, 3, 4, 5, 6]


async def test_a_value_that_the_client_of_postgresql_refuses_costs_its_own_message_only(
    toy: Toy,
) -> None:
    await toy.processor.batch(batch(add(1), add(2**40), add(4)))
    assert await toy.amounts(LAMP) == [1, 4]
    assert await toy.rows("SELECT record_offset, error FROM dead_letter") == [(1, "DataError")]


async def test_an_event_that_is_too_large_to_send_costs_its_own_message_only(toy: Toy) -> None:
    await toy.processor.batch(batch(add(1), add(2, padding=900_001), add(4)))
    assert await toy.amounts(LAMP) == [1, 4]
    assert await toy.rows("SELECT record_offset, error FROM dead_letter") == [
        (1, "CheckViolationError")
    ]


async def test_a_parked_message_that_postgresql_refuses_does_not_wait_for_ever(toy: Toy) -> None:
    await toy.processor.batch(batch(add(10, needs=5, refused=True), add(3)))
    await toy.processor.command(add(5), "by hand", "desk")
    for _ in range(2):
        await toy.processor.sweep_parked()
    assert await toy.amounts(LAMP) == [5, 3]
    assert await toy.count("parked") == 0
    assert await toy.rows("SELECT error, attempts FROM dead_letter") == [
        ("CharacterNotInRepertoireError", 1)
    ]


async def test_a_dead_letter_says_where_the_record_lies_and_why_without_its_content(
    toy: Toy,
) -> None:
    poison = record(7, add(1), ce_type="toy.unknown.v9")
    await toy.processor.batch([poison])
    (found,) = await toy.rows(
        "SELECT topic, partition, record_offset, key, error, reason, code_version FROM dead_letter"
    )
    assert found[:5] == ("toy.added", 0, 7, LAMP, "Unprocessable")
    assert "toy.unknown.v9" in found[5] and found[6]


@pytest.mark.parametrize("timestamp", [-1, -(10**17), 10**17, 2**63 - 1])
async def test_a_timestamp_out_of_this_world_stops_nothing(toy: Toy, timestamp: int) -> None:
    poison = replace(record(0, add(1), ce_id=""), timestamp=timestamp, key=b"\x00\xff")
    await toy.processor.batch([poison, record(1, add(2))])
    assert await toy.count("dead_letter") == 1
    assert await toy.amounts(LAMP) == [2]


async def test_the_same_poison_dies_once(toy: Toy) -> None:
    await toy.processor.batch([record(0, add(1), ce_id="")])
    await toy.pool.execute("UPDATE consumer_offset SET next_offset = 0")
    await toy.processor.batch([record(0, add(1), ce_id="")])
    assert await toy.rows("SELECT attempts FROM dead_letter") == [(2,)]


async def test_a_command_is_done_once_however_often_it_is_given(toy: Toy) -> None:
    first = await toy.processor.command(add(5), "double click", "desk")
    again = await toy.processor.command(add(5), "double click", "desk")
    assert len(first) == 1 and again == []
    assert await toy.total(LAMP) == 5


async def test_a_command_that_is_refused_says_why_each_time_and_is_no_dead_letter(
    toy: Toy,
) -> None:
    for _ in range(2):
        with pytest.raises(Unprocessable, match="nothing can be taken away"):
            await toy.processor.command(add(-5), "c", "desk")
    assert await toy.rows("SELECT count(*) FROM dead_letter") == [(0,)]


async def test_a_subject_keeps_its_lane(toy: Toy) -> None:
    processor = toy.another(topics=("toy.added", "toy.added.express"))
    await processor.batch([record(0, add(1), topic="toy.added.express")])
    await processor.batch([record(0, add(2), topic="toy.added", ce_id="b")])
    assert await toy.rows("SELECT DISTINCT aggregatetype FROM outbox") == [("toy.told.express",)]


async def test_what_fails_after_all_was_written_leaves_nothing_behind(toy: Toy) -> None:
    async def fails(connection: Connection, outcome: Outcome) -> None:
        await project(connection, outcome)
        raise RuntimeError("the power went")

    rules = counting_domain()
    failing = toy.another(replace(rules, project=fails))
    with pytest.raises(RuntimeError):
        await failing.batch(batch(add(1)))
    for table in ("effect", "outbox", "subject", "inbox", "consumer_offset"):
        assert await toy.count(table) == 0
    await toy.processor.batch(batch(add(1)))
    assert await toy.total(LAMP) == 1


async def test_what_died_leaves_the_inbox_so_that_its_redrive_has_its_effect(toy: Toy) -> None:
    broken, mended = add(1, fails=True), add(1)
    await toy.processor.batch([record(0, broken, ce_id="a")])
    await toy.processor.batch([record(1, mended, ce_id="a"), record(2, mended, ce_id="a")])
    assert await toy.effects() == ["a"] and await toy.total(LAMP) == 1


async def test_after_a_restore_all_counts_that_went_out_of_what_a_message_began(toy: Toy) -> None:
    """Another message of the same batch may speak of it: no number is given twice."""
    for number, cause in ((1, "first"), (2, "not in this batch")):
        told = Told(subject_id="灯-2", total=number)
        await toy.pool.execute(
            "INSERT INTO published VALUES ($1, $2, $3, $4, $5, $6)",
            *(new_id(cause, told.ce_type, 0), told.subject, number, cause, told.ce_type),
            told.model_dump_json().encode(),
        )
    await toy.processor.recall()
    said = await toy.processor.store.said(toy.pool, [LAMP], [message(add(1), "first")])
    assert sorted(each.sequence for each in said) == [1, 2]
    assert not await toy.processor.store.said(toy.pool, [LAMP], [message(add(1), "other")])
