"""What became of a warning: whether there was anything, and how often there was nothing."""

from collections.abc import Mapping
from enum import StrEnum


class Finding(StrEnum):
    """What the end of the errand says of the warning."""

    OPEN = "open"
    FOUNDED = "founded"
    UNFOUNDED = "unfounded"
    DROPPED = "dropped"


BY_OUTCOME: Mapping[str | None, Finding] = {
    None: Finding.OPEN,
    "looked_into": Finding.FOUNDED,
    "rectified": Finding.FOUNDED,
    "answered": Finding.FOUNDED,
    "false_alarm": Finding.UNFOUNDED,
}


def finding(outcome: str | None) -> Finding:
    """What a case's outcome says; dropped: it was closed without anybody having looked."""
    return BY_OUTCOME.get(outcome, Finding.DROPPED)


def unfounded_share(counts: Mapping[Finding, int]) -> float | None:
    """The share of the warnings looked into in which there was nothing; None of none."""
    looked_into = counts.get(Finding.FOUNDED, 0) + counts.get(Finding.UNFOUNDED, 0)
    return counts.get(Finding.UNFOUNDED, 0) / looked_into if looked_into else None
