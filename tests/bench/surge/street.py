"""A day goes by: people walk, work, eat and change shifts; a policy says who goes where.

The same for every policy: it sees who is where now and what waits, never how long anything will
take, what comes next, or who will be free when.
"""

import heapq
from bisect import insort
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import Enum, auto
from typing import Any, Protocol

from schemas.incident import Severity
from services.dispatch.domain.pressure import Pressure
from services.dispatch.domain.surge import Doing, Member, Spot, Street, Waiting, between
from tests.bench.surge.town import DAY, Happening, Parameters, Person, Town

MIDNIGHT = datetime(2026, 3, 2, tzinfo=UTC)
RESUMING_SECONDS = 300.0
"""What it costs to take up work again that was interrupted."""


class Policy(Protocol):
    """A way of dispatching."""

    @property
    def window(self) -> float:
        """Seconds for which ordinary work is gathered; 0: assigned at once."""

    @property
    def at_once(self) -> int:
        """How many of what waits it looks at, in its order."""

    def look(self, pressure: Pressure, now: datetime) -> None:
        """See how the street stands, before `window` is asked."""

    @property
    def interrupts(self) -> bool:
        """Whether it may take people from other work."""

    def order(self, each: Waiting) -> tuple[Any, ...]:
        """What comes first."""

    def choose(
        self, street: Street, waiting: Sequence[Waiting], now: datetime
    ) -> Iterable[tuple[str, str]]:
        """Pairs of incident and member."""


class _Is(Enum):
    OFF = auto()
    FREE = auto()
    BUSY = auto()
    AWAY = auto()


@dataclass(slots=True)
class _Job:
    happening: Happening
    origin: Spot
    given: float
    leaves: float
    arrives: float
    ends: float


@dataclass(slots=True)
class _Stand:
    """One member at a moment."""

    person: Person
    at: Spot
    state: _Is = _Is.OFF
    since: float = 0.0
    job: _Job | None = None
    worked: float = 0.0
    hungry: float = 0.0
    """How long the meal takes that was put off."""
    is_over: bool = False


@dataclass(slots=True)
class Course:
    """What became of one incident."""

    waited: float = 0.0
    """Seconds without anybody on the way or there, and then until somebody is there."""
    reached: float | None = None
    trips: list[float] = field(default_factory=list)
    left: float = 0.0
    """What of the work remains after an interruption."""
    interruptions: int = 0


class Day:
    """One day of a town under a policy."""

    def __init__(self, town: Town, policy: Policy, parameters: Parameters) -> None:
        self.town, self.policy, self.parameters = town, policy, parameters
        self.stands = {each.worker_id: _Stand(each, each.home) for each in town.people}
        self.courses = {each.incident_id: Course() for each in town.happenings}
        self.happenings = {each.incident_id: each for each in town.happenings}
        self._waiting: list[Waiting] = []
        self._queued: dict[str, float] = {}
        self._events: list[tuple[float, int, str, str, float]] = []
        self._number = 0
        self._ticks_at = -1.0

    def run(self) -> "Day":
        """From midnight to midnight."""
        for each in self.town.happenings:
            self._plan(each.when, "report", each.incident_id)
        for person in self.town.people:
            self._plan(person.on, "on", person.worker_id)
            self._plan(person.off, "off", person.worker_id)
            for when, span, meal in person.away:
                self._plan(when, "meal" if meal else "visit", person.worker_id, span)
        while self._events and self._events[0][0] < DAY:
            now, _, what, who, span = heapq.heappop(self._events)
            getattr(self, f"_{what}")(now, who, span)
        for key, since in self._queued.items():
            self.courses[key].waited += DAY - since
        return self

    def _plan(self, when: float, what: str, who: str, span: float = 0.0) -> None:
        self._number += 1
        heapq.heappush(self._events, (when, self._number, what, who, span))

    def _report(self, now: float, key: str, _: float) -> None:
        self._queue(now, key)
        self._ask(now, urgent=self.happenings[key].severity is Severity.DANGER)

    def _queue(self, now: float, key: str) -> None:
        each = self.happenings[key]
        since = MIDNIGHT + timedelta(seconds=each.when)
        self._queued[key] = now
        insort(self._waiting, Waiting(key, each.severity, each.at, since), key=self.policy.order)

    def _on(self, now: float, who: str, _: float) -> None:
        self._free(now, self.stands[who])

    def _off(self, now: float, who: str, _: float) -> None:
        stand = self.stands[who]
        stand.is_over = True
        if stand.state is _Is.FREE:
            stand.state = _Is.OFF

    def _meal(self, now: float, who: str, span: float) -> None:
        self.stands[who].hungry = span
        if self.stands[who].state is _Is.FREE:
            self._free(now, self.stands[who])

    def _visit(self, now: float, who: str, span: float) -> None:
        stand = self.stands[who]
        if stand.state is _Is.FREE:
            stand.at, stand.state = self._where(stand, now), _Is.AWAY
            self._plan(now + span, "back", who)

    def _back(self, now: float, who: str, _: float) -> None:
        self._free(now, self.stands[who])

    def _done(self, now: float, who: str, given: float) -> None:
        stand = self.stands[who]
        if stand.job and stand.job.given == given:
            stand.at = stand.job.happening.at
            self._put_down(stand, now)
            self._free(now, stand)

    def _tick(self, now: float, _: str, __: float) -> None:
        self._decide(now, urgent_only=False)

    def _free(self, now: float, stand: _Stand) -> None:
        """To the meal that was put off, home, or to whatever waits."""
        stand.since = now
        if stand.is_over:
            stand.state = _Is.OFF
        elif stand.hungry:
            stand.at, stand.state = self._where(stand, now), _Is.AWAY
            self._plan(now + stand.hungry, "back", stand.person.worker_id)
            stand.hungry = 0.0
        else:
            stand.state = _Is.FREE
            first = self._waiting[0] if self._waiting else None
            self._ask(now, urgent=first is not None and first.severity is Severity.DANGER)

    def _put_down(self, stand: _Stand, now: float) -> None:
        if stand.job:
            stand.worked += now - stand.job.given
            stand.job = None

    def _ask(self, now: float, *, urgent: bool) -> None:
        """Let the policy decide: now, or at the end of its window."""
        self.policy.look(self._pressure(), _moment(now))
        window = self.policy.window
        if not window:
            self._decide(now, urgent_only=False)
            return
        if urgent:
            self._decide(now, urgent_only=True)
        if self._waiting and self._ticks_at <= now:
            self._ticks_at = (now // window + 1) * window
            self._plan(self._ticks_at, "tick", "")

    def _decide(self, now: float, *, urgent_only: bool) -> None:
        free = any(stand.state is _Is.FREE for stand in self.stands.values())
        if not free and not self.policy.interrupts:
            return
        seen = self._waiting[: self.policy.at_once]
        if urgent_only:
            seen = [each for each in seen if each.severity is Severity.DANGER]
        if not seen:
            return
        street = Street(self._members(now), self.town.expected)
        sent = dict(self.policy.choose(street, seen, _moment(now)))
        if sent:
            self._waiting = [each for each in self._waiting if each.incident_id not in sent]
        for key, who in sent.items():
            self._send(now, self.happenings[key], self.stands[who])

    def _pressure(self) -> Pressure:
        states = Counter(stand.state for stand in self.stands.values())
        busy, free = states[_Is.BUSY], states[_Is.FREE]
        return Pressure(len(self._waiting) + busy, free, busy + free)

    def _members(self, now: float) -> list[Member]:
        """All who are on duty; where the busy are matters only if they can be called away."""
        moves = self.policy.interrupts
        return [
            Member(
                stand.person.worker_id,
                self._where(stand, now) if stand.state is _Is.FREE or moves else stand.at,
                stand.person.pace,
                stand.person.start,
                stand.worked / 3600,
                Doing(stand.job.happening.incident_id, stand.job.happening.severity)
                if stand.job
                else None,
            )
            for stand in self.stands.values()
            if stand.state is _Is.FREE or stand.state is _Is.BUSY
        ]

    def _send(self, now: float, each: Happening, stand: _Stand) -> None:
        course, origin = self.courses[each.incident_id], self._where(stand, now)
        if stand.job:
            self._interrupt(now, stand)
        leaves = now + each.answer
        person = stand.person
        way = (person.start + origin.metres_to(each.at) / person.pace) * each.drag
        arrives = leaves + way
        ends = arrives + (course.left or each.service)
        course.waited += arrives - self._queued.pop(each.incident_id)
        course.trips.append(way)
        course.reached = arrives if course.reached is None else course.reached
        stand.state, stand.job = _Is.BUSY, _Job(each, origin, now, leaves, arrives, ends)
        self._plan(ends, "done", person.worker_id, now)

    def _interrupt(self, now: float, stand: _Stand) -> None:
        """The work waits again; on the way there, nothing of it is done yet."""
        job = stand.job
        if job is None:
            return
        key = job.happening.incident_id
        course = self.courses[key]
        course.interruptions += 1
        if now < job.arrives:
            course.waited -= job.arrives - now
            course.trips.pop()
            course.reached = None if not course.left else course.reached
        else:
            course.left = job.ends - now + RESUMING_SECONDS
        self._put_down(stand, now)
        self._queue(now, key)

    def _where(self, stand: _Stand, now: float) -> Spot:
        """On the way to work, at it, or on the way home."""
        job = stand.job
        if job:
            share = max(now - job.leaves, 0.0) / (job.arrives - job.leaves)
            goal = job.happening.at
            return between(job.origin, goal, share * job.origin.metres_to(goal))
        if stand.state is not _Is.FREE:
            return stand.at
        pace = stand.person.pace * self.parameters.patrol_share
        return between(stand.at, stand.person.home, (now - stand.since) * pace)


def _moment(now: float) -> datetime:
    return MIDNIGHT + timedelta(seconds=now)
