"""One street in a surge, as one batch of messages meets it: who is where, and who was found."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from schemas.dispatch import Assignee, Mode
from schemas.place import Place
from services.dispatch.domain.assignment import Solve, assign
from services.dispatch.domain.handling import RUNGS, Handling
from services.dispatch.domain.plan import GRASS_ROOTS, Plan
from services.dispatch.domain.pressure import Pressure
from services.dispatch.domain.roster.written import Person
from services.dispatch.domain.surge import (
    Doing,
    Expected,
    Member,
    Plane,
    Street,
    SurgeRules,
    Verdict,
    Waiting,
)

STREET_DIGITS = 9
BEHIND = "surge:"
"""With the street: what waits for somebody free waits behind this."""


def street_of(place: Place) -> str:
    """The code of the street that a place lies in; empty: not known."""
    return (place.community or "")[:STREET_DIGITS]


def is_for_a_batch(plan: Plan, handling: Handling) -> bool:
    """Whether somebody of the grass roots is to go there at once."""
    place = plan.place
    return (
        handling.desk is None
        and handling.mode is Mode.AT_ONCE
        and handling.level in GRASS_ROOTS
        and place.longitude is not None
        and place.latitude is not None
    )


@dataclass
class Batch:
    """The street, its members and what is assigned together; `since` the surge has lasted."""

    street: str
    since: datetime
    pressure: Pressure
    rules: SurgeRules
    solve: Solve
    plane: Plane = field(default_factory=lambda: Plane(0.0))
    members: dict[str, Member] = field(default_factory=dict)
    people: Mapping[str, Person] = field(default_factory=dict)
    expected: Sequence[Expected] = ()
    together: dict[str, Plan] = field(default_factory=dict)
    """Danger to life that came with this batch."""
    due: tuple[str, ...] = ()
    """What has waited until the end of its window."""
    is_elsewhere: bool = False
    """Another process is just assigning in this street: what waits, waits for the next window."""
    verdicts: dict[str, Verdict] = field(default_factory=dict)

    def settle(self, waiting: Iterable[Waiting], now: datetime) -> None:
        """Assign these together; whoever is sent is free no more."""
        street = Street(list(self.members.values()), self.expected)
        for each in assign(street, list(waiting), now, self.rules, self.solve):
            self.verdicts[each.incident_id] = each
            self.is_sent(each.worker_id, each.incident_id)

    def found(self, incident_id: str) -> Verdict | None:
        """Who goes, if somebody was found."""
        verdict = self.verdicts.get(incident_id)
        return verdict if verdict and verdict.travel is not None else None

    def is_sent(self, worker: str, incident_id: str) -> None:
        """Somebody has something in hand from now on."""
        if member := self.members.get(worker):
            self.members[worker] = replace(member, doing=Doing(incident_id))

    def waiting(
        self, incident_id: str, plan: Plan, handling: Handling, now: datetime
    ) -> Waiting | None:
        """An incident as the batch sees it; None where it is not for a batch."""
        x, y = plan.place.longitude, plan.place.latitude
        if not is_for_a_batch(plan, handling) or x is None or y is None:
            return None
        since = plan.window.since if plan.window else now
        tried = frozenset(plan.tried) | self._unfit(handling)
        return Waiting(incident_id, plan.severity, self.plane.spot(x, y), since, tried)

    def _unfit(self, handling: Handling) -> frozenset[str]:
        """Whoever stands on too low a rung; without the skills, if somebody has them."""
        lowest = RUNGS.index(handling.level)
        low = {w for w in self.members if RUNGS.index(self.people[w].level) < lowest}
        wanted = set(handling.skills)
        unskilled = {w for w in self.members if not wanted <= set(self.people[w].skills)}
        return frozenset(low | unskilled if unskilled | low < set(self.members) else low)

    def assignee(self, worker: str, plan: Plan) -> Assignee:
        """A member, with the area of theirs that the incident lies in, if it does."""
        person = self.people[worker]
        own = [area for area in person.areas if plan.area.startswith(area)]
        return Assignee(worker_id=worker, level=person.level, area=(own or person.areas)[0])

    def is_given_up(self, plan: Plan, now: datetime) -> bool:
        """Whether an incident has waited for too long."""
        return plan.window is not None and now >= self.until(plan, now)

    def until(self, plan: Plan, now: datetime) -> datetime:
        """When an incident goes the ordinary way, whoever is free or not."""
        return (plan.window.since if plan.window else now) + self.rules.longest_wait

    def is_late(self, plan: Plan, now: datetime) -> bool:
        """Whether its window was over long ago: the service had stopped."""
        return plan.window is not None and now - plan.window.at > timedelta(
            seconds=plan.window.every
        )
