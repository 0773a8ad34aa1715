"""What the services' own tables say of the way that records have come. Reads only."""

from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any

import asyncpg

from deploy.simulator.fates import DeadLetter
from deploy.simulator.follower import Position
from schemas.flow import Service

PASSED = """
SELECT count(*)
FROM unnest($1::text[], $2::int[], $3::bigint[]) AS wanted (topic, partition, next_offset)
LEFT JOIN {service}.consumer_offset o USING (topic, partition)
WHERE coalesce(o.next_offset, 0) < wanted.next_offset"""
NEWEST_MAIL = "SELECT coalesce(max(seq), 0) FROM {service}.outbox"
MAIL_UP_TO = "SELECT count(*) FROM {service}.outbox WHERE seq <= $1"
PARKED = "SELECT topic || '/' || partition || '/' || record_offset AS origin FROM {service}.parked"
NEWEST_LETTER = "SELECT coalesce(max(id), 0) FROM {service}.dead_letter"
LETTERS = """
SELECT id, topic, partition, record_offset, subject FROM {service}.dead_letter
WHERE id > $1 ORDER BY id LIMIT 10000"""


@asynccontextmanager
async def books(dsn: str) -> AsyncIterator["Books"]:
    """The books of all services, over one pool of the owner's."""
    async with asyncpg.create_pool(dsn, min_size=1, max_size=2) as pool:
        found = Books(pool)
        await found.begin()
        yield found


class Books:
    """Questions to the tables of the services; dead letters count from when it was opened."""

    def __init__(self, pool: Any) -> None:
        self._pool = pool
        self._letters: dict[Service, int] = {}

    async def begin(self) -> None:
        """Note which dead letters there are already."""
        for service in Service:
            self._letters[service] = await self._value(service, NEWEST_LETTER)

    async def passed(self, service: Service, positions: Mapping[Position, int]) -> bool:
        """Whether a service has taken everything below these offsets."""
        keys = list(positions)
        columns: Sequence[Any] = (
            [topic for topic, _ in keys],
            [partition for _, partition in keys],
            [positions[key] for key in keys],
        )
        return await self._value(service, PASSED, *columns) == 0

    async def newest_mail(self, service: Service) -> int:
        """The mark behind which everything in the outbox lies now."""
        return await self._value(service, NEWEST_MAIL)

    async def sent_up_to(self, service: Service, mark: int) -> bool:
        """Whether Kafka has all that was in the outbox at that mark."""
        return await self._value(service, MAIL_UP_TO, mark) == 0

    async def parked(self, service: Service) -> Collection[str]:
        """Origins of the records that wait for a predecessor."""
        rows = await self._pool.fetch(PARKED.format(service=service))
        return {row["origin"] for row in rows}

    async def new_letters(self) -> list[DeadLetter]:
        """Dead letters that have come since the last time."""
        found = []
        for service in Service:
            sql = LETTERS.format(service=service)
            for row in await self._pool.fetch(sql, self._letters[service]):
                found.append(DeadLetter(service, *row.values()))
                self._letters[service] = row["id"]
        return found

    async def _value(self, service: Service, sql: str, *arguments: Any) -> int:
        return int(await self._pool.fetchval(sql.format(service=service), *arguments))


def positions_behind(origins: Sequence[str]) -> dict[Position, int]:
    """For each partition the offset behind the last of these records."""
    positions: dict[Position, int] = {}
    for origin in origins:
        topic, partition, offset = origin.rsplit("/", 2)
        key = (topic, int(partition))
        positions[key] = max(positions.get(key, 0), int(offset) + 1)
    return positions
