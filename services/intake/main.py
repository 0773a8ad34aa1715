"""intake (受理): the composition root, the only place that builds things."""

import asyncio
import secrets
from collections.abc import Callable, Sequence
from datetime import timedelta
from functools import partial

import structlog
from fastapi import APIRouter

from schemas.flow import Service
from services.hosting.ground_watch import GroundWatch
from services.hosting.service import Blueprint, Companion, run
from services.intake import metrics
from services.intake.adapters import service_requests, source_book
from services.intake.adapters.ears import Ears
from services.intake.adapters.pseudonyms import KeyedPseudonyms
from services.intake.adapters.reader import Reception
from services.intake.adapters.register_watch import RegisterWatch
from services.intake.adapters.service_requests import ServiceRequests
from services.intake.adapters.source_book import SourceBook
from services.intake.adapters.source_watch import SourceWatch
from services.intake.adapters.wecom import WecomSeal
from services.intake.domain.hearing import Hearing
from services.intake.domain.registered import Register
from services.intake.domain.state import State, deadlines, evolve
from services.intake.domain.thread import Pace, Thread
from services.intake.handlers import Desk, handlers
from services.intake.http import make_routers
from services.intake.http.admission import Gate
from services.intake.http.front import Front
from services.intake.settings import IntakeSettings
from services.kernel.domain import Domain, Outcome, World
from services.kernel.postgres import Connection, Pool
from services.kernel.processor import Processor
from services.kernel.record import Message
from services.reference.catalogue import load_catalogue

log = structlog.get_logger(__name__)


def blueprint(settings: IntakeSettings) -> Blueprint:
    """Intake, put together from its settings."""
    watch = GroundWatch(settings.ground, Service.INTAKE)
    registers = RegisterWatch(settings.sources, settings.secrets)
    ears = Ears()
    pseudonyms = _pseudonyms(settings)
    reception = Reception(lambda: watch.ground, pseudonyms, lambda: registers.register, ears)

    def routers(processor: Processor) -> Sequence[APIRouter]:
        return make_routers(_front(settings, processor, reception, registers))

    def companions(processor: Processor, stopping: asyncio.Event) -> Sequence[Companion]:
        sources = SourceWatch(processor, registers, ears, SourceBook(processor.pool))
        return [watch.run(stopping), registers.run(stopping), sources.run(stopping)]

    return Blueprint(
        name=Service.INTAKE,
        settings=settings,
        domain=lambda pool: make_domain(pool, settings.pace, lambda: registers.register),
        readers=reception.readers(),
        routers=routers,
        companions=companions,
    )


def make_domain(
    pool: Pool, pace: Pace, register: Callable[[], Register] = Register
) -> Domain[Thread | Hearing]:
    """The rules of intake, for the kernel."""

    async def gather(connection: Connection, messages: Sequence[Message], prepared: None) -> World:
        return Desk(pace)

    async def project(connection: Connection, outcome: Outcome) -> None:
        for emitted in outcome.emitted:
            metrics.observe(emitted.event)
        await source_book.project(connection, outcome)
        await service_requests.project(connection, outcome, register())

    return Domain(
        state=State,
        evolve=partial(evolve, pace),
        handlers=handlers,
        deadlines=deadlines,
        gather=gather,
        project=project,
    )


def _front(
    settings: IntakeSettings, processor: Processor, desk: Reception, registers: RegisterWatch
) -> Front:
    book = SourceBook(processor.pool)
    return Front(
        processor=processor,
        desk=desk,
        gate=Gate(registers, book),
        sources=book,
        seal=WecomSeal(),
        requests=ServiceRequests(processor.pool),
        catalogue=load_catalogue(settings.catalogue),
        token=settings.api_token,
        largest=settings.report_bytes,
        longest_maintenance=timedelta(days=settings.maintenance_days),
    )


def _pseudonyms(settings: IntakeSettings) -> KeyedPseudonyms:
    if settings.pseudonym_key:
        return KeyedPseudonyms(settings.pseudonym_key.get_secret_value())
    log.warning("没有配置 HUB_INTAKE_PSEUDONYM_KEY：重启后同一来电人的化名会变")
    return KeyedPseudonyms(secrets.token_urlsafe(32))


if __name__ == "__main__":
    run(blueprint(IntakeSettings()))
