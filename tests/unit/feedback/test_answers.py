"""What goes back to those who reported it."""

from dataclasses import replace
from datetime import timedelta

import pytest

from schemas.case import (
    CameraState,
    CaseRated,
    CaseRecurred,
    CaseReopened,
    HotlineReceipt,
    MergeRefused,
    StepRefused,
)
from schemas.event import Event
from schemas.worker import Action, CitizenRated
from services.feedback.domain.answers import MESSAGES
from services.feedback.domain.case import Case, State
from services.feedback.domain.decide import (
    decide_merged,
    decide_opened,
    decide_rating,
    decide_step,
    decide_withdrawn,
)
from services.feedback.domain.evolve import after as after_all
from services.feedback.domain.evolve import evolve
from services.feedback.domain.refusals import LIMITS
from tests.unit.feedback.cases import NOON, WORKER, after, by, case_in, did, incident, merged, voice

CALLER, LENS, CHAT = voice(1, ticket="T1"), voice(2, alarm="a1"), voice(3)
Answers = list[tuple[str, str, int]]


def told(*events: Event) -> Answers:
    """Of each answer: to whom, what, and the how-many-th it is."""
    found: Answers = []
    for each in events:
        if isinstance(each, HotlineReceipt):
            found.append((each.ticket_number, each.state, each.number))
        if isinstance(each, CameraState):
            found.append((each.alarm, each.handle_state, each.number))
    return found


def spoken(state: State) -> Case:
    """A case with three voices, of whom two have had an answer."""
    return replace(case_in(state), voices=(CALLER, LENS, CHAT), answers=2)


def test_whoever_reported_it_hears_that_it_was_taken_up() -> None:
    assert told(*decide_opened(incident(CALLER), None, NOON)) == [("T1", "accepted", 1)]
    assert told(*decide_opened(incident(LENS), None, NOON)) == [("a1", "pending", 1)]


def test_whoever_joins_hears_it_too_and_the_numbers_go_on() -> None:
    case = spoken(State.HANDLING)
    heard = [("T1", "accepted", 3), ("T1", "in_progress", 4)]
    assert told(*decide_merged(merged(CALLER), case, NOON)) == heard
    waits = spoken(State.PENDING_ACCEPTANCE)
    assert told(*decide_merged(merged(CALLER), waits, NOON)) == heard[:1]
    assert told(*decide_merged(merged(LENS), case, NOON)) == [
        ("a1", "pending", 3),
        ("a1", "handling", 4),
    ]


@pytest.mark.parametrize(
    ("steps", "states"),
    [
        ((Action.ASK_EXTENSION, Action.GRANT), ["extension_asked", "in_progress"]),
        ((Action.ASK_EXTENSION, Action.DENY), ["extension_asked", "in_progress"]),
        ((Action.ASK_SUSPENSION, Action.GRANT, Action.RESUME), ["suspended", "in_progress"]),
        ((Action.ASK_SUSPENSION, Action.DENY), []),
    ],
)
def test_the_hotline_hears_whether_there_is_more_time_and_when_it_goes_on(
    steps: tuple[Action, ...], states: list[str]
) -> None:
    case, heard = replace(case_in(State.HANDLING), voices=(CALLER,)), []
    for action in steps:
        events = list(decide_step(did(action, by(action)), case, LIMITS, NOON))
        heard += [state for _, state, _ in told(*events)]
        case = after_all(case, events)
    assert heard == states


def test_a_chat_is_never_answered() -> None:
    assert not list(decide_opened(incident(CHAT), None, NOON))
    assert not list(decide_merged(merged(CHAT), after(), NOON))
    only_chat = replace(spoken(State.PENDING_CHECK), voices=(CHAT,))
    events = decide_step(did(Action.CHECK, by(Action.CHECK)), only_chat, LIMITS, NOON)
    assert told(*events) == []


@pytest.mark.parametrize(
    ("state", "action", "answers"),
    [
        (
            State.PENDING_ACCEPTANCE,
            Action.ACCEPT,
            [("T1", "in_progress", 3), ("a1", "handling", 4)],
        ),
        (State.HANDLING, Action.ARRIVE, []),
        (State.ON_SITE, Action.DISPOSE, [("T1", "disposed", 3)]),
        (State.PENDING_CHECK, Action.CHECK, [("T1", "closed", 3), ("a1", "done", 4)]),
        (
            State.PENDING_VERIFICATION,
            Action.FALSE_ALARM,
            [("T1", "closed", 3), ("a1", "false_alarm", 4)],
        ),
        (State.PENDING_VERIFICATION, Action.CONFIRM, []),
        (State.PENDING_ACCEPTANCE, Action.DECLINE, []),
        (State.HANDLING, Action.ASK_HELP, []),
        (State.HANDLING, Action.ASK_EXTENSION, [("T1", "extension_asked", 3)]),
        (
            State.PENDING_ACCEPTANCE,
            Action.RETURN,
            [("T1", "returned", 3), ("a1", "pending", 4)],
        ),
        (
            State.PENDING_REGISTRATION,
            Action.NOT_ACCEPT,
            [("T1", "not_accepted", 3), ("a1", "ignored", 4)],
        ),
        (State.CLOSED, Action.REOPEN, [("T1", "reopened", 3), ("a1", "handling", 4)]),
    ],
)
def test_each_voice_has_one_answer_to_what_concerns_it(
    state: State, action: Action, answers: Answers
) -> None:
    assert told(*decide_step(did(action, by(action)), spoken(state), LIMITS, NOON)) == answers


def test_a_check_that_failed_is_nobodys_answer() -> None:
    failed = did(Action.CHECK, by(Action.CHECK), passed=False)
    assert told(*decide_step(failed, spoken(State.PENDING_CHECK), LIMITS, NOON)) == []


def test_a_refused_step_is_nobodys_answer_either() -> None:
    (refused,) = decide_step(did(Action.ARRIVE), spoken(State.ON_SITE), LIMITS, NOON)
    assert isinstance(refused, StepRefused)


def test_a_receipt_speaks_chinese_and_names_the_ticket() -> None:
    (receipt,) = decide_opened(incident(CALLER), None, NOON)
    assert isinstance(receipt, HotlineReceipt)
    assert (receipt.thread, receipt.message) == ("t:1", MESSAGES["accepted"])


def test_what_all_took_back_is_closed_once_and_whoever_is_left_hears_so() -> None:
    closed, *rest = decide_withdrawn("I1", spoken(State.HANDLING), NOON)
    assert after(closed).outcome == "withdrawn"
    assert told(*rest) == [("T1", "closed", 3), ("a1", "done", 4)]
    assert not list(decide_withdrawn("I1", spoken(State.CLOSED), NOON))


def test_a_voice_that_joins_after_the_closing_is_refused_and_not_answered() -> None:
    (refused,) = decide_merged(merged(CALLER), case_in(State.CLOSED), NOON)
    assert isinstance(refused, MergeRefused)
    assert (refused.voice, refused.round) == (CALLER, 1)


def test_a_citizen_for_whom_it_is_not_solved_reopens_a_closed_case() -> None:
    rating = CitizenRated(thread="t:1", solved=False, comment="又堆上了", at=NOON)
    rated, reopened = decide_rating(rating, "I1", case_in(State.CLOSED), NOON)
    assert isinstance(rated, CaseRated) and rated.solved is False
    assert isinstance(reopened, CaseReopened)
    assert (reopened.incident_id, reopened.round, reopened.reason) == ("I1", 1, "又堆上了")


def test_a_citizen_who_is_not_satisfied_and_says_no_more_reopens_it_too() -> None:
    rating = CitizenRated(thread="t:1", satisfied="不满意", at=NOON)
    _, reopened, *answers = decide_rating(rating, "I1", spoken(State.CLOSED), NOON)
    assert isinstance(reopened, CaseReopened)
    assert told(*answers) == [("T1", "reopened", 3), ("a1", "handling", 4)]


def test_whoever_must_wait_longer_reads_why() -> None:
    asked = did(Action.ASK_EXTENSION, note="等配件到货")
    _, receipt = decide_step(asked, spoken(State.HANDLING), LIMITS, NOON)
    assert isinstance(receipt, HotlineReceipt)
    assert receipt.message == "办理单位申请延长办理期限：等配件到货"


@pytest.mark.parametrize("solved", [True, None])
def test_any_other_rating_leaves_it_closed(solved: bool | None) -> None:
    rating = CitizenRated(thread="t:1", solved=solved, at=NOON)
    (rated,) = decide_rating(rating, "I1", case_in(State.CLOSED), NOON)
    assert isinstance(rated, CaseRated) and rated.solved is solved


def test_what_went_on_as_another_incident_is_not_opened_a_second_time_here() -> None:
    absorbed = replace(case_in(State.CLOSED), outcome="absorbed", voices=())
    rating = CitizenRated(thread="t:1", solved=False, at=NOON)
    (rated,) = decide_rating(rating, "I1", absorbed, NOON)
    assert isinstance(rated, CaseRated)
    (refused,) = decide_step(did(Action.REOPEN, by(Action.REOPEN)), absorbed, LIMITS, NOON)
    assert isinstance(refused, StepRefused)
    assert refused.reason == "案件已并入另一事件，请在那一件上重新办理"


@pytest.mark.parametrize("state", [each for each in State if each is not State.CLOSED])
def test_what_is_not_closed_cannot_be_reopened(state: State) -> None:
    rating = CitizenRated(thread="t:1", solved=False, at=NOON)
    (rated,) = decide_rating(rating, "I1", case_in(state), NOON)
    assert isinstance(rated, CaseRated)


def test_answers_given_are_counted_so_that_the_next_one_has_a_later_number() -> None:
    (first,) = decide_opened(incident(CALLER), None, NOON)
    case = replace(case_in(State.PENDING_ACCEPTANCE, incident(CALLER)), answers=0)
    counted = after(first, begin=incident(CALLER))
    assert counted.answers == 1
    accepted = did(Action.ACCEPT, WORKER)
    assert told(*decide_step(accepted, replace(case, answers=counted.answers), LIMITS, NOON)) == [
        ("T1", "in_progress", 2)
    ]


@pytest.mark.parametrize(("days", "counts"), [(29, True), (31, False)])
def test_what_comes_back_within_thirty_days_counts_against_what_it_follows(
    days: int, counts: bool
) -> None:
    before = case_in(State.CLOSED)
    again = incident().model_copy(update={"incident_id": "I2", "follows": "I1"})
    now = NOON + timedelta(days=days)
    told_of = [each for each in decide_opened(again, before, now) if isinstance(each, CaseRecurred)]
    assert [(each.incident_id, each.again) for each in told_of] == [("I1", "I2")] * counts
    if counts:
        known = evolve(before, told_of[0])
        assert known is not None and known.recurred_at == now
        assert not list(decide_opened(again, known, now))
