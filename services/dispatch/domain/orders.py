"""What people may order of dispatch. Orders never travel: what comes of them does."""

from datetime import timedelta
from typing import ClassVar, Literal

from pydantic import AwareDatetime, Field, model_validator

from schemas.dispatch import Level
from schemas.event import Event
from schemas.incident import Alertness

LONGEST_SILENCE = timedelta(days=30)
Staff = Field(min_length=1, max_length=64, description="staff number of who orders it")
Reason = Field(min_length=1, max_length=500)


class Redispatch(Event):
    """Send an incident to a person, or from a rung upwards (改派)."""

    ce_type: ClassVar[str] = "order.redispatch"

    incident_id: str
    by: str = Staff
    reason: str = Reason
    worker_id: str = Field(default="", max_length=64)
    level: Level = Level.MICRO_GRID
    area: str = Field(default="", pattern=r"^\d{0,18}$")


class TakeOver(Event):
    """Who orders it has the incident from now on (接管)."""

    ce_type: ClassVar[str] = "order.takeover"

    incident_id: str
    by: str = Staff
    reason: str = Reason
    level: Level = Level.STREET


class DecideDispute(Event):
    """The review of a refusal (退单复核): upheld, or it goes back to who refused."""

    ce_type: ClassVar[str] = "order.dispute"

    incident_id: str
    by: str = Staff
    reason: str = Reason
    upheld: bool


class Supervise(Event):
    """A leader watches an incident (督办)."""

    ce_type: ClassVar[str] = "order.supervise"

    incident_id: str
    by: str = Staff
    note: str = Field(default="", max_length=2_000)


class HandOver(Event):
    """The shift of who has an incident is over (交接班): who comes has it."""

    ce_type: ClassVar[str] = "order.handover"

    incident_id: str
    round: int
    worker_id: str
    reason: str


class Mend(Event):
    """The auditor found an incident without a person, or behind what holds no more."""

    ce_type: ClassVar[str] = "order.mend"

    incident_id: str
    problem: str
    release: bool


class OrderSilence(Event):
    """Hold back what matches, until a moment that must be named (静默、检修窗口)."""

    ce_type: ClassVar[str] = "order.silence"
    about: ClassVar[str] = "silence_id"

    silence_id: str = Field(min_length=1, max_length=64, pattern=r"^silence:")
    what: Literal["silence", "maintenance"] = "silence"
    categories: tuple[str, ...] = Field(default=(), description="codes, or how they begin")
    areas: tuple[str, ...] = Field(default=(), description="codes of the grid tree")
    sources: tuple[str, ...] = ()
    by: str = Staff
    reason: str = Reason
    at: AwareDatetime
    until: AwareDatetime

    @model_validator(mode="after")
    def _ends(self) -> "OrderSilence":
        if not (self.categories or self.areas or self.sources):
            raise ValueError("静默必须写明类别、区域或来源之一，不能覆盖一切")
        if not timedelta() < self.until - self.at <= LONGEST_SILENCE:
            raise ValueError("静默必须有结束时间：晚于现在，最长 30 天")
        return self


class LiftSilence(Event):
    """A silence ends before its time."""

    ce_type: ClassVar[str] = "order.silence.lift"
    about: ClassVar[str] = "silence_id"

    silence_id: str = Field(pattern=r"^silence:")
    by: str = Staff
    at: AwareDatetime


class _Tap(Event):
    about: ClassVar[str] = "duty_id"

    duty_id: str = Field(pattern=r"^duty:")
    worker_id: str = Staff
    at: AwareDatetime


class TapOff(_Tap):
    """Off duty at once (临时离岗), until the end of the shift."""

    ce_type: ClassVar[str] = "order.off"

    until: AwareDatetime


class TapOn(_Tap):
    """Back on duty (恢复在岗)."""

    ce_type: ClassVar[str] = "order.on"


class DeclareMode(Event):
    """An emergency mode from now on, until a moment that must be named (平转战)."""

    ce_type: ClassVar[str] = "order.mode"
    about: ClassVar[str] = "mode_id"

    mode_id: str = Field(min_length=1, max_length=64, pattern=r"^mode:")
    area: str = Field(pattern=r"^\d{6,18}$")
    level: Alertness
    trigger: str = Reason
    pauses_routine: bool = False
    by: str = Staff
    expires_at: AwareDatetime


class EndMode(Event):
    """A mode is over before its time (战转平)."""

    ce_type: ClassVar[str] = "order.mode.end"
    about: ClassVar[str] = "mode_id"

    mode_id: str = Field(pattern=r"^mode:")
    by: str = Staff
