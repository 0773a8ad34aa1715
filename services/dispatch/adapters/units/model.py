"""Which unit handles an event: the likeliest three, with a confidence that means something."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from math import log

import numpy as np
from numpy.typing import NDArray

from services.dispatch.adapters.units.counts import Counts
from services.dispatch.adapters.units.history import TIME, HistoryError, Matter
from services.dispatch.adapters.units.linear import Linear
from services.dispatch.adapters.units.naming import Manners, learn_manners, role_of, written
from services.dispatch.domain.suggestion import Suggestion

OF_COUNTS = 0.3
"""The share of the counts in the mixture; the rest is the linear model's."""
ROLES_LOOKED_AT = 15
SHOWN = 3
FOLDS = (0.7, 0.85)
"""Where in the history what was learned is tried: from there to the next, unseen."""
POWERS = tuple(np.arange(0.5, 1.55, 0.05))
REWRITTEN = tuple(number / 50 for number in range(10, -1, -1))
"""How likely it may be taken to be that units of a place are written the other way; most first."""
LEAST = 1e-4
FEWEST = 50

Array = NDArray[np.float64]
Progress = Callable[[float], None]


class _Roles:
    """How likely each unit is, before the confidence is put right."""

    def __init__(self, matters: Sequence[Matter]) -> None:
        named = [role_of(each)[0] for each in matters]
        self._roles = sorted(set(named))
        number = {role: index for index, role in enumerate(self._roles)}
        classes = np.array([number[role] for role in named], dtype=np.int64)
        self._linear = Linear(matters, classes, len(self._roles))
        self._counts = Counts(matters, classes, len(self._roles))
        self._manners: Manners = learn_manners(matters)

    def asked(self, matters: Sequence[Matter]) -> Iterator["_Asked"]:
        """The likeliest roles of each event."""
        shares = self._linear.shares(matters)
        for matter, row in zip(matters, shares, strict=True):
            mixed = (1 - OF_COUNTS) * row + OF_COUNTS * self._counts.shares(matter)
            best = np.argsort(-mixed)[:ROLES_LOOKED_AT]
            roles = [(self._roles[each], float(mixed[each])) for each in best]
            yield _Asked(matter, roles, self._manners)


@dataclass(frozen=True, slots=True)
class _Asked:
    """One event, and how likely each role is to handle it."""

    matter: Matter
    roles: Sequence[tuple[str, float]]
    manners: Manners

    def units(self, tuning: "_Tuning") -> dict[str, float]:
        """How likely each unit is."""
        found = written(self.roles, self.matter, self.manners, tuning.rewritten)
        raised = {unit: share**tuning.power for unit, share in found.items()}
        total = sum(raised.values())
        return {unit: share / total for unit, share in raised.items()}

    def told(self, tuning: "_Tuning") -> float:
        """How well the unit that it came to was foretold: the logarithm of its share."""
        return log(self.units(tuning).get(self.matter.unit, 0.0) + LEAST)


@dataclass(frozen=True, slots=True)
class _Tuning:
    """What is left to set when all is learned; `power` is what confidence is raised to."""

    rewritten: float = 0.0
    power: float = 1.0


class UnitModel:
    """Learns from a history of events; they are put into the order of time."""

    def __init__(self, history: Sequence[Matter], progress: Progress = lambda done: None) -> None:
        known = sorted((each for each in history if each.unit), key=lambda each: each.of[TIME])
        if not known:
            raise HistoryError("历史中没有一个写明处置单位的事件，无从学习。")
        self._tuning = _tuned(list(_unseen(known, progress)))
        self._roles = _Roles(known)
        progress(1.0)

    def suggest(self, matters: Sequence[Matter]) -> Iterator[list[Suggestion]]:
        """The likeliest three of each event, best first."""
        for asked in self._roles.asked(matters) if matters else ():
            units = asked.units(self._tuning)
            best = sorted(units.items(), key=lambda each: (-each[1], each[0]))[:SHOWN]
            yield [Suggestion(unit, share) for unit, share in best]


def _unseen(known: Sequence[Matter], progress: Progress) -> Iterator[_Asked]:
    """Later events of the history, asked of what was learned from those before them."""
    for step, since in enumerate(FOLDS if len(known) >= FEWEST else ()):
        until = FOLDS[step + 1] if step + 1 < len(FOLDS) else 1.0
        first, last = int(len(known) * since), int(len(known) * until)
        yield from _Roles(known[:first]).asked(known[first:last])
        progress((step + 1) / (len(FOLDS) + 1))


def _tuned(unseen: Sequence[_Asked]) -> _Tuning:
    """As fits events that were not learned from.

    Who keeps the records changes how units are written without notice, and no stretch of history
    need have such a day in it. So another way of writing is allowed for as far as that costs
    nothing that can be measured: not more than one standard error of the best (the rule of one
    standard error).
    """
    if not unseen:
        return _Tuning()
    told = {each: np.array([asked.told(_Tuning(each)) for asked in unseen]) for each in REWRITTEN}
    best = max(told.values(), key=lambda each: float(each.mean()))
    enough = best.mean() - best.std() / len(unseen) ** 0.5
    rewritten = float(next(each for each, found in told.items() if found.mean() >= enough))
    powers = [_Tuning(rewritten, float(power)) for power in POWERS]
    return max(powers, key=lambda each: sum(asked.told(each) for asked in unseen))
