"""The case: what feedback remembers of an incident, from its first moment to its closing."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from schemas.case import Asked, Outcome
from schemas.dispatch import Deadlines, Level, Task
from schemas.incident import Category, Kind, Severity, Voice
from schemas.place import Place


class State(StrEnum):
    """Where a case stands (案件状态)."""

    PENDING_REGISTRATION = "pending_registration"
    PENDING_DISPATCH = "pending_dispatch"
    PENDING_VERIFICATION = "pending_verification"
    PENDING_ACCEPTANCE = "pending_acceptance"
    HANDLING = "handling"
    EN_ROUTE = "en_route"
    ON_SITE = "on_site"
    SUSPENDED = "suspended"
    PENDING_CHECK = "pending_check"
    CLOSED = "closed"


CHINESE = {
    State.PENDING_REGISTRATION: "待立案",
    State.PENDING_DISPATCH: "待派遣",
    State.PENDING_VERIFICATION: "待核实",
    State.PENDING_ACCEPTANCE: "待接单",
    State.HANDLING: "处置中",
    State.EN_ROUTE: "赶赴现场",
    State.ON_SITE: "已到场",
    State.SUSPENDED: "已挂账",
    State.PENDING_CHECK: "待核查",
    State.CLOSED: "已结案",
}


@dataclass(frozen=True, slots=True)
class Request:
    """What the worker has asked for and a leader has not answered yet (待审批)."""

    asked: Asked
    by: str
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Pause:
    """An emergency mode has stopped its clocks, and not the work on it (平战转换，暂停计时)."""

    mode_id: str
    since: datetime
    until: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class Watch:
    """A leader watches it (督办); `reminded_at` is when it was ordered, or reminded of last."""

    by: str
    since: datetime
    reminded_at: datetime
    reminders: int = 0


@dataclass(frozen=True, slots=True)
class Sending:
    """How the dispatch that holds was decided: for the ledger."""

    mode: str
    level: Level
    unit: str = ""
    lead_unit: str = ""
    rule: str = ""
    rules_version: str = ""
    roster_version: str = ""
    ground_version: str = ""
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Case:
    """A case, with the time at which each stage was reached first (disposal: last)."""

    category: Category
    severity: Severity
    kind: Kind
    place: Place
    voices: tuple[Voice, ...]
    opened_at: datetime
    source: str = ""
    """Where its first voice came from; that voice may leave, this stays."""
    camera: str | None = None
    suspicion: bool = False
    confirmed: bool = False
    state: State = State.PENDING_DISPATCH
    round: int = 0
    """The dispatch that holds: nobody is sent anew while somebody is at it."""
    latest_round: int = 0
    """The dispatch that was heard of last, whether it holds or came too late."""
    worker_id: str = ""
    deadlines: Deadlines | None = None
    sending: Sending | None = None
    respond_by: datetime | None = None
    """By when somebody should take it on first; what was missed is not moved by a dispatch."""
    accepted_level: Level | None = None
    """The rung that took it on first."""
    disposer: str = ""
    checker: str = ""
    overdue: tuple[str, ...] = ()
    request: Request | None = None
    extensions: int = 0
    suspensions: int = 0
    suspended_at: datetime | None = None
    suspended_until: datetime | None = None
    resumes_as: State | None = None
    pause: Pause | None = None
    running_since: datetime | None = None
    """When its clocks went on after the last pause or rest."""
    watch: Watch | None = None
    dispatched_at: datetime | None = None
    accepted_at: datetime | None = None
    arrived_at: datetime | None = None
    disposed_at: datetime | None = None
    checked_at: datetime | None = None
    closed_at: datetime | None = None
    outcome: Outcome | None = None
    on_time: bool | None = None
    rework: int = 0
    declines: int = 0
    reopened: int = 0
    excused: bool = False
    recurred_at: datetime | None = None
    solved: bool | None = None
    satisfied: str = ""
    answers: int = 0
    """How many receipts and camera states were given out."""
    tasks: tuple[Task, ...] = ()
    """The tasks of a coordination that are not done yet."""
    helpers: tuple[str, ...] = ()
    shown: tuple[str, ...] = ()
    """What its pictures show since it was taken on: before, after, other."""
    confirmations: tuple[str, ...] = ()
    """The units that have confirmed what was done."""


IN_HAND = frozenset({State.HANDLING, State.EN_ROUTE, State.ON_SITE})
WAITING = frozenset({State.PENDING_DISPATCH, State.PENDING_VERIFICATION, State.PENDING_ACCEPTANCE})


def clock(case: Case, stage: str) -> str:
    """The name of the timer of a stage: each round, and each extension, has clocks of its own."""
    return f"{stage}:{case.round}:{case.extensions}"
