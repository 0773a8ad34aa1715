"""What classification remembers: of each thread its incident, of each incident what it is."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from schemas.case import CaseClosed, CaseReopened
from schemas.event import Event
from schemas.incident import (
    Category,
    HotspotFound,
    IncidentAbsorbed,
    IncidentClassified,
    IncidentRegraded,
    IncidentSplit,
    IncidentWithdrawn,
    Kind,
    ReportDismissed,
    ReportMerged,
    Severity,
    Voice,
    VoiceWithdrawn,
)
from schemas.place import Place
from schemas.report import ReportReceived


@dataclass(frozen=True, slots=True)
class Thread:
    """A report's thread: which incident it belongs to, if any."""

    report_id: str
    incident_id: str | None = None
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
    kind_of_matter: Kind = Kind.HAZARD
    kind: Literal["incident"] = "incident"

    @property
    def threads(self) -> tuple[str, ...]:
        """The threads of its voices."""
        return tuple(each.thread for each in self.voices)


@dataclass(frozen=True, slots=True)
class Hotspot:
    """A hot spot: how large it was when it was told last."""

    size: int
    kind: Literal["hotspot"] = "hotspot"


State = Thread | Incident | Hotspot
SUMMARY_CHARACTERS = 200


def evolve(state: State | None, event: Event) -> State | None:
    """The next state; an event that does not matter changes nothing."""
    match state, event:
        case None, ReportReceived():
            return Thread(
                event.report_id,
                title=event.title[:100],
                summary=event.text[:SUMMARY_CHARACTERS],
                place=event.place,
            )
        case None, IncidentClassified():
            return _opened(event)
        case Thread(), IncidentClassified() | ReportMerged():
            return replace(state, incident_id=event.incident_id)
        case Thread(), ReportDismissed():
            return state
        case None | Hotspot(), HotspotFound():
            return Hotspot(event.voices)
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
