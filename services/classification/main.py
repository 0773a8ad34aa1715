"""The composition root of classification."""

import asyncio
from collections.abc import Sequence

from fastapi import APIRouter

from schemas import case, dispatch
from schemas.event import Event
from schemas.flow import Service
from schemas.report import ReportReceived
from services.classification import metrics
from services.classification.adapters import (
    modes,
    places,
    review_queue,
    reviews,
    risk_ledger,
)
from services.classification.adapters.advice import AdviceDesk
from services.classification.adapters.language_model import LanguageModel, Prices, client_for
from services.classification.adapters.recognising import (
    Recogniser,
    load_recogniser,
    watch_catalogue,
)
from services.classification.adapters.risk_memory import Surroundings
from services.classification.adapters.risk_rounds import RiskRounds
from services.classification.adapters.theme_watch import watch_themes
from services.classification.domain.circumstances import weigh
from services.classification.domain.duplicates import Neighbourhood
from services.classification.domain.recognition import Opinion
from services.classification.domain.risk.parameters import Parameters
from services.classification.domain.state import State, deadlines, evolve
from services.classification.handlers import handlers
from services.classification.http import make_router
from services.classification.http_merging import merging_routes
from services.classification.settings import ClassificationSettings
from services.hosting.file_watch import FileWatch
from services.hosting.ground_watch import GroundWatch
from services.hosting.service import Blueprint, Companion, run
from services.kernel.domain import Domain, Outcome
from services.kernel.postgres import Connection, Pool
from services.kernel.processor import Processor
from services.kernel.record import Message
from services.reference.catalogue import Catalogue, load_catalogue

PASSES_BY: frozenset[type[Event]] = frozenset(
    {
        dispatch.ModeDeclared,
        dispatch.ModeEnded,
        case.CaseConfirmed,
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
        case.CaseReminded,
        case.CaseDenied,
        case.CaseExtended,
        case.CaseSuspended,
        case.CaseResumed,
        case.CaseReturned,
        case.CaseRegistered,
        case.StepRefused,
    }
)
"""What moves no state here: how a case goes on until it is over; the emergencies in force are
kept in a table (adapters/modes.py).
"""


def make_domain(recogniser: Recogniser) -> Domain[State]:
    """The rules of classification over a model, the catalogue and the rules that go with it."""

    async def recognise_all(messages: Sequence[Message]) -> dict[str, Opinion]:
        events = (each.event for each in messages)
        return await recogniser.opinions([e for e in events if isinstance(e, ReportReceived)])

    async def look_around(
        connection: Connection, messages: Sequence[Message], opinions: dict[str, Opinion] | None
    ) -> Neighbourhood:
        return await _look_around(recogniser, connection, messages, opinions or {})

    return Domain(
        state=State,
        evolve=evolve,
        handlers=handlers,
        passes_by=PASSES_BY,
        deadlines=deadlines,
        prepare=recognise_all,
        gather=look_around,
        project=_project,
    )


async def _look_around(
    recogniser: Recogniser,
    connection: Connection,
    messages: Sequence[Message],
    opinions: dict[str, Opinion],
) -> Neighbourhood:
    """What a batch sees: opinions weighed by what is on, and what is known near its places.

    A report that waited for a person is seen as if it came now.
    """
    book = recogniser.book
    waited = await reviews.kept_reports(connection, messages)
    thought = await recogniser.opinions([report for _, report in waited])
    patience = book.rules.review.patience_minutes
    for message, report in waited:
        opinions[report.report_id] = reviews.decided(
            message.event, report, thought[report.report_id], book.catalogue, patience
        )
    reports = [each.event for each in messages if isinstance(each.event, ReportReceived)]
    reports += [report for _, report in waited]
    emergencies = await modes.in_force(connection) if reports else ()
    weighed = {
        each.report_id: weigh(opinions[each.report_id], each, book.rules, emergencies)
        for each in reports
    }
    stand_ins = [Message(each.id, each.source, report.thread, report) for each, report in waited]
    near = await places.gather(connection, [*messages, *stand_ins], weighed, book.families)
    near.subjects = {*near.subjects, *await reviews.incidents_of_sources(connection, messages)}
    near.version, near.rules, near.book = book.catalogue.version, book.rules, book
    return near


async def _project(connection: Connection, outcome: Outcome) -> None:
    await places.project(connection, outcome)
    await reviews.project(connection, outcome)
    await modes.project(connection, outcome)
    await risk_ledger.project(connection, outcome)
    for emitted in outcome.emitted:
        metrics.observe(emitted.event)


def blueprint(settings: ClassificationSettings) -> Blueprint:
    """Classification as the kernel runs it.

    Raises CatalogueError, ModelError, FamilyError or RulesError: then it does not start.
    """
    recogniser = load_recogniser(load_catalogue(settings.catalogue), settings.model, settings.rules)
    watch = watch_catalogue(settings.catalogue, recogniser)
    parameters = Parameters.read(settings.risk)
    grounds = GroundWatch(settings.ground, Service.CLASSIFICATION)

    def surroundings() -> Surroundings:
        return Surroundings(parameters, watch.value, grounds.ground)

    def domain(pool: Pool) -> Domain[State]:
        return make_domain(recogniser)

    def routers(processor: Processor) -> list[APIRouter]:
        desk = reviews.PostgresReviews(processor.pool)
        return [
            make_router(processor, desk, lambda: watch.value, settings.api_token),
            merging_routes(processor, settings.api_token),
        ]

    def companions(processor: Processor, stopping: asyncio.Event) -> Sequence[Companion]:
        rounds = RiskRounds(processor, surroundings, settings.risk_pace)
        watching = watch.run(stopping)
        themes = watch_themes(processor, settings.themes_every, stopping)
        advising = [_advice(processor, watch, settings)] if settings.llm_url else []
        desks = [each.run(stopping) for each in advising]
        queue = review_queue.measure(processor.pool, stopping)
        return [watching, grounds.run(stopping), rounds.run(stopping), themes, queue, *desks]

    return Blueprint(
        Service.CLASSIFICATION,
        settings,
        domain,
        readers={},
        routers=routers,
        companions=companions,
    )


def _advice(
    processor: Processor, watch: FileWatch[Catalogue], settings: ClassificationSettings
) -> AdviceDesk:
    model = LanguageModel(
        client_for(settings.llm_url, settings.llm_key),
        settings.llm_model,
        lambda: watch.value,
        Prices(settings.llm_price_in, settings.llm_price_out, settings.llm_least_cost),
        settings.llm_seconds,
    )
    return AdviceDesk(processor, model, settings.llm_daily_cost)


if __name__ == "__main__":
    run(lambda: blueprint(ClassificationSettings()))
