"""What becomes of a picture: kept, or refused with a reason; the report is never lost for it."""

from dataclasses import dataclass, field
from enum import StrEnum

from schemas.report import Picture
from services.intake.domain.submission import Submission


class Fault(StrEnum):
    """Why a picture is not kept; the value is a label of the metric."""

    EMPTY = "empty"
    NO_PICTURE = "no_picture"
    TOO_LARGE = "too_large"
    TOO_MANY_PIXELS = "too_many_pixels"
    BROKEN = "broken"
    TWO_NATURES = "two_natures"
    FORBIDDEN = "forbidden"
    UNREACHABLE = "unreachable"


class PictureRefused(Exception):
    """A picture that will never be kept; the sentence says why, in Chinese."""

    def __init__(self, fault: Fault, why: str) -> None:
        super().__init__(why)
        self.fault = fault


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
