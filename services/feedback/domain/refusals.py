"""Why a step is refused: the sentence that whoever took it reads."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from schemas.worker import Action, Role, StepReported
from services.feedback.domain.case import CHINESE, Case
from services.feedback.domain.closing import PLAIN, Closing
from services.feedback.domain.proof import (
    NEAR,
    NOBODY,
    Nearness,
    Witness,
    as_kept,
    not_kept,
    unfit,
    unproved,
)
from services.feedback.domain.showing import incomplete
from services.feedback.domain.versions import STALE, is_old
from services.feedback.domain.workflow import By, Need, Step, step_of
from services.reference.calendar import WorkCalendar

LONGEST_SUSPENSION = timedelta(days=366)
EXTENSIONS_AT_MOST = 2
SUSPENSIONS_AT_MOST = 1


@dataclass(frozen=True, slots=True)
class Limits:
    """How near is near enough, what a closing needs, and when people are at work."""

    near: Nearness = NEAR
    closing: Closing = PLAIN
    calendar: WorkCalendar = field(default_factory=WorkCalendar)


LIMITS = Limits()
"""What holds where nothing is configured."""


def why_not(
    case: Case, said: StepReported, now: datetime, limits: Limits, witness: Witness = NOBODY
) -> str | None:
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
        or not_kept(said, witness.kept)
        or _not_now(case, said, now)
        or _not_with_this(said, step, now)
        or _not_shown(case, as_kept(said, witness), step, min(witness.heard_at or now, now), limits)
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
        case Action.REOPEN if case.outcome == "absorbed":
            return "案件已并入另一事件，请在那一件上重新办理"
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


def _not_with_this(said: StepReported, step: Step, now: datetime) -> str | None:
    name, needs = step.name, step.needs
    if Need.REASON in needs and not said.note.strip():
        return f"{name}必须说明理由"
    if Need.VERDICT in needs and said.passed is None:
        return f"{name}必须说明是否通过"
    return _no_end(said, now) if Need.END in needs else None


def _not_shown(
    case: Case, said: StepReported, step: Step, heard_at: datetime, limits: Limits
) -> str | None:
    """What must be seen: somebody at the place, or what the category asks for at its closing."""
    if Need.NEARNESS in step.needs:
        return unproved(case, said, heard_at, limits.near)
    if Need.CONDITION in step.needs:
        return unfit(case, said, heard_at, limits.near) or incomplete(case, said, limits.closing)
    return None


def _no_end(said: StepReported, now: datetime) -> str | None:
    """By the hub's clock: the phone's may be wrong by years."""
    if said.until is None:
        return "申请挂账必须写明恢复日期"
    if not now < said.until <= now + LONGEST_SUSPENSION:
        return "挂账须在今后一年之内恢复"
    return None
