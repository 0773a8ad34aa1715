"""One function for each event that dispatch answers."""

from collections.abc import Iterable

from schemas.case import (
    CaseAccepted,
    CaseAsked,
    CaseDeclined,
    CaseRegistered,
    CaseReopened,
    CaseReturned,
    StageOverdue,
)
from schemas.event import Event
from schemas.incident import (
    IncidentAbsorbed,
    IncidentClassified,
    IncidentRecategorised,
    IncidentRegraded,
    IncidentWithdrawn,
)
from services.dispatch.domain import orders
from services.dispatch.domain.announcement import GroundTaken, announce
from services.dispatch.domain.control import (
    decide_dispute,
    decide_handover,
    decide_help,
    decide_mended,
    decide_mode,
    decide_mode_end,
    decide_redispatch,
    decide_released,
    decide_supervision,
    decide_takeover,
)
from services.dispatch.domain.decide import (
    decide_absorbed,
    decide_accepted,
    decide_declined,
    decide_overdue,
    decide_regraded,
    decide_returned,
    decide_withdrawn,
    dispatch,
)
from services.dispatch.domain.plan import WINDOW, Plan, evolve
from services.dispatch.domain.replanning import decide_recategorised
from services.dispatch.domain.standing import EmergencyMode
from services.dispatch.domain.window import decide_window
from services.kernel.domain import Context, Handlers, TimerDue
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


@handlers.on(IncidentRecategorised)
def on_incident_recategorised(event: IncidentRecategorised, context: Context) -> Iterable[Event]:
    """It is something else than was thought: it is planned as that."""
    return decide_recategorised(event, _plan(context), context.world, context.now)


@handlers.on(IncidentWithdrawn)
def on_incident_withdrawn(event: IncidentWithdrawn, context: Context) -> Iterable[Event]:
    """Nobody need go any more."""
    return decide_withdrawn(event, _plan(context), context.now)


@handlers.on(IncidentAbsorbed)
def on_incident_absorbed(event: IncidentAbsorbed, context: Context) -> Iterable[Event]:
    """It goes on as another incident, which has somebody of its own."""
    return decide_absorbed(event, _plan(context), context.now)


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


@handlers.on(CaseAsked)
def on_case_asked(event: CaseAsked, context: Context) -> Iterable[Event]:
    """Who has it needs help: another one helps."""
    return decide_help(event, _plan(context), context.world, context.now)


@handlers.on(TimerDue)
def on_timer_due(timer: TimerDue, context: Context) -> Iterable[Event]:
    """What was held goes out, what waits for somebody goes if there is one, a mode is over."""
    state = context.state()
    if isinstance(state, EmergencyMode):
        return decide_mode_end(None, timer.subject_id, state, context.now)
    if timer.name == WINDOW:
        return decide_window(timer.subject_id, context.states, context.world, context.now)
    return decide_released(timer.subject_id, _plan(context), context.world, context.now)


@handlers.on(orders.Redispatch)
def on_redispatch(order: orders.Redispatch, context: Context) -> Iterable[Event]:
    """Somebody else is to go."""
    return decide_redispatch(order, _plan(context), context.world, context.now)


@handlers.on(orders.TakeOver)
def on_take_over(order: orders.TakeOver, context: Context) -> Iterable[Event]:
    """I do it myself."""
    return decide_takeover(order, _plan(context), context.world, context.now)


@handlers.on(orders.DecideDispute)
def on_decide_dispute(order: orders.DecideDispute, context: Context) -> Iterable[Event]:
    """Whether a refusal was right."""
    return decide_dispute(order, _plan(context), context.world, context.now)


@handlers.on(orders.Supervise)
def on_supervise(order: orders.Supervise, context: Context) -> Iterable[Event]:
    """A leader watches it."""
    return decide_supervision(order, _plan(context), context.now)


@handlers.on(orders.HandOver)
def on_hand_over(order: orders.HandOver, context: Context) -> Iterable[Event]:
    """Who had it goes home."""
    return decide_handover(order, _plan(context), context.world, context.now)


@handlers.on(orders.Mend)
def on_mend(order: orders.Mend, context: Context) -> Iterable[Event]:
    """It would have been forgotten."""
    return decide_mended(order, _plan(context), context.world, context.now)


@handlers.on(orders.DeclareMode)
def on_declare_mode(order: orders.DeclareMode, context: Context) -> Iterable[Event]:
    """An emergency mode begins."""
    return decide_mode(order, context.state(), context.now)


@handlers.on(orders.EndMode)
def on_end_mode(order: orders.EndMode, context: Context) -> Iterable[Event]:
    """An emergency mode is over before its time."""
    return decide_mode_end(order, order.mode_id, context.state(), context.now)


def _plan(context: Context) -> Plan:
    plan = context.state()
    if not isinstance(plan, Plan):
        raise NotYet("the incident has not been classified yet, as far as dispatch knows")
    return plan
