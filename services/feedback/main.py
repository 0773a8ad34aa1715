"""The composition root of feedback."""

import asyncio
from collections.abc import Sequence
from functools import cache
from typing import Any

from fastapi import APIRouter

from schemas import dispatch, ground, incident, report, source
from schemas.event import Event
from schemas.flow import HOTLINE_RATINGS, MODES, WORKER_STEPS, Service
from services.feedback.adapters import callbacks, memory, promptness
from services.feedback.adapters.audit import Audit
from services.feedback.adapters.case_book import PostgresCaseBook
from services.feedback.adapters.daily_file import DailyFile
from services.feedback.adapters.evidence_store import desk_of, orphans_of
from services.feedback.adapters.memory import Cases
from services.feedback.adapters.modes import Straightening
from services.feedback.adapters.months import keep_ahead
from services.feedback.adapters.news import Newsroom
from services.feedback.adapters.readings import PostgresReadings
from services.feedback.adapters.rule_files import load_closing
from services.feedback.domain.case import Case
from services.feedback.domain.clocks import deadlines
from services.feedback.domain.evolve import evolve
from services.feedback.domain.refusals import LIMITS, Limits
from services.feedback.handlers import handlers
from services.feedback.http import make_routers
from services.feedback.http.front import Front
from services.feedback.settings import FeedbackSettings
from services.hosting.access import Access
from services.hosting.service import Blueprint, Companion, run
from services.kernel.domain import Domain
from services.kernel.postgres import Connection, Pool
from services.kernel.processor import Processor
from services.kernel.record import Message
from services.reference.calendar import load_calendar
from services.reference.catalogue import load_catalogue

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
        incident.HotspotFound,
        incident.RiskRaised,
        dispatch.DispatchHeld,
        dispatch.DisputeDecided,
        dispatch.PushdownRefused,
        dispatch.ModeDeclared,
        dispatch.ModeEnded,
    }
)
"""What is archived and moves no case."""


def make_domain(limits: Limits = LIMITS, *, keeps: bool = False) -> Domain[Case]:
    """The rules of feedback; `keeps`: pictures that steps name must have been handed in."""

    async def look_up(connection: Connection, messages: Sequence[Message], prepared: Any) -> Cases:
        return await memory.gather(connection, messages, limits, keeps=keeps)

    return Domain(
        state=Case,
        evolve=evolve,
        handlers=handlers,
        passes_by=PASSES_BY,
        deadlines=deadlines,
        gather=look_up,
        project=memory.project,
    )


def blueprint(settings: FeedbackSettings) -> Blueprint:
    """Feedback as the kernel runs it."""
    catalogue = load_catalogue(settings.catalogue)
    limits = Limits(
        settings.nearness,
        load_closing(settings.closing, catalogue),
        load_calendar(settings.calendar),
    )
    access = Access(settings.api_token, settings.access, Service.FEEDBACK)
    newsroom = cache(Newsroom)

    def pages(processor: Processor) -> list[APIRouter]:
        front = Front(
            readings=PostgresReadings(processor.pool),
            cases=PostgresCaseBook(processor.pool),
            commands=processor,
            news=newsroom(processor.pool),
            access=access,
            evidences=desk_of(settings, processor.pool),
            largest=max(settings.picture_bytes, settings.clip_bytes),
            is_open_here=settings.overview_open_here,
        )
        return make_routers(front)

    def domain(pool: Pool) -> Domain[Case]:
        return make_domain(limits, keeps=bool(settings.objects))

    def companions(processor: Processor, stopping: asyncio.Event) -> Sequence[Companion]:
        audit = Audit(processor, settings.audit_pace)
        straightening = Straightening(processor)
        daily = DailyFile(processor.pool, settings.reconciliation)
        orphans = orphans_of(settings, processor.pool)
        return [
            keep_ahead(processor.pool, stopping),
            audit.run(stopping),
            promptness.measure(processor.pool, stopping),
            access.watch.run(stopping),
            newsroom(processor.pool).run(stopping),
            straightening.run(stopping),
            *([daily.run(stopping)] if settings.reconciliation else []),
            *([orphans.run(stopping)] if orphans else []),
        ]

    return Blueprint(
        Service.FEEDBACK,
        settings,
        domain,
        readers={HOTLINE_RATINGS.name: callbacks.read},
        routers=pages,
        companions=companions,
        before_clocks=[MODES, WORKER_STEPS],
    )


if __name__ == "__main__":
    run(lambda: blueprint(FeedbackSettings()))
