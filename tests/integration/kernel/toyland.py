"""The toy on a real PostgreSQL: its schema, its processor, and questions to its tables."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import asyncpg

import services.kernel
from schemas.event import Event
from services.hosting.migrations import migrate
from services.kernel.domain import Domain, Outcome
from services.kernel.postgres import Connection, Pool, connect
from services.kernel.processor import Processor
from services.kernel.record import Message, Readers, Record, cloudevents
from tests.unit.kernel import toy

KERNEL = Path(services.kernel.__file__).parent / "sql" / "migrations"
OWN = Path(__file__).parent / "sql"
LIMIT = 15.0

PROJECT = """
WITH added AS (
    INSERT INTO effect (ce_id, subject, amount)
    SELECT * FROM unnest($1::text[], $2::text[], $3::int[]) RETURNING subject, amount
)
INSERT INTO total SELECT subject, sum(amount) FROM added GROUP BY subject
ON CONFLICT (subject) DO UPDATE SET number = total.number + EXCLUDED.number"""
SAYINGS = "INSERT INTO saying SELECT * FROM unnest($1::text[], $2::text[], $3::text[])"


async def project(connection: Connection, outcome: Outcome) -> None:
    """Count in the toy's own tables, in the transaction of the effect."""
    taken = [each for each in outcome.consumed if isinstance(each.event, toy.Added)]
    rows = [(each.id, each.subject, each.event.amount) for each in taken]  # type: ignore[attr-defined]
    if rows:
        await connection.execute(PROJECT, *map(list, zip(*rows, strict=True)))
    said = [
        (each.id, each.event.subject, each.event.why)
        for each in outcome.emitted
        if isinstance(each.event, toy.Told)
    ]
    if said:
        await connection.execute(SAYINGS, *map(list, zip(*said, strict=True)))


def counting_domain(**more: Any) -> Domain[toy.Tally]:
    """The toy's rules with its tables."""
    return toy.domain(project=project, **more)


class Toy:
    """One service named `name`, with its tables, and as many processors as are wanted."""

    def __init__(self, dsn: str, pool: Pool, name: str = "toy") -> None:
        self.dsn = dsn
        self.pool = pool
        self.name = name
        self.processor = self.another()

    def another(
        self,
        domain: Domain[Any] | None = None,
        topics: Sequence[str] = ("toy.added",),
        told: str = "toy.told",
        **more: Any,
    ) -> Processor:
        """A further processor over the same tables, as of another process."""
        kinds: Sequence[type[Event]] = [toy.Added]
        readers = Readers(
            {each: cloudevents(kinds, express=each.endswith(".express")) for each in topics},
            2_000_000,
        )
        rules = domain or counting_domain()
        return Processor(self.name, rules, self.pool, readers, toy.outlet(told), shards=4, **more)

    async def rows(self, sql: str, *arguments: Any) -> list[tuple[Any, ...]]:
        """What a question finds, as plain tuples."""
        return [tuple(row) for row in await self.pool.fetch(sql, *arguments)]

    async def effects(self) -> list[str]:
        """The ids of what had its effect, in the order of the effects."""
        return [row[0] for row in await self.rows("SELECT ce_id FROM effect ORDER BY at")]

    async def amounts(self, subject: str) -> list[int]:
        """What was added to a subject, in the order of the effects."""
        sql = "SELECT amount FROM effect WHERE subject = $1 ORDER BY at"
        return [row[0] for row in await self.rows(sql, subject)]

    async def total(self, subject: str) -> int:
        """The sum of a subject by its own counter."""
        return int(
            await self.pool.fetchval("SELECT number FROM total WHERE subject = $1", subject) or 0
        )

    async def count(self, table: str) -> int:
        """How many rows a table of the service has."""
        return int(await self.pool.fetchval(f"SELECT count(*) FROM {table}"))

    async def offset(self, partition: int = 0, topic: str = "toy.added") -> int:
        """Where the fence stands."""
        sql = "SELECT next_offset FROM consumer_offset WHERE topic = $1 AND partition = $2"
        return int(await self.pool.fetchval(sql, topic, partition))

    async def outgoing(self) -> list[tuple[str, int]]:
        """What lies in the outbox: subject and number, in order."""
        sql = "SELECT aggregateid, (headers ->> 'ce_sequence')::int FROM outbox ORDER BY seq"
        return [(row[0], row[1]) for row in await self.rows(sql)]


@asynccontextmanager
async def toyland(dsn: str, name: str = "toy") -> AsyncIterator[Toy]:
    """The tables of the toy in a fresh database, and a processor over them."""
    await migrate(dsn, name, [KERNEL, OWN], None)
    pool = await connect(dsn, name)
    try:
        yield Toy(dsn, pool, name)
    finally:
        await pool.close()


@asynccontextmanager
async def owner(dsn: str) -> AsyncIterator["asyncpg.Connection[asyncpg.Record]"]:
    """The owner's own connection."""
    connection = await asyncpg.connect(dsn)
    try:
        yield connection
    finally:
        await connection.close()


async def until(condition: Callable[[], Awaitable[Any]], limit: float = LIMIT) -> None:
    """Wait until a condition holds; TimeoutError names the limit."""
    async with asyncio.timeout(limit):
        while not await condition():
            await asyncio.sleep(0.02)


def batch(*events: toy.Added, start: int = 0, **more: Any) -> list[Record]:
    """Records of uncounted events, one after the other in one partition."""
    return [toy.record(start + number, each, **more) for number, each in enumerate(events)]


def ids(messages: Sequence[Message]) -> list[str]:
    """The ids of messages."""
    return [each.id for each in messages]
