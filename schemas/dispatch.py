"""What dispatch says: who goes, by when, in which way, and why."""

from enum import StrEnum
from typing import ClassVar

from pydantic import AwareDatetime, Field

from schemas.event import Event, Part
from schemas.incident import Severity


class Mode(StrEnum):
    """The kind of handling (办理方式)."""

    AT_ONCE = "马上办"
    COORDINATED = "协调办"
    TRACKED = "跟踪办"


class Level(StrEnum):
    """The rungs of the ladder, lowest first (微网格员 → 网格长 → 社区 → 街道)."""

    MICRO_GRID = "micro_grid"
    GRID = "grid"
    COMMUNITY = "community"
    STREET = "street"


class Assignee(Part):
    """Who answers for an incident. `worker_id` is a staff number; names do not travel."""

    worker_id: str
    level: Level
    area: str = Field(description="code of the area that they answer for; empty: the whole street")


class Deadlines(Part):
    """By when each stage is due."""

    accept_by: AwareDatetime
    arrive_by: AwareDatetime
    dispose_by: AwareDatetime
    check_by: AwareDatetime


class IncidentDispatched(Event):
    """An incident went to one person, for the `round`-th time (派单)."""

    ce_type: ClassVar[str] = "hub.incident.dispatched.v1"

    incident_id: str
    round: int = Field(ge=1)
    assignee: Assignee
    mode: Mode
    severity: Severity
    deadlines: Deadlines
    reasons: tuple[str, ...] = Field(description="why, in Chinese, for an operator")
    ground_version: str
    dispatched_at: AwareDatetime


class IncidentEscalated(Event):
    """Nobody on a rung answered in time, or the rung declined: the next one has it (升级)."""

    ce_type: ClassVar[str] = "hub.incident.escalated.v1"

    incident_id: str
    round: int = Field(ge=1)
    from_level: Level
    to_level: Level
    reason: str
    escalated_at: AwareDatetime


class DispatchWithdrawn(Event):
    """Nobody need go any more (撤派)."""

    ce_type: ClassVar[str] = "hub.dispatch.withdrawn.v1"

    incident_id: str
    round: int = Field(ge=1)
    reason: str
    withdrawn_at: AwareDatetime
