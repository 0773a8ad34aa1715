"""The fence: offsets stored with the effects decide what of a batch is new."""

from typing import Any

import pytest

from services.kernel.fence import Fence, OffsetGap
from services.kernel.record import Message, Record, Rejected
from services.kernel.store import Position
from tests.unit.kernel.memory import MemoryDatabase, MemoryStore
from tests.unit.kernel.toy import Added, domain, message, record

LAMP = Added(subject_id="灯-1")


def store(offsets: dict[Position, int]) -> Any:
    database = MemoryDatabase(lambda place: None)
    database.tables.offsets = offsets
    return MemoryStore(domain(), database)


def batch(*offsets: int, partition: int = 0) -> list[Record]:
    return [record(each, LAMP, partition=partition) for each in offsets]


def read(records: list[Record]) -> list[Message]:
    made = [message(LAMP, str(each.offset)) for each in records]
    return [
        Message(m.id, m.source, m.subject, m.event, record=r)
        for m, r in zip(made, records, strict=True)
    ]


async def offsets_passed(fence: Fence, stored: dict[Position, int]) -> list[int]:
    messages, _ = await fence.check(store(stored), None, read(list(fence.records)), [])
    return [each.record.offset for each in messages if each.record]


async def test_what_lies_below_the_fence_is_dropped() -> None:
    fence = Fence(batch(3, 4, 5, 6))
    assert await offsets_passed(fence, {("toy.added", 0): 5}) == [5, 6]
    assert fence.after == {("toy.added", 0): 7}


async def test_a_batch_that_lies_wholly_below_moves_nothing_back() -> None:
    fence = Fence(batch(0, 1))
    assert await offsets_passed(fence, {("toy.added", 0): 5}) == []
    assert fence.after == {("toy.added", 0): 5}


async def test_poison_below_the_fence_is_not_buried_again() -> None:
    records = batch(3, 4, 5)
    refused = [Rejected(each, "Unprocessable", "bad") for each in records]
    _, kept = await Fence(records).check(store({("toy.added", 0): 4}), None, [], refused)
    assert [each.record.offset for each in kept if each.record] == [4, 5]


async def test_records_beyond_the_fence_are_refused_with_the_place_to_read_from() -> None:
    records = batch(7, 8) + batch(2, partition=1)
    with pytest.raises(OffsetGap) as gap:
        await offsets_passed(Fence(records), {("toy.added", 0): 5, ("toy.added", 1): 2})
    assert gap.value.wanted == {("toy.added", 0): 5}


async def test_a_hole_that_kafka_really_has_is_taken() -> None:
    fence = Fence(batch(7, 8), accept_gaps=True)
    assert await offsets_passed(fence, {("toy.added", 0): 5}) == [7, 8]
    assert fence.after == {("toy.added", 0): 9}


async def test_each_partition_has_a_fence_of_its_own() -> None:
    records = batch(0, 1) + batch(10, 11, partition=1)
    fence = Fence(records)
    assert await offsets_passed(fence, {("toy.added", 0): 2, ("toy.added", 1): 11}) == [11]


async def test_a_partition_met_first_begins_where_kafka_gave_it() -> None:
    fence = Fence(batch(40, 41))
    assert await offsets_passed(fence, {}) == [40, 41]
    assert fence.after == {("toy.added", 0): 42}
