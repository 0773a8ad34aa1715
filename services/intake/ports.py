"""What intake needs from the outside."""

from typing import Protocol

from services.intake.domain.submission import Submission


class Pseudonyms(Protocol):
    """Gives each caller a name that no one can read back."""

    def of(self, identity: str) -> str:
        """The same pseudonym for the same caller; empty for nobody."""


class FrontDesk(Protocol):
    """Takes a report that came by another way than a topic."""

    def take(self, body: bytes, fallback_id: str) -> Submission:
        """The report in a body of the shape of `upstream.messages`. Raises Unprocessable."""
