"""What dispatch remembers of an incident: what it is, who has it, and for the how-many-th time."""

from dataclasses import dataclass, replace

from schemas.case import CaseAccepted, CaseClosed, CaseRegistered, CaseReopened, CaseReturned
from schemas.dispatch import Assignee, IncidentDispatched
from schemas.event import Event
from schemas.incident import (
    Category,
    IncidentAbsorbed,
    IncidentClassified,
    IncidentRegraded,
    IncidentWithdrawn,
    Kind,
    Severity,
)
from schemas.place import Place


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


def evolve(plan: Plan | None, event: Event) -> Plan | None:
    """The next state; an event that does not matter changes nothing."""
    match plan, event:
        case None, IncidentClassified():
            return Plan(event.category, event.severity, event.kind, event.place)
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
            )
        case Plan(), IncidentRegraded():
            return replace(plan, severity=event.severity)
        case Plan(), CaseAccepted():
            return replace(plan, is_accepted=True, holds=event.round, holder=event.worker_id)
        case Plan(), CaseClosed() | CaseReturned() | IncidentWithdrawn() | IncidentAbsorbed():
            return replace(plan, is_over=True)
        case Plan(), CaseReopened() | CaseRegistered():
            return replace(plan, is_over=False, is_accepted=False, holds=0, tried=())
    return plan
