"""What classification remembers: of each thread its incident, of each incident what it is."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from schemas.case import CaseAccepted, CaseClosed, CaseReopened
from schemas.event import Event
from schemas.incident import (
    Category,
    IncidentClassified,
    IncidentRecategorised,
    IncidentRegraded,
    IncidentWithdrawn,
    ReportDismissed,
    ReportMerged,
    ReviewAnswered,
    ReviewRequested,
    Severity,
    VoiceWithdrawn,
)
from schemas.place import Place
from schemas.report import ReportReceived, ReportWithdrawn
from schemas.source import SourceRecovered, SourceSilenced

REVIEW = "review"
"""The timer of a review that nobody answers."""
OUTAGES = "99001"
"""The category of a source that has fallen silent (感知设备离线)."""


@dataclass(frozen=True, slots=True)
class Thread:
    """A report's thread: which incident it belongs to, if any.

    The report is kept as long as somebody may still decide about it: while it waits for its
    review until `review_until`, or was dismissed.
    """

    report_id: str
    incident_id: str | None = None
    report: ReportReceived | None = None
    review_until: datetime | None = None
    is_dismissed: bool = False
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
    is_accepted: bool = False
    kind: Literal["incident"] = "incident"


@dataclass(frozen=True, slots=True)
class Outage:
    """A source and its silence: the incident that looks into it, as long as it lasts."""

    incident_id: str | None = None
    is_silent: bool = False
    kind: Literal["outage"] = "outage"


State = Thread | Incident | Outage


def evolve(state: State | None, event: Event) -> State | None:
    """The next state; an event that does not matter changes nothing."""
    match state, event:
        case None, ReportReceived():
            return Thread(report_id=event.report_id, report=event)
        case None | Outage(), SourceSilenced():
            return Outage(state.incident_id if state else None, is_silent=True)
        case Outage(), _:
            return _evolve_outage(state, event)
        case None, IncidentClassified():
            return _opened(event)
        case Thread(), _:
            return _evolve_thread(state, event)
        case Incident(), _:
            return _evolve_incident(state, event)
    return state


def _evolve_thread(state: Thread, event: Event) -> Thread:
    match event:
        case IncidentClassified() | ReportMerged():
            return replace(
                state,
                incident_id=event.incident_id,
                report=None,
                review_until=None,
                is_dismissed=False,
            )
        case ReviewRequested():
            return replace(state, review_until=event.expires_at)
        case ReviewAnswered():
            return replace(state, review_until=None)
        case ReportDismissed():
            return replace(state, review_until=None, is_dismissed=True)
        case ReportWithdrawn():
            return replace(state, report=None, review_until=None, is_dismissed=False)
    return state


def _evolve_outage(state: Outage, event: Event) -> Outage:
    match event:
        case IncidentClassified():
            return replace(state, incident_id=event.incident_id)
        case SourceRecovered():
            return Outage()
    return state


def deadlines(state: State) -> Mapping[str, datetime]:
    """The timers that a state wants: a review that nobody answers comes due."""
    until = state.review_until if isinstance(state, Thread) else None
    return {REVIEW: until} if until else {}


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
        case IncidentRecategorised():
            return replace(state, category=event.category, severity=event.severity)
        case CaseAccepted() if state.category.code == OUTAGES:
            return replace(state, is_accepted=True)
        case VoiceWithdrawn():
            left = tuple(thread for thread in state.threads if thread != event.thread)
            return replace(state, threads=left)
        case IncidentWithdrawn() | CaseClosed():
            return replace(state, is_open=False)
        case CaseReopened():
            return replace(state, is_open=True)
    return state
