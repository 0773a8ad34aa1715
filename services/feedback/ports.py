"""What the pages of feedback need to know."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from services.feedback.domain.measures import Axis


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


class EvidenceRefused(Exception):
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
