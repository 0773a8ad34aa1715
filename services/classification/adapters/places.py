"""Open incidents by place, in PostgreSQL: read under locks before a batch is decided."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from schemas.case import CaseClosed, MergeRefused
from schemas.event import Event
from schemas.incident import IncidentClassified, IncidentWithdrawn
from schemas.report import ReportReceived, ReportUpdated, ReportWithdrawn
from services.classification.domain.duplicates import (
    WINDOW,
    Neighbourhood,
    OpenIncident,
    as_open,
    cell_of,
    cells_near,
    fingerprint,
    squares,
)
from services.classification.domain.look import RiskLooked
from services.classification.domain.recognition import Opinion
from services.kernel.domain import Outcome
from services.kernel.postgres import Connection, columns, queries
from services.kernel.record import Message

SQL = queries(Path(__file__).parents[1] / "sql" / "queries.sql")

LOCK_CELL = 0.005
"""Degrees: side of the squares within which merging is done by one at a time."""


async def gather(
    connection: Connection, messages: Sequence[Message], opinions: Mapping[str, Opinion]
) -> Neighbourhood:
    """Lock the places of a batch and look at what is open there."""
    reports = [each.event for each in messages if isinstance(each.event, ReportReceived)]
    words = {each.report_id: fingerprint(each.title, each.text) for each in reports}
    incidents = await _near(connection, reports, opinions, words) if reports else {}
    near = Neighbourhood(opinions, incidents, fingerprints=words)
    further = await _further_subjects(connection, [each.event for each in messages])
    near.subjects = near.spoken_of(reports, datetime.now(UTC)) | further
    return near


async def _near(
    connection: Connection,
    reports: Sequence[ReportReceived],
    opinions: Mapping[str, Opinion],
    words: Mapping[str, bytes],
) -> dict[str, OpenIncident]:
    await connection.execute(SQL["lock_places"], list(_places(reports, words)))
    keys = {
        (cell, entry.code, report.place.building)
        for report in reports
        if (entry := opinions[report.report_id].entry)
        for cell in cells_near(report.place)
    }
    rows = await connection.fetch(
        SQL["incidents_near"],
        [cell for cell, _, _ in keys],
        [category for _, category, _ in keys],
        [building for _, _, building in keys],
        list(filter(None, words.values())),
        datetime.now(UTC) - WINDOW,
    )
    return {row["incident_id"]: _incident(row) for row in rows}


def _places(reports: Iterable[ReportReceived], words: Mapping[str, bytes]) -> set[str]:
    names = {each.hex() for each in words.values() if each}
    for place in (report.place for report in reports):
        if place.longitude is not None and place.latitude is not None:
            names.update(squares(place.longitude, place.latitude, LOCK_CELL))
    return names


async def _further_subjects(connection: Connection, events: Sequence[Event]) -> set[str]:
    """Incidents of threads that are heard again, threads of voices that were refused, and
    incidents that look into warnings.
    """
    threads = [e.thread for e in events if isinstance(e, ReportUpdated | ReportWithdrawn)]
    found = {each.voice.thread for each in events if isinstance(each, MergeRefused)}
    found |= {
        warned.incident_id for e in events if isinstance(e, RiskLooked) for warned in e.warned
    }
    if threads:
        rows = await connection.fetch(SQL["incidents_of_threads"], threads)
        found |= {row["incident_id"] for row in rows}
    return found


async def project(connection: Connection, outcome: Outcome) -> None:
    """Keep the table of what is open as it was just decided."""
    emitted = [each.event for each in outcome.emitted]
    words = outcome.world.fingerprints
    opened = [_row(each, words) for each in emitted if isinstance(each, IncidentClassified)]
    events = [*emitted, *(each.event for each in outcome.consumed)]
    closed = [e.incident_id for e in events if isinstance(e, CaseClosed | IncidentWithdrawn)]
    if opened:
        await connection.execute(SQL["open"], *columns(opened))
    if closed:
        await connection.execute(SQL["close"], closed)


def _row(event: IncidentClassified, words: Mapping[str, bytes]) -> tuple[Any, ...]:
    opened = as_open(event, words.get(event.voice.report_id, b""))
    return (
        opened.incident_id,
        opened.category,
        _cell(opened),
        opened.fingerprint or None,
        opened.opened_at,
        opened.longitude,
        opened.latitude,
        opened.building,
    )


def _cell(opened: OpenIncident) -> str:
    if opened.longitude is None or opened.latitude is None:
        return ""
    return cell_of(opened.longitude, opened.latitude)


def _incident(row: Any) -> OpenIncident:
    return OpenIncident(
        incident_id=row["incident_id"],
        category=row["category"],
        fingerprint=row["fingerprint"] or b"",
        opened_at=row["opened_at"],
        longitude=row["longitude"],
        latitude=row["latitude"],
        building=row["building"],
    )
