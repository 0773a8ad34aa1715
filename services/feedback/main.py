"""The composition root of feedback."""

from fastapi import APIRouter

from schemas import dispatch, ground, incident, report, source
from schemas.event import Event
from schemas.flow import Service
from services.feedback.adapters import memory
from services.feedback.adapters.readings import PostgresReadings
from services.feedback.domain.case import Case, deadlines, evolve
from services.feedback.handlers import handlers
from services.feedback.http import routes
from services.feedback.settings import FeedbackSettings
from services.hosting.service import Blueprint, run
from services.kernel.domain import Domain
from services.kernel.postgres import Pool
from services.kernel.processor import Processor

PASSES_BY: frozenset[type[Event]] = frozenset(
    {
        report.ReportReceived,
        report.ReportUpdated,
        report.ReportWithdrawn,
        incident.ReportDismissed,
        incident.IncidentUrged,
        dispatch.IncidentEscalated,
        dispatch.DispatchWithdrawn,
        ground.GroundPublished,
        source.SourceSilenced,
        source.SourceRecovered,
        incident.ReviewRequested,
        incident.ReviewAnswered,
        incident.IncidentRecategorised,
        incident.HotspotFound,
        incident.RiskRaised,
        dispatch.DispatchHeld,
        dispatch.DisputeDecided,
        dispatch.PushdownRefused,
        dispatch.SupervisionOrdered,
        dispatch.ModeDeclared,
        dispatch.ModeEnded,
    }
)
"""What is archived and moves no case."""


def make_domain(pool: Pool) -> Domain[Case]:
    """The rules of feedback."""
    return Domain(
        state=Case,
        evolve=evolve,
        handlers=handlers,
        passes_by=PASSES_BY,
        deadlines=deadlines,
        gather=memory.gather,
        project=memory.project,
    )


def blueprint(settings: FeedbackSettings) -> Blueprint:
    """Feedback as the kernel runs it."""

    def pages(processor: Processor) -> list[APIRouter]:
        return routes(PostgresReadings(processor.pool))

    return Blueprint(Service.FEEDBACK, settings, make_domain, readers={}, routers=pages)


if __name__ == "__main__":
    run(blueprint(FeedbackSettings()))
