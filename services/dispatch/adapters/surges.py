"""What PostgreSQL and the roster know of streets in which more comes than there are people free."""

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from schemas.case import CaseDeclined, CaseRegistered, CaseReopened
from schemas.event import Event
from schemas.incident import (
    IncidentClassified,
    IncidentRecategorised,
    IncidentRegraded,
    Severity,
)
from services.dispatch.adapters.hours import SQL, week_of
from services.dispatch.adapters.solver import solve
from services.dispatch.domain.batch import STREET_DIGITS, Batch, street_of
from services.dispatch.domain.orders import Mend
from services.dispatch.domain.plan import GRASS_ROOTS, WINDOW, Plan, evolve
from services.dispatch.domain.pressure import Pressure, turn
from services.dispatch.domain.roster.duty import Roster
from services.dispatch.domain.roster.written import Person
from services.dispatch.domain.surge import Expected, Plane, SurgeRules
from services.dispatch.domain.whereabouts import Seen, member_of
from services.kernel.domain import TimerDue
from services.kernel.postgres import Connection
from services.kernel.record import Message
from services.reference.calendar import BEIJING

SENDS: tuple[type[Event], ...] = (
    IncidentClassified,
    IncidentRegraded,
    IncidentRecategorised,
    CaseDeclined,
    CaseReopened,
    CaseRegistered,
    Mend,
    TimerDue,
)
"""What somebody may be sent by."""
REMEMBERED = timedelta(days=90)
"""So far back danger to life is counted, from the first of that month."""

InHand = Mapping[str, int]
"""How much each worker of a street has that occupies them; of nobody (empty): what waits."""


@dataclass
class Watched:
    """What was seen of surges; `turned` are the streets in which one began, or ended (None)."""

    batches: dict[str, Batch] = field(default_factory=dict)
    turned: dict[str, datetime | None] = field(default_factory=dict)


@dataclass(frozen=True)
class Lookout:
    """Looks at streets: by a roster, without those who have tapped off, and by the rules."""

    connection: Connection
    roster: Roster
    off: AbstractSet[str]
    rules: SurgeRules
    now: datetime

    async def look(self, messages: Sequence[Message], takes: Callable[[Plan], bool]) -> Watched:
        """The streets of these messages that are in a surge or come into one by them.

        `takes` tells which new incidents somebody would go to at once: the others are no demand.
        """
        by_street = await self._by_street([m for m in messages if isinstance(m.event, SENDS)])
        in_hand, since = await self.in_hand(list(by_street)), await self.since(list(by_street))
        watched = Watched()
        for street, asked in sorted(by_street.items()):
            before, new = since.get(street), _new(asked)
            began = self._turned(before, street, in_hand, new)
            if began and new:
                new = {key: plan for key, plan in new.items() if takes(plan)}
                began = self._turned(before, street, in_hand, new)
            if began != before:
                watched.turned[street] = began
            if began:
                pressure = self.pressure(street, in_hand, len(new))
                batch = Batch(street, began, pressure, self.rules, solve)
                await self._fill(batch, asked, new)
                watched.batches[street] = batch
        return watched

    def _turned(
        self,
        before: datetime | None,
        street: str,
        in_hand: Mapping[str, InHand],
        new: Mapping[str, Plan],
    ) -> datetime | None:
        pressure = self.pressure(street, in_hand, len(new))
        return turn(before, pressure, self.rules, self.now)

    def pressure(self, street: str, in_hand: Mapping[str, InHand], new: int = 0) -> Pressure:
        """How a street stands, with so much that has just come."""
        there, busy = self.there(street), in_hand.get(street, {})
        free = sum(1 for worker in there if worker not in busy)
        return Pressure(sum(busy.values()) + new, free, len(there))

    def there(self, street: str) -> dict[str, Person]:
        """Who is on duty in a street and can be sent anywhere in it."""
        working = self.roster.working(self.now)
        return {
            person.id: person
            for person in _posted(self.roster).get(street, ())
            if person.id in working and person.id not in self.off
        }

    async def in_hand(self, streets: Sequence[str]) -> Mapping[str, InHand]:
        """What occupies whom, street by street."""
        found: dict[str, dict[str, int]] = defaultdict(dict)
        since = self.now - self.rules.occupies
        if streets:
            rows = await self.connection.fetch(SQL["in_hand_of_streets"], streets, since)
            for row in rows:
                found[row["street"]][row["worker_id"]] = row["incidents"]
        return found

    async def since(self, streets: Sequence[str] | None) -> dict[str, datetime]:
        """Since when there is a surge; None: in all streets."""
        rows = [] if streets == [] else await self.connection.fetch(SQL["surges"], streets)
        return {row["street"]: row["since"] for row in rows}

    async def _by_street(self, asking: Sequence[Message]) -> dict[str, list[Message]]:
        known = {
            each.subject: street_of(each.event.place)
            for each in asking
            if isinstance(each.event, IncidentClassified)
        }
        others = [each.subject for each in asking if each.subject not in known]
        rows = await self.connection.fetch(SQL["streets_of"], others) if others else []
        known |= {row["id"]: row["street"] for row in rows}
        found: dict[str, list[Message]] = defaultdict(list)
        for each in asking:
            if street := known.get(each.subject):
                found[street].append(each)
        return found

    async def _fill(self, batch: Batch, asked: Sequence[Message], new: Mapping[str, Plan]) -> None:
        """Who is where, and what is assigned together; nothing, if all of it is to wait."""
        batch.together = {k: plan for k, plan in new.items() if plan.severity is Severity.DANGER}
        batch.due = tuple(each.subject for each in asked if _is_window(each))
        if not batch.together and all(isinstance(m.event, IncidentClassified) for m in asked):
            return
        if any(isinstance(each.event, TimerDue) for each in asked):
            batch.is_elsewhere = not await self.connection.fetchval(SQL["try_street"], batch.street)
        else:
            await self.connection.execute(SQL["lock_street"], batch.street)
        batch.people = self.there(batch.street)
        batch.plane = Plane(_latitude(batch.people))
        await self._place(batch)
        batch.expected = await self._expected(batch)

    async def _place(self, batch: Batch) -> None:
        """Where each is now, as far as it can be told."""
        busy = (await self.in_hand([batch.street])).get(batch.street, {})
        week = week_of(self.now)
        for row in await self.connection.fetch(SQL["members_of"], sorted(batch.people), week):
            worker = row["worker_id"]
            worked, seen = row["week"] / 60, self._seen(row)
            member = member_of(batch.people[worker], batch.plane, seen, worked, busy=worker in busy)
            if member:
                batch.members[worker] = member

    def _seen(self, row: Any) -> Seen | None:
        if row["at"] is None:
            return None
        return Seen(row["longitude"], row["latitude"], (self.now - row["at"]).total_seconds())

    async def _expected(self, batch: Batch) -> list[Expected]:
        """Where danger was in past months, and once more at each post: no place is quite safe."""
        first = (self.now - REMEMBERED).astimezone(BEIJING).date().replace(day=1)
        rows = await self.connection.fetch(SQL["danger_of"], [batch.street], first)
        spot = batch.plane.spot
        places = Counter(spot(*each.at) for each in batch.people.values() if each.at)
        for row in rows:
            places[spot(row["longitude"], row["latitude"])] += row["incidents"]
        return [Expected(at, count / places.total()) for at, count in places.items()]


def _new(asked: Sequence[Message]) -> dict[str, Plan]:
    """The incidents that have just come."""
    plans = {
        each.subject: evolve(None, each.event)
        for each in asked
        if isinstance(each.event, IncidentClassified)
    }
    return {key: plan for key, plan in plans.items() if plan}


def _is_window(each: Message) -> bool:
    return isinstance(each.event, TimerDue) and each.event.name == WINDOW


def _latitude(people: Mapping[str, Person]) -> float:
    return next((person.at[1] for person in people.values() if person.at), 0.0)


@lru_cache(maxsize=2)
def _posted(roster: Roster) -> Mapping[str, Sequence[Person]]:
    """Who has a post, by street: those of the grass roots."""
    found: dict[str, list[Person]] = defaultdict(list)
    for person in roster.people.values():
        if person.at and person.level in GRASS_ROOTS:
            found[person.areas[0][:STREET_DIGITS]].append(person)
    return found
