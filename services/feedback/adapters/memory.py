"""The archive, the ledger and the tallies, written in the transaction of the effect."""

import os
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import chain
from pathlib import Path
from typing import Any

from schemas.event import Event
from schemas.incident import IncidentClassified, ReportMerged
from schemas.worker import CitizenRated, StepReported
from services.feedback.adapters import ledger, modes, ratings
from services.feedback.adapters.evidence_chain import pictures_of
from services.feedback.domain.case import Case
from services.feedback.domain.pausing import PausingMode, StraightenClocks
from services.feedback.domain.proof import Kept, Witness
from services.feedback.domain.refusals import LIMITS, Limits
from services.kernel.domain import Outcome, TimerDue
from services.kernel.postgres import Connection, columns, copy, queries
from services.kernel.record import Emitted, Message

SQL = queries(Path(__file__).parents[1] / "sql" / "queries.sql")
ARCHIVE = (
    "producer",
    "topic",
    "ce_id",
    "ce_type",
    "subject",
    "incident_id",
    "correlation",
    "sequence",
    "payload",
)
TALLY_SHARD = os.getpid()
"""Each process counts in rows of its own, so that none waits for another."""


@dataclass
class Cases:
    """Which incidents the reports of a batch belong to, what came back, how near is near."""

    incident_of: Mapping[str, str] = field(default_factory=dict)
    followed: frozenset[str] = frozenset()
    reported: frozenset[str] = frozenset()
    """Of the threads that are rated and have no incident, those that were reported at all."""
    limits: Limits = LIMITS
    modes: Sequence[PausingMode] = ()
    straightened: frozenset[str] = frozenset()
    kept: Mapping[str, Kept] | None = None
    """The pictures of the cases of the batch; None: nobody keeps pictures here."""

    @property
    def subjects(self) -> set[str]:
        """The incidents that are rated, that came back, or whose clocks are looked at."""
        return {*self.incident_of.values(), *self.followed, *self.straightened}

    def witness(self, message: Message) -> Witness:
        """What the hub itself knows of a step: when Kafka had it, and the pictures of its case."""
        stamp = message.record.timestamp if message.record else 0
        heard_at = datetime.fromtimestamp(stamp / 1000, UTC) if stamp > 0 else None
        kept = None if self.kept is None else self.kept.get(message.subject, {})
        return Witness(heard_at, kept)

    def observe(self, event: Event) -> None:
        """A rating is of something older than the batch: nothing to take in."""


async def gather(
    connection: Connection, messages: Sequence[Message], limits: Limits, *, keeps: bool = False
) -> Cases:
    """Find the incidents of the reports that are rated, and those that others follow.

    If the hub `keeps` pictures, those of the cases whose steps name some, too.
    """
    events = [each.event for each in messages]
    opened = (each for each in events if isinstance(each, IncidentClassified))
    followed = frozenset(each.follows for each in opened if each.follows)
    threads = [each.thread for each in events if isinstance(each, CitizenRated)]
    rows = await connection.fetch(SQL["incidents_of"], threads) if threads else ()
    incident_of = {row["thread"]: row["incident_id"] for row in rows}
    unknown = [each for each in threads if each not in incident_of]
    known = await connection.fetch(SQL["reported"], unknown) if unknown else ()
    orders = [each.incidents for each in events if isinstance(each, StraightenClocks)]
    return Cases(
        incident_of,
        followed,
        frozenset(row["subject"] for row in known),
        limits,
        await modes.pausing(connection, events),
        frozenset(chain.from_iterable(orders)),
        await _pictures(connection, events) if keeps else None,
    )


async def _pictures(connection: Connection, events: Sequence[Event]) -> Mapping[str, Kept]:
    steps = (each for each in events if isinstance(each, StepReported) and each.evidence)
    incidents = {each.incident_id for each in steps}
    return await pictures_of(connection, incidents) if incidents else {}


async def project(connection: Connection, outcome: Outcome) -> None:
    """Archive what came in and went out, and bring the ledger up to date."""
    events = list(_in_order(outcome))
    if events:
        await copy(connection, "archive", ARCHIVE, events)
        tally = Counter(row[3] for row in events)
        await connection.execute(SQL["count"], TALLY_SHARD, list(tally), list(tally.values()))
    heard = _heard(outcome)
    if heard:
        await connection.execute(SQL["hear"], list(heard), list(heard.values()))
    await modes.project(connection, outcome)
    await ratings.keep(connection, outcome)
    await _write_ledger(connection, outcome)


def _in_order(outcome: Outcome) -> Iterator[tuple[Any, ...]]:
    """Each event that came in, then what it led to: so the archive can be played again."""
    led_to: dict[str, list[Emitted]] = {}
    for each in outcome.emitted:
        led_to.setdefault(each.headers["ce_causationid"], []).append(each)
    for message in outcome.consumed:
        if not isinstance(message.event, TimerDue):
            yield _consumed(message)
        yield from map(_emitted, led_to.get(message.id, ()))


async def _write_ledger(connection: Connection, outcome: Outcome) -> None:
    cases = {key: case for key, case in outcome.states.items() if isinstance(case, Case)}
    rows = [ledger.opened(key, case) for key, case in cases.items() if key in outcome.born]
    changes = [ledger.moved(key, case) for key, case in cases.items() if key not in outcome.born]
    if rows:
        await copy(connection, "ledger", ledger.COLUMNS, rows)
    if changes:
        await connection.execute(SQL["move_ledger"], *columns(changes))


def _heard(outcome: Outcome) -> dict[str, str]:
    events = (message.event for message in outcome.consumed)
    joined = (each for each in events if isinstance(each, IncidentClassified | ReportMerged))
    return {each.voice.thread: each.incident_id for each in joined}


def _consumed(message: Message) -> tuple[Any, ...]:
    record, event = message.record, message.event
    payload = (record.value or b"").decode() if record else event.model_dump_json()
    return (
        message.source,
        record.topic if record else "(command)",
        message.id,
        event.ce_type,
        message.subject,
        getattr(event, "incident_id", None),
        message.correlation,
        message.sequence,
        payload,
    )


def _emitted(emitted: Emitted) -> tuple[Any, ...]:
    event = emitted.event
    return (
        emitted.headers["ce_source"],
        emitted.topic,
        emitted.id,
        event.ce_type,
        emitted.subject,
        getattr(event, "incident_id", None),
        emitted.correlation,
        emitted.sequence,
        emitted.payload.decode(),
    )
