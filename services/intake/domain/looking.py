"""What becomes of a picture: kept, or refused with a reason; the report is never lost for it."""

from dataclasses import dataclass, field

from schemas.report import Picture
from services.intake.domain.submission import Submission


class PictureLater(Exception):
    """A picture that may be had later; the sentence says what was wrong this time."""


@dataclass(slots=True)
class Looked:
    """What became of the pictures of one message; a mark in neither has still to be looked at."""

    kept: dict[str, Picture] = field(default_factory=dict)
    refused: dict[str, str] = field(default_factory=dict)

    def shown_with(self, said: Submission) -> Submission:
        """The submission with the pictures that are kept."""
        if not self.kept:
            return said
        return said.model_copy(update={"pictures": (*said.pictures, *self.kept.values())})

    def state_of(self, mark: str) -> tuple[str, str]:
        """How a picture stands in the list, and why."""
        if mark in self.kept:
            return "kept", ""
        return ("refused", self.refused[mark]) if mark in self.refused else ("waiting", "")
