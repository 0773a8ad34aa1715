"""What workers send: the steps of a case (upstream.workers.steps), ratings of a citizen."""

from enum import StrEnum
from typing import ClassVar, Literal

from pydantic import AwareDatetime, Field

from schemas.event import Event
from schemas.report import Picture


class Role(StrEnum):
    """In which capacity somebody acts, as whoever let them in knows it."""

    WORKER = "worker"
    PROPERTY = "property"
    DESK = "desk"
    LEADER = "leader"


class Evidence(Picture):
    """A picture, and what it shows: the place before or after, or something else."""

    shows: Literal["before", "after", "other"] = "other"


class Action(StrEnum):
    """What a worker, the duty desk or a leader does."""

    CONFIRM = "confirm"
    FALSE_ALARM = "false_alarm"
    ACCEPT = "accept"
    DECLINE = "decline"
    DEPART = "depart"
    ARRIVE = "arrive"
    DISPOSE = "dispose"
    CHECK = "check"
    TASK_DONE = "task_done"
    ASK_HELP = "ask_help"
    ASK_EXTENSION = "ask_extension"
    ASK_SUSPENSION = "ask_suspension"
    GRANT = "grant"
    DENY = "deny"
    RESUME = "resume"
    RETURN = "return"
    REGISTER = "register"
    NOT_ACCEPT = "not_accept"
    REOPEN = "reopen"
    EXCUSE = "excuse"


class StepReported(Event):
    """A worker, or a reviewer, did something. `step_id` makes a double tap one step."""

    ce_type: ClassVar[str] = "hub.worker.step.v1"

    step_id: str
    incident_id: str
    action: Action
    worker_id: str
    role: Role = Role.WORKER
    round: int = Field(default=0, ge=0, description="the dispatch that it answers; 0: none")
    at: AwareDatetime = Field(description="by the clock of the worker's phone")
    note: str = Field(default="", max_length=2_000)
    task_id: str = Field(default="", description="the task of a coordination that is done")
    passed: bool | None = Field(default=None, description="of a check: is the hazard gone")
    longitude: float | None = Field(default=None, ge=-180, le=180)
    latitude: float | None = Field(default=None, ge=-90, le=90)
    accuracy: float | None = Field(default=None, ge=0, description="of the position, in metres")
    until: AwareDatetime | None = Field(default=None, description="a suspension's end")
    evidence: tuple[Evidence, ...] = Field(default=(), max_length=20)
    confirmed_by: str = Field(
        default="", max_length=64, description="the unit that confirms what was done"
    )
    seen: str = Field(default="", max_length=64, description="the version of the case on the page")


class CitizenRated(Event):
    """The citizen's answer at the call-back (回访). Subject: the report's thread."""

    ce_type: ClassVar[str] = "hub.citizen.rated.v1"
    about: ClassVar[str] = "thread"

    thread: str
    solved: bool | None = None
    satisfied: str = Field(default="", max_length=16)
    comment: str = Field(default="", max_length=2_000)
    at: AwareDatetime
