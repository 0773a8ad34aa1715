"""Which step is allowed where, by whom, and what comes of it."""

from dataclasses import replace
from datetime import datetime

import pytest

from schemas.case import (
    CaseAccepted,
    CaseArrived,
    CaseAsked,
    CaseChecked,
    CaseClosed,
    CaseConfirmed,
    CaseDeclined,
    CaseDenied,
    CaseDeparted,
    CaseDisposed,
    CaseExcused,
    CaseExtended,
    CaseRegistered,
    CaseReopened,
    CaseResumed,
    CaseReturned,
    CaseSuspended,
    StepRefused,
)
from schemas.event import Event
from schemas.incident import Kind
from schemas.place import Place
from schemas.worker import Action, StepReported
from services.feedback.domain.case import CHINESE, Case, State
from services.feedback.domain.effects import EFFECTS, closed, step
from services.feedback.domain.granting import GRANTING
from services.feedback.domain.proof import Nearness
from services.feedback.domain.refusals import LIMITS, Limits, why_not
from services.feedback.domain.workflow import WORKFLOW, By
from tests.unit.feedback.cases import (
    CHECKER,
    GUARD,
    LEADER,
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

AT_WORK = (State.HANDLING, State.EN_ROUTE, State.ON_SITE)
ASKED = (State.PENDING_VERIFICATION, State.PENDING_ACCEPTANCE)
ALLOWED: dict[tuple[State, Action], tuple[type[Event], ...]] = {
    (State.PENDING_VERIFICATION, Action.CONFIRM): (CaseConfirmed,),
    (State.PENDING_VERIFICATION, Action.FALSE_ALARM): (CaseClosed,),
    **{(each, Action.DECLINE): (CaseDeclined,) for each in ASKED},
    (State.PENDING_ACCEPTANCE, Action.ACCEPT): (CaseAccepted,),
    (State.HANDLING, Action.DEPART): (CaseDeparted,),
    (State.HANDLING, Action.ARRIVE): (CaseArrived,),
    (State.EN_ROUTE, Action.ARRIVE): (CaseArrived,),
    (State.ON_SITE, Action.DISPOSE): (CaseDisposed,),
    (State.PENDING_CHECK, Action.CHECK): (CaseChecked, CaseClosed),
    **{(each, Action.ASK_HELP): (CaseAsked,) for each in AT_WORK},
    **{(each, Action.ASK_EXTENSION): (CaseAsked,) for each in AT_WORK},
    **{(each, Action.ASK_SUSPENSION): (CaseAsked,) for each in AT_WORK},
    (State.SUSPENDED, Action.RESUME): (CaseResumed,),
    **{(each, Action.RETURN): (CaseReturned,) for each in (*ASKED, State.PENDING_DISPATCH)},
    (State.PENDING_REGISTRATION, Action.REGISTER): (CaseRegistered,),
    (State.PENDING_REGISTRATION, Action.NOT_ACCEPT): (CaseClosed,),
    (State.CLOSED, Action.REOPEN): (CaseReopened,),
}
ANSWERS = {Action.GRANT, Action.DENY, Action.EXCUSE, Action.TASK_DONE}
"""Steps that need a request, a delay or a task besides; they have tests of their own."""


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("action", sorted(set(Action) - ANSWERS))
def test_a_step_is_allowed_exactly_where_the_table_says(state: State, action: Action) -> None:
    case = case_in(state)
    assert case.state is state
    events = list(step(case, did(action, by(action)), NOON, LIMITS))
    if (state, action) in ALLOWED:
        assert tuple(type(each) for each in events) == ALLOWED[state, action]
    else:
        (refused,) = events
        assert isinstance(refused, StepRefused)
        assert refused.reason == f"案件{CHINESE[state]}，不能{WORKFLOW[action].name}"
        assert (refused.step_id, refused.action, refused.worker_id) == ("s1", action, by(action))


@pytest.mark.parametrize(("state", "action"), ALLOWED)
def test_a_step_leads_where_the_drawing_shows(state: State, action: Action) -> None:
    led = walked(case_in(state), action).state
    shown = WORKFLOW[action].to
    assert (
        led is state if shown is None and action is not Action.RESUME else led in (shown or (led,))
    )


@pytest.mark.parametrize(("state", "action"), ALLOWED)
def test_a_step_tells_what_the_drawing_shows(state: State, action: Action) -> None:
    assert ALLOWED[state, action] == WORKFLOW[action].emits


def test_every_action_has_a_row_and_an_effect() -> None:
    assert set(WORKFLOW) == {*EFFECTS, *GRANTING} == set(Action)


OF_THE_ASSIGNED = [
    pair for pair in ALLOWED if WORKFLOW[pair[1]].by in {By.ASSIGNED, By.WITNESS, By.HOLDER}
]


@pytest.mark.parametrize(("state", "action"), OF_THE_ASSIGNED)
def test_only_the_worker_to_whom_it_was_sent_may_go_on(state: State, action: Action) -> None:
    assert refusal(case_in(state), did(action, OTHER)) == (
        f"案件已派给 {WORKER}，{OTHER} 不能{WORKFLOW[action].name}"
    )


@pytest.mark.parametrize("action", [Action.CONFIRM, Action.FALSE_ALARM])
def test_the_property_managers_staff_may_judge_a_suspicion(action: Action) -> None:
    assert refusal(case_in(State.PENDING_VERIFICATION), did(action, GUARD)) is None


@pytest.mark.parametrize(
    ("state", "action"),
    [
        (State.PENDING_DISPATCH, Action.RETURN),
        (State.PENDING_REGISTRATION, Action.REGISTER),
        (State.PENDING_REGISTRATION, Action.NOT_ACCEPT),
        (State.CLOSED, Action.REOPEN),
    ],
)
def test_what_the_duty_desk_decides_no_worker_does(state: State, action: Action) -> None:
    assert refusal(case_in(state), did(action, WORKER)) == (
        f"{WORKFLOW[action].name}须由值班派遣员操作"
    )


def refusal(case: Case, said: StepReported) -> str | None:
    return why_not(case, said, NOON, LIMITS)


def test_whoever_disposed_of_it_cannot_check_it_and_anybody_else_can() -> None:
    case = case_in(State.PENDING_CHECK)
    assert refusal(case, did(Action.CHECK, WORKER)) == "处置人不能核查自己处置的案件"
    assert refusal(case, did(Action.CHECK, OTHER)) is None


@pytest.mark.parametrize("state", [State.PENDING_VERIFICATION, State.PENDING_ACCEPTANCE])
def test_a_decline_needs_a_reason(state: State) -> None:
    assert refusal(case_in(state), did(Action.DECLINE, note="")) == "退单必须说明理由"
    (declined,) = step(case_in(state), did(Action.DECLINE, note="不归我管"), NOON, LIMITS)
    assert isinstance(declined, CaseDeclined) and declined.reason == "不归我管"


def test_a_check_must_say_whether_it_passed() -> None:
    said = did(Action.CHECK, CHECKER, passed=None)
    assert refusal(case_in(State.PENDING_CHECK), said) == "核查必须说明是否通过"


def test_a_step_of_an_older_round_is_refused_and_one_of_no_round_is_not() -> None:
    case = after(sent(), sent(2))
    assert refusal(case, did(Action.ACCEPT, round_=1)) == ("这是第 1 轮派单的操作，案件已是第 2 轮")
    assert refusal(case, did(Action.ACCEPT, round_=2)) is None
    assert refusal(case, did(Action.ACCEPT, round_=0)) is None


def test_what_was_done_is_recorded_with_the_disposal_and_the_check() -> None:
    (disposed,) = step(case_in(State.ON_SITE), did(Action.DISPOSE, note="已清走"), NOON, LIMITS)
    assert isinstance(disposed, CaseDisposed) and disposed.measure == "已清走"
    checked, _ = step(
        case_in(State.PENDING_CHECK), did(Action.CHECK, CHECKER, note="干净"), NOON, LIMITS
    )
    assert isinstance(checked, CaseChecked) and checked.finding == "干净"


def test_a_check_that_fails_closes_nothing() -> None:
    failed = did(Action.CHECK, CHECKER, passed=False)
    (checked,) = step(case_in(State.PENDING_CHECK), failed, NOON, LIMITS)
    assert isinstance(checked, CaseChecked) and not checked.passed


@pytest.mark.parametrize(
    ("kind", "outcome"),
    [
        (Kind.HAZARD, "rectified"),
        (Kind.REQUEST, "answered"),
        (Kind.RECURRENCE, "rectified"),
        (Kind.WARNING, "looked_into"),
    ],
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


def test_a_leader_grants_or_denies_what_was_asked_and_nobody_their_own_request() -> None:
    for asks, event in (
        (Action.ASK_EXTENSION, CaseExtended),
        (Action.ASK_SUSPENSION, CaseSuspended),
    ):
        case = walked(case_in(State.HANDLING), asks)
        (granted,) = step(case, did(Action.GRANT, LEADER), NOON, LIMITS)
        (denied,) = step(case, did(Action.DENY, LEADER), NOON, LIMITS)
        assert isinstance(granted, event) and isinstance(denied, CaseDenied)
        own = did(Action.GRANT, WORKER, role="leader")
        assert refusal(case, own) == "申请人不能审批自己的申请"
        assert refusal(case, did(Action.GRANT, WORKER)) == "批准须由审批人操作"


def test_without_a_request_there_is_nothing_to_grant() -> None:
    assert refusal(case_in(State.HANDLING), did(Action.GRANT, LEADER)) == "没有待审批的申请"
    denied = walked(case_in(State.HANDLING), Action.ASK_EXTENSION, Action.DENY)
    assert refusal(denied, did(Action.GRANT, LEADER)) == "没有待审批的申请"


def test_one_request_at_a_time_two_extensions_at_most_and_one_suspension() -> None:
    asked = walked(case_in(State.HANDLING), Action.ASK_EXTENSION)
    assert refusal(asked, did(Action.ASK_SUSPENSION)) == "已有一个申请待审批"
    twice = walked(asked, Action.GRANT, Action.ASK_EXTENSION, Action.GRANT)
    assert refusal(twice, did(Action.ASK_EXTENSION)) == "已延期 2 次，最多 2 次"
    rested = walked(case_in(State.SUSPENDED), Action.RESUME)
    assert refusal(rested, did(Action.ASK_SUSPENSION)) == "案件只能挂账一次"


def test_a_phone_whose_clock_is_a_year_ahead_rests_no_case_for_two() -> None:
    ahead = did(Action.ASK_SUSPENSION, at=minutes(60 * 24 * 360), until=minutes(60 * 24 * 700))
    sentence = why_not(case_in(State.HANDLING), ahead, NOON, LIMITS)
    assert sentence == "挂账须在今后一年之内恢复"


def test_more_time_is_asked_for_before_the_deadline() -> None:
    late = minutes(181)
    sentence = why_not(case_in(State.HANDLING), did(Action.ASK_EXTENSION), late, LIMITS)
    assert sentence == "处置期限已过，延期和挂账须在到期前申请"


@pytest.mark.parametrize(
    ("until", "sentence"),
    [
        (None, "申请挂账必须写明恢复日期"),
        (minutes(-1), "挂账须在今后一年之内恢复"),
        (minutes(60 * 24 * 367), "挂账须在今后一年之内恢复"),
        (minutes(60 * 24 * 365), None),
    ],
)
def test_a_suspension_has_an_end_within_a_year(
    until: datetime | None, sentence: str | None
) -> None:
    asked = did(Action.ASK_SUSPENSION, until=until)
    assert refusal(case_in(State.HANDLING), asked) == sentence


HERE = Place(longitude=104.08, latitude=30.66)


@pytest.mark.parametrize(
    ("latitude", "accuracy", "sentence"),
    [
        (30.6625, None, None),
        (30.6635, None, "您离事件地点 389 米，请到现场（300 米内）后再到场签到"),
        (30.6635, 100, None),
        (30.687, 5_000, "您离事件地点 3.0 公里，请到现场（300 米内）后再到场签到"),
    ],
)
def test_whoever_arrives_is_near(
    latitude: float, accuracy: float | None, sentence: str | None
) -> None:
    case = replace(case_in(State.HANDLING), place=HERE)
    said = did(Action.ARRIVE, longitude=104.08, latitude=latitude, accuracy=accuracy)
    assert refusal(case, said) == sentence


def test_an_arrival_keeps_how_far_it_was_and_what_the_phone_said() -> None:
    case = replace(case_in(State.HANDLING), place=HERE)
    said = did(Action.ARRIVE, longitude=104.08, latitude=30.6609, at=minutes(-60))
    (arrived,) = step(case, said, NOON, LIMITS)
    assert isinstance(arrived, CaseArrived)
    assert arrived.distance == pytest.approx(100, abs=1)
    assert (arrived.at, arrived.said_at) == (NOON, minutes(-60))


def test_an_arrival_without_a_position_is_taken_only_where_none_is_asked_for() -> None:
    case = replace(case_in(State.HANDLING), place=HERE)
    strict = Limits(Nearness(is_needed=True))
    assert why_not(case, did(Action.ARRIVE), NOON, strict) == (
        "到场签到须带位置：请打开手机定位，或拍一张带定位的现场照片"
    )
    (arrived,) = step(case, did(Action.ARRIVE), NOON, LIMITS)
    assert isinstance(arrived, CaseArrived) and arrived.distance is None


LOOK = incident(kind=Kind.WARNING)


def test_a_warning_without_ground_is_closed_by_who_looked_with_what_they_saw() -> None:
    saw = did(Action.FALSE_ALARM, note="未见异常")
    finding, over = step(case_in(State.ON_SITE, LOOK), saw, NOON, LIMITS)
    assert isinstance(finding, CaseDisposed) and finding.measure == "未见异常"
    assert isinstance(over, CaseClosed) and over.outcome == "false_alarm"


@pytest.mark.parametrize("action", [Action.DISPOSE, Action.FALSE_ALARM])
def test_who_looked_into_a_warning_says_what_was_found(action: Action) -> None:
    sentence = refusal(case_in(State.ON_SITE, LOOK), did(action, note=""))
    assert sentence == f"{WORKFLOW[action].name}必须说明理由"


def test_nobody_dismisses_a_warning_without_having_looked() -> None:
    assert refusal(case_in(State.PENDING_ACCEPTANCE, LOOK), did(Action.FALSE_ALARM))
    assert refusal(case_in(State.ON_SITE), did(Action.FALSE_ALARM)), "a hazard is no warning"


def test_a_delay_is_excused_where_there_is_one() -> None:
    case = case_in(State.CLOSED)
    said = did(Action.EXCUSE, LEADER, note="市政断水")
    assert refusal(case, said) == "案件没有超时，无须免责"
    (excused,) = step(replace(case, overdue=("dispose:1:0",)), said, NOON, LIMITS)
    assert isinstance(excused, CaseExcused) and excused.reason == "市政断水"
