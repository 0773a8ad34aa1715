"""What dispatch remembers of an incident: what it is, who has it, and for the how-many-th time."""

from dataclasses import dataclass, replace

from schemas.case import CaseAccepted, CaseClosed, CaseRegistered, CaseReopened, CaseReturned
from schemas.dispatch import Assignee, IncidentDispatched
from schemas.event import Event
from schemas.incident import (
    Category,
    IncidentClassified,
    IncidentRegraded,
    IncidentWithdrawn,
    Kind,
    Severity,
)
from schemas.place import Place
from schemas.report import Source, TicketType


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

    is_over: bool = False
    source: Source | None = None
    ticket: TicketType | None = None
    reopened: bool = False
    scheme: str = ""
    """The scheme and its lane that the last round went by."""
    lane: str = ""
    """The lane that it was led into: it goes by that one, whatever the conditions say."""


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
            )
        case Plan(), IncidentDispatched():
            tried = (*plan.tried, event.assignee.worker_id)
            return replace(
                plan,
                round=event.round,
                assignee=event.assignee,
                tried=tried,
                holder=event.assignee.worker_id,
                is_accepted=False,
                holds=0,
                scheme=event.scheme,
                lane=_lane(plan, event),
            )
        case Plan(), IncidentRegraded():
            return replace(plan, severity=event.severity, scheme="", lane="")
        case Plan(), CaseAccepted():
            return replace(plan, is_accepted=True, holds=event.round, holder=event.worker_id)
        case Plan(), CaseClosed() | CaseReturned() | IncidentWithdrawn():
            return replace(plan, is_over=True)
        case Plan(), CaseReopened() | CaseRegistered():
            again = replace(plan, is_over=False, is_accepted=False, holds=0, tried=())
            return replace(again, reopened=plan.reopened or isinstance(event, CaseReopened))
    return plan


def _lane(plan: Plan, event: IncidentDispatched) -> str:
    """A lane that it was led into by an escalation or a refusal is kept."""
    led = event.origin in {"escalation", "decline"} and event.scheme != plan.scheme
    return event.scheme if led else plan.lane
