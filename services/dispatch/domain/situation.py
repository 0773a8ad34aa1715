"""What decisions see beside the incident itself: rules, ground, people, and what holds back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from schemas.dispatch import IncidentDispatched
from schemas.event import Event
from schemas.incident import IncidentClassified, IncidentWithdrawn
from services.dispatch.domain.batch import Batch, street_of
from services.dispatch.domain.crew_choice import Choose, choose
from services.dispatch.domain.handling import RuleBook
from services.dispatch.domain.inhibition import Cause, Inhibition
from services.dispatch.domain.on_duty import Crew
from services.dispatch.domain.plan import Plan
from services.dispatch.domain.roster.duty import Roster
from services.dispatch.domain.routing.facts import Facts
from services.dispatch.domain.standing import EmergencyMode, Silence, graver
from services.dispatch.domain.suggestion import Suggestion
from services.reference.calendar import BEIJING


@dataclass
class Situation:
    """What decisions of one batch see: the rules, the ground, and what each has in hand."""

    book: RuleBook
    ground_version: str
    load: dict[str, int] = field(default_factory=dict)
    community_types: Mapping[str, str] = field(default_factory=dict)
    subjects: tuple[str, ...] = ()
    roster: Roster | None = None
    off: frozenset[str] = frozenset()
    """Who has tapped off duty."""
    week: dict[str, int] = field(default_factory=dict)
    """Minutes of work of this week, by worker."""
    silences: Sequence[Silence] = ()
    inhibitions: Sequence[Inhibition] = ()
    suggestions: Mapping[str, Sequence[Suggestion]] = field(default_factory=dict)
    """Responsible units that history suggests, by incident."""
    modes: Sequence[EmergencyMode] = ()
    """Emergency modes that hold."""
    causes: dict[str, Cause] = field(default_factory=dict)
    """Open incidents that may explain others, by id."""
    batches: Mapping[str, Batch] = field(default_factory=dict)
    """The streets in a surge."""
    turned: Mapping[str, datetime | None] = field(default_factory=dict)
    """Where one began with this batch, or ended (None)."""

    def batch(self, plan: Plan) -> Batch | None:
        """The batch that an incident is assigned in, if its street is in a surge."""
        return self.batches.get(street_of(plan.place))

    def one_by_one(self) -> "Situation":
        """The same without a surge: for what somebody has already, who is not to lose it."""
        return replace(self, batches={})

    def pick(self, skills: Sequence[str], now: datetime) -> Choose:
        """By the roster, or by codes where there is none."""
        if self.roster is None:
            return choose
        return Crew(self.roster, now, skills, self.off, self.week).choose

    def observe(self, event: Event) -> None:
        """Whoever was just sent has one more; what was just opened may explain what follows."""
        if isinstance(event, IncidentClassified) and self.inhibitions:
            place = event.place
            area = place.micro_grid or place.grid or place.community or ""
            cause = Cause(event.incident_id, event.category.code, area)
            self.causes[event.incident_id] = cause
        elif isinstance(event, IncidentWithdrawn):
            self.causes.pop(event.incident_id, None)
        elif isinstance(event, IncidentDispatched):
            worker = event.assignee.worker_id
            self.load[worker] = self.load.get(worker, 0) + 1
            for batch in self.batches.values():
                batch.is_sent(worker, event.incident_id)


def facts_of(plan: Plan, situation: Situation, now: datetime) -> Facts:
    """What the rules look at."""
    place, mode = plan.place, graver(situation.modes, plan.area, now)
    return Facts(
        category=plan.category.code,
        severity=plan.severity,
        at=now.astimezone(BEIJING),
        at_work=situation.book.calendar.is_working(now),
        kind=plan.kind,
        area=plan.area,
        community_type=situation.community_types.get(place.community or "", ""),
        source=plan.source,
        ticket=plan.ticket,
        reopened=plan.reopened,
        unreviewed=plan.unreviewed,
        alert=mode.level if mode else None,
    )
