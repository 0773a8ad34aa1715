"""What the risk watch is told and has warned of, in PostgreSQL: whole batches at a time."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from schemas.case import CaseChecked, CaseClosed, CaseDisposed
from schemas.event import Event
from schemas.incident import IncidentClassified, IncidentRecategorised
from schemas.report import ReportReceived
from services.classification.domain.look import RiskLooked, Warned
from services.classification.domain.sightings import Seen, none_after_all, seen, tellers
from services.kernel.domain import Outcome
from services.kernel.errors import Unprocessable
from services.kernel.postgres import Connection, columns, queries

SQL = queries(Path(__file__).parents[1] / "sql" / "risk.sql")


class Overtaken(Unprocessable):
    """Another process has looked meanwhile: what this one reckoned is of no use."""


KEPT = timedelta(days=90)
"""How long sightings are kept, for the curve behind a warning."""


async def project(connection: Connection, outcome: Outcome) -> None:
    """Note what the watch is to hear of, and what became of its warnings."""
    consumed = [each.event for each in outcome.consumed]
    emitted = [each.event for each in outcome.emitted]
    await _sight(connection, emitted, consumed)
    await _put_right(connection, [*emitted, *consumed])
    await _look_into(connection, consumed)
    for event in consumed:
        if isinstance(event, RiskLooked):
            await _looked(connection, event)


async def _sight(
    connection: Connection, emitted: Iterable[Event], consumed: Iterable[Event]
) -> None:
    opened = [each for each in emitted if isinstance(each, IncidentClassified)]
    if opened:
        told_by = tellers(each for each in consumed if isinstance(each, ReportReceived))
        rows = [_row(found) for each in opened if (found := seen(each, told_by))]
        if rows:
            await connection.execute(SQL["sight"], *columns(rows))


def _row(each: Seen) -> tuple[Any, ...]:
    sighting = each.sighting
    return (
        sighting.incident_id,
        sighting.category,
        each.district,
        sighting.area,
        sighting.teller,
        each.day,
    )


async def _put_right(connection: Connection, events: Sequence[Event]) -> None:
    others = {
        each.incident_id: each.category.code
        for each in events
        if isinstance(each, IncidentRecategorised)
    }
    if others:
        await connection.execute(SQL["recategorise"], list(others), list(others.values()))
    none = sorted({found for each in events if (found := none_after_all(each))})
    if none:
        await connection.execute(SQL["take_back"], none)


async def _look_into(connection: Connection, events: Iterable[Event]) -> None:
    """Of most cases nothing is noted: they look into no warning."""
    notes: dict[str, tuple[list[str], str | None, datetime | None]] = {}
    for each in events:
        if isinstance(each, CaseDisposed | CaseChecked | CaseClosed):
            words, outcome, closed_at = notes.get(each.incident_id, ([], None, None))
            match each:
                case CaseDisposed():
                    words.append(each.measure)
                case CaseChecked():
                    words.append(each.finding)
                case CaseClosed():
                    outcome, closed_at = each.outcome, each.at
            notes[each.incident_id] = (words, outcome, closed_at)
    if notes:
        rows = [
            (incident_id, "\n".join(filter(None, words)), outcome, closed_at)
            for incident_id, (words, outcome, closed_at) in sorted(notes.items())
        ]
        await connection.execute(SQL["look_into"], *columns(rows))


async def _looked(connection: Connection, event: RiskLooked) -> None:
    """What a look brought. Raises Overtaken if somebody else has looked meanwhile."""
    how = SQL["next_look" if event.version else "first_look"]
    if not await connection.fetchval(how, event.district, event.version, event.slot, event.memory):
        raise Overtaken(f"{event.district} was looked at by another process meanwhile")
    if event.heard:
        await connection.execute(SQL["heard"], *columns(event.heard))
    await connection.execute(SQL["fade"], event.district, event.today - KEPT)
    await connection.execute(SQL["subside"], list(event.subsided))
    raised = [_raised(event.district, each) for each in event.warned if each.phase == "raised"]
    if raised:
        await connection.execute(SQL["raise"], *columns(raised))
    grown = [(each.warning_id, *_count(each)) for each in event.warned if each.phase == "grown"]
    if grown:
        await connection.execute(SQL["grow"], *columns(grown))


def _raised(district: str, each: Warned) -> tuple[Any, ...]:
    category = each.category
    area = (each.area, each.area_name)
    ids = (each.warning_id, each.incident_id)
    return (*ids, district, category.code, category.name, *area, *_count(each))


def _count(each: Warned) -> tuple[Any, ...]:
    return (
        each.level.value,
        each.days,
        each.observed,
        each.expected,
        each.interval_days,
        each.first_day,
        each.last_day,
        "；".join(each.reasons),
        " ".join(each.incidents),
    )
