"""Why a step is refused: the sentence that whoever took it reads."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from math import asin, cos, hypot, radians, sin, sqrt

from schemas.worker import Action, Role, StepReported
from services.feedback.domain.case import CHINESE, Case
from services.feedback.domain.versions import STALE, is_old
from services.feedback.domain.workflow import By, Need, Step, step_of
from services.reference.calendar import WorkCalendar

EARTH_RADIUS = 6_371_008.8
LONGEST_SUSPENSION = timedelta(days=366)
EXTENSIONS_AT_MOST = 2
SUSPENSIONS_AT_MOST = 1


@dataclass(frozen=True, slots=True)
class Limits:
    """How far from the hazard somebody may stand and still be there, in metres.

    `positions` is how unsure of itself a phone may be: more of it is not believed.
    `calendar` says when people are at work.
    """

    arrival: float = 300.0
    positions: float = 200.0
    calendar: WorkCalendar = field(default_factory=WorkCalendar)


LIMITS = Limits()
"""What holds where nothing is configured."""


def why_not(case: Case, said: StepReported, now: datetime, limits: Limits) -> str | None:
    """The sentence with which a step is refused; None if it is allowed."""
    if is_old(said.seen, case):
        return STALE
    step = step_of(said.action, case.kind)
    if case.state not in step.states:
        return f"案件{CHINESE[case.state]}，不能{step.name}"
    if said.round not in {0, case.round}:
        return f"这是第 {said.round} 轮派单的操作，案件已是第 {case.round} 轮"
    return (
        _not_by_them(case, said, step.by, step.name)
        or _not_now(case, said, now)
        or _not_with_this(case, said, step, limits)
    )


def _not_by_them(case: Case, said: StepReported, by: By, name: str) -> str | None:
    """The role counts where the table asks for one, the person everywhere else."""
    is_assigned = said.worker_id == case.worker_id
    match by:
        case By.ANOTHER:
            is_same = said.worker_id == case.disposer
            return "处置人不能核查自己处置的案件" if is_same else None
        case By.DESK:
            allowed = said.role in {Role.DESK, Role.LEADER}
        case By.LEADER:
            allowed = said.role is Role.LEADER
        case By.HOLDER:
            allowed = is_assigned or said.role is Role.LEADER
        case By.WITNESS:
            allowed = is_assigned or said.role is Role.PROPERTY
        case By.PARTY:
            allowed = is_assigned or said.worker_id in case.helpers
        case By.ASSIGNED:
            allowed = is_assigned
    if allowed:
        return None
    if by in {By.DESK, By.LEADER}:
        return f"{name}须由{by.value}操作"
    return f"案件已派给 {case.worker_id}，{said.worker_id} 不能{name}"


def _not_now(case: Case, said: StepReported, now: datetime) -> str | None:
    match said.action:
        case Action.GRANT | Action.DENY:
            return _not_granted(case, said)
        case Action.ASK_EXTENSION | Action.ASK_SUSPENSION:
            return _not_asked(case, said.action, now)
        case Action.DISPOSE if case.tasks:
            left = "；".join(f"{task.unit}：{task.what}" for task in case.tasks)
            return f"协调任务还有 {len(case.tasks)} 项未完成，不能报处置完成：{left}"
        case Action.TASK_DONE if said.task_id not in {task.task_id for task in case.tasks}:
            return f"没有未完成的任务 {said.task_id!r}，不能重复报完成"
        case Action.EXCUSE if not case.overdue:
            return "案件没有超时，无须免责"
    return None


def _not_granted(case: Case, said: StepReported) -> str | None:
    if case.request is None:
        return "没有待审批的申请"
    return "申请人不能审批自己的申请" if case.request.by == said.worker_id else None


def _not_asked(case: Case, action: Action, now: datetime) -> str | None:
    if case.request is not None:
        return "已有一个申请待审批"
    if case.deadlines is not None and now > case.deadlines.dispose_by:
        return "处置期限已过，延期和挂账须在到期前申请"
    if action is Action.ASK_EXTENSION and case.extensions >= EXTENSIONS_AT_MOST:
        return f"已延期 {case.extensions} 次，最多 {EXTENSIONS_AT_MOST} 次"
    if action is Action.ASK_SUSPENSION and case.suspensions >= SUSPENSIONS_AT_MOST:
        return "案件只能挂账一次"
    return None


def _not_with_this(case: Case, said: StepReported, step: Step, limits: Limits) -> str | None:
    name, needs = step.name, step.needs
    if Need.REASON in needs and not said.note.strip():
        return f"{name}必须说明理由"
    if Need.VERDICT in needs and said.passed is None:
        return f"{name}必须说明是否通过"
    if Need.END in needs and (sentence := _no_end(said)):
        return sentence
    return _too_far(case, said, limits) if Need.NEARNESS in needs else None


def _no_end(said: StepReported) -> str | None:
    if said.until is None:
        return "申请挂账必须写明恢复日期"
    if not said.at < said.until <= said.at + LONGEST_SUSPENSION:
        return "挂账须在今后一年之内恢复"
    return None


def _too_far(case: Case, said: StepReported, limits: Limits) -> str | None:
    metres = distance(case, said)
    slack = min(said.accuracy or 0.0, limits.positions)
    if metres is None or metres - slack <= limits.arrival:
        return None
    shown = f"{metres / 1000:.1f} 公里" if metres >= 1000 else f"{metres:.0f} 米"
    return f"您离事件地点 {shown}，请到现场（{limits.arrival:.0f} 米内）后再到场签到"


def distance(case: Case, said: StepReported) -> float | None:
    """Metres between the hazard and whoever took the step; None where one of them is unknown.

    Great-circle distance (haversine) of WGS-84 degrees.
    """
    here = (case.place.longitude, case.place.latitude)
    there = (said.longitude, said.latitude)
    if None in here or None in there:
        return None
    (x0, y0), (x1, y1) = ((radians(x or 0.0), radians(y or 0.0)) for x, y in (here, there))
    half = hypot(sin((y1 - y0) / 2), sqrt(cos(y0) * cos(y1)) * sin((x1 - x0) / 2))
    return 2 * EARTH_RADIUS * asin(min(1.0, half))
