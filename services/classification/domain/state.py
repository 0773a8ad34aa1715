"""What classification remembers: of each thread its incident, of each incident what it is."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from schemas.case import CaseAccepted, CaseClosed, CaseReopened
from schemas.event import Event
from schemas.incident import (
    Category,
    HotspotFound,
    IncidentAbsorbed,
    IncidentClassified,
    IncidentRecategorised,
    IncidentRegraded,
    IncidentSplit,
    IncidentWithdrawn,
    Kind,
    ReportDismissed,
    ReportMerged,
    ReviewAnswered,
    ReviewRequested,
    Severity,
    Voice,
    VoiceWithdrawn,
)
from schemas.place import Place
from schemas.report import ReportReceived, ReportWithdrawn
from schemas.source import SourceRecovered, SourceSilenced

REVIEW = "review"
"""The timer of a review that nobody answers."""
OUTAGES = "99001"
"""The category of a source that has fallen silent (感知设备离线)."""
OF_THE_HUB = frozenset({Kind.WARNING, Kind.MAINTENANCE})
"""What the hub opens itself: no report joins it."""
SUMMARY_CHARACTERS = 200


@dataclass(frozen=True, slots=True)
class Thread:
    """A report's thread: which incident it belongs to, if any.

    The report is kept as long as somebody may still decide about it: while it waits for its
    review until `review_until`, or was dismissed. `title`, `summary` and `place` stay, for the
    incident that a split may make of it; of a confidential ticket the place alone.
    """

    report_id: str
    incident_id: str | None = None
    report: ReportReceived | None = None
    review_until: datetime | None = None
    is_dismissed: bool = False
    title: str = ""
    summary: str = ""
    place: Place | None = None
    kind: Literal["thread"] = "thread"


@dataclass(frozen=True, slots=True)
class Incident:
    """An incident: what it is, and whose voices stand behind it."""

    category: Category
    severity: Severity
    title: str
    summary: str
    place: Place
    voices: tuple[Voice, ...]
    opened_at: datetime
    is_open: bool = True
    is_accepted: bool = False
    kind_of_matter: Kind = Kind.HAZARD
    kind: Literal["incident"] = "incident"

    @property
    def threads(self) -> tuple[str, ...]:
        """The threads of its voices."""
        return tuple(each.thread for each in self.voices)


@dataclass(frozen=True, slots=True)
class Outage:
    """A source and its silence: the incident that looks into it, as long as it lasts."""

    incident_id: str | None = None
    is_silent: bool = False
    kind: Literal["outage"] = "outage"


@dataclass(frozen=True, slots=True)
class Hotspot:
    """A hot spot: how large it was when it was told last."""

    size: int
    kind: Literal["hotspot"] = "hotspot"


State = Thread | Incident | Outage | Hotspot


def evolve(state: State | None, event: Event) -> State | None:
    """The next state; an event that does not matter changes nothing."""
    match state, event:
        case None, ReportReceived():
            return _heard(event)
        case None | Outage(), SourceSilenced():
            return Outage(state.incident_id if state else None, is_silent=True)
        case Outage(), _:
            return _evolve_outage(state, event)
        case None, IncidentClassified():
            return _opened(event)
        case None | Hotspot(), HotspotFound():
            return Hotspot(event.voices)
        case Thread(), _:
            return _evolve_thread(state, event)
        case Incident(), _:
            return _evolve_incident(state, event)
    return state


def _heard(report: ReportReceived) -> Thread:
    is_open = not (report.ticket and report.ticket.confidential)
    return Thread(
        report.report_id,
        report=report,
        title=report.title[:100] if is_open else "",
        summary=report.text[:SUMMARY_CHARACTERS] if is_open else "",
        place=report.place,
    )


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
        voices=(event.voice,),
        opened_at=event.classified_at,
        kind_of_matter=event.kind,
    )


def _evolve_incident(state: Incident, event: Event) -> Incident:
    match event:
        case ReportMerged():
            return replace(state, voices=(*state.voices, event.voice))
        case IncidentRegraded():
            return replace(state, severity=event.severity)
        case IncidentRecategorised():
            return replace(
                state,
                category=event.category,
                severity=event.severity,
                kind_of_matter=event.kind,
            )
        case CaseAccepted() if state.category.code == OUTAGES:
            return replace(state, is_accepted=True)
        case VoiceWithdrawn():
            return _without(state, (event.thread,))
        case IncidentSplit():
            return _without(state, event.threads)
        case IncidentAbsorbed():
            return replace(state, voices=(), is_open=False)
        case IncidentWithdrawn() | CaseClosed():
            return replace(state, is_open=False)
        case CaseReopened():
            return replace(state, is_open=True)
    return state


def _without(state: Incident, threads: Collection[str]) -> Incident:
    left = tuple(each for each in state.voices if each.thread not in threads)
    return replace(state, voices=left)
