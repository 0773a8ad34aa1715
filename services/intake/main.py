"""intake (受理): the composition root, the only place that builds things."""

import asyncio
import secrets
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from functools import partial

import structlog
from fastapi import APIRouter
from pydantic import SecretStr

from schemas.event import Event
from schemas.flow import CASES, DISPATCHES, INCIDENTS, Service
from services.hosting.ground_watch import GroundWatch
from services.hosting.objects import objects_at
from services.hosting.pictures import Limits
from services.hosting.service import Blueprint, Companion, run
from services.intake import metrics
from services.intake.adapters import assignments, keeping, service_requests, source_book
from services.intake.adapters.ears import Ears
from services.intake.adapters.fetching import Fetcher, client_of, reach_of
from services.intake.adapters.opening import AuditedOpenings
from services.intake.adapters.picture_desk import KeptPictures, Look, look_at_nothing
from services.intake.adapters.picture_round import PictureRound
from services.intake.adapters.pseudonyms import KeyedPseudonyms
from services.intake.adapters.reader import Reception
from services.intake.adapters.register_watch import RegisterWatch
from services.intake.adapters.relay import DemonstrationRelay
from services.intake.adapters.service_requests import ServiceRequests
from services.intake.adapters.source_book import SourceBook
from services.intake.adapters.source_watch import SourceWatch
from services.intake.adapters.vault import KeyRing, new_key
from services.intake.adapters.wecom import WecomSeal
from services.intake.domain.hearing import Hearing
from services.intake.domain.looking import Looked
from services.intake.domain.registered import Register
from services.intake.domain.state import State, deadlines, evolve
from services.intake.domain.thread import Pace, Thread
from services.intake.handlers import Desk, handlers
from services.intake.http import make_routers
from services.intake.http.admission import Gate
from services.intake.http.front import Front
from services.intake.http.private import Keys, make_picture_router, make_private_router
from services.intake.ports import FrontDesk
from services.intake.settings import IntakeSettings, names_in
from services.kernel.domain import Domain, Outcome, World
from services.kernel.postgres import Connection, Pool
from services.kernel.processor import Processor
from services.kernel.record import Message
from services.reference.catalogue import load_catalogue

log = structlog.get_logger(__name__)


PASSES_BY: frozenset[type[Event]] = frozenset(
    event for topic in (INCIDENTS, DISPATCHES, CASES) for event in topic.events
)
"""What intake keeps rows of, or need not know of: it moves no thread."""


def blueprint(settings: IntakeSettings) -> Blueprint:
    """Intake, put together from its settings."""
    watch = GroundWatch(settings.ground, Service.INTAKE)
    registers = RegisterWatch(settings.sources, settings.secrets)
    ears = Ears()
    pseudonyms = _pseudonyms(settings)
    privacy = Privacy(settings)
    reception = Reception(
        lambda: watch.ground, pseudonyms, privacy.vault, lambda: registers.register, ears
    )

    def routers(processor: Processor) -> Sequence[APIRouter]:
        channels = make_routers(_front(settings, processor, reception, registers))
        return [*channels, *privacy.routers(processor, reception)]

    def companions(processor: Processor, stopping: asyncio.Event) -> Sequence[Companion]:
        sources = SourceWatch(processor, registers, ears, SourceBook(processor.pool))
        return [
            watch.run(stopping),
            registers.run(stopping),
            sources.run(stopping),
            privacy.follow_up(processor, stopping),
        ]

    return Blueprint(
        name=Service.INTAKE,
        settings=settings,
        domain=lambda pool: make_domain(
            pool, settings.pace, lambda: registers.register, privacy.desk.look
        ),
        readers=reception.readers() | assignments.readers(),
        routers=routers,
        companions=companions,
    )


def make_domain(
    pool: Pool,
    pace: Pace,
    register: Callable[[], Register] = Register,
    look: Look = look_at_nothing,
) -> Domain[Thread | Hearing]:
    """The rules of intake, for the kernel; `look` looks at the pictures inside of messages."""

    async def gather(
        connection: Connection, messages: Sequence[Message], prepared: Mapping[str, Looked] | None
    ) -> World:
        return Desk(pace, prepared or {})

    async def project(connection: Connection, outcome: Outcome) -> None:
        for emitted in outcome.emitted:
            metrics.observe(emitted.event)
        await keeping.keep(connection, outcome)
        await assignments.note(connection, outcome)
        await source_book.project(connection, outcome)
        await service_requests.project(connection, outcome, register())

    return Domain(
        state=State,
        evolve=partial(evolve, pace),
        handlers=handlers,
        passes_by=PASSES_BY,
        deadlines=deadlines,
        prepare=look,
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


class Privacy:
    """What keeps clear text and pictures, and opens them again, put together from settings."""

    def __init__(self, settings: IntakeSettings) -> None:
        self._settings = settings
        self.vault = KeyRing(_vault_keys(settings))
        objects = objects_at(settings.objects) if settings.objects else None
        limits = Limits(settings.picture_bytes, settings.picture_pixels)
        self.desk = KeptPictures(objects, self.vault, limits, settings.picture_budget)

    def routers(self, processor: Processor, front: FrontDesk) -> list[APIRouter]:
        """The routes to what is not for everybody."""
        settings = self._settings
        relay = DemonstrationRelay(processor.pool, names_in(settings.relay_numbers))
        roles = names_in(settings.unmask_roles)
        openings = AuditedOpenings(processor.pool, self.vault, roles, relay)
        signing = settings.link_key or SecretStr(secrets.token_urlsafe(32))
        keys = Keys(
            roles=settings.role_tokens,
            system=settings.system_token,
            links=signing.get_secret_value().encode(),
            patience=timedelta(hours=settings.link_hours),
        )
        largest = settings.report_bytes + settings.picture_bytes * 3
        pictures = make_picture_router(processor, front, self.desk, keys, largest)
        return [make_private_router(openings, keys), pictures]

    async def follow_up(self, processor: Processor, stopping: asyncio.Event) -> None:
        """Fetch and look at what followed its report, until told to stop."""
        settings = self._settings
        reach = reach_of(settings.picture_hosts, settings.picture_networks)
        fetcher = Fetcher(client_of(reach.hosts), reach, settings.picture_bytes)
        await PictureRound(processor, fetcher, self.desk, self.vault).run(stopping)


def _vault_keys(settings: IntakeSettings) -> str:
    if settings.vault_keys:
        return settings.vault_keys.get_secret_value()
    if settings.vault_key_file:
        return settings.vault_key_file.read_text(encoding="utf-8")
    log.warning("没有配置 HUB_INTAKE_VAULT_KEYS：重启后此前的原文打不开")
    return new_key("passing")


def _pseudonyms(settings: IntakeSettings) -> KeyedPseudonyms:
    if settings.pseudonym_key:
        return KeyedPseudonyms(settings.pseudonym_key.get_secret_value())
    log.warning("没有配置 HUB_INTAKE_PSEUDONYM_KEY：重启后同一来电人的化名会变")
    return KeyedPseudonyms(secrets.token_urlsafe(32))


if __name__ == "__main__":
    run(lambda: blueprint(IntakeSettings()))
