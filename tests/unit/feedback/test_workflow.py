"""Which step is allowed where, by whom, and what comes of it."""

from dataclasses import replace

import pytest

from schemas.case import (
    CaseAccepted,
    CaseArrived,
    CaseChecked,
    CaseClosed,
    CaseConfirmed,
    CaseDeclined,
    CaseDisposed,
    StepRefused,
)
from schemas.event import Event
from schemas.incident import Kind
from schemas.worker import Action
from services.feedback.domain.case import CHINESE, Case, State
from services.feedback.domain.workflow import NAMES, closed, step, why_not
from tests.unit.feedback.cases import (
    CHECKER,
    NOON,
    OTHER,
    WORKER,
    after,
    by,
    case_in,
    did,
    incident,
    minutes,
    sent,
    walked,
)

ALLOWED: dict[tuple[State, Action], tuple[type[Event], ...]] = {
    (State.PENDING_VERIFICATION, Action.CONFIRM): (CaseConfirmed,),
    (State.PENDING_VERIFICATION, Action.FALSE_ALARM): (CaseClosed,),
    (State.PENDING_VERIFICATION, Action.DECLINE): (CaseDeclined,),
    (State.PENDING_ACCEPTANCE, Action.ACCEPT): (CaseAccepted,),
    (State.PENDING_ACCEPTANCE, Action.DECLINE): (CaseDeclined,),
    (State.HANDLING, Action.ARRIVE): (CaseArrived,),
    (State.ON_SITE, Action.DISPOSE): (CaseDisposed,),
    (State.PENDING_CHECK, Action.CHECK): (CaseChecked, CaseClosed),
}
ASSIGNED = sorted({pair for pair in ALLOWED if pair[1] is not Action.CHECK})


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("action", [each for each in Action if each is not Action.TASK_DONE])
def test_a_step_is_allowed_exactly_where_the_table_says(state: State, action: Action) -> None:
    case = case_in(state)
    assert case.state is state
    events = list(step(case, did(action, by(action)), NOON))
    if (state, action) in ALLOWED:
        assert tuple(type(each) for each in events) == ALLOWED[state, action]
    else:
        (refused,) = events
        assert isinstance(refused, StepRefused)
        assert refused.reason == f"案件{CHINESE[state]}，不能{NAMES[action]}"
        assert (refused.step_id, refused.action, refused.worker_id) == ("s1", action, by(action))


@pytest.mark.parametrize(("state", "action"), ASSIGNED)
def test_only_the_worker_to_whom_it_was_sent_may_go_on(state: State, action: Action) -> None:
    refusal = why_not(case_in(state), did(action, OTHER))
    assert refusal == f"案件已派给 {WORKER}，{OTHER} 不能{NAMES[action]}"


def test_whoever_disposed_of_it_cannot_check_it_and_anybody_else_can() -> None:
    case = case_in(State.PENDING_CHECK)
    assert why_not(case, did(Action.CHECK, WORKER)) == "处置人不能核查自己处置的案件"
    assert why_not(case, did(Action.CHECK, OTHER)) is None


@pytest.mark.parametrize("state", [State.PENDING_VERIFICATION, State.PENDING_ACCEPTANCE])
def test_a_decline_needs_a_reason(state: State) -> None:
    assert why_not(case_in(state), did(Action.DECLINE, note="")) == "退单必须说明理由"
    (declined,) = step(case_in(state), did(Action.DECLINE, note="不归我管"), NOON)
    assert isinstance(declined, CaseDeclined) and declined.reason == "不归我管"


def test_a_check_must_say_whether_it_passed() -> None:
    refusal = why_not(case_in(State.PENDING_CHECK), did(Action.CHECK, CHECKER, passed=None))
    assert refusal == "核查必须说明是否通过"


def test_a_step_of_an_older_round_is_refused_and_one_of_no_round_is_not() -> None:
    case = after(sent(), sent(2))
    assert why_not(case, did(Action.ACCEPT, round_=1)) == ("这是第 1 轮派单的操作，案件已是第 2 轮")
    assert why_not(case, did(Action.ACCEPT, round_=2)) is None
    assert why_not(case, did(Action.ACCEPT, round_=0)) is None


def test_what_was_done_is_recorded_with_the_disposal_and_the_check() -> None:
    (disposed,) = step(case_in(State.ON_SITE), did(Action.DISPOSE, note="已清走"), NOON)
    assert isinstance(disposed, CaseDisposed) and disposed.measure == "已清走"
    checked, _ = step(case_in(State.PENDING_CHECK), did(Action.CHECK, CHECKER, note="干净"), NOON)
    assert isinstance(checked, CaseChecked) and checked.finding == "干净"


def test_a_check_that_fails_closes_nothing() -> None:
    failed = did(Action.CHECK, CHECKER, passed=False)
    (checked,) = step(case_in(State.PENDING_CHECK), failed, NOON)
    assert isinstance(checked, CaseChecked) and not checked.passed


@pytest.mark.parametrize(
    ("kind", "outcome"),
    [(Kind.HAZARD, "rectified"), (Kind.REQUEST, "answered"), (Kind.RECURRENCE, "rectified")],
)
def test_a_hazard_ends_rectified_and_a_request_answered(kind: Kind, outcome: str) -> None:
    assert case_in(State.CLOSED, incident(kind=kind)).outcome == outcome


def test_a_suspicion_that_was_wrong_is_closed_as_a_false_alarm() -> None:
    case = walked(case_in(State.PENDING_VERIFICATION), Action.FALSE_ALARM)
    assert (case.state, case.outcome) == (State.CLOSED, "false_alarm")


@pytest.mark.parametrize(("disposed_after", "on_time"), [(180, True), (180.1, False)])
def test_a_case_is_on_time_if_its_disposal_was(disposed_after: float, on_time: bool) -> None:
    case = replace(case_in(State.PENDING_CHECK), disposed_at=minutes(disposed_after))
    assert closed(case, "I1", "rectified", minutes(9_999)).on_time is on_time


def test_without_a_disposal_the_closing_counts_and_without_deadlines_nothing_is_late() -> None:
    waiting = case_in(State.PENDING_ACCEPTANCE)
    assert not closed(waiting, "I1", "withdrawn", minutes(181)).on_time
    never_sent: Case = case_in(State.PENDING_DISPATCH)
    assert closed(never_sent, "I1", "withdrawn", minutes(9_999)).on_time
