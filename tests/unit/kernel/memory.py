"""PostgreSQL as the kernel sees it, in memory: transactions that a crash can cut at any await."""

import copy
from collections.abc import AsyncIterator, Callable, Collection, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from services.kernel import drill
from services.kernel.domain import Domain, TimerDue
from services.kernel.recall import Said
from services.kernel.record import Message, Record, Rejected
from services.kernel.store import SQL, Position
from services.kernel.work import Subject, Work
from tests.unit.kernel.toy import STATES, Tally, stored

Boundary = Callable[[str], None]
"""Called at each place where the process may die or the database may fail."""


@dataclass
class Tables:
    """All rows of one service."""

    offsets: dict[Position, int] = field(default_factory=dict)
    inbox: set[bytes] = field(default_factory=set)
    subjects: dict[str, dict[str, Any]] = field(default_factory=dict)
    parked: dict[tuple[str, int, int], Message] = field(default_factory=dict)
    timers: dict[tuple[str, str], datetime] = field(default_factory=dict)
    outbox: list[Any] = field(default_factory=list)
    dead: set[tuple[str, int, int, str]] = field(default_factory=set)
    effects: list[str] = field(default_factory=list)


class MemoryDatabase:
    """A pool, its connection and its tables in one; what is not committed is gone."""

    def __init__(self, boundary: Boundary) -> None:
        self.tables = Tables()
        self.boundary = boundary

    @asynccontextmanager
    async def acquire(self) -> AsyncIterator["MemoryDatabase"]:
        """The one connection."""
        self.boundary("acquire")
        yield self

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[None]:
        """All or nothing; a failure after the commit is the ambiguous one."""
        before = copy.deepcopy(self.tables)
        try:
            yield
            self.boundary("before commit")
        except BaseException:
            self.tables = before
            raise
        self.boundary("after commit")

    async def fetch(self, sql: str, *arguments: Any) -> list[Any]:
        """Which records wait: the only question that is asked outside the store."""
        self.boundary("fetch")
        if sql == SQL["parked_subjects"]:
            found = {each.subject for each in self.tables.parked.values()}
            return [{"subject": each} for each in sorted(found) if each > arguments[0]]
        return [_parked(each) for each in self._waiting(set(arguments[0]))]

    def _waiting(self, subjects: set[str]) -> list[Message]:
        found = [each for each in self.tables.parked.values() if each.subject in subjects]
        return sorted(
            found, key=lambda each: (each.subject, each.source, each.sequence or 0, _at(each))
        )


def _record(message: Message) -> Record:
    assert message.record is not None
    return message.record


def _at(message: Message) -> tuple[str, int, int]:
    record = _record(message)
    return record.topic, record.partition, record.offset


def _parked(message: Message) -> dict[str, Any]:
    import orjson  # noqa: PLC0415 - as the row gives it

    record = _record(message)
    headers = orjson.dumps([[name, (value or b"").decode()] for name, value in record.headers])
    return {
        "subject": message.subject,
        "topic": record.topic,
        "partition": record.partition,
        "record_offset": record.offset,
        "record_timestamp": record.timestamp,
        "key": record.key,
        "value": record.value,
        "headers": headers,
        "waited": 1.0,
    }


class MemoryStore:
    """The store over tables in memory, statement by statement as the real one."""

    def __init__(self, domain: Domain[Tally], database: MemoryDatabase) -> None:
        self._domain = domain
        self._database = database
        self.recalls = False

    @property
    def _tables(self) -> Tables:
        return self._database.tables

    async def lock_offsets(
        self, connection: Any, first: Mapping[Position, int]
    ) -> dict[Position, int]:
        """The fence; a partition met first starts where we are."""
        self._database.boundary("lock offsets")
        return {key: self._tables.offsets.setdefault(key, first[key]) for key in first}

    async def store_offsets(self, connection: Any, after: Mapping[Position, int]) -> None:
        """Move the fence, forwards only."""
        self._database.boundary("store offsets")
        for key, offset in after.items():
            assert offset >= self._tables.offsets[key], "the fence went backwards"
            self._tables.offsets[key] = offset

    async def unseen(self, connection: Any, messages: Sequence[Message]) -> list[Message]:
        """Without what the inbox has seen."""
        self._database.boundary("inbox")
        fresh = []
        for each in messages:
            is_fresh = each.identity not in self._tables.inbox or drill.without("inbox")
            if each.sequence is not None or is_fresh:
                fresh.append(each)
            if each.sequence is None:
                self._tables.inbox.add(each.identity)
        return fresh

    async def still_parked(self, connection: Any, messages: Sequence[Message]) -> list[Message]:
        """Those of them that nobody has released meanwhile."""
        return [each for each in messages if _at(each) in self._tables.parked]

    async def subjects(self, connection: Any, ids: Collection[str]) -> dict[str, Subject]:
        """Load what is known."""
        self._database.boundary("lock subjects")
        rows = {each: copy.deepcopy(self._tables.subjects.get(each)) for each in ids}
        return {each: stored(each, **row) for each, row in rows.items() if row}

    async def said(
        self, connection: Any, ids: Collection[str], messages: Sequence[Message]
    ) -> list[Said]:
        """No backup was restored here."""
        return []

    async def write(self, connection: Any, work: Work) -> None:
        """Write down a unit of work, in the order of the real store."""
        self._write_parked(work)
        self._database.boundary("parked")
        for each in work.touched:
            row = {"seen": each.seen, "sequence": each.sequence, "parked": each.parked}
            self._tables.subjects[each.id] = {"state": each.state, "express": each.express, **row}
        self._database.boundary("subjects")
        wanted, moot = work.timers()
        self._tables.timers |= {(subject, name): due for subject, name, due in wanted}
        for subject, name in moot:
            self._tables.timers.pop((subject, name), None)
        self._database.boundary("timers")
        self._tables.outbox += work.outcome.emitted
        self._tables.effects += [each.id for each in work.outcome.consumed]
        self._database.boundary("outbox")
        await self.bury(connection, work.rejected)

    def _write_parked(self, work: Work) -> None:
        self._tables.parked |= {_at(each): each for each in work.parked}
        for each in work.done:
            if each.waited and _at(each) in self._tables.parked:
                del self._tables.parked[_at(each)]
                work.subjects[each.subject].parked -= 1
                work.subjects[each.subject].touched = True

    async def bury(self, connection: Any, rejected: Iterable[Rejected]) -> None:
        """Dead letters; the same record dies once."""
        for each in rejected:
            place = (
                (each.record.topic, each.record.partition, each.record.offset)
                if each.record
                else ("", 0, 0)
            )
            self._tables.dead.add((*place, each.message.id if each.message else ""))
        self._database.boundary("dead letters")

    async def due_timers(self, connection: Any, now: datetime, limit: int) -> list[Message]:
        """Claim what is due."""
        due = sorted(key for key, at in self._tables.timers.items() if at <= now)[:limit]
        claimed = [(*key, self._tables.timers.pop(key)) for key in due]
        self._database.boundary("claim timers")
        return [_timer(*each) for each in claimed]


def _timer(subject: str, name: str, due: datetime) -> Message:
    event = TimerDue(subject_id=subject, name=name, due_at=due)
    return Message(f"timer:{subject}:{name}:{due.isoformat()}", "timer", subject, event)


def state_of(tables: Tables, subject: str) -> Tally:
    """What the toy remembers of a subject."""
    row = tables.subjects.get(subject)
    state = row["state"] if row else None
    return state if isinstance(state, Tally) else STATES.validate_python(Tally())
