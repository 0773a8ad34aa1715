"""What intake needs from the outside."""

from typing import Protocol


class Pseudonyms(Protocol):
    """Gives each caller a name that no one can read back."""

    def of(self, identity: str) -> str:
        """The same pseudonym for the same caller; empty for nobody."""
