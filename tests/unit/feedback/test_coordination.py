"""A coordination (协调办): done when all its tasks are."""

from datetime import timedelta

from schemas.case import CaseDisposed, CaseTaskDone, StepRefused
from schemas.dispatch import Assignee, Level, Task
from schemas.event import Event
from schemas.worker import Action, StepReported
from services.feedback.domain.case import Case
from services.feedback.domain.effects import step
from services.feedback.domain.evolve import evolve
from services.feedback.domain.refusals import LIMITS
from tests.unit.feedback.cases import NOON, OTHER, WORKER, incident, sent

UNIT = "D-司法所"


def coordinated() -> Case:
    """Two tasks, taken on and reached."""
    tasks = tuple(
        Task(task_id=f"1.{n}", unit="司法所", what="调解", due_by=NOON + timedelta(hours=n))
        for n in (1, 2)
    )
    helper = Assignee(worker_id=UNIT, level=Level.DEPARTMENT, area="", desk=True)
    begun = sent().model_copy(update={"tasks": tasks, "helpers": (helper,)})
    case = evolve(evolve(None, incident()), begun)
    for action in (Action.ACCEPT, Action.ARRIVE):
        case, _ = taken(case, action)
    assert case is not None
    return case


def taken(
    case: Case | None, action: Action, worker: str = WORKER, task: str = ""
) -> tuple[Case | None, list[Event]]:
    """The case after a step, and what came of it."""
    assert case is not None
    reported = StepReported(
        step_id="S",
        incident_id="I1",
        action=action,
        worker_id=worker,
        at=NOON,
        note="已调解",
        task_id=task,
    )
    events = list(step(case, reported, NOON, LIMITS))
    after: Case | None = case
    for event in events:
        after = evolve(after, event)
    return after, events


def refusal(events: list[Event]) -> str:
    (refused,) = events
    assert isinstance(refused, StepRefused)
    return refused.reason


def test_it_is_not_disposed_of_while_a_task_is_open_and_the_refusal_names_whose() -> None:
    case, done = taken(coordinated(), Action.TASK_DONE, UNIT, "1.1")
    assert isinstance(done[0], CaseTaskDone) and done[0].worker_id == UNIT
    _, refused = taken(case, Action.DISPOSE)
    assert refusal(refused) == "协调任务还有 1 项未完成，不能报处置完成：司法所：调解"
    case, _ = taken(case, Action.TASK_DONE, WORKER, "1.2")
    _, disposed = taken(case, Action.DISPOSE)
    assert isinstance(disposed[0], CaseDisposed)


def test_a_task_is_done_once_and_only_by_those_who_take_part() -> None:
    case, _ = taken(coordinated(), Action.TASK_DONE, UNIT, "1.1")
    assert "没有未完成的任务" in refusal(taken(case, Action.TASK_DONE, UNIT, "1.1")[1])
    assert "不能报任务完成" in refusal(taken(case, Action.TASK_DONE, OTHER, "1.2")[1])
