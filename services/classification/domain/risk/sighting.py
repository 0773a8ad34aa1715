"""What the watch is told: incidents, of which one loud teller makes no outbreak."""

from collections.abc import Iterator
from dataclasses import dataclass

from services.classification.domain.risk.areas import COMMUNITY_DIGITS


@dataclass(frozen=True, slots=True)
class Sighting:
    """One incident, not one report: what, and where as far as it is known.

    `teller` is the pseudonym of a citizen or the id of a device, empty for workers: within
    some days one teller counts once for a category and community, however loud.
    """

    incident_id: str
    category: str
    area: str
    teller: str = ""

    def marks(self) -> Iterator[str]:
        """By what it is known again: its own id, and its teller in this matter and community."""
        yield self.incident_id
        if self.teller:
            yield f"{self.category}:{self.area[:COMMUNITY_DIGITS]}:{self.teller}"


class Echoes:
    """What was counted within the last days."""

    def __init__(self, days: int) -> None:
        self._days = days
        self.heard: dict[str, int] = {}
        """By mark, on which day."""

    def is_echo(self, sighting: Sighting, day: int) -> bool:
        """Whether the incident was counted already, or its teller for this category and place."""
        marks = list(sighting.marks())
        if any(mark in self.heard for mark in marks):
            return True
        self.heard.update(dict.fromkeys(marks, day))
        return False

    def forget(self, sighting: Sighting) -> int | None:
        """On which day an incident was counted that was none; None if it was not counted."""
        day = self.heard.pop(sighting.incident_id, None)
        if day is not None:
            for mark in sighting.marks():
                self.heard.pop(mark, None)
        return day

    def fade(self, today: int) -> None:
        """A day is over."""
        self.heard = {mark: day for mark, day in self.heard.items() if today - day < self._days}
