"""Units as roles: 坪山街道综合执法队 is the 综合执法队 of the event's own street.

What is learned of one street then holds for the others. A bracket behind a name that only says
which street it belongs to, 综合执法队（坪山街道办事处）, is a manner of writing: who keeps the
records changes it from one day to the next, for all units at once. So the role is learned from
all of the history, and how it is written from the latest of it.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product

import numpy as np

from services.dispatch.adapters.units.history import Matter

BRACKET = re.compile(r"（([^（）]*)）$")
STREET, STREET_NAME, COMMUNITY = "{street}", "{name}", "{community}"
PLAIN = ""
JUDGED_BY = 700
"""The latest events, by which the pace of forgetting is chosen."""
OWN_PACES = (1.5, 5.0, 20.0)
ALL_PACES = (40.0, 150.0, 600.0, 1e9)
PRIORS = (0.5, 2.0)
GROUP_PACE = 50.0
LEAST = 1e-3

Key = tuple[str, str]


def role_of(matter: Matter) -> tuple[str, str]:
    """The role of the unit that handled it, and the bracket behind it (empty: none)."""
    unit, bracket = matter.unit, PLAIN
    name = matter.of["street"].removesuffix("街道")
    found = BRACKET.search(unit)
    if found and name and name in found[1]:
        unit, bracket = unit[: found.start()], found[1].replace(name, STREET_NAME)
    for word, mark in (
        (matter.of["street"], STREET),
        (matter.of["community"], COMMUNITY),
        (name, STREET_NAME),
    ):
        unit = unit.replace(word, mark) if word else unit
    return unit, bracket


def unit_of(role: str, bracket: str, matter: Matter) -> str:
    """The name of the unit that has a role where the event is."""
    name = matter.of["street"].removesuffix("街道")
    unit = role.replace(STREET, matter.of["street"]).replace(COMMUNITY, matter.of["community"])
    behind = f"（{bracket.replace(STREET_NAME, name)}）" if bracket else ""
    return unit.replace(STREET_NAME, name) + behind


@dataclass
class _Fading:
    """Counts of manners that fade with the events that come after."""

    counts: dict[str, float] = field(default_factory=dict)
    at: int = 0

    def faded(self, now: int, pace: float) -> dict[str, float]:
        factor = 0.5 ** ((now - self.at) / pace)
        return {manner: count * factor for manner, count in self.counts.items()}

    def add(self, manner: str, now: int, pace: float, own_pace: float = 1e9) -> None:
        own = 0.5 ** (1 / own_pace)
        self.counts = {key: count * own for key, count in self.faded(now, pace).items()}
        self.counts[manner] = self.counts.get(manner, 0.0) + 1
        self.at = now


@dataclass
class Manners:
    """How roles are written: by the role in its street, else by the role, else by all who change.

    `own` and `pace`: after how many events of its own, and of all, a count is worth half.
    """

    own: float
    pace: float
    prior: float
    now: int = 0
    here: dict[Key, _Fading] = field(default_factory=lambda: defaultdict(_Fading))
    roles: dict[str, _Fading] = field(default_factory=lambda: defaultdict(_Fading))
    changing: _Fading = field(default_factory=_Fading)
    brackets: Counter[str] = field(default_factory=Counter)

    def expected(self, role: str, street: str, rewritten: float) -> dict[str, float]:
        """The same, where units of a place may be written the other way before they are asked for.

        `rewritten` says how likely that is; of units that belong to no place nothing is changed.
        """
        likely = self.likely(role, street) or {PLAIN: 1.0}
        belongs_to_a_place = "{" in role or any(likely)
        if not (rewritten and self.brackets and belongs_to_a_place):
            return likely
        plain = max(likely, key=lambda manner: likely[manner]) == PLAIN
        other = self.brackets.most_common(1)[0][0] if plain else PLAIN
        shares = {manner: share * (1 - rewritten) for manner, share in likely.items()}
        shares[other] = shares.get(other, 0.0) + rewritten
        return shares

    def likely(self, role: str, street: str) -> dict[str, float]:
        """How likely each manner of writing is now."""
        shares: dict[str, float] = {}
        if len(self.roles[role].counts) > 1:
            shares = _mixed(self.changing.faded(self.now, GROUP_PACE), {}, 0.0)
        shares = _mixed(self.roles[role].faded(self.now, self.pace), shares, self.prior)
        return _mixed(self.here[role, street].faded(self.now, self.pace), shares, self.prior)

    def take(self, role: str, street: str, manner: str) -> None:
        """One more event, in the order of time."""
        self.now += 1
        if manner:
            self.brackets[manner] += 1
        self.here[role, street].add(manner, self.now, self.pace, self.own)
        self.roles[role].add(manner, self.now, self.pace)
        if len(self.roles[role].counts) > 1 and PLAIN in self.roles[role].counts:
            self.changing.add(manner, self.now, GROUP_PACE)


def _mixed(
    counts: Mapping[str, float], before: Mapping[str, float], weight: float
) -> dict[str, float]:
    total = sum(counts.values()) + (weight if before else 0.0)
    if total <= 0:
        return dict(before)
    return {
        manner: (counts.get(manner, 0.0) + weight * before.get(manner, 0.0)) / total
        for manner in {**counts, **before}
    }


def learn_manners(matters: Sequence[Matter]) -> Manners:
    """The manners after a history in the order of time, forgetting at the pace that told best."""
    named = [(*role_of(each), each.of["street"]) for each in matters]
    tried = (_told(named, *paces) for paces in product(OWN_PACES, ALL_PACES, PRIORS))
    return max(tried, key=lambda each: each[0])[1]


def _told(
    named: Sequence[tuple[str, str, str]], own: float, pace: float, prior: float
) -> tuple[float, Manners]:
    manners, score = Manners(own, pace, prior), 0.0
    for index, (role, bracket, street) in enumerate(named):
        if index >= len(named) - JUDGED_BY:
            score += float(np.log(manners.likely(role, street).get(bracket, 0.0) + LEAST))
        manners.take(role, street, bracket)
    return score, manners


def written(
    roles: Iterable[tuple[str, float]], matter: Matter, manners: Manners, rewritten: float
) -> dict[str, float]:
    """Units with how likely each is, from roles with how likely each is."""
    found: dict[str, float] = defaultdict(float)
    for role, share in roles:
        for bracket, part in manners.expected(role, matter.of["street"], rewritten).items():
            found[unit_of(role, bracket, matter)] += share * part
    return found
