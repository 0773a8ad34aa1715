"""What feedback says: how the case goes on, until it is closed."""

from enum import StrEnum
from typing import ClassVar, Literal

from pydantic import AwareDatetime, Field

from schemas.dispatch import Deadlines
from schemas.event import Event
from schemas.incident import Voice
from schemas.report import Source
from schemas.worker import Evidence


class Stage(StrEnum):
    """A stage that has a clock (时限环节)."""

    ACCEPT = "accept"
    ARRIVE = "arrive"
    DISPOSE = "dispose"
    CHECK = "check"


class CaseEvent(Event):
    """What all steps of a case have in common."""

    incident_id: str
    round: int = Field(ge=0)
    worker_id: str = ""
    at: AwareDatetime = Field(description="when the hub recorded it")


class CaseConfirmed(CaseEvent):
    """A person looked at a suspicion and confirmed it (核实属实)."""

    ce_type: ClassVar[str] = "hub.case.confirmed.v1"


class CaseAccepted(CaseEvent):
    """The assigned worker took it on (接单)."""

    ce_type: ClassVar[str] = "hub.case.accepted.v1"


class CaseDeparted(CaseEvent):
    """The worker is on the way (赶赴现场)."""

    ce_type: ClassVar[str] = "hub.case.departed.v1"


class CaseArrived(CaseEvent):
    """The worker is there (到场). `distance` is from the hazard, in metres, as far as is known."""

    ce_type: ClassVar[str] = "hub.case.arrived.v1"

    said_at: AwareDatetime | None = Field(default=None, description="by the clock of the phone")
    distance: float | None = Field(default=None, ge=0)
    evidence: tuple[Evidence, ...] = ()


class CaseTaskDone(CaseEvent):
    """One task of a coordination is done (协调任务完成)."""

    ce_type: ClassVar[str] = "hub.case.task.done.v1"

    task_id: str
    note: str = Field(default="", max_length=2_000)


class CaseDisposed(CaseEvent):
    """The hazard is dealt with, says the worker (处置完成)."""

    ce_type: ClassVar[str] = "hub.case.disposed.v1"

    measure: str = Field(default="", description="what was done", max_length=2_000)
    evidence: tuple[Evidence, ...] = ()
    confirmed_by: str = Field(default="", description="the unit that confirms it")


class CaseChecked(CaseEvent):
    """Somebody who is not the disposer looked at it (核查)."""

    ce_type: ClassVar[str] = "hub.case.checked.v1"

    passed: bool
    finding: str = Field(default="", max_length=2_000)
    evidence: tuple[Evidence, ...] = ()
    confirmed_by: str = Field(default="", description="the unit that confirms it")


Outcome = Literal[
    "rectified",
    "answered",
    "looked_into",
    "withdrawn",
    "false_alarm",
    "absorbed",
    "not_accepted",
]
"""How a case can end."""


class CaseClosed(CaseEvent):
    """The loop is closed (结案)."""

    ce_type: ClassVar[str] = "hub.case.closed.v1"

    outcome: Outcome
    on_time: bool


class CaseReopened(CaseEvent):
    """The citizen says that it is not solved (回访不满意)."""

    ce_type: ClassVar[str] = "hub.case.reopened.v1"

    reason: str = ""


class CaseDeclined(CaseEvent):
    """The assigned worker says: this is not mine (退单)."""

    ce_type: ClassVar[str] = "hub.case.declined.v1"

    reason: str


Asked = Literal["help", "extension", "suspension"]
"""What a worker can ask for: 协办, 延期, 挂账."""


class CaseAsked(CaseEvent):
    """The worker asks for help, for more time, or that the case may rest (协办, 延期, 挂账)."""

    ce_type: ClassVar[str] = "hub.case.asked.v1"

    asked: Asked
    reason: str
    until: AwareDatetime | None = Field(default=None, description="a suspension's end")


class CaseDenied(CaseEvent):
    """A leader said no to what was asked (不予批准)."""

    ce_type: ClassVar[str] = "hub.case.denied.v1"

    asked: Asked
    reason: str


class CaseExtended(CaseEvent):
    """A leader gave the case one more of its original limits (延期)."""

    ce_type: ClassVar[str] = "hub.case.extended.v1"

    deadlines: Deadlines


class CaseSuspended(CaseEvent):
    """The case rests until `until`, and its clocks with it (挂账).

    With a `mode_id` its clocks alone stand still, for an emergency mode; work on it may go on.
    """

    ce_type: ClassVar[str] = "hub.case.suspended.v1"

    until: AwareDatetime
    reason: str
    mode_id: str = Field(default="", description="the mode that pauses its clocks")
    since: AwareDatetime | None = Field(
        default=None, description="when its clocks stopped, if that was before `at`"
    )


class CaseResumed(CaseEvent):
    """A case that rested goes on: what was left of its time is left again (恢复)."""

    ce_type: ClassVar[str] = "hub.case.resumed.v1"

    deadlines: Deadlines
    mode_id: str = Field(default="", description="the mode that paused its clocks")
    until: AwareDatetime | None = Field(
        default=None, description="when that pause was over, if that was before `at`"
    )
    reason: str = ""


class CaseReturned(CaseEvent):
    """The duty desk sends a case back: should it be one at all? (退回立案)."""

    ce_type: ClassVar[str] = "hub.case.returned.v1"

    reason: str


class CaseRegistered(CaseEvent):
    """It is a case after all, and waits to be dispatched (重新立案)."""

    ce_type: ClassVar[str] = "hub.case.registered.v1"


class CaseRated(CaseEvent):
    """The citizen was asked how it went (回访). `satisfied` in the words of the hotline."""

    ce_type: ClassVar[str] = "hub.case.rated.v1"

    thread: str
    solved: bool | None = None
    satisfied: str = Field(default="", max_length=16)


class CaseRecurred(CaseEvent):
    """What had been closed is there again, as the incident `again` (复发)."""

    ce_type: ClassVar[str] = "hub.case.recurred.v1"

    again: str


class CaseExcused(CaseEvent):
    """A leader found that the delay was not the worker's: it does not count (超时申诉通过)."""

    ce_type: ClassVar[str] = "hub.case.excused.v1"

    reason: str


class CaseReminded(CaseEvent):
    """A case that a leader watches is still open: whoever has it is reminded (督办提醒)."""

    ce_type: ClassVar[str] = "hub.case.reminded.v1"

    by: str = Field(description="staff number of the leader who watches it", max_length=64)
    number: int = Field(description="the how-many-th reminder", ge=1)
    due_at: AwareDatetime | None = Field(default=None, description="when it must be disposed of")


class StageOverdue(CaseEvent):
    """A stage was not done when its time was up (超时)."""

    ce_type: ClassVar[str] = "hub.stage.overdue.v1"

    stage: Stage
    due_at: AwareDatetime


class StepRefused(CaseEvent):
    """A worker's step that the workflow does not allow; the sentence says why."""

    ce_type: ClassVar[str] = "hub.step.refused.v1"

    step_id: str
    action: str
    reason: str


class MergeRefused(CaseEvent):
    """A voice joined a case that had been closed meanwhile; it needs an incident of its own."""

    ce_type: ClassVar[str] = "hub.merge.refused.v1"

    voice: Voice


ReceiptState = Literal[
    "accepted",
    "in_progress",
    "returned",
    "extension_asked",
    "suspended",
    "disposed",
    "closed",
    "not_accepted",
    "reopened",
]
"""What the hotline can be told of a case."""


class HotlineReceipt(Event):
    """The answer to the hotline for one voice (回执). Subject: the report's thread."""

    ce_type: ClassVar[str] = "hub.hotline.receipt.v1"
    about: ClassVar[str] = "thread"

    thread: str
    ticket_number: str
    incident_id: str
    number: int = Field(description="grows from answer to answer of one incident", ge=1)
    state: ReceiptState
    message: str
    at: AwareDatetime

    @property
    def concerns(self) -> tuple[str, ...]:
        """The thread that is answered, and the incident that it belongs to."""
        return (self.thread, self.incident_id)


HandleState = Literal["pending", "handling", "done", "false_alarm", "ignored"]
"""The five states that camera platforms know, in the order of their codes 0 to 4."""


class CameraState(Event):
    """The handle state of an alarm, for the camera platform. Subject: the report's thread."""

    ce_type: ClassVar[str] = "hub.camera.state.v1"
    about: ClassVar[str] = "thread"

    thread: str
    source: Source = Source.CAMERA
    alarm: str
    incident_id: str
    number: int = Field(description="grows from answer to answer of one incident", ge=1)
    camera: str = Field(default="", description="device and channel, as the alarm named them")
    handle_state: HandleState
    code: int = Field(default=0, ge=0, le=4, description="handleStat of the platform (Dahua)")
    at: AwareDatetime

    @property
    def concerns(self) -> tuple[str, ...]:
        """The thread that is answered, and the incident that it belongs to."""
        return (self.thread, self.incident_id)
