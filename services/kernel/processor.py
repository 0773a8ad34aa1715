"""From a batch to its effects: read, lock, decide, write, in one transaction."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import partial
from typing import Any

import asyncpg
import structlog

from schemas.event import Event
from services.kernel import drill, metrics
from services.kernel.domain import Domain
from services.kernel.errors import Unavailable, Unprocessable
from services.kernel.fence import Fence
from services.kernel.postgres import REFUSED, TRANSIENT, Connection, Pool
from services.kernel.recall import Recollection
from services.kernel.record import Mail, Message, Readers, Record, Rejected
from services.kernel.store import SQL, Position, Store, parked_record
from services.kernel.work import Outlet, Work

log = structlog.get_logger(__name__)

CLASHES_TOLERATED = 3
TURN_LIMIT = 30.0
"""Seconds after the catch-up of a restore: who has not come by then to say what it said before
(a command of a person) is waited for no longer."""


def _summary(
    records: Sequence[Record], messages: Sequence[Message], work: Work, began: float
) -> dict[str, Any]:
    """One line of the log a batch; no content, only how many and which correlations."""
    correlations = [message.correlation for message in messages]
    return {
        "topics": sorted({record.topic for record in records}),
        "records": len(records),
        "done": len(work.outcome.consumed),
        "emitted": len(work.outcome.emitted),
        "duplicates": work.duplicates,
        "parked": len(work.parked),
        "rejected": len(work.rejected),
        "ms": round((time.perf_counter() - began) * 1000, 1),
        "correlations": list(dict.fromkeys((*correlations[:2], *correlations[-1:]))),
    }


class Mailbox:
    """What this process has just committed to the outbox, for its relay to send at once."""

    def __init__(self) -> None:
        self.arrived = asyncio.Event()
        self._mail: list[Mail] = []

    def post(self, mail: Sequence[Mail]) -> None:
        """Leave mail, in the order of its commit, and wake the relay."""
        self._mail += mail
        self.arrived.set()

    def empty(self) -> list[Mail]:
        """Take all that is there."""
        self.arrived.clear()
        mail, self._mail = self._mail, []
        return mail


@dataclass
class Processor:
    """Runs the rules of one service over whatever comes: records, timers, commands."""

    service: str
    domain: Domain[Any]
    pool: Pool
    readers: Readers
    outlet: Outlet
    shards: int
    retry_limit: float = 10.0
    mail: Mailbox = field(default_factory=Mailbox)
    timers_changed: asyncio.Event = field(default_factory=asyncio.Event)
    next_offsets: dict[Position, int] = field(default_factory=dict)
    _caught_up_at: float | None = None

    def __post_init__(self) -> None:
        self.store = Store(self.domain, self.shards, tuple(self.outlet))

    async def batch(self, records: Sequence[Record], accept_gaps: bool = False) -> None:
        """Let a polled batch have its effect, once, whatever happens.

        Raises OffsetGap if records before it are missing, Unavailable if PostgreSQL stays
        away for longer than `retry_limit`.
        """
        began = time.perf_counter()
        messages, rejected = self.readers.read(records)
        drill.checkpoint("after_parse")
        work = await self._persist(
            lambda: self._transact(messages, rejected, Fence(records, accept_gaps))
        )
        self.next_offsets |= {(r.topic, r.partition): r.offset + 1 for r in records}
        metrics.observe_batch(self.service, records[0].topic, len(records), work, began)
        log.info("batch", **_summary(records, messages, work, began))
        await self._release(
            {each.subject for each in work.done if work.subjects[each.subject].parked}
        )

    async def command(
        self, event: Event, command_id: str, source: str, *, express: bool = False
    ) -> list[Event]:
        """Let one command of a person have its effect; the same id again has none.

        `express` chooses the lane of a subject that is new. Returns the events it led to.
        Raises Unprocessable with a sentence if it is refused.
        """
        message = Message(
            command_id, source, event.subject, event, correlation=command_id, express=express
        )
        work = await self._persist(lambda: self._transact([message], [], None))
        if work.rejected:
            raise Unprocessable(work.rejected[0].reason)
        return [emitted.event for emitted in work.outcome.emitted]

    async def fire_timers(self, limit: int = 500) -> int:
        """Fire what is due; returns how many timers fired.

        After a restore none fires before that is read which was said before it: the answer that
        a timer waits for may lie in the topics.
        """
        if await self._is_catching_up(self.pool):
            return 0
        work = await self._persist(lambda: self._transact_timers(limit))
        metrics.observe_timers(self.service, [each.event for each in work.done])
        return len(work.done)

    async def sweep_parked(self) -> None:
        """Try again whatever waits: its predecessor may have come by another way."""
        after = ""
        while rows := await self.pool.fetch(SQL["parked_subjects"], after, 500):
            await self._release({row["subject"] for row in rows})
            after = rows[-1]["subject"]

    async def recall(self) -> None:
        """See whether the tables came back from a backup; to be asked once, at the start."""
        self.store.recalls = bool(await self.pool.fetchval(SQL["has_published"]))

    async def _is_catching_up(self, tables: Pool | Connection) -> bool:
        """Whether something that was read before a restore has not been read again."""
        if self.store.recalls and self._caught_up_at is None:
            if await tables.fetchval(SQL["is_catching_up"]):
                return True
            self._caught_up_at = time.monotonic()
        return False

    async def _is_in_turn(self, connection: Connection) -> bool:
        """Whether what was said before a restore is still said again in its order."""
        if await self._is_catching_up(connection):
            return True
        return self._caught_up_at is not None and time.monotonic() < self._caught_up_at + TURN_LIMIT

    async def stored_offsets(self) -> dict[Position, int]:
        """Where the fence stands in each partition."""
        rows = await self.pool.fetch(SQL["all_offsets"])
        return {(row["topic"], row["partition"]): row["next_offset"] for row in rows}

    async def _release(self, subjects: set[str]) -> None:
        """What waited comes again, as a batch of its own, until nothing more moves."""
        while subjects:
            rows = await self.pool.fetch(SQL["parked_of"], list(subjects), 1_000)
            messages: list[Message] = []
            rejected: list[Rejected] = []
            for row in rows:
                read, refused = self.readers.read([parked_record(row)])
                messages += (replace(each, waited=max(row["waited"], 1e-3)) for each in read)
                rejected += refused
            if not messages:
                return
            work = await self._persist(partial(self._transact, messages, rejected, None))
            subjects = {each.subject for each in work.done if work.subjects[each.subject].parked}

    async def _persist(self, attempt: Callable[[], Awaitable[Work]]) -> Work:
        """Try in place, with growing pauses; an ambiguous COMMIT is harmless, the fence decides."""
        began, pause, clashes = time.monotonic(), 0.02, 0
        while True:
            try:
                return await attempt()
            except TRANSIENT as error:
                clashes += isinstance(error, asyncpg.UniqueViolationError)
                if time.monotonic() - began > self.retry_limit or clashes > CLASHES_TOLERATED:
                    raise Unavailable(f"PostgreSQL: {error}") from error
                metrics.RETRIES.labels(self.service, type(error).__name__).inc()
                await asyncio.sleep(pause)
                pause = min(pause * 2, 1.0)

    async def _transact(
        self, messages: Sequence[Message], rejected: Sequence[Rejected], fence: Fence | None
    ) -> Work:
        prepared = await self.domain.prepare(messages)
        async with self.pool.acquire() as connection:
            try:
                return await self._in_transaction(connection, messages, rejected, fence, prepared)
            except REFUSED as error:
                log.warning("batch.refused", error=_words(error))
                return await self._in_transaction(
                    connection, messages, rejected, fence, prepared, one_by_one=True
                )

    async def _in_transaction(
        self,
        connection: Connection,
        messages: Sequence[Message],
        rejected: Sequence[Rejected],
        fence: Fence | None,
        prepared: Any,
        one_by_one: bool = False,
    ) -> Work:
        async with connection.transaction():
            if fence:
                messages, rejected = await fence.check(self.store, connection, messages, rejected)
            fresh = await self._unseen(connection, messages)
            if one_by_one:
                work = await self._singly(connection, fresh, prepared)
            else:
                work = await self._work(connection, fresh, prepared)
            await self.store.bury(connection, rejected)
            if fence and fence.after:
                await self.store.store_offsets(connection, fence.after)
            drill.checkpoint("before_commit")
        work.rejected += rejected
        self._committed(work)
        return work

    async def _unseen(
        self, connection: Connection, messages: Sequence[Message]
    ) -> Sequence[Message]:
        direct = [each for each in messages if not each.waited]
        waited = [each for each in messages if each.waited]
        fresh = await self.store.unseen(connection, direct) if direct else []
        return fresh + (await self.store.still_parked(connection, waited) if waited else [])

    async def _work(
        self, connection: Connection, messages: Sequence[Message], prepared: Any
    ) -> Work:
        world = await self.domain.gather(connection, messages, prepared)
        ids = {each.subject for each in messages} | set(world.subjects)
        said = await self.store.said(connection, ids, messages)
        ids |= {about for each in said for about in each.event.concerns}
        subjects = await self.store.subjects(connection, ids)
        past = Recollection(said, in_turn=await self._is_in_turn(connection))
        now = datetime.now(UTC)
        work = Work(self.domain, self.service, self.outlet, now, world, subjects, past)
        for message in messages:
            work.take(message)
        await self.store.write(connection, work)
        if work.outcome.consumed or work.outcome.emitted:
            changed = [each for each in work.touched if each.changed]
            work.outcome.states = {each.id: each.state for each in changed}
            work.outcome.born = {each.id for each in changed if each.before is None}
            work.outcome.world = world
            await self.domain.project(connection, work.outcome)
        return work

    async def _singly(
        self, connection: Connection, messages: Sequence[Message], prepared: Any
    ) -> Work:
        """Each message behind a savepoint, to find the one that PostgreSQL refuses."""
        whole = Work(self.domain, self.service, self.outlet, datetime.now(UTC))
        for message in messages:
            try:
                async with connection.transaction():
                    work = await self._work(connection, [message], prepared)
            except REFUSED as error:
                work = await self._refused(connection, message, error)
            whole.add(work)
        return whole

    async def _refused(self, connection: Connection, message: Message, error: Exception) -> Work:
        """The message dies, and waits no longer if it did."""
        subjects = await self.store.subjects(connection, {message.subject})
        work = Work(self.domain, self.service, self.outlet, datetime.now(UTC), subjects=subjects)
        work.refuse(message, type(error).__name__, f"PostgreSQL refuses it: {_words(error)}")
        await self.store.write(connection, work)
        return work

    async def _transact_timers(self, limit: int) -> Work:
        async with self.pool.acquire() as connection:
            try:
                return await self._fire(connection, limit)
            except REFUSED as error:
                log.warning("timers.refused", error=_words(error))
                return await self._fire(connection, limit, one_by_one=True)

    async def _fire(self, connection: Connection, limit: int, one_by_one: bool = False) -> Work:
        async with connection.transaction():
            messages = await self.store.due_timers(connection, datetime.now(UTC), limit)
            how = self._singly if one_by_one else self._work
            work = await how(connection, messages, None)
            drill.checkpoint("in_timer")
        self._committed(work)
        return work

    def _committed(self, work: Work) -> None:
        drill.checkpoint("after_commit")
        if work.outcome.emitted:
            self.mail.post(work.outcome.emitted)
        if work.sets_timers:
            self.timers_changed.set()


def _words(error: Exception) -> str:
    """What is wrong, without the row that it is wrong with: that may hold personal data."""
    return str(error.args[0] if error.args else type(error).__name__).partition("\n")[0][:200]
