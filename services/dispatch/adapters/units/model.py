"""Which unit handles an event: the likeliest three, with a confidence that means something."""

from collections.abc import Callable, Iterator, Sequence
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
"""Where in the history the confidence is tried: from there to the next, unseen."""
POWERS = tuple(np.arange(0.5, 1.55, 0.05))
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

    def units(self, matters: Sequence[Matter]) -> Iterator[dict[str, float]]:
        shares = self._linear.shares(matters)
        for matter, row in zip(matters, shares, strict=True):
            mixed = (1 - OF_COUNTS) * row + OF_COUNTS * self._counts.shares(matter)
            best = np.argsort(-mixed)[:ROLES_LOOKED_AT]
            likely = ((self._roles[each], float(mixed[each])) for each in best)
            yield written(likely, matter, self._manners)


class UnitModel:
    """Learns from a history of events; they are put into the order of time."""

    def __init__(self, history: Sequence[Matter], progress: Progress = lambda done: None) -> None:
        known = sorted((each for each in history if each.unit), key=lambda each: each.of[TIME])
        if not known:
            raise HistoryError("历史中没有一个写明处置单位的事件，无从学习。")
        self._power = _power(known, progress)
        self._roles = _Roles(known)
        progress(1.0)

    def suggest(self, matters: Sequence[Matter]) -> Iterator[list[Suggestion]]:
        """The likeliest three of each event, best first."""
        for units in self._roles.units(matters) if matters else ():
            raised = _raised(units, self._power)
            best = sorted(raised.items(), key=lambda each: (-each[1], each[0]))[:SHOWN]
            yield [Suggestion(unit, share) for unit, share in best]


def _power(known: Sequence[Matter], progress: Progress) -> float:
    """What confidence is raised to so that it fits events that were not learned from."""
    if len(known) < FEWEST:
        return 1.0
    told: list[tuple[dict[str, float], str]] = []
    for step, since in enumerate(FOLDS):
        until = FOLDS[step + 1] if step + 1 < len(FOLDS) else 1.0
        first, last = int(len(known) * since), int(len(known) * until)
        unseen = known[first:last]
        units = _Roles(known[:first]).units(unseen)
        told += zip(units, (each.unit for each in unseen), strict=True)
        progress((step + 1) / (len(FOLDS) + 1))
    return float(max(POWERS, key=lambda power: _likelihood(told, power)))


def _likelihood(told: Sequence[tuple[dict[str, float], str]], power: float) -> float:
    return sum(log(_raised(units, power).get(right, 0.0) + LEAST) for units, right in told)


def _raised(units: dict[str, float], power: float) -> dict[str, float]:
    raised = {unit: share**power for unit, share in units.items()}
    total = sum(raised.values())
    return {unit: share / total for unit, share in raised.items()}
