"""THE MAP: topic | events | producer | consumers, in the order of travel.

Topics, the README's diagram and the AsyncAPI documents are made from this table.
"""

from dataclasses import dataclass
from enum import StrEnum

from schemas import case, dispatch, ground, incident, report, source, worker
from schemas.event import Event


class Service(StrEnum):
    """The four services; each name is also a consumer group and a PostgreSQL schema."""

    INTAKE = "intake"
    CLASSIFICATION = "classification"
    DISPATCH = "dispatch"
    FEEDBACK = "feedback"


UPSTREAM = "upstream"
DOWNSTREAM = "downstream"
EXPRESS = ".express"


@dataclass(frozen=True)
class Topic:
    """One stream of what one producer says.

    `events` is empty where the outside world speaks in formats of its own. A topic with
    `express` has a second one beside it, for danger to life.
    """

    name: str
    events: tuple[type[Event], ...]
    producer: str
    consumers: tuple[Service, ...]
    express: bool = False
    partitions: int = 4

    @property
    def names(self) -> tuple[str, ...]:
        """The ordinary lane, then the express lane if there is one."""
        return (self.name, self.name + EXPRESS) if self.express else (self.name,)

    @property
    def sequenced(self) -> bool:
        """Whether its events carry `ce_sequence`, gapless per producer and subject."""
        return self.producer != UPSTREAM and bool(self.consumers)


HOTLINE_TICKETS = Topic("upstream.hotline.tickets", (), UPSTREAM, (Service.INTAKE,))
CAMERA_ALARMS = Topic("upstream.camera.alarms", (), UPSTREAM, (Service.INTAKE,))
MESSAGES = Topic("upstream.messages", (), UPSTREAM, (Service.INTAKE,))
WORKER_REPORTS = Topic("upstream.workers.reports", (), UPSTREAM, (Service.INTAKE,))

REPORTS = Topic(
    "hub.reports.v1",
    (report.ReportReceived, report.ReportUpdated, report.ReportWithdrawn),
    Service.INTAKE,
    (Service.CLASSIFICATION, Service.FEEDBACK),
    express=True,
)
SOURCES = Topic(
    "hub.sources.v1",
    (source.SourceSilenced, source.SourceRecovered),
    Service.INTAKE,
    (Service.CLASSIFICATION, Service.FEEDBACK),
)
INCIDENTS = Topic(
    "hub.incidents.v1",
    (
        incident.IncidentClassified,
        incident.ReportMerged,
        incident.ReportDismissed,
        incident.ReviewRequested,
        incident.ReviewAnswered,
        incident.IncidentRecategorised,
        incident.IncidentSplit,
        incident.IncidentAbsorbed,
        incident.HotspotFound,
        incident.RiskRaised,
        incident.IncidentRegraded,
        incident.VoiceWithdrawn,
        incident.IncidentWithdrawn,
        incident.IncidentUrged,
    ),
    Service.CLASSIFICATION,
    (Service.DISPATCH, Service.FEEDBACK, Service.INTAKE),
    express=True,
)
DISPATCHES = Topic(
    "hub.dispatches.v1",
    (
        dispatch.IncidentDispatched,
        dispatch.IncidentEscalated,
        dispatch.DispatchHeld,
        dispatch.DispatchWithdrawn,
        dispatch.DisputeDecided,
        dispatch.PushdownRefused,
        dispatch.SupervisionOrdered,
    ),
    Service.DISPATCH,
    (Service.FEEDBACK, Service.INTAKE),
    express=True,
)
WORKER_STEPS = Topic(
    "upstream.workers.steps", (worker.StepReported,), UPSTREAM, (Service.FEEDBACK,)
)
HOTLINE_RATINGS = Topic(
    "upstream.hotline.ratings", (worker.CitizenRated,), UPSTREAM, (Service.FEEDBACK,)
)
CASES = Topic(
    "hub.cases.v1",
    (
        case.CaseConfirmed,
        case.CaseAccepted,
        case.CaseDeparted,
        case.CaseArrived,
        case.CaseTaskDone,
        case.CaseDisposed,
        case.CaseChecked,
        case.CaseClosed,
        case.CaseReopened,
        case.CaseDeclined,
        case.CaseAsked,
        case.CaseDenied,
        case.CaseExtended,
        case.CaseSuspended,
        case.CaseResumed,
        case.CaseReturned,
        case.CaseRegistered,
        case.CaseRated,
        case.CaseRecurred,
        case.CaseExcused,
        case.CaseReminded,
        case.StageOverdue,
        case.StepRefused,
        case.MergeRefused,
    ),
    Service.FEEDBACK,
    (Service.CLASSIFICATION, Service.DISPATCH, Service.INTAKE),
    express=True,
)
MODES = Topic(
    "hub.modes.v1",
    (dispatch.ModeDeclared, dispatch.ModeEnded),
    Service.DISPATCH,
    (Service.CLASSIFICATION, Service.FEEDBACK),
    partitions=1,
)
GROUND = Topic(
    "hub.ground.v1", (ground.GroundPublished,), Service.DISPATCH, (Service.FEEDBACK,), partitions=1
)
HOTLINE_RECEIPTS = Topic(
    "downstream.hotline.receipts", (case.HotlineReceipt,), Service.FEEDBACK, ()
)
CAMERA_STATES = Topic("downstream.camera.states", (case.CameraState,), Service.FEEDBACK, ())

FLOW: tuple[Topic, ...] = (
    HOTLINE_TICKETS,
    CAMERA_ALARMS,
    MESSAGES,
    WORKER_REPORTS,
    REPORTS,
    SOURCES,
    INCIDENTS,
    DISPATCHES,
    WORKER_STEPS,
    HOTLINE_RATINGS,
    CASES,
    MODES,
    GROUND,
    HOTLINE_RECEIPTS,
    CAMERA_STATES,
)


def consumed_by(service: Service) -> tuple[Topic, ...]:
    """The topics that a service reads, in the order of travel."""
    return tuple(topic for topic in FLOW if service in topic.consumers)


def produced_by(service: Service) -> tuple[Topic, ...]:
    """The topics that a service writes, in the order of travel."""
    return tuple(topic for topic in FLOW if topic.producer == service)
