"""The clerk of the chain: whatever waits to be written is written together, one after the other.

One transaction at a time may write the chain. To commit for each row would let everybody wait for
everybody's commit; so all that waits here shares one, and each still sees what came before it.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Generic, TypeVar

from services.feedback.adapters.evidence_chain import SQL
from services.feedback.domain.evidence import Entry, linked
from services.kernel.errors import HubError, Unavailable
from services.kernel.postgres import REFUSED, TRANSIENT, Connection, Pool, columns

T = TypeVar("T")
AT_ONCE = 64
"""What shares one transaction at most."""


@dataclass
class Book:
    """The chain, open to be written; nobody else writes until the transaction ends."""

    connection: Connection
    number: int
    hash: str
    at: datetime

    async def append(self, *entries: Entry) -> None:
        """Bind entries to the end of the chain."""
        links = linked(entries, self.number, self.hash, self.at)
        if links:
            rows = columns(each.row for each in links)
            await self.connection.execute(SQL["append"], *rows)
            self.number, self.hash = links[-1].number, links[-1].hash


@asynccontextmanager
async def opened(pool: Pool) -> AsyncIterator[Book]:
    """The book in a transaction of its own. Raises Unavailable."""
    try:
        async with pool.acquire() as connection, connection.transaction():
            await connection.execute(SQL["lock_chain"])
            head = await connection.fetchrow(SQL["head"])
            assert head is not None  # noqa: S101 -- the query gives one row, whatever there is
            yield Book(connection, head["number"], head["hash"], head["at"])
    except REFUSED:
        raise
    except TRANSIENT as error:
        raise Unavailable("证据链正忙，或数据库没有应答，请稍后再试") from error


Work = Callable[[Book], Awaitable[T]]
"""What is to be done with the open book. It refuses, with a HubError, before it writes."""


@dataclass
class _Waiting(Generic[T]):
    work: Work[T]
    done: "asyncio.Future[T]"


@dataclass
class Clerk:
    """One a process; others may write the same chain."""

    pool: Pool
    _waiting: list[_Waiting[Any]] = field(default_factory=list)
    _writing: "asyncio.Task[None] | None" = None

    async def does(self, work: Work[T]) -> T:
        """Do it in its turn. Raises what it raises, and Unavailable."""
        mine: _Waiting[T] = _Waiting(work, asyncio.get_running_loop().create_future())
        self._waiting.append(mine)
        if self._writing is None or self._writing.done():
            self._writing = asyncio.create_task(self._write())
        return await mine.done

    async def _write(self) -> None:
        while self._waiting:
            batch, self._waiting = self._waiting[:AT_ONCE], self._waiting[AT_ONCE:]
            try:
                await self._together(batch)
            except REFUSED:
                for each in batch:
                    await self._alone(each)

    async def _alone(self, waiting: _Waiting[Any]) -> None:
        """One of a batch is refused by PostgreSQL: that must not be the others' fault."""
        try:
            await self._together([waiting])
        except REFUSED as error:
            _tell(waiting, error)

    async def _together(self, batch: Sequence[_Waiting[Any]]) -> None:
        """Do a batch in one transaction; each hears of it when it is committed."""
        told: list[Any] = []
        try:
            async with opened(self.pool) as book:
                told = [await _done(each.work, book) for each in batch]
        except REFUSED:
            raise
        except Exception as error:  # noqa: BLE001  # whoever waits must not wait for ever
            told = [error] * len(batch)
        for each, what in zip(batch, told, strict=True):
            _tell(each, what)


async def _done(work: Work[Any], book: Book) -> Any:
    try:
        return await work(book)
    except HubError as refused:
        return refused


def _tell(waiting: _Waiting[Any], what: Any) -> None:
    if waiting.done.done():
        return
    if isinstance(what, BaseException):
        waiting.done.set_exception(what)
    else:
        waiting.done.set_result(what)
