from datetime import UTC, datetime

import pytest

from deploy.simulator.errands import ALWAYS_WILLING, Errand, Habits, steps_of
from deploy.simulator.people import People, step_record
from schemas.flow import WORKER_STEPS
from schemas.worker import Action, StepReported
from services.kernel.record import Record, cloudevents
from tests.unit.simulator.conversation import classified, closed, dispatched, seen

A, C, X = Action.ACCEPT, Action.CHECK, Action.CONFIRM
NORMAL = [A, Action.ARRIVE, Action.DISPOSE, C]


def actions(people: People, now: float = 0.0) -> list[Action]:
    return [step.action for step in people.due(now)]


def test_the_steps_come_in_the_order_of_the_workflow() -> None:
    assert [each.action for each in steps_of(Errand("i", 1, "W1"), ALWAYS_WILLING)] == NORMAL


def test_a_suspicion_is_confirmed_before_anything_else() -> None:
    steps = steps_of(Errand("i", 1, "W1", suspicion=True), ALWAYS_WILLING)
    assert [each.action for each in steps] == [X, *NORMAL]


def test_the_checker_is_never_the_disposer() -> None:
    for worker in ("W1", "reviewer-01", "reviewer-02"):
        check = steps_of(Errand("i", 1, worker), ALWAYS_WILLING)[-1]
        assert check.passed and check.worker_id != worker


def test_a_failed_check_is_disposed_and_checked_again() -> None:
    steps = steps_of(Errand("i", 1, "W1"), Habits(failed_check=1.0))
    assert [(each.action, each.passed) for each in steps[2:]] == [
        (Action.DISPOSE, None),
        (C, False),
        (Action.DISPOSE, None),
        (C, True),
    ]
    assert len({each.id for each in steps}) == len(steps)


def test_only_a_suspicion_can_be_a_false_alarm_and_only_the_first_round_is_declined() -> None:
    never = Habits(false_alarm=1.0, decline=1.0)
    assert [e.action for e in steps_of(Errand("i", 1, "W", suspicion=True), never)] == [
        Action.FALSE_ALARM
    ]
    assert [e.action for e in steps_of(Errand("i", 1, "W"), never)] == [Action.DECLINE]
    assert [e.action for e in steps_of(Errand("i", 2, "W"), never)] == NORMAL


def test_the_same_seed_acts_the_same_and_steps_keep_their_ids() -> None:
    habits = Habits(7, 0.3, 0.3, 0.3)
    errands = [Errand(f"i{n}", 1, "W1", suspicion=n % 2 == 0) for n in range(50)]
    first, again = ([[s.id for s in steps_of(e, habits)] for e in errands] for _ in range(2))
    assert first == again


@pytest.mark.parametrize("dispatch_first", [True, False])
def test_people_wait_until_they_know_of_the_incident(dispatch_first: bool) -> None:
    people = People()
    events = [classified("i", "r", "o", suspicion=True), dispatched("i")]
    first, second = reversed(events) if dispatch_first else events
    people.observe(first)
    assert actions(people) == []
    people.observe(second)
    assert actions(people) == [X, *NORMAL]
    assert actions(people) == []


def test_people_act_only_on_what_is_theirs() -> None:
    ours: set[str] = set()
    people = People(mine=ours.__contains__)
    for event in (classified("i", "r", "o"), dispatched("i")):
        people.observe(event)
    assert actions(people) == []
    ours.add("i")
    assert actions(people) == NORMAL


def test_a_pace_spreads_the_steps_over_time() -> None:
    people = People(pace=10.0)
    for event in (classified("i", "r", "o"), dispatched("i")):
        people.observe(event)
    assert actions(people, 0.0) == []
    assert [actions(people, now) for now in range(1, 70)].count([]) >= 60
    assert people.sent_at.keys() == {each.id for each in steps_of(Errand("i", 1, "W1"), Habits())}


def test_a_new_round_goes_to_the_new_worker() -> None:
    people = People(pace=10.0)
    for event in (classified("i", "r", "o"), dispatched("i")):
        people.observe(event)
    people.due(0.0)
    people.observe(dispatched("i", 2, "W2"))
    people.due(1.0)
    taken = people.due(1_000.0)
    assert {(step.round, step.worker_id) for step in taken if step.action is not C} == {(2, "W2")}


def test_whoever_accepted_keeps_it_though_another_round_was_on_its_way() -> None:
    people = People(pace=10.0)
    for event in (classified("i", "r", "o"), dispatched("i")):
        people.observe(event)
    people.due(0.0)
    [accepted] = people.due(15.1)[:1]
    people.observe(dispatched("i", 2, "W2"))
    people.observe(seen("case.accepted", "i", accepted.step_id, round=1, worker_id="W1"))
    people.due(16.0)
    rest = people.due(1_000.0)
    assert [step.action for step in rest][-1] is C
    assert {step.round for step in rest} == {1}
    assert accepted.step_id not in {step.step_id for step in rest}


@pytest.mark.parametrize(
    "end", [closed("i"), seen("dispatch.withdrawn", "i", round=1), seen("incident.withdrawn", "i")]
)
def test_nobody_acts_on_what_is_over(end: object) -> None:
    people = People(pace=1.0)
    for event in (classified("i", "r", "o"), dispatched("i"), end):
        people.observe(event)  # type: ignore[arg-type]
    people.due(0.0)
    assert people.due(1_000.0) == []


def test_a_step_is_an_event_that_feedback_can_read() -> None:
    people = People()
    for event in (classified("i", "r", "o"), dispatched("i")):
        people.observe(event)
    step = people.due(0.0)[0]
    sent = step_record(step)
    record = Record(sent.topic, 0, 0, 0, sent.key, sent.value, sent.headers)
    [message] = cloudevents((StepReported,))(record)
    assert sent.topic == WORKER_STEPS.name
    assert (message.event, message.id, message.subject) == (step, step.step_id, "i")
    assert step.at <= datetime.now(UTC)


def test_the_tasks_of_a_coordination_are_done_before_the_disposal() -> None:
    steps = steps_of(Errand("i", 1, "W1", tasks=("1.1", "1.2")), ALWAYS_WILLING)
    actions = [each.action for each in steps]
    assert actions[2:5] == [Action.TASK_DONE, Action.TASK_DONE, Action.DISPOSE]
    assert [each.task_id for each in steps[2:4]] == ["1.1", "1.2"]
    assert len({each.id for each in steps}) == len(steps)


def test_people_stand_where_it_is_and_show_what_its_category_asks_for() -> None:
    people = People()
    lane = {"code": "09012", "name": "占用消防通道", "scene": "城市管理"}
    gas = {"code": "91005", "name": "燃气泄漏或燃气隐患", "scene": "社区安全"}
    place = {"longitude": 104.08, "latitude": 30.66}
    opened = seen("incident.classified", "i", category=lane, kind="hazard", place=place)
    for event in (opened, dispatched("i")):
        people.observe(event)
    taken = {step.action: step for step in people.due(0.0)}
    arrived, disposed = taken[Action.ARRIVE], taken[Action.DISPOSE]
    assert (arrived.longitude, arrived.latitude) == (104.08, 30.66)
    assert [each.shows for each in disposed.evidence] == ["after"]
    assert disposed.confirmed_by == "" and disposed.longitude is None
    for event in (
        seen("incident.classified", "j", category=lane, place={}),
        seen("incident.recategorised", "j", category=gas, kind="hazard"),
        dispatched("j"),
    ):
        people.observe(event)
    (disposed,) = [step for step in people.due(0.0) if step.action is Action.DISPOSE]
    assert disposed.evidence == () and disposed.confirmed_by == "燃气公司"
