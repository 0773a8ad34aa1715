"""A routing table, compiled: for each value, the rules that take it, as the bits of a number.

The rules that match an incident are what is left when the numbers of its values are put
together with `&`: some ten look-ups, however many rules there are.
"""

from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass

from services.dispatch.domain.routing.conditions import Conditions
from services.dispatch.domain.routing.facts import SEEN, Facts
from services.dispatch.domain.routing.written import Belonging, Then
from services.reference.ground.codes import LENGTHS

MOST_KEPT = 10_000
"""Answers kept of what rules say together."""


@dataclass(frozen=True)
class Rule:
    """One rule of a table; `line` is where it stands."""

    name: str
    line: int
    conditions: Conditions
    then: Then
    goes_on: bool


@dataclass(frozen=True)
class Belongings:
    """What belongs to one department, resolved."""

    said: Belonging
    line: int
    conditions: Conditions


@dataclass(frozen=True)
class Routing:
    """What a table says of an incident: all that matched, and the rule that ended it."""

    then: Then
    matched: tuple[str, ...] = ()
    decided_by: str = ""
    """Empty: no rule of the table was meant for it."""


class Index:
    """Which of some conditions hold, as bits: the first is the lowest."""

    def __init__(self, conditions: Sequence[Conditions]) -> None:
        everyone = (1 << len(conditions)) - 1
        self._by_name: list[tuple[str, dict[Hashable, int], int]] = []
        for name in {name for each in conditions for name in each.sets}:
            asking = sum(1 << i for i, each in enumerate(conditions) if name in each.sets)
            taken: dict[Hashable, int] = {}
            for bit, each in enumerate(conditions):
                for value in each.sets.get(name, ()):
                    taken[value] = taken.get(value, 0) | 1 << bit
            free = everyone & ~asking
            table = {value: bits | free for value, bits in taken.items()}
            self._by_name.append((name, table, free))
        self._anywhere = sum(1 << i for i, each in enumerate(conditions) if each.areas is None)
        self._areas: dict[str, int] = {}
        for bit, each in enumerate(conditions):
            for prefix in each.areas or ():
                self._areas[prefix] = self._areas.get(prefix, 0) | 1 << bit

    def holding(self, facts: Facts) -> int:
        """The bits of the conditions that hold."""
        left = self._anywhere
        for length in LENGTHS if self._areas else ():
            left |= self._areas.get(facts.area[:length], 0)
        for name, table, free in self._by_name:
            left &= table.get(SEEN[name](facts), free)
            if not left:
                break
        return left


class Table:
    """The rules in their order; the first that matches decides, `continue` lets others speak."""

    def __init__(self, name: str, rules: Sequence[Rule], belongings: Sequence[Belongings]) -> None:
        self.name = name
        self.rules = tuple(rules)
        self.belongings = tuple(belongings)
        self._index = Index([rule.conditions for rule in rules])
        self._departments = Index([each.conditions for each in belongings])
        self._said: dict[int, Routing] = {}
        conditions = [rule.conditions for rule in rules]
        conditions += [each.conditions for each in belongings]
        self.looks_at_work = any("phase" in each.sets for each in conditions)

    def decide(self, facts: Facts) -> Routing:
        """What the rules say."""
        holding = self._index.holding(facts)
        known = self._said.get(holding)
        if known is None:
            if len(self._said) >= MOST_KEPT:
                self._said.clear()
            known = self._said[holding] = said(list(self._heard(holding)))
        return known

    def belongs_to(self, facts: Facts) -> Belongings | None:
        """The department whose matter it is, if it is one's."""
        holding = self._departments.holding(facts)
        return self.belongings[(holding & -holding).bit_length() - 1] if holding else None

    def _heard(self, holding: int) -> Iterator[Rule]:
        while holding:
            lowest = holding & -holding
            rule = self.rules[lowest.bit_length() - 1]
            yield rule
            if not rule.goes_on:
                return
            holding ^= lowest


def said(rules: Sequence[Rule]) -> Routing:
    """What rules say together: of each thing the first word counts, lists are gathered."""
    together: dict[str, object] = {}
    for rule in rules:
        for name, value in rule.then:
            if value is None:
                continue
            before = together.get(name)
            if before is None:
                together[name] = value
            elif isinstance(before, tuple):
                together[name] = tuple(dict.fromkeys((*before, *value)))
    ended = bool(rules) and not rules[-1].goes_on
    return Routing(
        Then.model_construct(**{**dict(Then()), **together}),
        tuple(rule.name for rule in rules),
        rules[-1].name if ended else "",
    )
