"""By when: the clock of each stage."""

from datetime import datetime, timedelta

import pytest

from schemas.case import CaseChecked, CaseReopened, Stage, StageOverdue
from schemas.dispatch import Deadlines
from schemas.worker import Action
from services.feedback.domain.case import Case, State, clock
from services.feedback.domain.clocks import RESUME, deadlines, due, extended, rested
from services.feedback.domain.decide import decide_timer
from services.feedback.domain.effects import step
from services.feedback.domain.evolve import evolve
from services.feedback.domain.refusals import LIMITS
from services.reference.calendar import BEIJING, WorkCalendar
from tests.unit.feedback.cases import (
    CHECKER,
    LEADER,
    NOON,
    OTHER,
    WORKER,
    after,
    case_in,
    did,
    sent,
    walked,
)

STAGES = {
    State.PENDING_VERIFICATION: Stage.ACCEPT,
    State.PENDING_ACCEPTANCE: Stage.ACCEPT,
    State.HANDLING: Stage.ARRIVE,
    State.EN_ROUTE: Stage.ARRIVE,
    State.ON_SITE: Stage.DISPOSE,
    State.PENDING_CHECK: Stage.CHECK,
}


def rung(case: Case, name: str) -> Case:
    """The case after this clock has run out."""
    (told,) = decide_timer("I1", case, name, NOON)
    return evolve(case, told) or case


@pytest.mark.parametrize("state", State)
def test_each_state_has_the_clock_of_its_stage_and_of_no_other(state: State) -> None:
    stage = STAGES.get(state)
    if state is State.SUSPENDED:
        assert deadlines(case_in(state)) == {RESUME: NOON + timedelta(days=30)}
        return
    wanted = {f"{stage}:1:0": getattr(sent().deadlines, f"{stage}_by")} if stage else {}
    assert deadlines(case_in(state)) == wanted


@pytest.mark.parametrize("state", STAGES)
def test_a_clock_that_has_run_out_does_not_ring_again(state: State) -> None:
    case = case_in(state)
    assert deadlines(rung(case, *deadlines(case))) == {}


def test_a_new_round_has_clocks_of_its_own() -> None:
    late = rung(after(sent()), "accept:1:0")
    again = evolve(late, sent(2, OTHER))
    assert again is not None
    assert deadlines(again) == {"accept:2:0": sent(2).deadlines.accept_by}


def test_a_round_that_does_not_hold_has_no_clocks() -> None:
    case = evolve(case_in(State.HANDLING), sent(2, OTHER))
    assert case is not None
    assert deadlines(case) == {"arrive:1:0": sent().deadlines.arrive_by}


def test_the_next_stage_has_its_clock_though_the_one_before_ran_out() -> None:
    late = rung(case_in(State.PENDING_ACCEPTANCE), "accept:1:0")
    assert list(deadlines(walked(late, Action.ACCEPT))) == ["arrive:1:0"]


def test_a_worker_who_is_sent_back_is_not_called_late_twice() -> None:
    late = walked(rung(case_in(State.ON_SITE), "dispose:1:0"), Action.DISPOSE)
    failed = CaseChecked(incident_id="I1", round=1, worker_id=CHECKER, at=NOON, passed=False)
    back = evolve(late, failed)
    assert back is not None and back.state is State.ON_SITE and deadlines(back) == {}


def test_a_reopened_case_has_no_clock_before_it_is_sent_again() -> None:
    reopened = evolve(case_in(State.CLOSED), CaseReopened(incident_id="I1", round=1, at=NOON))
    assert reopened is not None and deadlines(reopened) == {}
    again = evolve(reopened, sent(2))
    assert again is not None and list(deadlines(again)) == ["accept:2:0"]


@pytest.mark.parametrize("stage", Stage)
def test_what_is_overdue_names_the_stage_the_worker_and_when_it_was_due(stage: Stage) -> None:
    (told,) = decide_timer("I1", after(sent()), clock(after(sent()), stage), NOON)
    assert isinstance(told, StageOverdue)
    assert (told.stage, told.round, told.worker_id) == (stage, 1, WORKER)
    assert told.due_at == due(sent().deadlines, stage)


def test_a_clock_of_an_older_round_or_of_none_says_nothing() -> None:
    assert not list(decide_timer("I1", after(sent(), sent(2)), "accept:1:0", NOON))
    assert not list(decide_timer("I1", after(), "accept:0:0", NOON))


def granted(case: Case, *, at: datetime = NOON) -> Case:
    """The case after a leader has granted what was asked."""
    for event in step(case, did(Action.GRANT, LEADER), at, LIMITS):
        case = evolve(case, event) or case
    return case


def test_an_extension_adds_the_original_limit_once_more_each_time() -> None:
    case = granted(walked(case_in(State.HANDLING), Action.ASK_EXTENSION))
    first = sent().deadlines
    limit = first.dispose_by - NOON
    assert case.deadlines is not None
    assert case.deadlines.dispose_by == first.dispose_by + limit
    assert case.deadlines.check_by == first.check_by + limit
    assert case.deadlines.arrive_by == first.arrive_by
    again = granted(walked(case, Action.ASK_EXTENSION))
    assert again.deadlines is not None
    assert again.deadlines.dispose_by == first.dispose_by + 2 * limit


def test_a_clock_that_ran_out_before_rings_again_after_an_extension() -> None:
    """Asked for in time, granted when it was too late already."""
    asked = walked(case_in(State.ON_SITE), Action.ASK_EXTENSION)
    late = rung(asked, "dispose:1:0")
    assert list(deadlines(granted(late))) == ["dispose:1:1"]


def test_time_that_a_case_rests_does_not_run() -> None:
    rests = granted(walked(case_in(State.HANDLING), Action.ASK_SUSPENSION))
    assert rests.state is State.SUSPENDED
    days = timedelta(days=30)
    (resumed,) = decide_timer("I1", rests, RESUME, NOON + days)
    awake = evolve(rests, resumed)
    assert awake is not None and awake.state is State.HANDLING
    assert deadlines(awake) == {"arrive:1:0": sent().deadlines.arrive_by + days}


def test_a_case_that_rests_goes_on_from_where_it_was() -> None:
    rests = granted(walked(case_in(State.ON_SITE), Action.ASK_SUSPENSION))
    assert walked(rests, Action.RESUME).state is State.ON_SITE


def limited(limit: str, *working: str, **times: datetime) -> Deadlines:
    """Deadlines that count in working time where they are named."""
    told = {"dispose_limit": limit, "in_working_time": working, **times}
    return sent().deadlines.model_copy(update=told)


FRIDAY = datetime(2026, 3, 6, tzinfo=BEIJING)
MONDAY = FRIDAY + timedelta(days=3)


def at(day: datetime, hour: float) -> datetime:
    return day + timedelta(hours=hour)


def test_an_extension_in_working_time_skips_the_night_and_the_weekend() -> None:
    due_now = limited(
        "4 work_hour", "dispose_by", dispose_by=at(FRIDAY, 16), check_by=at(FRIDAY, 16.5)
    )
    later = extended(case_in(State.HANDLING), due_now, WorkCalendar())
    assert later.dispose_by == at(MONDAY, 10), "two hours on Friday, two on Monday"
    assert later.check_by == at(MONDAY, 10.5)


def test_an_extension_of_a_check_in_working_time_keeps_its_working_time() -> None:
    names = ("dispose_by", "check_by")
    due_now = limited("1 work_day", *names, dispose_by=at(FRIDAY, 10), check_by=at(FRIDAY, 12))
    later = extended(case_in(State.HANDLING), due_now, WorkCalendar())
    assert later.dispose_by == at(MONDAY, 10)
    assert later.check_by == at(MONDAY, 12)


def test_a_rest_gives_back_the_working_time_that_was_left_and_no_more() -> None:
    due_now = limited(
        "4 work_hour",
        "dispose_by",
        accept_by=at(FRIDAY, 9),
        arrive_by=at(FRIDAY, 17.5),
        dispose_by=at(FRIDAY, 17),
        check_by=at(FRIDAY, 18),
        remind_at=at(FRIDAY, 16),
    )
    later = rested(due_now, at(FRIDAY, 15), at(MONDAY, 17), WorkCalendar())
    assert later.accept_by == at(FRIDAY, 9), "it was over before"
    assert later.arrive_by == at(MONDAY, 19.5), "of the clock on the wall"
    assert later.dispose_by == at(MONDAY + timedelta(days=1), 9), "one hour, and one the next day"
    assert later.remind_at == at(MONDAY, 18)
