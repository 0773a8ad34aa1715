"""The composition root of dispatch."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import lru_cache, partial
from typing import Any

import structlog

from schemas import case, incident
from schemas.event import Event
from schemas.flow import Service
from services.dispatch.adapters import loads
from services.dispatch.adapters.rule_folder import load_book
from services.dispatch.domain.announcement import GroundTaken
from services.dispatch.domain.decide import Situation
from services.dispatch.domain.handling import RuleBook
from services.dispatch.domain.plan import Plan, evolve
from services.dispatch.handlers import handlers
from services.dispatch.settings import DispatchSettings
from services.hosting.file_watch import FileWatch
from services.hosting.ground_watch import GroundWatch
from services.hosting.service import Blueprint, Companion, run
from services.kernel.domain import Domain
from services.kernel.postgres import Connection, Pool
from services.kernel.processor import Processor
from services.kernel.record import Message
from services.reference.calendar import load_calendar
from services.reference.catalogue import load_catalogue
from services.reference.ground import Ground
from services.reference.ground.codes import Level

log = structlog.get_logger(__name__)

PASSES_BY: frozenset[type[Event]] = frozenset(
    {
        incident.ReportMerged,
        incident.ReportDismissed,
        incident.IncidentUrged,
        incident.VoiceWithdrawn,
        incident.ReviewRequested,
        incident.ReviewAnswered,
        incident.IncidentRecategorised,
        incident.IncidentSplit,
        incident.IncidentAbsorbed,
        incident.HotspotFound,
        incident.RiskRaised,
        case.CaseConfirmed,
        case.CaseDeparted,
        case.CaseArrived,
        case.CaseTaskDone,
        case.CaseDisposed,
        case.CaseChecked,
        case.CaseAsked,
        case.CaseRated,
        case.CaseRecurred,
        case.CaseExcused,
        case.CaseDenied,
        case.CaseExtended,
        case.CaseSuspended,
        case.CaseResumed,
        case.StepRefused,
        case.MergeRefused,
    }
)
"""What dispatch need not know of."""


def make_domain(book: Callable[[], RuleBook], ground: Callable[[], Ground]) -> Domain[Plan]:
    """The rules of dispatch over the rule book and the ground in use."""

    async def look_around(
        connection: Connection, messages: Sequence[Message], prepared: Any
    ) -> Situation:
        load = await loads.load_near(connection, messages)
        here = ground()
        return Situation(book(), here.version, load, _types_of(here))

    return Domain(
        state=Plan,
        evolve=evolve,
        handlers=handlers,
        passes_by=PASSES_BY,
        gather=look_around,
        project=loads.project,
    )


def blueprint(settings: DispatchSettings) -> Blueprint:
    """Dispatch as the kernel runs it."""
    watch = GroundWatch(settings.ground, Service.DISPATCH)
    paths = (settings.rules, settings.calendar, settings.catalogue)
    rules = FileWatch("rules", Service.DISPATCH, paths, partial(_read_book, settings))

    def domain(pool: Pool) -> Domain[Plan]:
        return make_domain(lambda: rules.value, lambda: watch.ground)

    def companions(processor: Processor, stopping: asyncio.Event) -> Sequence[Companion]:
        return [watch.run(stopping, partial(_announce, processor)), rules.run(stopping)]

    return Blueprint(Service.DISPATCH, settings, domain, readers={}, companions=companions)


def _read_book(settings: DispatchSettings) -> RuleBook:
    """The rule book with what it is made for; what an operator should know of it is logged."""
    catalogue, calendar = load_catalogue(settings.catalogue), load_calendar(settings.calendar)
    book, notes = load_book(settings.rules, catalogue, calendar, datetime.now(UTC))
    for note in notes:
        log.warning("rules.note", note=str(note))
    return book


@lru_cache(maxsize=2)
def _types_of(ground: Ground) -> dict[str, str]:
    units = ground.tree.at(Level.COMMUNITY)
    return {unit.code: unit.community_type for unit in units if unit.community_type}


async def _announce(processor: Processor, ground: Ground, publishing: str) -> None:
    """However many processes notice it, a version is announced once for each publishing."""
    sizes = {level: sum(1 for _ in ground.tree.at(level)) for level in Level}
    taken = GroundTaken(
        version=ground.version,
        name=ground.manifest.name,
        synthetic=ground.manifest.synthetic,
        communities=sizes[Level.COMMUNITY],
        grids=sizes[Level.GRID],
        micro_grids=sizes[Level.MICRO_GRID],
    )
    await processor.command(taken, f"{ground.version}:{publishing}", "ground")


if __name__ == "__main__":
    run(blueprint(DispatchSettings()))
