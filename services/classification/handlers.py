"""One function for each event that classification answers."""

from collections.abc import Iterable

from schemas.case import MergeRefused
from schemas.event import Event
from schemas.report import ReportReceived, ReportUpdated, ReportWithdrawn
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
from services.classification.domain.state import Hotspot, Incident
from services.classification.domain.warning import decide_look
from services.kernel.domain import Context, Handlers
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


def _incident(state: object) -> Incident | None:
    return state if isinstance(state, Incident) else None
