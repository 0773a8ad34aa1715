"""What intake needs from the outside."""

from typing import Protocol

from schemas.place import Place


class Gazetteer(Protocol):
    """Knows the ground: from a text, a point or a camera to a place."""

    @property
    def version(self) -> str:
        """The version of the ground that answers."""

    def find(self, text: str) -> Place:
        """The place that a text names; an empty one if it names none."""

    def locate(self, longitude: float, latitude: float) -> Place:
        """The place in which a point lies."""

    def camera(self, device: str, channel: str = "") -> Place | None:
        """What a camera looks at; None if it is not registered."""


class Pseudonyms(Protocol):
    """Gives each caller a name that no one can read back."""

    def of(self, identity: str) -> str:
        """The same pseudonym for the same caller; empty for nobody."""
