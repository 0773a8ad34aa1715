"""Who has which incident, and which reports it is made of (派单对应): heard from the others.

It decides nothing: rows are kept, no states. Rounds only grow, so that the rows come out the
same in whatever order dispatches and closings arrive; that is why what is heard need not be
counted by incident, and bears the name of its partition instead.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from schemas.case import CaseClosed, CaseDeclined
from schemas.dispatch import DispatchWithdrawn, IncidentDispatched
from schemas.event import Event
from schemas.flow import CASES, DISPATCHES, INCIDENTS, Topic
from schemas.incident import IncidentAbsorbed, IncidentClassified, ReportMerged
from services.intake.adapters.keeping import SQL
from services.kernel.domain import Outcome
from services.kernel.postgres import Connection, columns
from services.kernel.record import Message, Reader, Record, cloudevents

HEARD: tuple[type[Event], ...] = (
    IncidentClassified,
    ReportMerged,
    IncidentAbsorbed,
    IncidentDispatched,
    DispatchWithdrawn,
    CaseClosed,
    CaseDeclined,
)
NAMES = frozenset(event.ce_type.encode() for event in HEARD)
TYPE = "ce_type"


def readers() -> dict[str, Reader]:
    """A reader for each topic, which passes over what is not needed without looking inside."""
    return {topic.name: _reader(topic) for topic in (INCIDENTS, DISPATCHES, CASES)}


def _reader(topic: Topic) -> Reader:
    read_event = cloudevents(topic.events)

    def read(record: Record) -> Sequence[Message]:
        if all(value not in NAMES for name, value in record.headers if name == TYPE):
            return ()
        heard_on = f"{record.topic}/{record.partition}"
        return [replace(each, subject=heard_on, sequence=None) for each in read_event(record)]

    return read


async def note(connection: Connection, outcome: Outcome) -> None:
    """Keep what a batch said of incidents, each kind in one statement."""
    heard = [each.event for each in outcome.consumed if isinstance(each.event, HEARD)]
    if not heard:
        return
    await _execute(connection, "join_threads", _joined(heard))
    await _execute(connection, "absorb_threads", _absorbed(heard))
    await _execute(connection, "assign", _assigned(heard))
    await _execute(connection, "end_rounds", _ended(heard))


async def _execute(connection: Connection, name: str, rows: Iterable[tuple[object, ...]]) -> None:
    listed = list(rows)
    if listed:
        await connection.execute(SQL[name], *columns(listed))


def _joined(heard: Iterable[Event]) -> Iterable[tuple[object, ...]]:
    for event in heard:
        if isinstance(event, IncidentClassified):
            yield event.voice.thread, event.incident_id, event.classified_at
        elif isinstance(event, ReportMerged):
            yield event.voice.thread, event.incident_id, event.merged_at


def _absorbed(heard: Iterable[Event]) -> Iterable[tuple[object, ...]]:
    return (
        (each.incident_id, each.into, each.absorbed_at)
        for each in heard
        if isinstance(each, IncidentAbsorbed)
    )


def _assigned(heard: Iterable[Event]) -> Iterable[tuple[object, ...]]:
    return (
        (each.incident_id, each.round, each.assignee.worker_id)
        for each in heard
        if isinstance(each, IncidentDispatched)
    )


def _ended(heard: Iterable[Event]) -> Iterable[tuple[object, ...]]:
    over = DispatchWithdrawn | CaseClosed | CaseDeclined
    return ((each.incident_id, each.round) for each in heard if isinstance(each, over))
