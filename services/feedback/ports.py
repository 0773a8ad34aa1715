"""What the pages of feedback need to know, and what they may do."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from schemas.event import Event
from services.feedback.domain.measures import Axis
from services.feedback.domain.searching import Wanted


class Readings(Protocol):
    """What can be read of the archive and the ledger."""

    async def overview(self) -> dict[str, Any]:
        """How many were reported, classified, dispatched and closed; the rectification rate."""

    async def measures(
        self, axis: Axis, area: str, since: datetime, until: datetime
    ) -> Sequence[dict[str, Any]]:
        """Each rate with numerator and denominator, a row for each value of the axis."""

    async def road(self, incident_id: str) -> Sequence[dict[str, Any]]:
        """The whole life of one incident, in the order of recording; empty if it is unknown."""


class CaseBook(Protocol):
    """The cases, for whoever may see them."""

    async def search(self, wanted: Wanted) -> Sequence[dict[str, Any]]:
        """The cases that are wanted, newest first; one more than the limit if there are more."""

    async def find(self, incident_id: str) -> dict[str, Any] | None:
        """One case as it is now, with its version and what may be done; None if unknown."""

    async def course(self, incident_id: str) -> dict[str, Any]:
        """What it came of, and its voices, dispatches, steps, tasks and evidence."""

    async def outcome(self, incident_id: str, command_id: str) -> list[tuple[str, dict[str, Any]]]:
        """What was recorded of a case under a command: types and bodies, the command first."""


class Commands(Protocol):
    """Takes commands, each once."""

    async def command(
        self, event: Event, command_id: str, source: str, *, express: bool = False
    ) -> list[Event]:
        """Let one command have its effect; the same id again has none."""


@dataclass(frozen=True, slots=True)
class News:
    """Something that happened. `case` says whose it is; None: it is for everybody."""

    id: int
    name: str
    data: dict[str, Any] = field(default_factory=dict)
    case: dict[str, Any] | None = None


class LiveNews(Protocol):
    """What happens, to whoever listens."""

    async def subscribe(self, after: int | None) -> AsyncIterator[News | None]:
        """Listen from now on, or from behind an id; None after a while of silence.

        Raises Unavailable when too many listen already.
        """
