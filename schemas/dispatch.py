"""What dispatch says: who goes, by when, in which way, and why."""

from enum import StrEnum
from typing import ClassVar, Literal

from pydantic import AwareDatetime, Field

from schemas.event import Event, Part
from schemas.incident import Alertness, Severity


class Mode(StrEnum):
    """The kind of handling (办理方式)."""

    AT_ONCE = "马上办"
    COORDINATED = "协调办"
    TRACKED = "跟踪办"


class Level(StrEnum):
    """The rungs of the ladder, lowest first (微网格员 → 网格长 → 社区 → 街道 → 部门)."""

    MICRO_GRID = "micro_grid"
    GRID = "grid"
    COMMUNITY = "community"
    STREET = "street"
    DEPARTMENT = "department"


class Assignee(Part):
    """Who answers for an incident. `worker_id` is a staff number; names do not travel."""

    worker_id: str
    level: Level
    area: str = Field(description="code of the area that they answer for; empty: the whole street")
    desk: bool = Field(default=False, description="a duty desk, for want of a person (值班台)")


class Deadlines(Part):
    """By when each stage is due."""

    accept_by: AwareDatetime
    arrive_by: AwareDatetime
    dispose_by: AwareDatetime
    check_by: AwareDatetime
    remind_at: AwareDatetime | None = Field(default=None, description="before the disposal is due")
    rule: str = Field(default="", description="name of the limits that they come from (时限规则)")
    dispose_limit: str = Field(
        default="", description="the original limit, such as `2 work_hour`: extensions add it"
    )
    calendar_version: str = Field(default="", description="hash of the working calendar")
    in_working_time: tuple[str, ...] = Field(
        default=(), description="those of these times whose limits count working time alone"
    )


class Task(Part):
    """One part of a coordination that one unit does (协调办任务)."""

    task_id: str
    unit: str
    what: str = Field(max_length=500)
    due_by: AwareDatetime


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
    rules_version: str = ""
    roster_version: str = ""
    rule: str = Field(default="", description="name of the rule that decided")
    helpers: tuple[Assignee, ...] = Field(default=(), description="who helps (协办)")
    scheme: str = Field(default="", description="the handling scheme and its lane")
    lead_unit: str = Field(default="", description="who leads a coordination (牵头单位)")
    responsible_unit: str = Field(default="", description="whose matter it is (责任单位)")
    tasks: tuple[Task, ...] = Field(default=(), description="a coordination is done with them all")
    origin: Literal["rules", "escalation", "decline", "person", "reopening", "audit"] = "rules"
    anew: bool = Field(
        default=False, description="another category: deadlines and tasks replace the old (改类)"
    )
    catalogue_version: str = ""
    expected_minutes: int = Field(
        default=0, ge=0, description="how long it usually takes whoever has it (预计用时)"
    )
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


class DispatchHeld(Event):
    """An incident waits, and is not forgotten: it goes out by itself at `until` (暂缓派单).

    Because of a silence or a maintenance window, because another incident explains it
    (a power cut its lift alarms), or because nobody is free yet.
    """

    ce_type: ClassVar[str] = "hub.dispatch.held.v1"

    incident_id: str
    because: Literal["silence", "inhibition", "nobody_free"]
    behind: str = Field(default="", description="the silence, or the incident that explains it")
    reason: str
    until: AwareDatetime = Field(description="then it goes out, whatever else there is")
    again_every: float | None = Field(
        default=None, gt=0, description="seconds; so often somebody free is looked for"
    )
    held_at: AwareDatetime


class DisputeDecided(Event):
    """A unit said that an incident is not its matter; a person decided (退单复核)."""

    ce_type: ClassVar[str] = "hub.dispute.decided.v1"

    incident_id: str
    round: int = Field(ge=1)
    upheld: bool = Field(description="the unit was right")
    by: str = Field(description="staff number", max_length=64)
    reason: str = Field(max_length=2_000)
    decided_at: AwareDatetime


class PushdownRefused(Event):
    """What belongs to a department was about to be pushed to the grass roots; it was not."""

    ce_type: ClassVar[str] = "hub.pushdown.refused.v1"

    incident_id: str
    department: str
    to_level: Level
    by: str = Field(default="", description="staff number; empty: a rule", max_length=64)
    rule: str
    refused_at: AwareDatetime


class SupervisionOrdered(Event):
    """A leader watches an incident from now on (督办)."""

    ce_type: ClassVar[str] = "hub.supervision.ordered.v1"

    incident_id: str
    by: str = Field(description="staff number", max_length=64)
    note: str = Field(default="", max_length=2_000)
    to: tuple[Assignee, ...] = Field(
        default=(), description="who is to know: who has it, who helps, the duty desk"
    )
    ordered_at: AwareDatetime


class ModeDeclared(Event):
    """An emergency mode holds in an area until it ends or expires (平战转换)."""

    ce_type: ClassVar[str] = "hub.mode.declared.v1"
    about: ClassVar[str] = "mode_id"

    mode_id: str
    area: str = Field(description="code of the part of the grid tree it holds in")
    level: Alertness
    trigger: str = Field(description="what it was declared for", max_length=500)
    pauses_routine: bool = Field(default=False, description="clocks of routine work stand still")
    by: str = Field(description="staff number", max_length=64)
    expires_at: AwareDatetime
    declared_at: AwareDatetime


class ModeEnded(Event):
    """An emergency mode is over: by a person, or because its time was up."""

    ce_type: ClassVar[str] = "hub.mode.ended.v1"
    about: ClassVar[str] = "mode_id"

    mode_id: str
    by: str = Field(default="", description="staff number; empty: it expired", max_length=64)
    ended_at: AwareDatetime
