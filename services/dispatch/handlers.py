"""One function for each event that dispatch answers."""

from collections.abc import Iterable

from schemas.case import (
    CaseAccepted,
    CaseDeclined,
    CaseRegistered,
    CaseReopened,
    CaseReturned,
    StageOverdue,
)
from schemas.event import Event
from schemas.incident import IncidentClassified, IncidentRegraded, IncidentWithdrawn
from services.dispatch.domain.announcement import GroundTaken, announce
from services.dispatch.domain.decide import (
    decide_accepted,
    decide_declined,
    decide_overdue,
    decide_regraded,
    decide_returned,
    decide_withdrawn,
    dispatch,
)
from services.dispatch.domain.plan import Plan, evolve
from services.kernel.domain import Context, Handlers
from services.kernel.errors import NotYet

handlers = Handlers()


@handlers.on(IncidentClassified)
def on_incident_classified(incident: IncidentClassified, context: Context) -> Iterable[Event]:
    """A new incident goes to the person who answers for its place."""
    plan = evolve(None, incident)
    if plan is not None:
        yield from dispatch(incident.incident_id, plan, context.world, context.now)


@handlers.on(GroundTaken)
def on_ground_taken(taken: GroundTaken, context: Context) -> Iterable[Event]:
    """Another version of the ground is in use: everybody hears of it."""
    yield announce(taken, context.now)


@handlers.on(IncidentRegraded)
def on_incident_regraded(event: IncidentRegraded, context: Context) -> Iterable[Event]:
    """A graver incident is planned anew."""
    return decide_regraded(event, _plan(context), context.world, context.now)


@handlers.on(IncidentWithdrawn)
def on_incident_withdrawn(event: IncidentWithdrawn, context: Context) -> Iterable[Event]:
    """Nobody need go any more."""
    return decide_withdrawn(event, _plan(context), context.now)


@handlers.on(CaseDeclined)
def on_case_declined(event: CaseDeclined, context: Context) -> Iterable[Event]:
    """Not mine, says the worker: the next one is asked."""
    return decide_declined(event, _plan(context), context.world, context.now)


@handlers.on(CaseAccepted)
def on_case_accepted(event: CaseAccepted, context: Context) -> Iterable[Event]:
    """Somebody has it: whoever was sent after that need not go."""
    return decide_accepted(event, _plan(context), context.now)


@handlers.on(StageOverdue)
def on_stage_overdue(event: StageOverdue, context: Context) -> Iterable[Event]:
    """Too late: up the ladder."""
    return decide_overdue(event, _plan(context), context.world, context.now)


@handlers.on(CaseReturned)
def on_case_returned(event: CaseReturned, context: Context) -> Iterable[Event]:
    """It may be no case at all: until that is known nobody goes."""
    return decide_returned(event, _plan(context), context.now)


@handlers.on(CaseRegistered)
def on_case_registered(event: CaseRegistered, context: Context) -> Iterable[Event]:
    """It is a case after all: somebody goes."""
    plan = evolve(_plan(context), event)
    if plan is not None:
        because = "重新立案，派单"
        yield from dispatch(event.incident_id, plan, context.world, context.now, because)


@handlers.on(CaseReopened)
def on_case_reopened(event: CaseReopened, context: Context) -> Iterable[Event]:
    """Not solved, says the citizen: somebody goes again."""
    because = "回访未解决，重新派单"
    plan = evolve(_plan(context), event)
    if plan is not None:
        yield from dispatch(
            event.incident_id, plan, context.world, context.now, because, None, "reopening"
        )


def _plan(context: Context) -> Plan:
    plan = context.state()
    if not isinstance(plan, Plan):
        raise NotYet("the incident has not been classified yet, as far as dispatch knows")
    return plan
