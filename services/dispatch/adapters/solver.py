"""The assignment problem, by SciPy: exact, and a matter of milliseconds for a whole street."""

from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any


def solve(costs: Sequence[Sequence[float]], /) -> Iterable[tuple[int, int]]:
    """Pairs of row and column of least total cost. SciPy is loaded by the first call."""
    rows, columns = _scipy()(costs)
    return list(zip(rows.tolist(), columns.tolist(), strict=True))


@cache
def _scipy() -> Any:
    from scipy.optimize import linear_sum_assignment  # noqa: PLC0415

    return linear_sum_assignment
