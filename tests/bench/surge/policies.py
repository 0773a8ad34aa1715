"""Ways of dispatching: three that are common, and ours. All reckon ways in time, not in metres."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any

from schemas.incident import Severity
from services.dispatch.adapters.solver import solve
from services.dispatch.domain.assignment import Solve, assign, urgency
from services.dispatch.domain.pressure import Pressure, turn
from services.dispatch.domain.surge import Member, Street, SurgeRules, Waiting
from tests.bench.surge.street import Policy

EVERYTHING = 10**9


@dataclass(slots=True)
class FifoNearest:
    """First come, first served, by whoever is there soonest; danger stands in the same queue."""

    window: float = 0.0
    at_once: int = EVERYTHING
    interrupts: bool = False

    def look(self, pressure: Pressure, now: datetime) -> None:
        """All the same."""

    def order(self, each: Waiting) -> tuple[Any, ...]:
        """As they came."""
        return each.since, each.incident_id

    def choose(
        self, street: Street, waiting: Sequence[Waiting], now: datetime
    ) -> Iterable[tuple[str, str]]:
        """One after another."""
        free = {each.worker_id: each for each in street.members if not each.doing}
        for each in waiting:
            if not free:
                return
            worker = _soonest(each, free.values())
            yield each.incident_id, worker
            del free[worker]


@dataclass(slots=True)
class PriorityNearest:
    """The gravest first, by whoever is there soonest; ordinary work only above the reserve."""

    rules: SurgeRules
    keeps_reserve: bool = False
    window: float = 0.0
    at_once: int = EVERYTHING
    interrupts: bool = field(init=False)

    def __post_init__(self) -> None:
        self.interrupts = bool(self.rules.interruptible)

    def look(self, pressure: Pressure, now: datetime) -> None:
        """All the same."""

    def order(self, each: Waiting) -> tuple[Any, ...]:
        """The gravest first, then as they came."""
        return urgency(each)

    def choose(
        self, street: Street, waiting: Sequence[Waiting], now: datetime
    ) -> Iterable[tuple[str, str]]:
        """One after another."""
        free = {each.worker_id: each for each in street.members if not each.doing}
        kept = self.rules.reserve(len(street.members)) if self.keeps_reserve else 0
        left = {
            each.worker_id: each
            for each in street.members
            if each.doing and each.doing.severity in self.rules.interruptible
        }
        for each in waiting:
            danger = each.severity is Severity.DANGER
            able = list(free.values()) + (list(left.values()) if danger else [])
            if not able or (not danger and len(free) <= kept):
                return
            worker = self._for_danger(each, able) if danger else _soonest(each, able)
            yield each.incident_id, worker
            free.pop(worker, None)
            left.pop(worker, None)

    def _for_danger(self, each: Waiting, able: Sequence[Member]) -> str:
        """In time if possible; an interruption must be worth it: as in the rules."""
        limit = (self.rules.reach - self.rules.answer).total_seconds()
        saves = self.rules.interrupt_saves.total_seconds()

        def cost(member: Member) -> tuple[bool, float, str]:
            seconds = member.seconds_to(each.spot)
            return seconds > limit, seconds + saves * (member.doing is not None), member.worker_id

        return min(able, key=cost).worker_id


@dataclass(slots=True)
class PriorityPairs(PriorityNearest):
    """The same, but of what is equally grave the nearest pair first: nobody crosses the street
    to the oldest incident while another is beside them.
    """

    keeps_fastest: bool = False
    """Whether the reserve are those on e-bikes, rather than whoever is left over."""

    def choose(
        self, street: Street, waiting: Sequence[Waiting], now: datetime
    ) -> Iterable[tuple[str, str]]:
        """Danger as above, then level by level."""
        danger = [each for each in waiting if each.severity is Severity.DANGER]
        sent = dict(PriorityNearest.choose(self, street, danger, now))
        yield from sent.items()
        gone = set(sent.values())
        free = [each for each in street.members if not each.doing and each.worker_id not in gone]
        kept = self.rules.reserve(len(street.members)) if self.keeps_reserve else 0
        if self.keeps_fastest:
            free, kept = sorted(free, key=_pace)[: max(len(free) - kept, 0)], 0
        for _, level in groupby(waiting[len(danger) :], key=lambda each: each.severity):
            left = list(level)
            while left and len(free) > kept:
                _, number, row = min(
                    (member.seconds_to(each.spot), number, row)
                    for row, each in enumerate(left)
                    for number, member in enumerate(free)
                )
                yield left.pop(row).incident_id, free.pop(number).worker_id


@dataclass(slots=True)
class Ours:
    """What the service does: while there is no surge, one by one to whoever is nearest."""

    rules: SurgeRules
    solver: Solve = solve
    knows_history: bool = True
    since: datetime | None = None
    at_once: int = field(init=False)
    interrupts: bool = field(init=False)
    calm: PriorityNearest = field(init=False)

    def __post_init__(self) -> None:
        self.interrupts = bool(self.rules.interruptible)
        self.at_once = self.rules.most_at_once
        self.calm = PriorityNearest(self.rules)

    def look(self, pressure: Pressure, now: datetime) -> None:
        """Whether a surge begins or ends, as the service decides it."""
        self.since = turn(self.since, pressure, self.rules, now)

    @property
    def window(self) -> float:
        """None while there is no surge."""
        return self.rules.window.total_seconds() if self.since else 0.0

    def order(self, each: Waiting) -> tuple[Any, ...]:
        """The most urgent first."""
        return urgency(each)

    def choose(
        self, street: Street, waiting: Sequence[Waiting], now: datetime
    ) -> Iterable[tuple[str, str]]:
        """As the rules of dispatch say."""
        if self.since is None:
            return list(self.calm.choose(street, waiting, now))
        seen = street if self.knows_history else replace(street, expected=())
        verdicts = assign(seen, waiting, now, self.rules, self.solver)
        return [(each.incident_id, each.worker_id) for each in verdicts if each.travel is not None]


def _pace(member: Member) -> float:
    return member.pace


def _soonest(each: Waiting, able: Iterable[Member]) -> str:
    return min(able, key=lambda member: (member.seconds_to(each.spot), member.worker_id)).worker_id


def greedy(costs: Sequence[Sequence[float]], /) -> Iterable[tuple[int, int]]:
    """The cheapest pair first: what a solver has to be better than."""
    rows: set[int] = set()
    columns: set[int] = set()
    for _, row, column in sorted(
        (cost, row, column) for row, line in enumerate(costs) for column, cost in enumerate(line)
    ):
        if row not in rows and column not in columns:
            rows.add(row)
            columns.add(column)
            yield row, column


MORE = 0.2
"""A larger reserve, for the baselines that keep one."""
OURS = "ours"
ALWAYS = "ours, always on"


def always(rules: SurgeRules) -> SurgeRules:
    """In a surge whenever anything is open."""
    return replace(rules, enter=0.0, leave=0.0, least=1)


POLICIES: Mapping[str, Callable[[SurgeRules], Policy]] = {
    "FIFO-nearest": lambda rules: FifoNearest(),
    "priority-nearest": PriorityNearest,
    "reserve-only": lambda rules: PriorityNearest(rules, keeps_reserve=True),
    "reserve-only, 20%": lambda rules: PriorityNearest(
        replace(rules, reserve_share=MORE), keeps_reserve=True
    ),
    "priority-nearest by pairs": PriorityPairs,
    "reserve-only by pairs": lambda rules: PriorityPairs(rules, keeps_reserve=True),
    "reserve-only by pairs, 20%": lambda rules: PriorityPairs(
        replace(rules, reserve_share=MORE), keeps_reserve=True
    ),
    ALWAYS: lambda rules: Ours(always(rules)),
    OURS: Ours,
}

PARTS: Mapping[str, Callable[[SurgeRules], Policy]] = {
    "reserve-only by pairs, e-bikes kept": lambda rules: PriorityPairs(
        rules, keeps_reserve=True, keeps_fastest=True
    ),
    "ours without the places of past danger": lambda rules: Ours(
        always(rules), knows_history=False
    ),
    "ours without a reserve": lambda rules: Ours(
        replace(always(rules), reserve_share=0, reserve_least=0, cover_price=timedelta(0))
    ),
    "ours without the cap": lambda rules: Ours(replace(always(rules), cap_metres=1e6)),
    "ours without batches": lambda rules: Ours(replace(always(rules), window=timedelta(seconds=1))),
    "ours with greedy pairs": lambda rules: Ours(always(rules), greedy),
    "ours with twice the reserve": lambda rules: Ours(
        replace(always(rules), reserve_share=2 * rules.reserve_share)
    ),
    OURS: lambda rules: Ours(always(rules)),
}
"""What each part of ours is good for; ours is always on here."""
