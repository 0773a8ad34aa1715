"""The workflow: which step is allowed where, by whom, and what comes of it.

One table. A step that is not in it is refused with a sentence.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

from schemas.case import (
    CaseAccepted,
    CaseArrived,
    CaseChecked,
    CaseClosed,
    CaseConfirmed,
    CaseDeclined,
    CaseDisposed,
    CaseTaskDone,
    StepRefused,
)
from schemas.event import Event
from schemas.incident import Kind
from schemas.worker import Action, StepReported
from services.feedback.domain.case import CHINESE, Case, Outcome, State


def _confirmed(case: Case, step: StepReported, now: datetime) -> Iterator[Event]:
    yield CaseConfirmed(
        incident_id=step.incident_id, round=case.round, worker_id=step.worker_id, at=now
    )


def _accepted(case: Case, step: StepReported, now: datetime) -> Iterator[Event]:
    yield CaseAccepted(
        incident_id=step.incident_id, round=case.round, worker_id=step.worker_id, at=now
    )


def _arrived(case: Case, step: StepReported, now: datetime) -> Iterator[Event]:
    yield CaseArrived(
        incident_id=step.incident_id, round=case.round, worker_id=step.worker_id, at=now
    )


def _disposed(case: Case, step: StepReported, now: datetime) -> Iterator[Event]:
    yield CaseDisposed(
        incident_id=step.incident_id,
        round=case.round,
        worker_id=step.worker_id,
        at=now,
        measure=step.note,
    )


def _task_done(case: Case, step: StepReported, now: datetime) -> Iterator[Event]:
    yield CaseTaskDone(
        incident_id=step.incident_id,
        round=case.round,
        worker_id=step.worker_id,
        at=now,
        task_id=step.task_id,
        note=step.note,
    )


def _declined(case: Case, step: StepReported, now: datetime) -> Iterator[Event]:
    yield CaseDeclined(
        incident_id=step.incident_id,
        round=case.round,
        worker_id=step.worker_id,
        at=now,
        reason=step.note,
    )


def _checked(case: Case, step: StepReported, now: datetime) -> Iterator[Event]:
    passed = bool(step.passed)
    yield CaseChecked(
        incident_id=step.incident_id,
        round=case.round,
        worker_id=step.worker_id,
        at=now,
        passed=passed,
        finding=step.note,
    )
    if passed:
        outcome: Outcome = "answered" if case.kind is Kind.REQUEST else "rectified"
        yield closed(case, step.incident_id, outcome, now)


def _dismissed(case: Case, step: StepReported, now: datetime) -> Iterator[Event]:
    yield closed(case, step.incident_id, "false_alarm", now)


def closed(case: Case, incident_id: str, outcome: Outcome, now: datetime) -> CaseClosed:
    """The closing; on time if the disposal was, or if nothing had to be disposed of."""
    disposed_at = case.disposed_at or now
    on_time = case.deadlines is None or disposed_at <= case.deadlines.dispose_by
    return CaseClosed(
        incident_id=incident_id, round=case.round, at=now, outcome=outcome, on_time=on_time
    )


ASSIGNED = "assigned"
ANOTHER = "another than the disposer"
PARTY = "whoever has it or helps"


@dataclass(frozen=True)
class Transition:
    """From these states, done by this person, a step has this effect."""

    states: frozenset[State]
    by: str
    effect: Callable[[Case, StepReported, datetime], Iterator[Event]]
    needs_note: bool = False


WORKFLOW: dict[Action, Transition] = {
    Action.CONFIRM: Transition(frozenset({State.PENDING_VERIFICATION}), ASSIGNED, _confirmed),
    Action.FALSE_ALARM: Transition(frozenset({State.PENDING_VERIFICATION}), ASSIGNED, _dismissed),
    Action.ACCEPT: Transition(frozenset({State.PENDING_ACCEPTANCE}), ASSIGNED, _accepted),
    Action.DECLINE: Transition(
        frozenset({State.PENDING_VERIFICATION, State.PENDING_ACCEPTANCE}),
        ASSIGNED,
        _declined,
        needs_note=True,
    ),
    Action.ARRIVE: Transition(frozenset({State.HANDLING}), ASSIGNED, _arrived),
    Action.DISPOSE: Transition(frozenset({State.ON_SITE}), ASSIGNED, _disposed),
    Action.TASK_DONE: Transition(frozenset({State.HANDLING, State.ON_SITE}), PARTY, _task_done),
    Action.CHECK: Transition(frozenset({State.PENDING_CHECK}), ANOTHER, _checked),
}

NAMES = {
    Action.CONFIRM: "核实",
    Action.FALSE_ALARM: "误报",
    Action.ACCEPT: "接单",
    Action.DECLINE: "退单",
    Action.ARRIVE: "到场",
    Action.DISPOSE: "处置",
    Action.CHECK: "核查",
    Action.TASK_DONE: "报任务完成",
}


def step(case: Case, reported: StepReported, now: datetime) -> Iterator[Event]:
    """What comes of a worker's step, or the refusal."""
    refusal = why_not(case, reported)
    if refusal is None:
        yield from WORKFLOW[reported.action].effect(case, reported, now)
    else:
        yield StepRefused(
            incident_id=reported.incident_id,
            round=case.round,
            worker_id=reported.worker_id,
            at=now,
            step_id=reported.step_id,
            action=reported.action,
            reason=refusal,
        )


def why_not(case: Case, reported: StepReported) -> str | None:
    """The sentence with which a step is refused; None if it is allowed."""
    transition, name = WORKFLOW[reported.action], NAMES[reported.action]
    if case.state not in transition.states:
        return f"案件{CHINESE[case.state]}，不能{name}"
    if transition.by == ASSIGNED and reported.worker_id != case.worker_id:
        return f"案件已派给 {case.worker_id}，{reported.worker_id} 不能{name}"
    if transition.by == PARTY and reported.worker_id not in {case.worker_id, *case.helpers}:
        return f"{reported.worker_id} 既不是承办人也不是协办单位，不能{name}"
    if transition.by == ANOTHER and reported.worker_id == case.disposer:
        return "处置人不能核查自己处置的案件"
    if transition.needs_note and not reported.note:
        return f"{name}必须说明理由"
    if reported.action is Action.CHECK and reported.passed is None:
        return "核查必须说明是否通过"
    if (unmet := _of_tasks(case, reported)) is not None:
        return unmet
    if reported.round not in {0, case.round}:
        return f"这是第 {reported.round} 轮派单的操作，案件已是第 {case.round} 轮"
    return None


def _of_tasks(case: Case, reported: StepReported) -> str | None:
    """A coordination is disposed of when all its tasks are done, and each is done once."""
    if reported.action is Action.DISPOSE and case.tasks:
        left = "；".join(f"{task.unit}：{task.what}" for task in case.tasks)
        return f"协调任务还有 {len(case.tasks)} 项未完成，不能报处置完成：{left}"
    known = {task.task_id for task in case.tasks}
    if reported.action is Action.TASK_DONE and reported.task_id not in known:
        return f"没有未完成的任务 {reported.task_id!r}，不能重复报完成"
    return None
