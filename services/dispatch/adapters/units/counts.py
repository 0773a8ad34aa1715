"""Who handled the like before: counts from the particular to the general.

Where few were of just this type, place and source, the more general counts speak.
"""

from collections import defaultdict
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from services.dispatch.adapters.units.history import Matter

CHAIN: tuple[tuple[str, ...], ...] = (
    (),
    ("type_l1",),
    ("type_l1", "type_l2"),
    ("type_l1", "type_l2", "type_l3"),
    ("type_l1", "type_l2", "type_l3", "street"),
    ("type_l1", "type_l2", "type_l3", "community"),
    ("type_l1", "type_l2", "type_l3", "community", "source"),
)
WEIGHT = 2.0
"""So many events are the more general counts worth."""

Array = NDArray[np.float64]


class Counts:
    """Counts of classes by context."""

    def __init__(self, matters: Sequence[Matter], classes: NDArray[np.int64], many: int) -> None:
        self._many = many
        self._tables: list[dict[tuple[str, ...], Array]] = []
        for names in CHAIN:
            table: dict[tuple[str, ...], Array] = defaultdict(lambda: np.zeros(many))
            for matter, each in zip(matters, classes, strict=True):
                table[_context(matter, names)][each] += 1
            self._tables.append(dict(table))

    def shares(self, matter: Matter) -> Array:
        """How likely each class is."""
        shares: Array = np.full(self._many, 1 / self._many)
        for names, table in zip(CHAIN, self._tables, strict=True):
            counts = table.get(_context(matter, names))
            if counts is not None:
                shares = (counts + WEIGHT * shares) / (counts.sum() + WEIGHT)
        return shares


def _context(matter: Matter, names: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(matter.of[name] for name in names)
