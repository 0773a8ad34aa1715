"""The composition root of classification."""

import asyncio
from collections.abc import Sequence

from schemas import case, dispatch, source
from schemas.event import Event
from schemas.flow import Service
from schemas.report import ReportReceived
from services.classification.adapters import places, risk_ledger
from services.classification.adapters.risk_memory import Surroundings
from services.classification.adapters.risk_rounds import RiskRounds
from services.classification.domain.duplicates import Neighbourhood
from services.classification.domain.recognition import Opinion, recognise
from services.classification.domain.risk.parameters import Parameters
from services.classification.domain.state import State, evolve
from services.classification.handlers import handlers
from services.classification.settings import ClassificationSettings
from services.hosting.ground_watch import GroundWatch
from services.hosting.service import Blueprint, Companion, run
from services.kernel.domain import Domain, Outcome
from services.kernel.postgres import Connection, Pool
from services.kernel.processor import Processor
from services.kernel.record import Message
from services.reference.catalogue import Catalogue, load_catalogue

PASSES_BY: frozenset[type[Event]] = frozenset(
    {
        case.CaseConfirmed,
        case.CaseAccepted,
        case.CaseTaskDone,
        case.CaseDeparted,
        case.CaseArrived,
        case.CaseDisposed,
        case.CaseChecked,
        case.CaseDeclined,
        case.StageOverdue,
        case.CaseAsked,
        case.CaseRated,
        case.CaseRecurred,
        case.CaseExcused,
        case.CaseDenied,
        case.CaseExtended,
        case.CaseSuspended,
        case.CaseResumed,
        case.CaseReturned,
        case.CaseRegistered,
        case.StepRefused,
        dispatch.ModeDeclared,
        dispatch.ModeEnded,
        source.SourceSilenced,
        source.SourceRecovered,
    }
)
"""What classification need not know of: how a case goes on until it is over."""


def make_domain(catalogue: Catalogue) -> Domain[State]:
    """The rules of classification over one version of the catalogue."""

    async def recognise_all(messages: Sequence[Message]) -> dict[str, Opinion]:
        reports = (each.event for each in messages if isinstance(each.event, ReportReceived))
        return {report.report_id: recognise(report, catalogue) for report in reports}

    async def look_around(
        connection: Connection, messages: Sequence[Message], opinions: dict[str, Opinion] | None
    ) -> Neighbourhood:
        near = await places.gather(connection, messages, opinions or {})
        near.version = catalogue.version
        return near

    async def keep(connection: Connection, outcome: Outcome) -> None:
        await places.project(connection, outcome)
        await risk_ledger.project(connection, outcome)

    return Domain(
        state=State,
        evolve=evolve,
        handlers=handlers,
        passes_by=PASSES_BY,
        prepare=recognise_all,
        gather=look_around,
        project=keep,
    )


def blueprint(settings: ClassificationSettings) -> Blueprint:
    """Classification as the kernel runs it."""
    catalogue = load_catalogue(settings.catalogue)
    parameters = Parameters.read(settings.risk)
    watch = GroundWatch(settings.ground, Service.CLASSIFICATION)

    def surroundings() -> Surroundings:
        return Surroundings(parameters, catalogue, watch.ground)

    def domain(pool: Pool) -> Domain[State]:
        return make_domain(catalogue)

    def companions(processor: Processor, stopping: asyncio.Event) -> Sequence[Companion]:
        rounds = RiskRounds(processor, surroundings, settings.risk_pace)
        return [watch.run(stopping), rounds.run(stopping)]

    return Blueprint(Service.CLASSIFICATION, settings, domain, readers={}, companions=companions)


if __name__ == "__main__":
    run(blueprint(ClassificationSettings()))
