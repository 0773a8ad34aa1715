"""By when: the clock of each stage."""

import pytest

from schemas.case import CaseChecked, CaseReopened, Stage, StageOverdue
from schemas.worker import Action
from services.feedback.domain.case import Case, State, clock, deadlines, due, evolve
from services.feedback.domain.decide import decide_overdue
from tests.unit.feedback.cases import CHECKER, NOON, OTHER, WORKER, after, case_in, sent, walked

STAGES = {
    State.PENDING_VERIFICATION: Stage.ACCEPT,
    State.PENDING_ACCEPTANCE: Stage.ACCEPT,
    State.HANDLING: Stage.ARRIVE,
    State.ON_SITE: Stage.DISPOSE,
    State.PENDING_CHECK: Stage.CHECK,
}


def rung(case: Case, name: str) -> Case:
    """The case after this clock has run out."""
    (told,) = decide_overdue("I1", case, name, NOON)
    return evolve(case, told) or case


@pytest.mark.parametrize("state", State)
def test_each_state_has_the_clock_of_its_stage_and_of_no_other(state: State) -> None:
    stage = STAGES.get(state)
    wanted = {f"{stage}:1": getattr(sent().deadlines, f"{stage}_by")} if stage else {}
    assert deadlines(case_in(state)) == wanted


@pytest.mark.parametrize("state", STAGES)
def test_a_clock_that_has_run_out_does_not_ring_again(state: State) -> None:
    case = case_in(state)
    assert deadlines(rung(case, *deadlines(case))) == {}


def test_a_new_round_has_clocks_of_its_own() -> None:
    late = rung(after(sent()), "accept:1")
    again = evolve(late, sent(2, OTHER))
    assert again is not None
    assert deadlines(again) == {"accept:2": sent(2).deadlines.accept_by}


def test_a_round_that_does_not_hold_has_no_clocks() -> None:
    case = evolve(case_in(State.HANDLING), sent(2, OTHER))
    assert case is not None
    assert deadlines(case) == {"arrive:1": sent().deadlines.arrive_by}


def test_the_next_stage_has_its_clock_though_the_one_before_ran_out() -> None:
    late = rung(case_in(State.PENDING_ACCEPTANCE), "accept:1")
    assert list(deadlines(walked(late, Action.ACCEPT))) == ["arrive:1"]


def test_a_worker_who_is_sent_back_is_not_called_late_twice() -> None:
    late = walked(rung(case_in(State.ON_SITE), "dispose:1"), Action.DISPOSE)
    failed = CaseChecked(incident_id="I1", round=1, worker_id=CHECKER, at=NOON, passed=False)
    back = evolve(late, failed)
    assert back is not None and back.state is State.ON_SITE and deadlines(back) == {}


def test_a_reopened_case_has_no_clock_before_it_is_sent_again() -> None:
    reopened = evolve(case_in(State.CLOSED), CaseReopened(incident_id="I1", round=1, at=NOON))
    assert reopened is not None and deadlines(reopened) == {}
    again = evolve(reopened, sent(2))
    assert again is not None and list(deadlines(again)) == ["accept:2"]


@pytest.mark.parametrize("stage", Stage)
def test_what_is_overdue_names_the_stage_the_worker_and_when_it_was_due(stage: Stage) -> None:
    (told,) = decide_overdue("I1", after(sent()), clock(stage, 1), NOON)
    assert isinstance(told, StageOverdue)
    assert (told.stage, told.round, told.worker_id) == (stage, 1, WORKER)
    assert told.due_at == due(sent().deadlines, stage)


def test_a_clock_of_an_older_round_or_of_none_says_nothing() -> None:
    assert not list(decide_overdue("I1", after(sent(), sent(2)), "accept:1", NOON))
    assert not list(decide_overdue("I1", after(), "accept:0", NOON))
