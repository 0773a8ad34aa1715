"""What other rules would have done with an incident that was dispatched once (规则回放)."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from schemas.dispatch import IncidentDispatched, ModeDeclared, ModeEnded
from schemas.incident import IncidentClassified
from services.dispatch.domain.crew_choice import TITLES
from services.dispatch.domain.decide import dispatch
from services.dispatch.domain.handling import RuleBook
from services.dispatch.domain.plan import Plan, evolve
from services.dispatch.domain.situation import Situation
from services.dispatch.domain.standing import EmergencyMode
from services.dispatch.domain.standing import evolve as evolve_standing


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the rules decide of an incident; who of a rung goes is not theirs."""

    rule: str
    level: str
    mode: str
    scheme: str
    unit: str
    hours: float
    """From the dispatch until the disposal is due."""


@dataclass(frozen=True, slots=True)
class Difference:
    """An incident that other rules would have handled otherwise."""

    incident_id: str
    category: str
    before: Outcome
    after: Outcome


@dataclass(frozen=True, slots=True)
class PastMode:
    """An emergency mode, and since when it held; it `expires_at` its end."""

    since: datetime
    mode: EmergencyMode


def past_mode(declared: ModeDeclared, ended: ModeEnded | None) -> PastMode:
    """What was declared once, until it was ended or expired."""
    mode = evolve_standing(None, declared)
    if not isinstance(mode, EmergencyMode):
        raise TypeError("a declaration makes a mode")
    until = min(ended.ended_at, declared.expires_at) if ended else declared.expires_at
    return PastMode(declared.declared_at, replace(mode, expires_at=until))


@dataclass
class Comparison:
    """Two ways side by side: how many came out how, and which incidents differ."""

    total: int = 0
    differences: list[Difference] = field(default_factory=list)
    before: Counter[tuple[str, str]] = field(default_factory=Counter)
    after: Counter[tuple[str, str]] = field(default_factory=Counter)
    """By what is decided and its value: ("level", "社区")."""

    def add(
        self,
        event: IncidentClassified,
        recorded: IncidentDispatched,
        book: RuleBook,
        community_types: Mapping[str, str],
        modes: Sequence[PastMode] = (),
    ) -> None:
        """Let the book decide at the moment of the record, and compare."""
        first = evolve(None, event)
        if not isinstance(first, Plan):
            return
        at = recorded.dispatched_at
        held = [each.mode for each in modes if each.since <= at]
        seen = Situation(book, recorded.ground_version, community_types=community_types, modes=held)
        *_, made = dispatch(event.incident_id, first, seen, at)
        if not isinstance(made, IncidentDispatched):
            return
        before, after = _outcome(recorded), _outcome(made)
        self.total += 1
        for outcome, counter in ((before, self.before), (after, self.after)):
            counter.update(
                {(name, getattr(outcome, name)): 1 for name in ("level", "mode", "rule")}
            )
        if before != after:
            self.differences.append(
                Difference(event.incident_id, event.category.name, before, after)
            )


def _outcome(event: IncidentDispatched) -> Outcome:
    whom = event.assignee
    level = f"{TITLES[whom.level]}{'（值班台）' if whom.desk else ''}"
    hours = (event.deadlines.dispose_by - event.dispatched_at).total_seconds() / 3_600
    return Outcome(
        event.rule, level, event.mode, event.scheme, event.responsible_unit, round(hours, 2)
    )
