"""What feedback remembers of a case."""

from dataclasses import replace
from datetime import timedelta

import pytest
from pydantic import TypeAdapter

from schemas.case import CaseChecked, CaseReopened, MergeRefused
from schemas.dispatch import Assignee, Level, Task
from schemas.incident import IncidentRegraded, Severity, VoiceWithdrawn
from schemas.worker import Action
from services.feedback.adapters import ledger
from services.feedback.domain.case import CHINESE, Case, State
from services.feedback.domain.evolve import evolve
from tests.unit.feedback.cases import (
    CHECKER,
    NOON,
    OTHER,
    WORKER,
    after,
    case_in,
    did,
    incident,
    merged,
    minutes,
    sent,
    voice,
    walked,
)

REOPENED = CaseReopened(incident_id="I1", round=1, at=minutes(500))
FAILED = CaseChecked(incident_id="I1", round=1, worker_id=CHECKER, at=NOON, passed=False)
BUSY = [State.HANDLING, State.ON_SITE, State.PENDING_CHECK, State.CLOSED]


def test_a_case_begins_with_the_incident_and_with_nothing_else() -> None:
    case = after()
    assert (case.state, case.round, case.voices) == (State.PENDING_DISPATCH, 0, (voice(),))
    assert evolve(None, sent()) is None
    assert after(incident()) == case


def test_every_state_has_a_name_in_chinese() -> None:
    assert set(CHINESE) == set(State)


def test_a_dispatch_puts_the_case_into_somebodys_hands() -> None:
    case = after(sent())
    assert (case.state, case.round, case.worker_id) == (State.PENDING_ACCEPTANCE, 1, WORKER)
    assert case.deadlines == sent().deadlines


def test_a_suspicion_is_verified_first_and_once_confirmed_never_again() -> None:
    case = case_in(State.PENDING_VERIFICATION)
    confirmed = walked(case, Action.CONFIRM)
    assert confirmed.state is State.PENDING_ACCEPTANCE
    again = evolve(walked(confirmed, Action.DECLINE), sent(2))
    assert again is not None and again.state is State.PENDING_ACCEPTANCE


def test_a_later_dispatch_takes_over_while_nobody_is_at_it() -> None:
    case = after(sent(), sent(2, OTHER))
    assert (case.round, case.latest_round, case.worker_id) == (2, 2, OTHER)


@pytest.mark.parametrize("state", BUSY)
def test_a_later_dispatch_changes_nothing_but_its_number_while_somebody_is_at_it(
    state: State,
) -> None:
    case = case_in(state)
    assert evolve(case, sent(2, OTHER)) == replace(case, latest_round=2)


def test_a_dispatch_of_an_older_round_changes_nothing() -> None:
    case = after(sent(2))
    assert evolve(case, sent(1, OTHER)) == case


def test_a_declined_case_waits_for_the_next_dispatch() -> None:
    declined = walked(case_in(State.PENDING_ACCEPTANCE), Action.DECLINE)
    assert declined.state is State.PENDING_DISPATCH
    case = evolve(declined, sent(2, OTHER))
    assert case is not None and (case.state, case.worker_id) == (State.PENDING_ACCEPTANCE, OTHER)


def test_each_check_that_fails_sends_the_worker_back_and_is_counted() -> None:
    case = evolve(case_in(State.PENDING_CHECK), FAILED)
    assert case is not None and (case.state, case.rework) == (State.ON_SITE, 1)
    case = evolve(walked(case, Action.DISPOSE), FAILED)
    assert case is not None and case.rework == 2 and case.checked_at is None


def test_a_reopened_case_waits_for_a_dispatch_as_if_it_had_not_ended() -> None:
    case = after(REOPENED)
    assert case.state is State.PENDING_DISPATCH
    reopened = evolve(replace(case_in(State.CLOSED), overdue=("accept:1",)), REOPENED)
    assert reopened is not None
    ending = (reopened.closed_at, reopened.outcome, reopened.on_time, reopened.overdue)
    assert ending == (None, None, None, ())
    again = evolve(reopened, sent(2, OTHER))
    assert again is not None and (again.round, again.worker_id) == (2, OTHER)


def test_stages_keep_their_first_time_and_the_disposal_its_last() -> None:
    first = replace(case_in(State.CLOSED), accepted_at=minutes(-9), disposed_at=minutes(-9))
    case = evolve(evolve(first, REOPENED), sent(2))
    assert case is not None
    done = walked(case, Action.ACCEPT, Action.ARRIVE, Action.DISPOSE)
    assert (done.accepted_at, done.disposed_at) == (minutes(-9), NOON)
    assert done.dispatched_at == NOON


def test_voices_join_and_leave_but_not_after_the_end() -> None:
    second = voice(2)
    joined = after(merged(second))
    assert joined.voices == (voice(), second)
    left = VoiceWithdrawn(incident_id="I1", thread="t:1", withdrawn_at=NOON)
    case = evolve(joined, left)
    assert case is not None and case.voices == (second,)
    over = case_in(State.CLOSED)
    assert evolve(over, merged(second)) == over


def test_a_regraded_case_is_graver_and_otherwise_the_same() -> None:
    graver = IncidentRegraded(
        incident_id="I1",
        severity=Severity.DANGER,
        previous=Severity.MEDIUM,
        reasons=(),
        regraded_at=NOON,
    )
    assert after(sent(), graver) == replace(after(sent()), severity=Severity.DANGER)


def test_what_does_not_matter_changes_nothing() -> None:
    refused = MergeRefused(incident_id="I1", round=1, at=NOON, voice=voice(2))
    assert after(sent(), refused, did(Action.ACCEPT)) == after(sent())


@pytest.mark.parametrize("state", State)
def test_a_case_survives_being_written_down(state: State) -> None:
    case, adapter = case_in(state), TypeAdapter(Case)
    assert adapter.validate_json(adapter.dump_json(case)) == case


def test_the_row_of_an_incident_keeps_its_first_source_though_that_voice_leaves() -> None:
    """Or else the ledger made again from the archive would differ."""
    case = after(merged(voice(2, ticket="T2")), begin=incident(voice(1, alarm="a1")))
    gone = VoiceWithdrawn(incident_id="I1", thread="t:1", withdrawn_at=NOON)
    left = evolve(case, gone)
    assert left is not None and left.voices[0].source == "hotline_12345"
    nature = 1 + len(ledger.NATURE)
    assert ledger.opened("I1", left)[:nature] == ledger.opened("I1", case)[:nature]


def test_a_person_gives_what_is_in_hand_to_another_and_the_tasks_stay() -> None:
    case = replace(case_in(State.ON_SITE), helpers=("H",))
    given = sent(round_=2, worker=OTHER).model_copy(update={"origin": "person"})
    moved = evolve(case, given)
    assert moved is not None
    assert (moved.state, moved.worker_id, moved.round) == (State.PENDING_ACCEPTANCE, OTHER, 2)
    assert moved.tasks == case.tasks
    assert evolve(case, given.model_copy(update={"origin": "rules"})) != moved


@pytest.mark.parametrize("worker", [WORKER, OTHER])
def test_another_category_brings_its_own_deadlines_and_tasks_whoever_has_it(worker: str) -> None:
    task = Task(task_id="1.1", unit="社区", what="商定", due_by=NOON)
    case = replace(case_in(State.ON_SITE), tasks=(task,))
    other = sent(round_=2, worker=worker).model_copy(update={"origin": "person", "anew": True})
    replanned = evolve(case, other)
    assert replanned is not None
    assert (replanned.deadlines, replanned.tasks) == (other.deadlines, ())
    stays = State.ON_SITE if worker == WORKER else State.PENDING_ACCEPTANCE
    assert (replanned.state, replanned.worker_id, replanned.round) == (stays, worker, 2)


@pytest.mark.parametrize("state", [State.SUSPENDED, State.PENDING_CHECK])
def test_what_rests_or_is_to_be_checked_goes_on_as_it_was_in_another_category(state: State) -> None:
    case = case_in(state)
    other = sent(round_=2).model_copy(update={"origin": "person", "anew": True})
    noted = evolve(case, other)
    assert noted is not None
    assert (noted.state, noted.round, noted.deadlines) == (state, 2, case.deadlines)


def test_who_only_gets_help_stays_where_they_are() -> None:
    case = case_in(State.ON_SITE)
    helper = Assignee(worker_id=OTHER, level=Level.GRID, area="")
    helped = evolve(
        case,
        sent(round_=2, worker=WORKER).model_copy(update={"origin": "person", "helpers": (helper,)}),
    )
    assert helped is not None
    assert (helped.state, helped.worker_id, helped.helpers) == (State.ON_SITE, WORKER, (OTHER,))
    assert helped.deadlines == case.deadlines


def test_who_did_not_answer_in_time_is_late_though_another_is_sent() -> None:
    first = sent().deadlines.accept_by
    later = sent(2, OTHER).model_copy(update={"dispatched_at": first})
    assert after(sent()).respond_by == first
    in_time = evolve(after(sent()), later)
    assert in_time is not None and in_time.respond_by == sent(2).deadlines.accept_by
    missed = later.model_copy(update={"dispatched_at": first + timedelta(seconds=1)})
    late = evolve(after(sent()), missed)
    assert late is not None and late.respond_by == first
    taken = walked(after(sent()), Action.ACCEPT)
    again = evolve(evolve(taken, REOPENED), later)
    assert again is not None and again.respond_by == first, "it was answered once"


def test_an_excuse_ends_with_the_round_it_was_given_in() -> None:
    case = replace(case_in(State.CLOSED), excused=True, accepted_at=minutes(90))
    again = evolve(case, REOPENED)
    assert again is not None and not again.excused
    assert again.respond_by == minutes(90), "what was excused is no delay"
    plain = evolve(replace(case, excused=False), REOPENED)
    assert plain is not None and plain.respond_by == case.respond_by
