"""One function for each event that feedback answers."""

from collections.abc import Iterable

from schemas.dispatch import IncidentDispatched, SupervisionOrdered
from schemas.event import Event
from schemas.incident import (
    IncidentAbsorbed,
    IncidentClassified,
    IncidentRecategorised,
    IncidentRegraded,
    IncidentSplit,
    IncidentWithdrawn,
    ReportMerged,
    VoiceWithdrawn,
)
from schemas.worker import CitizenRated, StepReported
from services.feedback.domain.case import Case
from services.feedback.domain.decide import (
    decide_absorbed,
    decide_merged,
    decide_opened,
    decide_rating,
    decide_step,
    decide_timer,
    decide_weighed,
    decide_withdrawn,
)
from services.feedback.domain.pausing import StraightenClocks, straightened
from services.kernel.domain import Context, Handlers, TimerDue
from services.kernel.errors import NotYet, Unprocessable

handlers = Handlers()


@handlers.on(IncidentClassified)
def on_incident_classified(incident: IncidentClassified, context: Context) -> Iterable[Event]:
    """A case begins."""
    before = context.states.get(incident.follows) if incident.follows else None
    return decide_opened(incident, before, context.now)


@handlers.on(ReportMerged)
def on_report_merged(merged: ReportMerged, context: Context) -> Iterable[Event]:
    """A further voice joins the case, or comes too late."""
    return decide_merged(merged, _case(context), context.now)


@handlers.on(IncidentRegraded)
def on_incident_regraded(event: IncidentRegraded, context: Context) -> Iterable[Event]:
    """The case is graver than it was: what was routine may be so no longer."""
    return _weighed(event, context)


@handlers.on(IncidentRecategorised)
def on_incident_recategorised(event: IncidentRecategorised, context: Context) -> Iterable[Event]:
    """A person put its category right: what was routine may be so no longer."""
    return _weighed(event, context)


@handlers.on(SupervisionOrdered)
def on_supervision_ordered(event: SupervisionOrdered, context: Context) -> Iterable[Event]:
    """A leader watches it: it is routine no longer."""
    return _weighed(event, context)


@handlers.on(StraightenClocks)
def on_straighten_clocks(order: StraightenClocks, context: Context) -> Iterable[Event]:
    """A mode has begun or ended: the clocks of these cases stop or go on."""
    world = context.world
    for incident_id in order.incidents:
        case = context.states.get(incident_id)
        if isinstance(case, Case):
            calendar = world.limits.calendar
            yield from straightened(case, incident_id, world.modes, context.now, calendar)


@handlers.on(VoiceWithdrawn)
def on_voice_withdrawn(event: VoiceWithdrawn, context: Context) -> Iterable[Event]:
    """One voice fewer to answer; the case must be known."""
    _case(context)
    return ()


@handlers.on(IncidentSplit)
def on_incident_split(event: IncidentSplit, context: Context) -> Iterable[Event]:
    """Some voices leave for a case of their own; the case must be known."""
    _case(context)
    return ()


@handlers.on(IncidentAbsorbed)
def on_incident_absorbed(event: IncidentAbsorbed, context: Context) -> Iterable[Event]:
    """The case goes on as another: it is closed, and its voices hear from that one."""
    limits = context.world.limits
    return decide_absorbed(event.incident_id, _case(context), context.now, limits)


@handlers.on(IncidentWithdrawn)
def on_incident_withdrawn(event: IncidentWithdrawn, context: Context) -> Iterable[Event]:
    """Nobody wants it any more: the case is closed."""
    limits = context.world.limits
    return decide_withdrawn(event.incident_id, _case(context), context.now, limits)


@handlers.on(IncidentDispatched)
def on_incident_dispatched(event: IncidentDispatched, context: Context) -> Iterable[Event]:
    """Somebody has it, and the clocks run."""
    _case(context)
    return ()


@handlers.on(StepReported)
def on_step_reported(step: StepReported, context: Context) -> Iterable[Event]:
    """A worker's step moves the case, or is refused."""
    case = _case(context)
    if step.round > case.latest_round:
        raise NotYet(f"round {step.round} has not been dispatched yet, as far as feedback knows")
    witness = context.world.witness(context.message)
    return decide_step(step, case, context.world.limits, context.now, witness)


@handlers.on(CitizenRated)
def on_citizen_rated(rating: CitizenRated, context: Context) -> Iterable[Event]:
    """The citizen's answer reopens what is not solved."""
    incident_id = context.world.incident_of.get(rating.thread)
    case = context.states.get(incident_id)
    if not isinstance(case, Case) or incident_id is None:
        if rating.thread in context.world.reported:
            raise NotYet("被评价的诉求还没有立案")
        raise Unprocessable(f"没有工单 {rating.thread.partition(':')[2]}，评价对不上任何诉求")
    return decide_rating(rating, incident_id, case, context.now)


@handlers.on(TimerDue)
def on_timer_due(timer: TimerDue, context: Context) -> Iterable[Event]:
    """A stage was not done in time, or a case has rested long enough."""
    world = context.world
    return decide_timer(
        timer.subject_id, _case(context), timer.name, context.now, world.limits, world.modes
    )


def _weighed(event: Event, context: Context) -> Iterable[Event]:
    subject, limits = context.message.subject, context.world.limits
    return decide_weighed(subject, _case(context), event, context.now, limits)


def _case(context: Context) -> Case:
    case = context.state()
    if not isinstance(case, Case):
        raise NotYet("the case has not begun yet, as far as feedback knows")
    return case
