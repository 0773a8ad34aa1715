"""The composition root of dispatch."""

import asyncio
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from schemas import case, incident
from schemas.event import Event
from schemas.flow import Service
from services.dispatch.adapters import loads
from services.dispatch.domain.announcement import GroundTaken
from services.dispatch.domain.decide import Situation
from services.dispatch.domain.plan import Plan, evolve
from services.dispatch.handlers import handlers
from services.dispatch.settings import DispatchSettings
from services.hosting.ground_watch import GroundWatch
from services.hosting.service import Blueprint, Companion, run
from services.kernel.domain import Domain
from services.kernel.postgres import Connection, Pool
from services.kernel.processor import Processor
from services.kernel.record import Message
from services.reference.catalogue import Catalogue, load_catalogue
from services.reference.ground import Ground
from services.reference.ground.codes import Level

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
        incident.HotspotFound,
        incident.RiskRaised,
        case.CaseConfirmed,
        case.CaseDeparted,
        case.CaseArrived,
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


def make_domain(catalogue: Catalogue, ground_version: Callable[[], str]) -> Domain[Plan]:
    """The rules of dispatch over one version of the catalogue, and the ground in use."""

    async def look_around(
        connection: Connection, messages: Sequence[Message], prepared: Any
    ) -> Situation:
        load = await loads.load_near(connection, messages)
        return Situation(catalogue, ground_version(), load)

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
    catalogue = load_catalogue(settings.catalogue)
    watch = GroundWatch(settings.ground, Service.DISPATCH)

    def domain(pool: Pool) -> Domain[Plan]:
        return make_domain(catalogue, lambda: watch.ground.version)

    def companions(processor: Processor, stopping: asyncio.Event) -> Sequence[Companion]:
        return [watch.run(stopping, partial(_announce, processor))]

    return Blueprint(Service.DISPATCH, settings, domain, readers={}, companions=companions)


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
