"""The archive, the ledger and the tallies, written in the transaction of the effect."""

import os
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from schemas.event import Event
from schemas.incident import IncidentClassified, ReportMerged
from schemas.worker import CitizenRated
from services.feedback.domain.case import Case
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
NATURE = (
    "incident_id",
    "community",
    "grid",
    "micro_grid",
    "source",
    "opened_at",
)
COURSE = (
    "category_code",
    "category_name",
    "scene",
    "kind",
    "severity",
    "state",
    "worker_id",
    "dispatched_at",
    "accepted_at",
    "arrived_at",
    "disposed_at",
    "checked_at",
    "closed_at",
    "due_at",
    "rounds",
    "voices",
    "rework",
    "on_time",
    "outcome",
    "overdue",
)
TALLY_SHARD = os.getpid()
"""Each process counts in rows of its own, so that none waits for another."""


@dataclass
class Cases:
    """Which incidents the reports of a batch belong to, and how near is near enough."""

    incident_of: Mapping[str, str] = field(default_factory=dict)
    limits: Limits = LIMITS

    @property
    def subjects(self) -> set[str]:
        """The incidents of the reports that are rated."""
        return set(self.incident_of.values())

    def observe(self, event: Event) -> None:
        """A rating is of something older than the batch: nothing to take in."""


async def gather(connection: Connection, messages: Sequence[Message], limits: Limits) -> Cases:
    """Find the incidents of the reports that are rated."""
    threads = [each.subject for each in messages if isinstance(each.event, CitizenRated)]
    if not threads:
        return Cases(limits=limits)
    rows = await connection.fetch(SQL["incidents_of"], threads)
    return Cases({row["thread"]: row["incident_id"] for row in rows}, limits)


async def project(connection: Connection, outcome: Outcome) -> None:
    """Archive what came in and went out, and bring the ledger up to date."""
    events = [_consumed(each) for each in outcome.consumed if not isinstance(each.event, TimerDue)]
    events += [_emitted(each) for each in outcome.emitted]
    if events:
        await copy(connection, "archive", ARCHIVE, events)
        tally = Counter(row[3] for row in events)
        await connection.execute(SQL["count"], TALLY_SHARD, list(tally), list(tally.values()))
    heard = _heard(outcome)
    if heard:
        await connection.execute(SQL["hear"], list(heard), list(heard.values()))
    await _write_ledger(connection, outcome)


async def _write_ledger(connection: Connection, outcome: Outcome) -> None:
    cases = {key: case for key, case in outcome.states.items() if isinstance(case, Case)}
    opened = [
        (*_nature(key, case), *_course(case)) for key, case in cases.items() if key in outcome.born
    ]
    moved = [(key, *_course(case)) for key, case in cases.items() if key not in outcome.born]
    if opened:
        await copy(connection, "ledger", NATURE + COURSE, opened)
    if moved:
        await connection.execute(SQL["move_ledger"], *columns(moved))


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


def _nature(incident_id: str, case: Case) -> tuple[Any, ...]:
    """What an incident is: the columns NATURE."""
    return (
        incident_id,
        case.place.community,
        case.place.grid,
        case.place.micro_grid,
        case.voices[0].source if case.voices else "",
        case.opened_at,
    )


def _course(case: Case) -> tuple[Any, ...]:
    """How it goes on: the columns COURSE."""
    return (
        case.category.code,
        case.category.name,
        case.category.scene,
        case.kind,
        case.severity,
        case.state,
        case.worker_id or None,
        case.dispatched_at,
        case.accepted_at,
        case.arrived_at,
        case.disposed_at,
        case.checked_at,
        case.closed_at,
        case.deadlines.dispose_by if case.deadlines else None,
        case.round,
        len(case.voices),
        case.rework,
        case.on_time,
        case.outcome,
        bool(case.overdue),
    )
