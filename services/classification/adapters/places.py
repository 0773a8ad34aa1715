"""Known incidents by place, in PostgreSQL: read under locks before a batch is decided."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from schemas.case import CaseClosed, CaseReopened, MergeRefused
from schemas.event import Event
from schemas.incident import (
    IncidentAbsorbed,
    IncidentClassified,
    IncidentRecategorised,
    IncidentWithdrawn,
    ReportMerged,
)
from schemas.report import ReportReceived, ReportUpdated, ReportWithdrawn
from services.classification.domain.cells import (
    LOCK_CELL,
    cell_of,
    cells_near,
    estate_of,
    squares,
    unit_of,
)
from services.classification.domain.duplicates import Neighbourhood, weighty
from services.classification.domain.families import FARTHEST, LONGEST, Families
from services.classification.domain.hotspots import again_at, voices_at
from services.classification.domain.likeness import fingerprint
from services.classification.domain.look import RiskLooked
from services.classification.domain.matching import RECURS_WITHIN, Matter, OpenIncident
from services.classification.domain.orders import (
    AbsorptionOrdered,
    SplitOrdered,
    ThemeNoticed,
    split_off,
)
from services.classification.domain.recognition import Opinion
from services.kernel.domain import Outcome
from services.kernel.postgres import Connection, columns, queries
from services.kernel.record import Message

SQL = queries(Path(__file__).parents[1] / "sql" / "queries.sql")
UNFOLLOWED = frozenset({"withdrawn", "false_alarm", "absorbed"})
"""Outcomes after which nothing can come back."""


async def gather(
    connection: Connection,
    messages: Sequence[Message],
    opinions: Mapping[str, Opinion],
    families: Families,
) -> Neighbourhood:
    """Lock the places of a batch and look at what is known there."""
    events = [each.event for each in messages]
    reports = [each for each in events if isinstance(each, ReportReceived)]
    words = {each.report_id: fingerprint(each.title, each.text) for each in reports}
    near = Neighbourhood(opinions, fingerprints=words, families=families)
    if reports:
        await connection.execute(SQL["lock_places"], list(_places(reports, words)))
        for incident in await _near(connection, reports, near):
            near.note(incident)
    for incident in await _before(connection, events):
        near.note(incident)
    joined = near.spoken_of(reports, datetime.now(UTC))
    joined |= await _further_subjects(connection, events)
    roots = {near.root_of(each) for each in joined}
    near.subjects = (
        joined | {voices_at(each) for each in joined} | {again_at(each) for each in roots}
    )
    return near


async def _near(
    connection: Connection, reports: Sequence[ReportReceived], near: Neighbourhood
) -> list[OpenIncident]:
    wanted = {
        (*each, families)
        for matter in filter(None, map(near.matter, reports))
        for families in ("|".join(weighty(matter.leanings)),)
        for each in _looks(matter)
    }
    now, words = datetime.now(UTC), list(filter(None, near.fingerprints.values()))
    lists = columns(wanted) if wanted else [[]] * 4
    since = now - timedelta(hours=LONGEST), now - RECURS_WITHIN
    rows = await connection.fetch(SQL["incidents_near"], *lists, words, *since)
    return list(map(_incident, rows))


def _looks(matter: Matter) -> Iterator[tuple[str, str, str]]:
    """Where to look for what a report may speak of: sort of place, its key, the building."""
    place, cells = matter.place, cells_near(matter.place, matter.family.metres)
    building = place.building or ""
    also = " and building" if building else ""
    for cell in cells:
        yield f"cell{also}", cell, building
    if estate := estate_of(place):
        yield f"estate{also}", estate, building
    if unit := unit_of(place):
        yield "unit of those without a point" if cells else "unit", unit, building


def _places(reports: Iterable[ReportReceived], words: Mapping[str, bytes]) -> set[str]:
    names = {each.hex() for each in words.values() if each}
    for place in (report.place for report in reports):
        if place.longitude is not None and place.latitude is not None:
            names.update(squares(place.longitude, place.latitude, LOCK_CELL, FARTHEST))
        names.update(filter(None, (estate_of(place), unit_of(place))))
    return names


async def _before(connection: Connection, events: Sequence[Event]) -> list[OpenIncident]:
    """What came back already from the incidents whose late voices were refused."""
    refused = [each.incident_id for each in events if isinstance(each, MergeRefused)]
    rows = await connection.fetch(SQL["recurrences_of"], refused) if refused else []
    return list(map(_incident, rows))


async def _further_subjects(connection: Connection, events: Sequence[Event]) -> set[str]:
    """Incidents of threads that are heard again, and whatever else an event changes."""
    threads = [e.thread for e in events if isinstance(e, ReportUpdated | ReportWithdrawn)]
    found = set[str]()
    for each in events:
        match each:
            case MergeRefused():
                found |= {each.voice.thread, each.incident_id}
            case SplitOrdered():
                found |= {*each.threads, split_off(each)}
            case AbsorptionOrdered():
                found |= {each.into, *await _threads_of(connection, each.incident_id)}
            case ThemeNoticed():
                found.add(each.hotspot_id)
            case RiskLooked():
                found |= {warned.incident_id for warned in each.warned}
    if threads:
        rows = await connection.fetch(SQL["incidents_of_threads"], threads)
        found |= {row["incident_id"] for row in rows}
    return found


async def _threads_of(connection: Connection, incident_id: str) -> list[str]:
    rows = await connection.fetch(SQL["threads_of"], incident_id)
    return [row["thread"] for row in rows]


async def project(connection: Connection, outcome: Outcome) -> None:
    """Keep the table of what is known as it was just decided."""
    events: list[Any] = [each.event for each in outcome.emitted]
    events += (each.event for each in outcome.consumed)
    known = outcome.world.incidents
    new = (each.incident_id for each in events if isinstance(each, IncidentClassified))
    opened = [_row(known[each]) for each in new if each in known]
    joined = {e.incident_id for e in events if isinstance(e, ReportMerged)}
    heard = [_heard(known[each]) for each in sorted(joined & known.keys())]
    closed = {e.incident_id: e.at for e in events if isinstance(e, CaseClosed)}
    renamed = {
        e.incident_id: (e.category.code, outcome.world.families.of(e.category.code).name)
        for e in events
        if isinstance(e, IncidentRecategorised)
    }
    reopened = [e.incident_id for e in events if isinstance(e, CaseReopened)]
    if opened:
        await connection.execute(SQL["open"], *columns(opened))
    if heard:
        await connection.execute(SQL["hear"], *columns(heard))
    if closed:
        await connection.execute(SQL["close"], list(closed), list(closed.values()))
    if renamed:
        await connection.execute(SQL["rename"], list(renamed), *columns(renamed.values()))
    if reopened:
        await connection.execute(SQL["reopen"], reopened)
    if gone := [e.incident_id for e in events if _is_gone(e)]:
        await connection.execute(SQL["forget"], gone)
    await _join_themes(connection, events)


def _is_gone(event: Event) -> bool:
    if isinstance(event, CaseClosed):
        return event.outcome in UNFOLLOWED
    return isinstance(event, IncidentWithdrawn | IncidentAbsorbed)


async def _join_themes(connection: Connection, events: Sequence[Event]) -> None:
    joined = [
        (incident, each.hotspot_id, each.at)
        for each in events
        if isinstance(each, ThemeNoticed)
        for incident in each.incidents
    ]
    if joined:
        await connection.execute(SQL["join_theme"], *columns(joined))


def _row(known: OpenIncident) -> tuple[Any, ...]:
    return (
        known.incident_id,
        known.category,
        _cell(known),
        known.fingerprint or None,
        known.opened_at,
        known.longitude,
        known.latitude,
        known.building,
        known.estate,
        known.unit,
        "|".join(name for name, _ in known.leanings),
        "|".join(f"{share:.4f}" for _, share in known.leanings),
        known.gist,
        known.danger,
        known.root,
        known.follows,
    )


def _heard(known: OpenIncident) -> tuple[Any, ...]:
    return (
        known.incident_id,
        known.last_at,
        known.building,
        "|".join(name for name, _ in known.leanings),
        "|".join(f"{share:.4f}" for _, share in known.leanings),
        known.gist,
        known.danger,
    )


def _cell(known: OpenIncident) -> str:
    if known.longitude is None or known.latitude is None:
        return ""
    return cell_of(known.longitude, known.latitude)


def _incident(row: Any) -> OpenIncident:
    return OpenIncident(
        incident_id=row["incident_id"],
        category=row["category"],
        fingerprint=row["fingerprint"] or b"",
        opened_at=row["opened_at"],
        longitude=row["longitude"],
        latitude=row["latitude"],
        building=row["building"],
        estate=row["estate"],
        unit=row["unit"],
        leanings=tuple(zip(row["families"], row["shares"], strict=True)),
        gist=row["gist"],
        danger=row["danger"],
        heard_at=row["heard_at"],
        closed_at=row["closed_at"],
        root=row["root"],
        follows=row["follows"],
    )
