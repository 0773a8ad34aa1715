"""What other rules would have done with an incident that was dispatched once (规则回放)."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from schemas.dispatch import IncidentDispatched
from schemas.incident import IncidentClassified
from services.dispatch.domain.crew_choice import TITLES
from services.dispatch.domain.decide import dispatch
from services.dispatch.domain.handling import RuleBook
from services.dispatch.domain.plan import Plan, evolve
from services.dispatch.domain.situation import Situation


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
    ) -> None:
        """Let the book decide at the moment of the record, and compare."""
        first = evolve(None, event)
        if not isinstance(first, Plan):
            return
        seen = Situation(book, recorded.ground_version, community_types=community_types)
        *_, made = dispatch(event.incident_id, first, seen, recorded.dispatched_at)
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
