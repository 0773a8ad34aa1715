"""What classification says: what it is, where, how bad, how sure and why."""

from enum import StrEnum
from typing import ClassVar, Literal

from pydantic import AwareDatetime, Field

from schemas.event import Event, Part
from schemas.place import Place
from schemas.report import Source, TicketType


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
    MAINTENANCE = "maintenance"
    WARNING = "warning"


class Category(Part):
    """A category of the catalogue (类别): `code` of five digits within `standard`."""

    code: str = Field(pattern=r"^\d{5}$")
    name: str
    scene: str
    standard: str = "local"


class Candidate(Part):
    """A category that a report may belong to, and how sure that is."""

    code: str = Field(pattern=r"^\d{5}$")
    name: str
    confidence: float = Field(ge=0, le=1)


class Voice(Part):
    """One report behind an incident, for whoever must answer it."""

    report_id: str
    thread: str
    source: Source
    reported_at: AwareDatetime
    ticket_number: str | None = None
    ticket_type: TicketType | None = None
    camera_alarm: str | None = None
    camera: str | None = Field(default=None, description="device and channel of the camera")
    confidential: bool = Field(default=False, description="to be handled as such to the end")


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
    model_version: str = ""
    candidates: tuple[Candidate, ...] = Field(default=(), description="the likeliest, best first")
    sensitive: tuple[str, ...] = Field(default=(), description="why it is a sensitive matter")
    reviewer: str = Field(default="", description="staff number of who decided the category")
    unreviewed: bool = Field(default=False, description="nobody answered the review in time")
    follows: str | None = Field(default=None, description="the incident that came back")
    split_from: str | None = Field(default=None, description="the incident it was taken out of")
    warning: str | None = Field(default=None, description="the warning that it looks into")
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


class ReviewRequested(Event):
    """Too unsure: a person is asked, until `expires_at` (复核). Subject: the report's thread."""

    ce_type: ClassVar[str] = "hub.review.requested.v1"
    about: ClassVar[str] = "thread"

    thread: str
    report_id: str
    source: Source
    summary: str = Field(max_length=1_000)
    candidates: tuple[Candidate, ...] = Field(description="the likeliest, best first")
    reasons: tuple[str, ...]
    expires_at: AwareDatetime
    requested_at: AwareDatetime


class ReviewAnswered(Event):
    """A person said what it is; `code` is absent where it reports nothing. Subject: the thread."""

    ce_type: ClassVar[str] = "hub.review.answered.v1"
    about: ClassVar[str] = "thread"

    thread: str
    report_id: str
    code: str | None = Field(default=None, pattern=r"^\d{5}$")
    reviewer: str = Field(description="staff number", max_length=64)
    note: str = Field(default="", max_length=2_000)
    answered_at: AwareDatetime


class IncidentRecategorised(Event):
    """A person put the category right after the incident was open (改类)."""

    ce_type: ClassVar[str] = "hub.incident.recategorised.v1"

    incident_id: str
    category: Category
    previous: Category
    kind: Kind
    severity: Severity
    by: str = Field(description="staff number", max_length=64)
    reason: str = Field(default="", max_length=2_000)
    recategorised_at: AwareDatetime


class IncidentSplit(Event):
    """Some voices were taken out of an incident: they are a matter of their own (拆分).

    The incident `into` follows as an `IncidentClassified` with `split_from`, its further
    voices as `ReportMerged`.
    """

    ce_type: ClassVar[str] = "hub.incident.split.v1"

    incident_id: str
    into: str
    threads: tuple[str, ...]
    by: str = Field(description="staff number", max_length=64)
    reason: str = Field(max_length=2_000)
    split_at: AwareDatetime

    @property
    def concerns(self) -> tuple[str, ...]:
        """The incident, and the threads that leave it."""
        return (self.incident_id, *self.threads)


class IncidentAbsorbed(Event):
    """Two open incidents are one: this one goes on as `into`, its voices join that (并入)."""

    ce_type: ClassVar[str] = "hub.incident.absorbed.v1"

    incident_id: str
    into: str
    reasons: tuple[str, ...]
    by: str = Field(default="", description="staff number; empty: by the rules", max_length=64)
    absorbed_at: AwareDatetime


class HotspotFound(Event):
    """Many voices, or one place again and again, or one theme for weeks (热点)."""

    ce_type: ClassVar[str] = "hub.hotspot.found.v1"
    about: ClassVar[str] = "hotspot_id"

    hotspot_id: str
    sort: Literal["voices", "recurrences", "theme"]
    theme: str
    category: Category | None = None
    place: Place = Place()
    incidents: tuple[str, ...]
    voices: int = Field(ge=1)
    since: AwareDatetime
    reasons: tuple[str, ...]
    found_at: AwareDatetime


class Alertness(StrEnum):
    """The level of a warning or an emergency, gravest first (Ⅰ级 to Ⅳ级)."""

    RED = "red"
    ORANGE = "orange"
    YELLOW = "yellow"
    BLUE = "blue"


class RiskRaised(Event):
    """Improbably many of one category in one area: something is brewing (风险预警).

    `observed` came in the last `days` days, where `expected` were usual. The incident that
    looks into it follows as an `IncidentClassified` with `warning`.
    """

    ce_type: ClassVar[str] = "hub.risk.raised.v1"
    about: ClassVar[str] = "warning_id"

    warning_id: str
    level: Alertness
    category: Category
    area: str = Field(description="code of the district, street, community or grid")
    days: int = Field(ge=1)
    observed: int = Field(ge=1)
    expected: float = Field(ge=0)
    incidents: tuple[str, ...] = Field(default=(), description="the evidence")
    reasons: tuple[str, ...]
    raised_at: AwareDatetime


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
