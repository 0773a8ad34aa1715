"""What classification needs from the outside."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from schemas.incident import Candidate


class Reviews(Protocol):
    """What people look at: what waits for them, what was dismissed, what they said."""

    async def waiting(self, limit: int) -> list[dict[str, Any]]:
        """The reviews that wait, the oldest first."""

    async def sample(self, since: datetime, until: datetime, limit: int) -> list[dict[str, Any]]:
        """Some of the chat that was dismissed between two moments, the same at each look."""

    async def labels(self, after: int) -> list[dict[str, Any]]:
        """What people said, for training, from behind a number on."""


@dataclass(frozen=True, slots=True)
class Advice:
    """A code of the catalogue, or None; `outcome` says what happened, `cost` what it cost."""

    code: str | None
    outcome: str
    cost: float = 0.0


class Adviser(Protocol):
    """A large language model that says what a text is, or nothing."""

    @property
    def name(self) -> str:
        """Which model it is."""

    async def advise(self, text: str, candidates: Sequence[Candidate]) -> Advice:
        """What it says of a masked text; never raises: too slow or wrong is no code."""
