"""What the pages of feedback need to know, and what they may do."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from schemas.event import Event
from services.feedback.domain.measures import Axis
from services.feedback.domain.searching import Wanted
from services.kernel.errors import Unprocessable


class Readings(Protocol):
    """What can be read of the archive and the ledger."""

    async def overview(self, scope: str) -> dict[str, Any]:
        """How many were reported, classified, dispatched and closed; the rectification rate.

        The numbers are those of the whole hub, the latest incidents those of the scope.
        """

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


@dataclass(frozen=True, slots=True)
class Handed:
    """A file that somebody hands in as evidence of an incident, as they name it."""

    incident_id: str
    who: str
    content: bytes = field(repr=False)
    name: str = ""
    media_type: str = ""
    shows: str = "other"
    note: str = ""


@dataclass(frozen=True, slots=True)
class Kept:
    """What is kept of it: by the SHA-256 of its content; `held`: it must not be deleted."""

    digest: str
    kind: str
    media_type: str
    held: bool
    about: dict[str, Any]


class EvidenceRefused(Unprocessable):
    """Evidence that is not taken; the sentence says why, in Chinese."""


class Unheard(Exception):
    """An incident that feedback does not know."""


class Evidences(Protocol):
    """Takes pictures and clips, shows them, and holds them."""

    async def take(self, handed: Handed) -> Kept:
        """Keep a picture or a clip. Raises EvidenceRefused, Unheard."""

    async def refuse(self, incident_id: str, who: str, why: str) -> None:
        """Leave a trace of what was not even read."""

    async def show(self, incident_id: str, digest: str) -> tuple[bytes, str] | None:
        """The content and its media type; None if it is not kept for this incident."""

    async def story(self, incident_id: str) -> Sequence[dict[str, Any]]:
        """Who did what to the evidence of an incident, the first first."""

    async def hold(self, incident_id: str, who: str, reason: str) -> None:
        """Nothing of an incident may be deleted from now on. Raises Unprocessable."""

    async def release(self, incident_id: str, who: str, reason: str) -> None:
        """It may be deleted again when its time comes. Raises Unprocessable."""
