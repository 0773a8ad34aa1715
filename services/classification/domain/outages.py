"""A source that has fallen silent: somebody goes and looks (感知设备离线)."""

from collections.abc import Iterator
from datetime import datetime
from uuid import UUID, uuid5

from schemas.event import Event
from schemas.incident import (
    IncidentClassified,
    IncidentUrged,
    IncidentWithdrawn,
    Kind,
    Severity,
    Voice,
)
from schemas.report import Source
from schemas.source import SourceRecovered, SourceSilenced
from services.classification.domain.recognition import Book, category_of
from services.classification.domain.state import OUTAGES, Incident, Outage

SILENCES = UUID("5c0e8a4b-0c7e-5d0f-9b8a-52b1d7d9c3f4")
GRAVER_WITHOUT = frozenset({Source.HOTLINE, Source.CAMERA})
"""Sources whose silence may hide a danger."""


def decide_silenced(
    event: SourceSilenced, known: Outage | None, book: Book, now: datetime
) -> Iterator[Event]:
    """One incident an outage, however often its silence is told."""
    if known and known.is_silent:
        return
    category = category_of(book.catalogue.entries[OUTAGES])
    told = f"{event.heard_at:%m-%d %H:%M}（UTC）" if event.heard_at else "接入以来"
    yield IncidentClassified(
        incident_id=str(uuid5(SILENCES, f"{event.source_id}:{event.silenced_at.isoformat()}")),
        voice=Voice(
            report_id=f"{event.source_id}@{event.silenced_at.isoformat()}",
            thread=event.source_id,
            source=Source.HUB,
            reported_at=event.silenced_at,
        ),
        kind=Kind.MAINTENANCE,
        category=category,
        severity=Severity.MEDIUM if event.source in GRAVER_WITHOUT else Severity.LOW,
        confidence=1.0,
        title=f"{event.name or event.source_id}离线"[:100],
        summary=f"{told}后再无消息，超过 {event.patience / 60:.0f} 分钟，请检查供电、网络和设备",
        place=event.place,
        reasons=("来源静默，转设备维护",),
        catalogue_version=book.catalogue.version,
        classified_at=now,
    )


def decide_recovered(
    event: SourceRecovered, known: Outage | None, incident: Incident | None, now: datetime
) -> Iterator[Event]:
    """Nobody need go any more, unless somebody is on the way: who is, is told."""
    if not known or not known.incident_id or not incident or not incident.is_open:
        return
    why = f"来源已自行恢复，静默 {event.silent_for / 60:.0f} 分钟"
    if incident.is_accepted:
        yield IncidentUrged(
            incident_id=known.incident_id,
            thread=event.source_id,
            change=f"recovered：{why}，请核实后办结",
            count=1,
            urged_at=now,
        )
    else:
        yield IncidentWithdrawn(incident_id=known.incident_id, reasons=(why,), withdrawn_at=now)
