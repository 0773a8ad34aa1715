"""A mode stops the clocks of routine work, and not the work; what it took counts as no time."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.case import CaseAccepted, CaseClosed, CaseResumed, CaseSuspended, StageOverdue
from schemas.dispatch import SupervisionOrdered
from schemas.event import Event
from schemas.incident import IncidentRegraded, Severity
from schemas.place import Place
from schemas.worker import Action
from services.feedback.domain.answers import answer
from services.feedback.domain.case import Case, State
from services.feedback.domain.clocks import RESUME, deadlines
from services.feedback.domain.decide import (
    decide_step,
    decide_timer,
    decide_weighed,
    decide_withdrawn,
)
from services.feedback.domain.evolve import after as taken
from services.feedback.domain.pausing import PausingMode, is_routine, straightened
from services.feedback.domain.refusals import LIMITS
from services.reference.calendar import WorkCalendar
from tests.unit.feedback.cases import (
    CHECKER,
    NOON,
    OTHER,
    after,
    case_in,
    did,
    minutes,
    sent,
    voice,
)

CALENDAR = WorkCalendar()
HOUR = timedelta(hours=1)
STORM = PausingMode("M1", "", "暴雨红色预警", minutes(10), NOON + 12 * HOUR)
OVER = replace(STORM, ended_at=minutes(130))
HERE = Place(community="510104099001")


def straight(case: Case, at: datetime, *modes: PausingMode) -> tuple[Case, list[Event]]:
    events = list(straightened(case, "I1", modes, at, CALENDAR))
    return taken(case, events), events


def paused(state: State = State.PENDING_ACCEPTANCE) -> Case:
    return straight(case_in(state), minutes(11), STORM)[0]


def test_a_mode_stops_the_clock_as_of_its_beginning_and_says_why() -> None:
    case, (told,) = straight(case_in(State.HANDLING), minutes(11), STORM)
    assert isinstance(told, CaseSuspended)
    assert (told.mode_id, told.since, told.until) == ("M1", STORM.since, STORM.until)
    assert "暴雨红色预警" in told.reason
    assert case.state is State.HANDLING, "the work may go on"
    assert deadlines(case) == {RESUME: STORM.until}, "no stage can be late; it ends by itself"


def test_after_the_mode_what_was_left_is_left_again() -> None:
    case, (told,) = straight(paused(), minutes(131), OVER)
    assert isinstance(told, CaseResumed) and told.mode_id == "M1"
    assert deadlines(case) == {"accept:1:0": sent().deadlines.accept_by + 2 * HOUR}


def test_what_is_straight_already_is_left_alone() -> None:
    assert straight(paused(), minutes(12), STORM)[1] == []
    assert straight(case_in(State.HANDLING), minutes(12))[1] == []
    awake, _ = straight(paused(), minutes(131), OVER)
    assert straight(awake, minutes(132), OVER)[1] == []


@pytest.mark.parametrize("severity", [Severity.DANGER, Severity.HIGH])
def test_what_is_grave_runs_on(severity: Severity) -> None:
    case = replace(case_in(State.HANDLING), severity=severity)
    assert straight(case, minutes(11), STORM)[1] == []


def test_a_mode_reaches_the_area_it_was_declared_in_and_no_other() -> None:
    case = replace(case_in(State.HANDLING), place=HERE)
    assert straight(case, minutes(11), replace(STORM, area="510104099"))[1]
    assert not straight(case, minutes(11), replace(STORM, area="510104098"))[1]


@pytest.mark.parametrize("state", State)
def test_only_a_clock_that_runs_can_be_stopped(state: State) -> None:
    running = {
        State.PENDING_VERIFICATION,
        State.PENDING_ACCEPTANCE,
        State.HANDLING,
        State.EN_ROUTE,
        State.ON_SITE,
        State.PENDING_CHECK,
    }
    assert is_routine(case_in(state)) == (state in running)


def test_a_clock_that_runs_out_before_the_case_heard_of_the_mode_is_not_late() -> None:
    late = NOON + HOUR
    (told,) = decide_timer("I1", after(sent()), "accept:1:0", late, LIMITS, [STORM])
    assert isinstance(told, CaseSuspended) and told.since == STORM.since
    before = replace(STORM, since=late + HOUR)
    (told,) = decide_timer("I1", after(sent()), "accept:1:0", late, LIMITS, [before])
    assert isinstance(told, StageOverdue)
    began_later = replace(STORM, since=minutes(70))
    (told,) = decide_timer("I1", after(sent()), "accept:1:0", minutes(71), LIMITS, [began_later])
    assert isinstance(told, StageOverdue), "it was late before the mode began"


def test_what_was_called_late_before_the_case_heard_of_the_mode_is_taken_back() -> None:
    late = decide_timer("I1", after(sent()), "accept:1:0", NOON + HOUR, LIMITS)
    called = taken(after(sent()), late)
    assert called.overdue == ("accept:1:0",)
    case, (told,) = straight(called, NOON + 2 * HOUR, STORM)
    assert isinstance(told, CaseSuspended) and "报出的超时不作数" in told.reason
    assert case.overdue == ()
    case, _ = straight(case, minutes(131), OVER)
    assert deadlines(case) == {"accept:1:0": sent().deadlines.accept_by + 2 * HOUR}
    began_later = replace(STORM, since=minutes(70))
    case, (told,) = straight(called, NOON + 2 * HOUR, began_later)
    assert case.overdue == ("accept:1:0",), "it was late before the mode began"
    assert isinstance(told, CaseSuspended) and "不作数" not in told.reason


def test_a_mode_that_is_never_ended_ends_by_itself() -> None:
    (told,) = decide_timer("I1", paused(), RESUME, STORM.until)
    assert isinstance(told, CaseResumed)
    assert deadlines(taken(paused(), [told]))["accept:1:0"] == (
        sent().deadlines.accept_by + (STORM.until - STORM.since)
    )


def test_a_step_in_the_middle_is_taken_and_the_clocks_stop_again() -> None:
    at = NOON + 5 * HOUR
    events = list(decide_step(did(Action.ACCEPT), paused(), LIMITS, at))
    assert [type(each) for each in events] == [CaseResumed, CaseAccepted, CaseSuspended]
    case = taken(paused(), events)
    assert case.deadlines is not None and case.accepted_at is not None
    assert case.accepted_at <= case.deadlines.accept_by, "the pause counts as no time"
    assert case.pause is not None and case.pause.since == at
    awake, _ = straight(case, NOON + 7 * HOUR, replace(STORM, ended_at=NOON + 7 * HOUR))
    assert awake.deadlines is not None
    assert awake.deadlines.dispose_by == sent().deadlines.dispose_by + 7 * HOUR - timedelta(
        minutes=10
    )


def test_a_step_that_is_refused_moves_no_clock() -> None:
    events = list(decide_step(did(Action.ACCEPT, OTHER), paused(), LIMITS, minutes(60)))
    assert len(events) == 1


def test_what_is_closed_in_a_pause_was_done_in_time() -> None:
    late = NOON + 10 * HOUR
    case = paused(State.PENDING_CHECK)
    events = list(decide_step(did(Action.CHECK, CHECKER), case, LIMITS, late))
    (closed,) = (each for each in events if isinstance(each, CaseClosed))
    assert closed.on_time and taken(case, events).pause is None
    (_, ended) = decide_withdrawn("I1", paused(), late)
    assert isinstance(ended, CaseClosed) and ended.on_time


def test_what_becomes_grave_or_is_watched_runs_on_at_once() -> None:
    worse = IncidentRegraded(
        incident_id="I1",
        severity=Severity.DANGER,
        previous=Severity.MEDIUM,
        reasons=(),
        regraded_at=NOON,
    )
    watched = SupervisionOrdered(incident_id="I1", by="L-1", ordered_at=minutes(60))
    for event in (worse, watched):
        (told,) = decide_weighed("I1", paused(), event, minutes(60), LIMITS)
        assert isinstance(told, CaseResumed)
        assert not list(decide_weighed("I1", after(sent()), event, minutes(60), LIMITS))


def test_two_modes_at_once_do_not_count_double() -> None:
    second = replace(STORM, mode_id="M2", since=minutes(60))
    case, _ = straight(paused(), minutes(130), OVER, second)
    case, (told,) = straight(case, minutes(131), OVER, second)
    assert isinstance(told, CaseSuspended) and told.since == minutes(130)


def test_a_new_round_in_a_mode_is_paused_from_its_own_beginning() -> None:
    again = sent(2, OTHER).model_copy(update={"dispatched_at": minutes(90)})
    _, (told,) = straight(taken(paused(), [again]), minutes(91), STORM)
    assert isinstance(told, CaseSuspended) and told.since == minutes(90)


def test_callers_are_not_told_that_clocks_of_the_hub_stand_still() -> None:
    case = replace(case_in(State.HANDLING), voices=(voice(1, ticket="T1"),))
    _, events = straight(case, minutes(11), STORM)
    assert not list(answer(case, "I1", events, minutes(11)))


@given(
    st.lists(st.tuples(st.integers(0, 50), st.integers(1, 60)), max_size=4),
    st.lists(st.integers(0, 120), max_size=6),
)
def test_a_clock_moves_by_just_the_time_in_which_some_mode_held(
    spans: list[tuple[int, int]], looks: list[int]
) -> None:
    """However often somebody looks; nothing is paused twice, nothing forgotten."""
    modes = [
        PausingMode(f"M{n}", "", "演练", minutes(begin), minutes(600), minutes(begin + length))
        for n, (begin, length) in enumerate(spans)
    ]
    case = after(sent())
    for minute in sorted({*looks, 200}):
        known = [each for each in modes if each.since <= minutes(minute)]
        known = [
            each if each.end <= minutes(minute) else replace(each, ended_at=None) for each in known
        ]
        for _ in range(2 * len(modes) + 1):
            case, _told = straight(case, minutes(minute), *known)
    held = {m for begin, length in spans for m in range(begin, begin + length)}
    assert case.pause is None and case.deadlines is not None
    assert case.deadlines.dispose_by == sent().deadlines.dispose_by + timedelta(minutes=len(held))


def test_a_mode_that_came_and_went_while_nobody_looked_counts_for_what_it_lasted() -> None:
    late = NOON + 5 * HOUR
    (told,) = decide_timer("I1", after(sent()), "accept:1:0", late, LIMITS, [OVER])
    assert isinstance(told, CaseSuspended) and (told.since, told.until) == (OVER.since, OVER.end)
    case = taken(after(sent()), [told])
    assert deadlines(case) == {RESUME: OVER.end}, "its end has passed: it rings at once"
    (resumed,) = decide_timer("I1", case, RESUME, late, LIMITS, [OVER])
    case = taken(case, [resumed])
    assert deadlines(case) == {"accept:1:0": sent().deadlines.accept_by + 2 * HOUR}
    (told,) = decide_timer("I1", case, "accept:1:0", late, LIMITS, [OVER])
    assert isinstance(told, StageOverdue), "once"
