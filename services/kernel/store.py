"""What one transaction reads and writes, each kind of row in one statement."""

from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson
from pydantic import TypeAdapter

from schemas.event import Event
from services.kernel import drill
from services.kernel.domain import Domain, TimerDue
from services.kernel.postgres import Connection, columns, copy, queries
from services.kernel.recall import Said
from services.kernel.record import TIMER, Emitted, Message, Record, Rejected, trace_id
from services.kernel.work import Subject, Work, shard_of

SQL = queries(Path(__file__).parent / "sql" / "queries.sql")
SUBJECT = ("id", "state", "seen", "sequence", "parked", "express")
OUTBOX = ("seq", "id", "shard", "aggregatetype", "aggregateid", "type", "headers", "payload")
CODE_VERSION = "0.1.0"

Position = tuple[str, int]
"""Topic and partition."""


class Store:
    """The tables of the kernel in one service's schema."""

    def __init__(
        self, domain: Domain[Any], shards: int, says: Collection[type[Event]] = ()
    ) -> None:
        self._states: TypeAdapter[Any] = TypeAdapter(domain.state)
        self._deadlines = domain.deadlines
        self._shards = shards
        self._types = {each.ce_type: each for each in says}
        self.recalls = False
        """Whether this service remembers, after a restore, what it said before."""

    async def lock_offsets(
        self, connection: Connection, first: Mapping[Position, int]
    ) -> dict[Position, int]:
        """Lock the fence of these partitions; a partition met first starts where we are."""
        keys = sorted(first)
        names = [[key[0] for key in keys], [key[1] for key in keys]]
        stored = await self._offsets(connection, names)
        if len(stored) < len(keys):
            starts = [first[key] for key in keys]
            await connection.execute(SQL["make_offsets"], *names, starts)
            stored = await self._offsets(connection, names)
        return stored

    async def _offsets(self, connection: Connection, names: list[Any]) -> dict[Position, int]:
        rows = await connection.fetch(SQL["lock_offsets"], *names)
        return {(row["topic"], row["partition"]): row["next_offset"] for row in rows}

    async def store_offsets(self, connection: Connection, after: Mapping[Position, int]) -> None:
        """Move the fence; the rows are locked already."""
        keys = sorted(after)
        topics, partitions = [key[0] for key in keys], [key[1] for key in keys]
        await connection.execute(
            SQL["store_offsets"], topics, partitions, [after[key] for key in keys]
        )

    async def unseen(self, connection: Connection, messages: Sequence[Message]) -> list[Message]:
        """Without what the inbox has seen. A counted message needs none: its number tells."""
        uncounted: dict[bytes, Message] = {}
        for each in messages:
            if each.sequence is None:
                uncounted.setdefault(each.identity, each)
        if not uncounted or drill.without("inbox"):
            return list(messages)
        rows = await connection.fetch(SQL["enter_inbox"], list(uncounted))
        fresh = {row["identity"] for row in rows}
        kept = {id(message) for identity, message in uncounted.items() if identity in fresh}
        return [each for each in messages if each.sequence is not None or id(each) in kept]

    async def still_parked(
        self, connection: Connection, messages: Sequence[Message]
    ) -> list[Message]:
        """Without what somebody else has released meanwhile; the rest is locked against that."""
        records = [each.record for each in messages if each.record]
        keys = sorted((each.topic, each.partition, each.offset) for each in records)
        rows = await connection.fetch(SQL["lock_parked"], *columns(keys))
        waiting = {tuple(row) for row in rows}
        return [each for each in messages if _position(each) in waiting]

    async def subjects(self, connection: Connection, ids: Collection[str]) -> dict[str, Subject]:
        """Load and lock the subjects that are known."""
        if not ids:
            return {}
        rows = await connection.fetch(SQL["lock_subjects"], list(ids))
        return {row["id"]: self._subject(row) for row in rows}

    async def said(
        self, connection: Connection, ids: Collection[str], messages: Sequence[Message]
    ) -> list[Said]:
        """After a restore: what went out of these subjects, and because of these messages.

        Of a subject that one of these messages began, all that went out counts: further messages
        of the batch may speak of it, and no number is given twice.
        """
        if not self.recalls:
            return []
        known = await self._said(connection, ids, [each.id for each in messages])
        beside = {about for each in known.values() for about in each.event.concerns} - set(ids)
        return list(
            (known | await self._said(connection, beside, ()) if beside else known).values()
        )

    async def _said(
        self, connection: Connection, ids: Collection[str], causes: Sequence[str]
    ) -> dict[str, Said]:
        rows = await connection.fetch(SQL["published_of"], list(ids), causes)
        return {row["id"]: self._said_of(row) for row in rows}

    def _said_of(self, row: Any) -> Said:
        event = self._types[row["type"]].model_validate_json(row["payload"])
        return Said(row["id"], row["cause"], row["sequence"], event, row["express"])

    def _subject(self, row: Any) -> Subject:
        return Subject(
            id=row["id"],
            raw=row["state"],
            decode=self._states.validate_json,
            seen=orjson.loads(row["seen"]),
            sequence=row["sequence"],
            parked=row["parked"],
            express=row["express"],
            is_new=False,
        )

    async def write(self, connection: Connection, work: Work) -> None:
        """Write down a unit of work: parked, states, timers, outbox, dead letters."""
        await self._write_parked(connection, work)
        touched = work.touched
        await self._write_subjects(connection, touched)
        await self._write_timers(connection, work)
        await self._post(connection, work)
        await self.bury(connection, work.rejected)

    async def _write_parked(self, connection: Connection, work: Work) -> None:
        if work.parked:
            rows = [_parked_row(message) for message in work.parked]
            await connection.execute(SQL["park"], *columns(rows))
        released = [each.record for each in work.done if each.waited and each.record]
        if released:
            keys = [(each.topic, each.partition, each.offset) for each in released]
            for row in await connection.fetch(SQL["unpark"], *columns(keys)):
                subject = work.subjects[row["subject"]]
                subject.parked, subject.touched = subject.parked - 1, True

    async def _write_subjects(self, connection: Connection, subjects: Sequence[Subject]) -> None:
        """New ones are copied in: a clash means that another was quicker; all is tried again."""
        new = [self._subject_row(each) for each in subjects if each.is_new]
        if new:
            await copy(connection, "subject", SUBJECT, new)
        known = [self._subject_row(each) for each in subjects if not each.is_new]
        if known:
            await connection.execute(SQL["update_subjects"], *columns(known))

    def _subject_row(self, subject: Subject) -> tuple[Any, ...]:
        state = subject.raw
        if subject.changed:
            state = self._states.dump_json(subject.state).decode()
        seen = orjson.dumps(subject.seen).decode()
        return subject.id, state, seen, subject.sequence, subject.parked, subject.express

    async def restore_timers(self, connection: Connection, states: Mapping[str, Any]) -> None:
        """Set the timers that these states want, should they be lost; the subjects are locked."""
        wanted = [
            (subject, name, due)
            for subject, state in sorted(states.items())
            for name, due in self._deadlines(state).items()
        ]
        if wanted:
            await connection.execute(SQL["set_timers"], *columns(wanted))

    async def _write_timers(self, connection: Connection, work: Work) -> None:
        wanted, moot = work.timers()
        if wanted:
            await connection.execute(SQL["set_timers"], *columns(wanted))
        if moot:
            await connection.execute(SQL["drop_timers"], *columns(moot))

    async def _post(self, connection: Connection, work: Work) -> None:
        emitted = work.outcome.emitted
        if emitted:
            numbers = await connection.fetch(SQL["number_mail"], len(emitted))
            for row, each in zip(numbers, emitted, strict=True):
                each.seq = row["seq"]
            await copy(connection, "outbox", OUTBOX, list(map(self._outbox_row, emitted)))
            if self.recalls:
                await connection.execute(SQL["said_again"], [each.id for each in emitted])

    def _outbox_row(self, emitted: Emitted) -> tuple[Any, ...]:
        return (
            emitted.seq,
            emitted.id,
            shard_of(emitted.subject, self._shards),
            emitted.topic,
            emitted.subject,
            emitted.event.ce_type,
            orjson.dumps(emitted.headers).decode(),
            emitted.payload,
        )

    async def bury(self, connection: Connection, rejected: Sequence[Rejected]) -> None:
        """Write dead letters: where the record lies and why, without its content.

        The inbox forgets them: they had no effect, and a redrive must not look like a duplicate.
        A command that is refused dies no death: whoever gave it is told, and mends it.
        """
        dead = [each for each in rejected if not _is_command(each)]
        if dead:
            await connection.execute(SQL["bury"], *columns(map(_dead_row, dead)))
        if rejected:
            messages = [each.message for each in rejected if each.message]
            await connection.execute(SQL["leave_inbox"], [each.identity for each in messages])

    async def due_timers(self, connection: Connection, now: datetime, limit: int) -> list[Message]:
        """Claim timers whose time has come; their subjects are locked with them."""
        rows = await connection.fetch(SQL["due_timers"], now, limit, self.recalls)
        if not rows:
            return []
        keys = [(row["subject"], row["name"], row["due_at"]) for row in rows]
        claimed = await connection.fetch(SQL["claim_timers"], *columns(keys))
        return [_timer_message(row) for row in sorted(claimed, key=lambda row: row["due_at"])]


def _position(message: Message) -> tuple[str, int, int] | None:
    record = message.record
    return (record.topic, record.partition, record.offset) if record else None


def _parked_row(message: Message) -> tuple[Any, ...]:
    record = message.record
    if record is None:
        raise ValueError("only what came from a topic can be parked")
    headers = [[name, value.decode() if value else ""] for name, value in record.headers]
    return (
        message.subject,
        message.source,
        message.sequence,
        record.topic,
        record.partition,
        record.offset,
        record.timestamp,
        record.key,
        record.value,
        orjson.dumps(headers).decode(),
    )


def parked_record(row: Any) -> Record:
    """The record that was parked, as it came."""
    return Record(
        topic=row["topic"],
        partition=row["partition"],
        offset=row["record_offset"],
        timestamp=row["record_timestamp"],
        key=row["key"],
        value=row["value"],
        headers=[(name, value.encode()) for name, value in orjson.loads(row["headers"])],
    )


def _is_command(rejected: Rejected) -> bool:
    message = rejected.message
    return rejected.record is None and message is not None and type(message.event) is not TimerDue


def _dead_row(rejected: Rejected) -> tuple[Any, ...]:
    record, message = rejected.record, rejected.message
    return (
        record.topic if record else "(timer or command)",
        record.partition if record else 0,
        record.offset if record else 0,
        _moment(record.timestamp) if record else None,
        _printable(record.key) if record else None,
        message.id if message else "",
        message.subject if message else None,
        rejected.error,
        rejected.reason[:1_000].replace("\x00", ""),
        rejected.attempts,
        trace_id(message.correlation) if message else None,
        CODE_VERSION,
    )


def _moment(milliseconds: int) -> datetime | None:
    """The time that a producer gave; None if it is out of this world."""
    try:
        return datetime.fromtimestamp(milliseconds / 1000, UTC)
    except (ValueError, OverflowError, OSError):
        return None


def _printable(key: bytes | None) -> str | None:
    return None if key is None else key[:200].decode(errors="replace").replace("\x00", "")


def _timer_message(row: Any) -> Message:
    due: datetime = row["due_at"]
    event = TimerDue(subject_id=row["subject"], name=row["name"], due_at=due)
    return Message(
        id=f"{TIMER}{row['subject']}:{row['name']}:{due.isoformat()}",
        source="timer",
        subject=row["subject"],
        event=event,
    )
