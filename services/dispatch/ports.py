"""What dispatch needs from the outside."""

from collections.abc import Iterable, Sequence
from typing import Protocol


class Solver(Protocol):
    """Solves the assignment problem: rows are incidents, columns are members."""

    def __call__(self, costs: Sequence[Sequence[float]], /) -> Iterable[tuple[int, int]]:
        """Pairs of row and column, each at most once, as many as possible, of least total cost."""
