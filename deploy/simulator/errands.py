"""What a worker does about one dispatch: the steps, in order, and who takes each. Pure.

Suspicions are confirmed first; a check is made by somebody who did not dispose.
"""

import random
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from schemas.worker import Action, StepReported

NAMESPACE = UUID("7d9c3e52-0a3e-5f0b-8d55-92f1c6a0e4b3")
REVIEWERS = ("reviewer-01", "reviewer-02")

NOTES = {
    Action.CONFIRM: "到现场看过，情况属实",
    Action.FALSE_ALARM: "查看录像，是飞鸟触发，不是抛物",
    Action.ACCEPT: "收到，马上去",
    Action.DECLINE: "不属于我的网格，请改派",
    Action.ARRIVE: "已到场",
    Action.DISPOSE: "已处理，现场恢复",
    Action.CHECK: "复核",
    Action.TASK_DONE: "任务已完成",
}


@dataclass(frozen=True)
class Habits:
    """How likely people do what is out of the ordinary; `seed` makes them do it again."""

    seed: int = 0
    false_alarm: float = 0.0
    decline: float = 0.0
    failed_check: float = 0.0


ALWAYS_WILLING = Habits()
STREET = Habits(false_alarm=0.15, decline=0.08, failed_check=0.1)


@dataclass(frozen=True, slots=True)
class Errand:
    """One dispatch of one incident to one worker."""

    incident_id: str
    round: int
    worker_id: str
    suspicion: bool = False
    tasks: tuple[str, ...] = ()
    """The tasks of a coordination, which come before the disposal."""


@dataclass(frozen=True, slots=True)
class Step:
    """A step that will be taken; `number` counts the steps of its action from 1."""

    errand: Errand
    action: Action
    number: int = 1
    passed: bool | None = None
    task_id: str = ""

    @property
    def id(self) -> str:
        """The same for the same step, so that sending it twice is sending it once."""
        errand = self.errand
        named = f"{errand.incident_id}:{errand.round}:{self.action}:{self.number}"
        return str(uuid5(NAMESPACE, named))

    @property
    def worker_id(self) -> str:
        """The assignee, or for a check a reviewer who is somebody else."""
        if self.action is not Action.CHECK:
            return self.errand.worker_id
        return next(each for each in REVIEWERS if each != self.errand.worker_id)

    def reported(self, now: datetime, **more: Any) -> StepReported:
        """The step as the worker's phone sends it, with more fields of it."""
        return StepReported(
            step_id=self.id,
            incident_id=self.errand.incident_id,
            action=self.action,
            worker_id=self.worker_id,
            round=self.errand.round,
            at=now,
            note=_note(self),
            passed=self.passed,
            task_id=self.task_id,
            **more,
        )


def _note(step: Step) -> str:
    if step.passed is None:
        return NOTES[step.action]
    return "复核：隐患已消除" if step.passed else "复核：没有处理干净，请返工"


def steps_of(errand: Errand, habits: Habits) -> list[Step]:
    """The steps of an errand, the same for the same seed."""
    chance = random.Random(f"{habits.seed}:{errand.incident_id}:{errand.round}")
    if errand.suspicion and chance.random() < habits.false_alarm:
        return [Step(errand, Action.FALSE_ALARM)]
    if errand.round == 1 and chance.random() < habits.decline:
        return [Step(errand, Action.DECLINE)]
    first = [Action.CONFIRM] if errand.suspicion else []
    road = [Step(errand, each) for each in (*first, Action.ACCEPT, Action.ARRIVE)]
    road += [
        Step(errand, Action.TASK_DONE, number, task_id=task)
        for number, task in enumerate(errand.tasks, start=1)
    ]
    if chance.random() < habits.failed_check:
        return (
            road
            + _disposed_and_checked(errand, 1, passed=False)
            + _disposed_and_checked(errand, 2, passed=True)
        )
    return road + _disposed_and_checked(errand, 1, passed=True)


def _disposed_and_checked(errand: Errand, number: int, *, passed: bool) -> list[Step]:
    return [
        Step(errand, Action.DISPOSE, number),
        Step(errand, Action.CHECK, number, passed),
    ]
