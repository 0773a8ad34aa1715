"""What is settled in the archive: ids in their order, none of which can still come (实时动态).

Transactions take ids before they commit, so a lower id may be seen later than a higher one, or
never, if its transaction failed. News waits at such a gap until nobody can fill it any more.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

PATIENCE = 5.0
"""Seconds; a gap that is open longer is left behind, whatever a long transaction may hold."""

R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Of PostgreSQL: transactions below `oldest` are over, those from `next` on have not begun."""

    oldest: int
    next: int


@dataclass(slots=True)
class Newsreel:
    """Where the settled part ends, and the gap behind it, if one is waited for."""

    mark: int
    gap_since: float = 0.0
    gap_over_at: int = 0

    def settled(self, rows: Sequence[tuple[int, R]], seen: Snapshot, now: float) -> list[R]:
        """Those of the rows behind the mark, in the order of ids, that nothing can come before."""
        told: list[R] = []
        for number, row in rows:
            if number > self.mark + 1 and not self._is_dead(seen, now):
                break
            self.mark, self.gap_over_at = number, 0
            told.append(row)
        return told

    def _is_dead(self, seen: Snapshot, now: float) -> bool:
        """Whether nobody can fill the gap behind the mark; it is noted when it is seen first."""
        if not self.gap_over_at:
            self.gap_over_at, self.gap_since = seen.next, now
        return seen.oldest >= self.gap_over_at or now - self.gap_since > PATIENCE
