"""Who goes where when much comes at once: danger first, and ordinary work as a batch.

1. Danger to life takes whoever is there soonest, the reserve included; where the rules allow it,
   also members who have other work in hand.
2. A reserve is kept back from ordinary work: those who cover most of where danger is expected.
3. The rest is assigned as a whole, so that the sum of all ways is least: not each incident to
   its nearest, which leaves long ways to the later ones. Nobody goes beyond the cap while
   somebody nearer is left.
4. Whatever gets nobody is with the duty desk, with the reason: never nowhere.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from schemas.incident import Severity
from services.dispatch.domain import reasons
from services.dispatch.domain.crew_choice import DUTY_DESK
from services.dispatch.domain.reserve import keep_back
from services.dispatch.domain.surge import Member, Street, SurgeRules, Verdict, Waiting

Solve = Callable[[Sequence[Sequence[float]]], Iterable[tuple[int, int]]]
"""Pairs of row and column, as many as possible, of least total cost: see `ports.Solver`."""

IMPOSSIBLE = 1e9
BEYOND_THE_CAP = 1e6
TOO_LATE = 2e5
"""Costs in seconds of way; each outweighs whatever is less."""

GRAVITY = (Severity.DANGER, Severity.HIGH, Severity.MEDIUM, Severity.LOW)


def urgency(each: Waiting) -> tuple[int, datetime, str]:
    """The order in which incidents are taken into a batch."""
    return GRAVITY.index(each.severity), each.since, each.incident_id


def assign(
    street: Street, waiting: Sequence[Waiting], now: datetime, rules: SurgeRules, solve: Solve
) -> list[Verdict]:
    """A verdict for every incident that waits."""
    placed = sorted((each for each in waiting if each.at), key=urgency)
    batch, rest = placed[: rules.most_at_once], placed[rules.most_at_once :]
    danger = [each for each in batch if each.severity is Severity.DANGER]
    verdicts = _to_danger(street, danger, rules, solve)
    gone = {each.worker_id for each in verdicts}
    free = [each for each in street.members if not each.doing and each.worker_id not in gone]
    verdicts += _Batch(street, free, now, rules).send(batch[len(danger) :], solve)
    verdicts += [_desk(each, reasons.why_not_in_this_batch(rules), again=True) for each in rest]
    unplaced = [each for each in waiting if not each.at]
    return verdicts + [_desk(each, reasons.PLACE_UNKNOWN, again=False) for each in unplaced]


def _to_danger(
    street: Street, danger: Sequence[Waiting], rules: SurgeRules, solve: Solve
) -> list[Verdict]:
    """Whoever is there soonest; of several, as many as possible in time."""
    able = [each for each in street.members if _may_go(each, rules)] if danger else []
    sent = _pairs([_danger_row(each, able, rules) for each in danger], solve)
    free_before = sum(each.doing is None for each in able)
    left = free_before - sum(able[column].doing is None for column in sent.values())
    verdicts = []
    for row, each in enumerate(danger):
        if row not in sent:
            verdicts.append(_nobody(each, street, reasons.why_no_help(street, len(able))))
            continue
        member = able[sent[row]]
        sooner = _sooner(each, member, able)
        kept = rules.reserve(len(street.members))
        why = reasons.why_to_danger(each, member, rules, sooner, left, kept)
        verdicts.append(_sent(each, member, why))
    return verdicts


def _may_go(member: Member, rules: SurgeRules) -> bool:
    return member.doing is None or member.doing.severity in rules.interruptible


def _danger_row(each: Waiting, able: Sequence[Member], rules: SurgeRules) -> list[float]:
    limit = (rules.reach - rules.answer).total_seconds()
    saves = rules.interrupt_saves.total_seconds()
    cap, spot = rules.danger_cap_metres, each.spot
    return [
        (seconds := member.seconds_to(spot))
        + TOO_LATE * (seconds > limit)
        + BEYOND_THE_CAP * (member.at.metres_to(spot) > cap)
        + saves * (member.doing is not None)
        + IMPOSSIBLE * (member.worker_id in each.tried)
        for member in able
    ]


def _sooner(each: Waiting, chosen: Member, able: Sequence[Member]) -> int:
    """How many would have been there sooner than the one who goes."""
    limit = chosen.seconds_to(each.spot)
    return sum(
        member.seconds_to(each.spot) < limit and member.worker_id not in each.tried
        for member in able
    )


@dataclass(frozen=True, slots=True)
class _Batch:
    """Ordinary work meets those who are free."""

    street: Street
    free: Sequence[Member]
    now: datetime
    rules: SurgeRules

    def send(self, ordinary: Sequence[Waiting], solve: Solve) -> list[Verdict]:
        """The least sum of ways, with nobody of the reserve."""
        able, extra = self._able() if ordinary else ([], [])
        costs = [self._row(each, able, extra) for each in ordinary] if able else []
        sent = _pairs(costs, solve)
        return [
            self._verdict(each, able, able[sent[row]] if row in sent else None)
            for row, each in enumerate(ordinary)
        ]

    def _verdict(self, each: Waiting, able: Sequence[Member], member: Member | None) -> Verdict:
        if member:
            waited = each.waited(self.now)
            return _sent(each, member, reasons.why_to_work(each, member, self.rules, waited))
        why = reasons.why_not_yet(self.street, len(self.free), able, each, self.rules)
        return _nobody(each, self.street, why)

    def _able(self) -> tuple[list[Member], list[float]]:
        """Who is not kept back, and what it costs to take each, beside the way, in seconds."""
        rules, street = self.rules, self.street
        size = rules.reserve(len(street.members))
        reserve = keep_back(self.free, size, street.expected, rules)
        able = [each for each in self.free if each.worker_id not in reserve.kept]
        price, even = rules.cover_price.total_seconds(), rules.evenness.total_seconds()
        least = min((each.worked for each in able), default=0.0)
        return able, [
            each.start + price * reserve.worth[each.worker_id] + even * (each.worked - least)
            for each in able
        ]

    def _row(self, each: Waiting, able: Sequence[Member], extra: Sequence[float]) -> list[float]:
        """The way of each member, less what it may be longer for a grave or old incident."""
        spot, cap = each.spot, self.rules.cap_metres
        metres = [
            abs(member.at.east - spot.east) + abs(member.at.north - spot.north) for member in able
        ]
        waited = each.waited(self.now).total_seconds()
        less = self.rules.allowance(each.severity, waited)
        beyond = self._beyond(waited, min(metres))
        costs = [
            way / member.pace + more - less + (beyond if way > cap else 0.0)
            for way, member, more in zip(metres, able, extra, strict=True)
        ]
        for column, member in enumerate(able if each.tried else ()):
            if member.worker_id in each.tried:
                costs[column] = IMPOSSIBLE
        return costs

    def _beyond(self, waited: float, nearest: float) -> float:
        """What it costs to go beyond the cap: nothing, if patience is over and nobody is nearer."""
        if waited < self.rules.patience.total_seconds():
            return IMPOSSIBLE
        return BEYOND_THE_CAP if nearest <= self.rules.cap_metres else 0.0


def _pairs(costs: Sequence[Sequence[float]], solve: Solve) -> dict[int, int]:
    """The column of each row that can have one."""
    if not costs or not costs[0]:
        return {}
    pairs = solve(costs)
    return {row: column for row, column in pairs if costs[row][column] < IMPOSSIBLE / 2}


def _sent(each: Waiting, member: Member, reason: str) -> Verdict:
    return Verdict(
        each.incident_id,
        member.worker_id,
        reason,
        travel=timedelta(seconds=member.seconds_to(each.spot)),
        metres=member.at.metres_to(each.spot),
        interrupts=member.doing.incident_id if member.doing else None,
    )


def _nobody(each: Waiting, street: Street, reason: str) -> Verdict:
    """The duty desk has it: for good, if all who are there have been asked."""
    if each.tried and each.tried.issuperset(one.worker_id for one in street.members):
        return _desk(each, reasons.ALL_TRIED, again=False)
    return _desk(each, reason, again=True)


def _desk(each: Waiting, reason: str, *, again: bool) -> Verdict:
    return Verdict(each.incident_id, DUTY_DESK, reason, comes_again=again)
