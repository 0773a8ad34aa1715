"""What dispatch remembers of an incident: what it is, who has it, and for the how-many-th time."""

from dataclasses import dataclass, replace
from datetime import datetime

from schemas.case import (
    CaseAccepted,
    CaseChecked,
    CaseClosed,
    CaseDeclined,
    CaseDisposed,
    CaseExtended,
    CaseRegistered,
    CaseReopened,
    CaseResumed,
    CaseReturned,
    CaseSuspended,
)
from schemas.dispatch import (
    Assignee,
    Deadlines,
    DispatchHeld,
    DisputeDecided,
    IncidentDispatched,
    Level,
    Mode,
    SupervisionOrdered,
)
from schemas.event import Event
from schemas.incident import (
    Category,
    IncidentAbsorbed,
    IncidentClassified,
    IncidentRecategorised,
    IncidentRegraded,
    IncidentWithdrawn,
    Kind,
    Severity,
)
from schemas.place import Place
from schemas.report import Source, TicketType
from services.dispatch.domain.waiting import Window, window_after

GRASS_ROOTS = frozenset({Level.MICRO_GRID, Level.GRID})
"""The rungs whose members go to the spot themselves."""


@dataclass(frozen=True, slots=True)
class Plan:
    """The plan for one incident; `tried` are the workers who had it in earlier rounds."""

    category: Category
    severity: Severity
    kind: Kind
    place: Place
    round: int = 0
    assignee: Assignee | None = None
    tried: tuple[str, ...] = ()
    holder: str = ""
    """Who has it in hand: whoever was sent last, or has accepted."""
    is_accepted: bool = False
    holds: int = 0
    """The round that was accepted; a later one that crossed it on the way is withdrawn."""

    def is_about(self, round_: int) -> bool:
        """Whether word of a round still matters: it is the one that holds, and it is not over."""
        return not self.is_over and round_ == (self.holds or self.round)

    def outruns(self, round_: int) -> bool:
        """Whether a person has given it to another since that round."""
        return self.by_person and round_ < self.round

    is_over: bool = False
    source: Source | None = None
    ticket: TicketType | None = None
    reopened: bool = False
    scheme: str = ""
    """The scheme and its lane that the last round went by."""
    lane: str = ""
    """The lane that it was led into: it goes by that one, whatever the conditions say."""
    due: Deadlines | None = None
    """The times that hold for the round that holds."""
    helpers: tuple[Assignee, ...] = ()
    held_until: datetime | None = None
    behind: str = ""
    """The silence or the incident that it waits behind."""
    inhibited: bool = False
    """It has waited behind another incident once, and does not again."""
    by_person: bool = False
    """The last round was ordered by a person: an acceptance that crossed it is moot."""
    disputed: Assignee | None = None
    """Who refused it last, if nobody has looked at that yet."""
    window: Window | None = None
    """What it waits for while more comes than there are people free."""
    occupies: bool = False
    """It is to be done at once, by somebody who goes there and is not free for other work."""
    is_put_down: bool = False
    """It is done, or rests: whoever has it is free for other work."""
    sent_at: datetime | None = None
    unreviewed: bool = False
    """Its category is a guess that nobody has looked at in time."""
    minutes: int = 0
    """How long it usually takes."""
    supervised: str = ""
    """The leader who watches it, and what is expected (督办)."""

    @property
    def area(self) -> str:
        """The code of the lowest unit that is known."""
        return self.place.micro_grid or self.place.grid or self.place.community or ""


def holder_of(plan: Plan, assignee: Assignee) -> Assignee:
    """Who has it in hand, where the last one sent was asked."""
    return assignee.model_copy(update={"worker_id": plan.holder})


def evolve(plan: Plan | None, event: Event) -> Plan | None:
    """The next state; an event that does not matter changes nothing."""
    match plan, event:
        case None, IncidentClassified():
            return Plan(
                event.category,
                event.severity,
                event.kind,
                event.place,
                source=event.voice.source,
                ticket=event.voice.ticket_type,
                unreviewed=event.unreviewed,
            )
        case Plan(), IncidentDispatched():
            return _dispatched(plan, event)
        case Plan(), IncidentRegraded():
            return replace(plan, severity=event.severity, scheme="", lane="")
        case Plan(), IncidentRecategorised():
            return recategorised(plan, event)
        case Plan(), CaseAccepted() if not plan.outruns(event.round):
            return replace(plan, is_accepted=True, holds=event.round, holder=event.worker_id)
        case Plan(), CaseClosed() | CaseReturned() | IncidentWithdrawn() | IncidentAbsorbed():
            return replace(plan, is_over=True, held_until=None, window=None)
        case Plan(), CaseReopened() | CaseRegistered():
            again = replace(plan, is_over=False, is_accepted=False, holds=0, tried=())
            return replace(again, reopened=plan.reopened or isinstance(event, CaseReopened))
        case Plan(), _:
            return _told(plan, event)
    return plan


def recategorised(plan: Plan, event: IncidentRecategorised) -> Plan:
    """A person has said what it is."""
    return replace(
        plan,
        category=event.category,
        severity=event.severity,
        kind=event.kind,
        unreviewed=False,
        scheme="",
        lane="",
    )


def _told(plan: Plan, event: Event) -> Plan:
    """What changes nothing of who has it."""
    match event:
        case DispatchHeld():
            return _held(plan, event)
        case CaseDeclined() if plan.is_about(event.round):
            return replace(plan, disputed=plan.assignee)
        case DisputeDecided():
            return replace(plan, disputed=None)
        case CaseExtended():
            return replace(plan, due=event.deadlines)
        case CaseResumed():
            return replace(plan, due=event.deadlines, is_put_down=False)
        case CaseDisposed() | CaseSuspended() if plan.is_about(event.round):
            return replace(plan, is_put_down=True)
        case CaseChecked() if plan.is_about(event.round) and not event.passed:
            return replace(plan, is_put_down=False)
        case SupervisionOrdered():
            watched = f"{event.by}：{event.note}" if event.note else event.by
            return replace(plan, supervised=watched)
    return plan


def _held(plan: Plan, event: DispatchHeld) -> Plan:
    """It waits: for a moment, and maybe for somebody free."""
    since = plan.window.since if plan.window else None
    every = event.again_every
    return replace(
        plan,
        held_until=event.until,
        behind=event.behind,
        inhibited=plan.inhibited or event.because == "inhibition",
        window=window_after(event.held_at, every, since) if every else None,
    )


def _dispatched(plan: Plan, event: IncidentDispatched) -> Plan:
    """Another round; who has it in hand and only gets help keeps it in hand."""
    worker = event.assignee.worker_id
    keeps = event.origin == "person" and plan.is_accepted and worker == plan.holder
    return replace(
        plan,
        round=event.round,
        assignee=event.assignee,
        tried=(*plan.tried, worker),
        holder=worker,
        is_accepted=keeps,
        holds=event.round if keeps else 0,
        scheme=event.scheme,
        lane=_lane(plan, event),
        due=event.deadlines,
        helpers=event.helpers,
        by_person=event.origin == "person",
        minutes=event.expected_minutes,
        held_until=None,
        window=None,
        occupies=event.mode is Mode.AT_ONCE and event.assignee.level in GRASS_ROOTS,
        is_put_down=False,
        sent_at=event.dispatched_at,
    )


HELD, WINDOW = "held", "window"


def deadlines(plan: Plan) -> dict[str, datetime]:
    """What is held goes out by itself; what waits for somebody free is looked at again."""
    if plan.is_over or not plan.held_until:
        return {}
    window = {WINDOW: plan.window.at} if plan.window else {}
    return {HELD: plan.held_until} | window


def window_passed(plan: Plan) -> Plan:
    """The window is over; unless somebody was found it waits for the next one."""
    return replace(plan, window=plan.window.next()) if plan.window else plan


def _lane(plan: Plan, event: IncidentDispatched) -> str:
    """A lane that it was led into by an escalation or a refusal is kept."""
    led = event.origin in {"escalation", "decline"} and event.scheme != plan.scheme
    return event.scheme if led else plan.lane
