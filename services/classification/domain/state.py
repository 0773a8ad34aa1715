"""What classification remembers: of each thread its incident, of each incident what it is."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from schemas.case import CaseClosed, CaseReopened
from schemas.event import Event
from schemas.incident import (
    Category,
    IncidentClassified,
    IncidentRegraded,
    IncidentWithdrawn,
    ReportDismissed,
    ReportMerged,
    Severity,
    VoiceWithdrawn,
)
from schemas.place import Place
from schemas.report import ReportReceived


@dataclass(frozen=True, slots=True)
class Thread:
    """A report's thread: which incident it belongs to, if any."""

    report_id: str
    incident_id: str | None = None
    kind: Literal["thread"] = "thread"


@dataclass(frozen=True, slots=True)
class Incident:
    """An incident: what it is, and whose voices stand behind it."""

    category: Category
    severity: Severity
    title: str
    summary: str
    place: Place
    threads: tuple[str, ...]
    opened_at: datetime
    is_open: bool = True
    kind: Literal["incident"] = "incident"


State = Thread | Incident


def evolve(state: State | None, event: Event) -> State | None:
    """The next state; an event that does not matter changes nothing."""
    match state, event:
        case None, ReportReceived():
            return Thread(report_id=event.report_id)
        case None, IncidentClassified():
            return _opened(event)
        case Thread(), IncidentClassified() | ReportMerged():
            return replace(state, incident_id=event.incident_id)
        case Thread(), ReportDismissed():
            return state
        case Incident(), _:
            return _evolve_incident(state, event)
    return state


def _opened(event: IncidentClassified) -> Incident:
    return Incident(
        category=event.category,
        severity=event.severity,
        title=event.title,
        summary=event.summary,
        place=event.place,
        threads=(event.voice.thread,),
        opened_at=event.classified_at,
    )


def _evolve_incident(state: Incident, event: Event) -> Incident:
    match event:
        case ReportMerged():
            return replace(state, threads=(*state.threads, event.voice.thread))
        case IncidentRegraded():
            return replace(state, severity=event.severity)
        case VoiceWithdrawn():
            left = tuple(thread for thread in state.threads if thread != event.thread)
            return replace(state, threads=left)
        case IncidentWithdrawn() | CaseClosed():
            return replace(state, is_open=False)
        case CaseReopened():
            return replace(state, is_open=True)
    return state
