"""What can become of a record that was sent: of its reports, and of their incidents."""

from dataclasses import dataclass
from enum import StrEnum


class Wait(StrEnum):
    """How far an incident must have come."""

    CLOSED = "closed"
    DISPATCHED = "dispatched"


class Fate(StrEnum):
    """What became of a report so far."""

    RECEIVED = "received"
    OPENED = "opened"
    MERGED = "merged"
    DISMISSED = "dismissed"
    IN_REVIEW = "in_review"


@dataclass(slots=True)
class Report:
    """One report that intake made; times in milliseconds, 0 until it happens."""

    id: str
    origin: str = ""
    received_at: int = 0
    decided_at: int = 0
    fate: Fate = Fate.RECEIVED
    incident: str = ""


@dataclass(slots=True)
class Incident:
    """One incident; `kind` is empty until its classification was seen."""

    id: str
    origin: str = ""
    kind: str = ""
    classified_at: int = 0
    dispatched_at: int = 0
    closed_at: int = 0
    outcome: str = ""
    passed: bool = False
    withdrawn: bool = False
    dead: bool = False


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """A row of a service's dead letters: where the record lies, and whom it was about."""

    service: str
    id: int
    topic: str
    partition: int
    offset: int
    subject: str | None


def root(correlation: str) -> str:
    """The record's origin; a record of several alarms adds #1, #2 … to it."""
    return correlation.partition("#")[0]
