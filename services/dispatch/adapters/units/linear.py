"""A linear model over crossed features: multinomial, with recent events weighing more."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.optimize import minimize

from services.dispatch.adapters.units.history import Matter

CROSSED: tuple[tuple[str, ...], ...] = (
    (),
    ("type_l1",),
    ("type_l1", "type_l2"),
    ("type_l1", "type_l2", "type_l3"),
    ("community",),
    ("street",),
    ("source",),
    ("type_l1", "community"),
    ("type_l2", "street"),
    ("type_l2", "community"),
    ("type_l3", "street"),
    ("type_l3", "community"),
    ("type_l1", "source"),
    ("type_l2", "source"),
    ("type_l3", "source"),
    ("street", "source"),
    ("community", "source"),
    ("type_l2", "street", "source"),
    ("type_l1", "community", "source"),
    ("property", "type_l1"),
    ("source", "property"),
)
RIDGE = 2.0
HALF_AFTER = 3_000
"""An event with so many after it weighs half."""
MOST_STEPS = 60

Array = NDArray[np.float64]


class Linear:
    """Learned by L-BFGS: a history of some thousand events takes seconds."""

    def __init__(self, matters: Sequence[Matter], classes: NDArray[np.int64], many: int) -> None:
        self._known: dict[tuple[str, ...], int] = {}
        for matter in matters:
            for feature in _features(matter):
                self._known.setdefault(feature, len(self._known))
        self._weights = _learned(self._table(matters), classes, many)

    def shares(self, matters: Sequence[Matter]) -> Array:
        """How likely each class is: a row an event."""
        return softmax(self._table(matters) @ self._weights)

    def _table(self, matters: Sequence[Matter]) -> Any:
        pairs = [
            (row, column)
            for row, matter in enumerate(matters)
            for feature in _features(matter)
            if (column := self._known.get(feature)) is not None
        ]
        rows, columns = np.array(pairs, dtype=np.int64).reshape(-1, 2).T
        shape = (len(matters), len(self._known))
        return sparse.csr_matrix((np.ones(len(pairs)), (rows, columns)), shape=shape)


def softmax(scores: Array) -> Array:
    """Shares that add up to one in each row."""
    raised = np.exp(scores - scores.max(axis=1, keepdims=True))
    shares: Array = raised / raised.sum(axis=1, keepdims=True)
    return shares


def _features(matter: Matter) -> list[tuple[str, ...]]:
    return [(str(n), *(matter.of[name] for name in names)) for n, names in enumerate(CROSSED)]


def _learned(table: Any, classes: NDArray[np.int64], many: int) -> Array:
    count, width = table.shape
    weights = 0.5 ** (np.arange(count)[::-1] / HALF_AFTER)
    truth = np.zeros((count, many))
    truth[np.arange(count), classes] = 1

    def loss(flat: Array) -> tuple[float, Array]:
        matrix = flat.reshape(width, many)
        shares = softmax(table @ matrix)
        right = shares[np.arange(count), classes]
        gradient = table.T @ ((shares - truth) * weights[:, None]) + RIDGE * matrix
        value = -(weights * np.log(right + 1e-15)).sum() + RIDGE / 2 * float(flat @ flat)
        return float(value), gradient.ravel()

    options = {"maxiter": MOST_STEPS}
    found = minimize(loss, np.zeros(width * many), jac=True, method="L-BFGS-B", options=options)
    best: Array = found.x.reshape(width, many)
    return best
