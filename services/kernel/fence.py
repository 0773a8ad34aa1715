"""Which records have had their effect: the offsets that are stored with the effects."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from services.kernel import drill
from services.kernel.postgres import Connection
from services.kernel.record import Message, Record, Rejected
from services.kernel.store import Position, Store


class OffsetGap(Exception):
    """Kafka gave records beyond the fence; `wanted` says where to read again."""

    def __init__(self, wanted: Mapping[Position, int]) -> None:
        super().__init__(f"records are missing before {wanted}")
        self.wanted = wanted


@dataclass
class Fence:
    """Which records of a batch have had no effect yet, by the offsets stored with the effects."""

    records: Sequence[Record]
    accept_gaps: bool = False
    after: dict[Position, int] = field(default_factory=dict)

    async def check(
        self,
        store: Store,
        connection: Connection,
        messages: Sequence[Message],
        rejected: Sequence[Rejected],
    ) -> tuple[list[Message], list[Rejected]]:
        """Lock the fence and keep what lies at or beyond it."""
        first: dict[Position, int] = {}
        self.after = {}
        for record in self.records:
            key = (record.topic, record.partition)
            first[key] = min(first.get(key, record.offset), record.offset)
            self.after[key] = max(self.after.get(key, 0), record.offset + 1)
        if drill.without("fence"):
            self.after = {}
            return list(messages), list(rejected)
        stored = await store.lock_offsets(connection, first)
        missing = {key: stored[key] for key in first if first[key] > stored[key]}
        if missing and not self.accept_gaps:
            raise OffsetGap(missing)
        self.after = {key: max(after, stored[key]) for key, after in self.after.items()}
        return (
            [each for each in messages if _beyond(stored, each.record)],
            [each for each in rejected if _beyond(stored, each.record)],
        )


def _beyond(stored: Mapping[Position, int], record: Record | None) -> bool:
    return record is not None and record.offset >= stored[record.topic, record.partition]
