"""What classification says: what it is, where, how bad, how sure and why."""

from enum import StrEnum
from typing import ClassVar

from pydantic import AwareDatetime, Field

from schemas.event import Event, Part
from schemas.place import Place
from schemas.report import Source


class Severity(StrEnum):
    """How bad it is. `danger` is danger to life."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    DANGER = "danger"


class Kind(StrEnum):
    """What sort of matter an incident is."""

    HAZARD = "hazard"
    REQUEST = "request"
    RECURRENCE = "recurrence"


class Category(Part):
    """A category of the catalogue (类别): `code` of five digits within `standard`."""

    code: str = Field(pattern=r"^\d{5}$")
    name: str
    scene: str
    standard: str = "local"


class Voice(Part):
    """One report behind an incident, for whoever must answer it."""

    report_id: str
    thread: str
    source: Source
    reported_at: AwareDatetime
    ticket_number: str | None = None
    camera_alarm: str | None = None


class IncidentClassified(Event):
    """A report opened an incident: what, where, how bad, how sure, why (立案)."""

    ce_type: ClassVar[str] = "hub.incident.classified.v1"

    incident_id: str
    voice: Voice
    kind: Kind
    category: Category
    severity: Severity
    confidence: float = Field(ge=0, le=1)
    title: str
    summary: str = Field(max_length=1_000)
    place: Place
    express: bool = False
    suspicion: bool = Field(default=False, description="a person must confirm it first")
    reasons: tuple[str, ...] = Field(description="why, in Chinese, for an operator")
    catalogue_version: str
    follows: str | None = Field(default=None, description="the incident that came back")
    classified_at: AwareDatetime

    @property
    def concerns(self) -> tuple[str, ...]:
        """The incident, and the thread of the report that opened it."""
        return (self.incident_id, self.voice.thread)


class ReportMerged(Event):
    """A report joined an incident that is already open (并案)."""

    ce_type: ClassVar[str] = "hub.report.merged.v1"

    incident_id: str
    voice: Voice
    reasons: tuple[str, ...]
    merged_at: AwareDatetime

    @property
    def concerns(self) -> tuple[str, ...]:
        """The incident, and the thread of the report that joined it."""
        return (self.incident_id, self.voice.thread)


class ReportDismissed(Event):
    """Chat that reports nothing; only chat is ever dismissed. Subject: the report's thread."""

    ce_type: ClassVar[str] = "hub.report.dismissed.v1"
    about: ClassVar[str] = "thread"

    thread: str
    report_id: str
    source: Source
    reasons: tuple[str, ...]
    dismissed_at: AwareDatetime


class IncidentRegraded(Event):
    """A graver voice joined: the incident is worse than it was thought to be."""

    ce_type: ClassVar[str] = "hub.incident.regraded.v1"

    incident_id: str
    severity: Severity
    previous: Severity
    reasons: tuple[str, ...]
    regraded_at: AwareDatetime


class VoiceWithdrawn(Event):
    """One of several voices behind an incident was taken back; the others stand."""

    ce_type: ClassVar[str] = "hub.voice.withdrawn.v1"

    incident_id: str
    thread: str
    withdrawn_at: AwareDatetime


class IncidentWithdrawn(Event):
    """Every voice behind an incident was taken back (撤单)."""

    ce_type: ClassVar[str] = "hub.incident.withdrawn.v1"

    incident_id: str
    reasons: tuple[str, ...]
    withdrawn_at: AwareDatetime


class IncidentUrged(Event):
    """A voice came again, urging or amending what it had said (催单)."""

    ce_type: ClassVar[str] = "hub.incident.urged.v1"

    incident_id: str
    thread: str
    change: str
    count: int = Field(ge=1)
    urged_at: AwareDatetime
