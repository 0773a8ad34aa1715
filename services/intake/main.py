"""intake (受理): the composition root, the only place that builds things."""

import secrets
from collections.abc import Sequence
from functools import partial

import structlog
from fastapi import APIRouter

from schemas.flow import Service
from services.hosting.service import Blueprint, run
from services.intake import metrics
from services.intake.adapters.pseudonyms import KeyedPseudonyms
from services.intake.adapters.reader import Reception
from services.intake.domain.thread import Pace, Thread, deadlines, evolve
from services.intake.handlers import Desk, handlers
from services.intake.http import make_router
from services.intake.settings import IntakeSettings
from services.kernel.domain import Domain, Outcome, World
from services.kernel.postgres import Connection, Pool
from services.kernel.processor import Processor
from services.kernel.record import Message
from services.reference.ground import load_ground

log = structlog.get_logger(__name__)


def blueprint(settings: IntakeSettings) -> Blueprint:
    """Intake, put together from its settings."""
    reception = Reception(load_ground(settings.ground).warm(), _pseudonyms(settings))

    def routers(processor: Processor) -> Sequence[APIRouter]:
        return [make_router(processor, reception, settings.api_token, settings.report_bytes)]

    return Blueprint(
        name=Service.INTAKE,
        settings=settings,
        domain=lambda pool: make_domain(pool, settings.pace),
        readers=reception.readers(),
        routers=routers,
    )


def make_domain(pool: Pool, pace: Pace) -> Domain[Thread]:
    """The rules of intake, for the kernel."""

    async def gather(connection: Connection, messages: Sequence[Message], prepared: None) -> World:
        return Desk(pace)

    return Domain(
        state=Thread,
        evolve=partial(evolve, pace),
        handlers=handlers,
        deadlines=deadlines,
        gather=gather,
        project=_count,
    )


async def _count(connection: Connection, outcome: Outcome) -> None:
    for emitted in outcome.emitted:
        metrics.observe(emitted.event)


def _pseudonyms(settings: IntakeSettings) -> KeyedPseudonyms:
    if settings.pseudonym_key:
        return KeyedPseudonyms(settings.pseudonym_key.get_secret_value())
    log.warning("没有配置 HUB_INTAKE_PSEUDONYM_KEY：重启后同一来电人的化名会变")
    return KeyedPseudonyms(secrets.token_urlsafe(32))


if __name__ == "__main__":
    run(blueprint(IntakeSettings()))
