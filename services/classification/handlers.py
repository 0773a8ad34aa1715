"""One function for each event that classification answers."""

from collections.abc import Iterable

from schemas.case import MergeRefused
from schemas.event import Event
from schemas.report import ReportReceived, ReportUpdated, ReportWithdrawn
from schemas.source import SourceRecovered, SourceSilenced
from services.classification.domain.decide import (
    decide_recurrence,
    decide_report,
    decide_update,
    decide_withdrawal,
)
from services.classification.domain.hotspots import theme_noticed
from services.classification.domain.look import RiskLooked
from services.classification.domain.orders import (
    AbsorptionOrdered,
    SplitOrdered,
    ThemeNoticed,
    absorb,
    split,
    why_not_absorbed,
    why_not_split,
)
from services.classification.domain.outages import decide_recovered, decide_silenced
from services.classification.domain.review import (
    AnswerReview,
    Recategorise,
    RestoreReport,
    answered,
    recategorise,
    why_not_answered,
    why_not_restored,
)
from services.classification.domain.state import Hotspot, Incident, Outage, Thread
from services.classification.domain.warning import decide_look
from services.kernel.domain import Context, Handlers, TimerDue
from services.kernel.errors import NotYet, Unprocessable

handlers = Handlers()


@handlers.on(ReportReceived)
def on_report_received(report: ReportReceived, context: Context) -> Iterable[Event]:
    """A report is recognised, and joins an incident or opens one."""
    opinion = context.world.opinions[report.report_id]
    return decide_report(
        report, opinion, context.world, context.states, context.now, context.world.version
    )


@handlers.on(ReportUpdated)
def on_report_updated(update: ReportUpdated, context: Context) -> Iterable[Event]:
    """A report that came again is heard by its incident."""
    return decide_update(update, context.state(), context.now)


@handlers.on(ReportWithdrawn)
def on_report_withdrawn(withdrawal: ReportWithdrawn, context: Context) -> Iterable[Event]:
    """A report that was taken back leaves its incident."""
    thread = context.state()
    incident_id = thread.incident_id if thread else None
    incident = context.states.get(incident_id) if incident_id else None
    if not isinstance(incident, Incident) or incident_id is None:
        return ()
    return decide_withdrawal(withdrawal, incident_id, incident, context.now)


@handlers.on(MergeRefused)
def on_merge_refused(refused: MergeRefused, context: Context) -> Iterable[Event]:
    """A voice that came too late for its incident opens the matter again."""
    incident = context.state()
    if not isinstance(incident, Incident):
        raise NotYet("the incident that refused the voice is not known here")
    return decide_recurrence(
        refused, incident, context.world, context.states, context.now, context.world.version
    )


@handlers.on(AnswerReview)
def on_answer_review(order: AnswerReview, context: Context) -> Iterable[Event]:
    """A report goes on as the reviewer says."""
    thread = _thread(context)
    refusal = why_not_answered(order, thread)
    if refusal or thread is None:
        raise Unprocessable(refusal or "")
    yield answered(order, thread.report_id, context.now)
    yield from _go_on(thread, context)


@handlers.on(TimerDue)
def on_timer_due(timer: TimerDue, context: Context) -> Iterable[Event]:
    """Nobody answered a review in time: the report goes on as it is."""
    thread = _thread(context)
    return _go_on(thread, context) if thread and thread.review_until else ()


@handlers.on(RestoreReport)
def on_restore_report(order: RestoreReport, context: Context) -> Iterable[Event]:
    """What was dismissed as chat was a report after all."""
    thread = _thread(context)
    refusal = why_not_restored(order, thread)
    if refusal or thread is None:
        raise Unprocessable(refusal or "")
    return _go_on(thread, context)


@handlers.on(Recategorise)
def on_recategorise(order: Recategorise, context: Context) -> Iterable[Event]:
    """A person puts the category of an incident right."""
    incident = _incident(context.state())
    if incident is None:
        raise Unprocessable(f"没有事件 {order.incident_id}")
    if not incident.is_open:
        raise Unprocessable("事件已结束，不能改类")
    return recategorise(order, incident, context.now)


@handlers.on(SourceSilenced)
def on_source_silenced(event: SourceSilenced, context: Context) -> Iterable[Event]:
    """Somebody goes and looks at a source that is not heard any more."""
    known = context.state()
    outage = known if isinstance(known, Outage) else None
    return decide_silenced(event, outage, context.world.book, context.now)


@handlers.on(SourceRecovered)
def on_source_recovered(event: SourceRecovered, context: Context) -> Iterable[Event]:
    """A source is heard again: nobody need go, or whoever goes is told."""
    known = context.state()
    outage = known if isinstance(known, Outage) else None
    incident = context.states.get(outage.incident_id) if outage and outage.incident_id else None
    return decide_recovered(event, outage, incident, context.now)


@handlers.on(SplitOrdered)
def on_split_ordered(order: SplitOrdered, context: Context) -> Iterable[Event]:
    """Some voices become an incident of their own."""
    incident = _incident(context.state())
    refusal = why_not_split(order, incident)
    if refusal or incident is None:
        raise Unprocessable(refusal or "")
    return split(order, incident, context.states, context.now, context.world.version)


@handlers.on(AbsorptionOrdered)
def on_absorption_ordered(order: AbsorptionOrdered, context: Context) -> Iterable[Event]:
    """Two incidents become one."""
    incident, into = _incident(context.state()), _incident(context.states.get(order.into))
    refusal = why_not_absorbed(order, incident, into)
    if refusal or incident is None:
        raise Unprocessable(refusal or "")
    return absorb(order, incident, context.now)


@handlers.on(ThemeNoticed)
def on_theme_noticed(noticed: ThemeNoticed, context: Context) -> Iterable[Event]:
    """One theme over weeks is a hot spot, told once and when it has grown."""
    told = context.state()
    return theme_noticed(noticed, told if isinstance(told, Hotspot) else None, context.now)


@handlers.on(RiskLooked)
def on_risk_looked(looked: RiskLooked, context: Context) -> Iterable[Event]:
    """Where something is brewing, somebody is sent to look."""
    return decide_look(looked, context.states, context.now, context.world.version)


def _go_on(thread: Thread, context: Context) -> Iterable[Event]:
    """A report that waited is decided upon, by the opinion that was formed of it now."""
    world, report = context.world, thread.report
    if report is None or report.report_id not in world.opinions:
        raise Unprocessable("诉求内容已不在，无法继续；请按新诉求登记")
    opinion = world.opinions[report.report_id]
    return decide_report(report, opinion, world, context.states, context.now, world.version)


def _thread(context: Context) -> Thread | None:
    thread = context.state()
    return thread if isinstance(thread, Thread) else None


def _incident(state: object) -> Incident | None:
    return state if isinstance(state, Incident) else None
