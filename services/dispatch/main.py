"""The composition root of dispatch."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache, partial
from typing import Annotated, Any

from fastapi import APIRouter
from pydantic import Field

from schemas import case, incident
from schemas.event import Event
from schemas.flow import Service
from services.dispatch.adapters import loads, roster_gaps, surge_tables
from services.dispatch.adapters.audit import Audit
from services.dispatch.adapters.files_in_use import watch_roster, watch_rules
from services.dispatch.adapters.surge_watch import SurgeWatch
from services.dispatch.adapters.surges import Lookout
from services.dispatch.adapters.unit_advice import Suggestions, UnitAdvice
from services.dispatch.domain import plan, standing
from services.dispatch.domain.announcement import GroundTaken
from services.dispatch.domain.handling import RuleBook
from services.dispatch.domain.inhibition import Inhibition
from services.dispatch.domain.plan import Plan
from services.dispatch.domain.roster.duty import Roster
from services.dispatch.domain.situation import Situation
from services.dispatch.domain.standing import Absence, EmergencyMode, Silence, Standing
from services.dispatch.domain.surge import SurgeRules
from services.dispatch.domain.together import needs_somebody
from services.dispatch.handlers import handlers
from services.dispatch.http import make_router
from services.dispatch.settings import DispatchSettings
from services.hosting.ground_watch import GroundWatch
from services.hosting.service import Blueprint, Companion, run
from services.kernel.domain import Domain, Outcome, TimerDue
from services.kernel.postgres import Connection, Pool
from services.kernel.processor import Processor
from services.kernel.record import Message
from services.reference.ground import Ground
from services.reference.ground.codes import Level

WITHOUT_ROSTER = timedelta(hours=8)
"""For so long somebody is off duty whose shift is not known."""

PASSES_BY: frozenset[type[Event]] = frozenset(
    {
        incident.ReportMerged,
        incident.ReportDismissed,
        incident.IncidentUrged,
        incident.VoiceWithdrawn,
        incident.ReviewRequested,
        incident.ReviewAnswered,
        incident.IncidentSplit,
        incident.HotspotFound,
        incident.RiskRaised,
        case.CaseConfirmed,
        case.CaseDeparted,
        case.CaseArrived,
        case.CaseTaskDone,
        case.CaseRated,
        case.CaseRecurred,
        case.CaseExcused,
        case.CaseReminded,
        case.CaseDenied,
        case.StepRefused,
        case.MergeRefused,
    }
)
"""What dispatch need not know of."""


@dataclass(frozen=True)
class References:
    """The versioned files in use at this moment."""

    book: Callable[[], RuleBook]
    ground: Callable[[], Ground]
    roster: Callable[[], Roster | None] = lambda: None
    inhibitions: Callable[[], Sequence[Inhibition]] = tuple
    advice: UnitAdvice | None = None
    """Suggests responsible units."""
    surge: Callable[[], SurgeRules | None] = lambda: None


State = Annotated[Plan | Silence | Absence | EmergencyMode, Field(union_mode="left_to_right")]
"""What dispatch remembers: of an incident its plan, and what people ordered."""


def make_domain(using: References) -> Domain[Any]:
    """The rules of dispatch over the files in use."""

    async def advise(messages: Sequence[Message]) -> Suggestions:
        return await using.advice.suggest(messages) if using.advice else {}

    async def look_around(
        connection: Connection, messages: Sequence[Message], suggestions: Suggestions | None
    ) -> Situation:
        roster, inhibitions, here = using.roster(), using.inhibitions(), using.ground()
        around = await loads.look_around(connection, messages, roster, inhibitions)
        situation = Situation(
            using.book(),
            here.version,
            around.load,
            _types_of(here),
            roster=roster,
            off=around.off,
            week=around.week,
            silences=around.silences,
            modes=around.modes,
            suggestions=suggestions or {},
            inhibitions=inhibitions,
            causes=around.causes,
        )
        rules = using.surge()
        if roster and rules:
            now = datetime.now(UTC)
            lookout = Lookout(connection, roster, around.off, rules, now)
            watched = await lookout.look(messages, partial(needs_somebody, situation, now))
            situation.batches, situation.turned = watched.batches, watched.turned
        return situation

    return Domain(
        state=State,
        evolve=_evolve,
        handlers=handlers,
        passes_by=PASSES_BY,
        deadlines=_deadlines,
        prepare=advise,
        gather=look_around,
        project=_project,
    )


async def _project(connection: Connection, outcome: Outcome) -> None:
    await loads.project(connection, outcome)
    await surge_tables.keep(connection, outcome)


def _evolve(state: Plan | Standing | None, event: Event) -> Plan | Standing | None:
    if isinstance(event, TimerDue) and event.name == plan.WINDOW and isinstance(state, Plan):
        return plan.window_passed(state)
    if isinstance(state, Plan) or event.about == "incident_id":
        return plan.evolve(state if isinstance(state, Plan) else None, event)
    return standing.evolve(state, event)


def _deadlines(state: Plan | Standing) -> Mapping[str, datetime]:
    return plan.deadlines(state) if isinstance(state, Plan) else standing.deadlines(state)


def blueprint(settings: DispatchSettings) -> Blueprint:
    """Dispatch as the kernel runs it."""
    watch = GroundWatch(settings.ground, Service.DISPATCH)
    rules = watch_rules(settings, lambda: watch.ground)
    roster = watch_roster(settings, lambda: watch.ground)
    advice = UnitAdvice(settings.history, lambda: rules.value.book, lambda: watch.ground)

    def domain(pool: Pool) -> Domain[Any]:
        return make_domain(
            References(
                lambda: rules.value.book,
                lambda: watch.ground,
                lambda: roster.value,
                lambda: rules.value.inhibitions,
                advice,
                lambda: rules.value.surge,
            )
        )

    def orders(processor: Processor) -> Sequence[APIRouter]:
        complete = partial(_complete, lambda: roster.value)
        return [make_router(processor, settings.api_token, complete)]

    def companions(processor: Processor, stopping: asyncio.Event) -> Sequence[Companion]:
        audit = Audit(processor, lambda: roster.value, settings.audit_pace)
        surge = SurgeWatch(processor.pool, lambda: roster.value, lambda: rules.value.surge)
        return [
            watch.run(stopping, partial(_announce, processor)),
            rules.run(stopping),
            roster.run(stopping),
            audit.run(stopping),
            advice.run(stopping),
            surge.run(stopping),
            roster_gaps.measure(lambda: roster.value, stopping),
        ]

    return Blueprint(
        Service.DISPATCH, settings, domain, readers={}, routers=orders, companions=companions
    )


def _complete(
    roster: Callable[[], Roster | None], name: str, said: dict[str, object]
) -> dict[str, object]:
    """An order with its moment; who taps off is off until the end of the shift."""
    now = datetime.now(UTC)
    if name in {"silence", "lift", "off", "on"}:
        said = said | {"at": now}
    if name in {"off", "on"}:
        said = {"duty_id": f"duty:{said.get('worker_id')}"} | said
    if name == "off" and "until" not in said:
        known = roster()
        end = known.works_until(str(said.get("worker_id")), now) if known else None
        said = said | {"until": end or now + WITHOUT_ROSTER}
    return said


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
    run(lambda: blueprint(DispatchSettings()))
