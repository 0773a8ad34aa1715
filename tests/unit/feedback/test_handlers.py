"""What feedback does not know yet waits; what came too late is refused."""

from dataclasses import dataclass, field

import pytest

from schemas.case import CaseAccepted, CaseClosed, CaseReopened, StageOverdue, StepRefused
from schemas.event import Event
from schemas.incident import (
    IncidentAbsorbed,
    IncidentRegraded,
    IncidentSplit,
    IncidentWithdrawn,
    Severity,
    VoiceWithdrawn,
)
from schemas.worker import Action, CitizenRated
from services.feedback.domain.case import Case, State
from services.feedback.domain.pausing import PausingMode
from services.feedback.domain.proof import NOBODY, Witness
from services.feedback.domain.refusals import LIMITS, Limits
from services.feedback.handlers import handlers
from services.kernel.domain import Context, TimerDue
from services.kernel.errors import NotYet, Unprocessable
from services.kernel.record import Message
from tests.unit.feedback.cases import (
    NOON,
    OTHER,
    after,
    case_in,
    did,
    incident,
    merged,
    sent,
    voice,
)

REGRADED = IncidentRegraded(
    incident_id="I1",
    severity=Severity.DANGER,
    previous=Severity.MEDIUM,
    reasons=(),
    regraded_at=NOON,
)
LEFT = VoiceWithdrawn(incident_id="I1", thread="t:1", withdrawn_at=NOON)
SPLIT = IncidentSplit(
    incident_id="I1", into="I2", threads=("t:2",), by="S-1", reason="另一处", split_at=NOON
)
ABSORBED = IncidentAbsorbed(
    incident_id="I1", into="I2", reasons=("同一件事",), by="S-1", absorbed_at=NOON
)
GONE = IncidentWithdrawn(incident_id="I1", reasons=(), withdrawn_at=NOON)
RANG = TimerDue(subject_id="I1", name="accept:1:0", due_at=NOON)
RATED = CitizenRated(thread="t:1", solved=False, at=NOON)


@dataclass
class Archive:
    """Which incident a thread belongs to."""

    incident_of: dict[str, str] = field(default_factory=dict)
    limits: Limits = LIMITS
    modes: tuple[PausingMode, ...] = ()
    reported: frozenset[str] = frozenset()

    def witness(self, message: Message) -> Witness:
        """Nobody keeps pictures here."""
        return NOBODY


def answer(
    event: Event, case: Case | None, *threads: str, reported: frozenset[str] = frozenset()
) -> list[Event]:
    states = {} if case is None else {"I1": case}
    world = Archive(dict.fromkeys(threads, "I1"), reported=reported)
    context = Context(states, world, NOON, Message("m1", "s", "I1", event))
    return list(handlers.table[type(event)](event, context))


@pytest.mark.parametrize(
    "event",
    [merged(voice(2)), REGRADED, LEFT, SPLIT, ABSORBED, GONE, sent(), did(Action.ACCEPT), RANG],
    ids=type,
)
def test_what_befalls_a_case_that_has_not_begun_waits(event: Event) -> None:
    with pytest.raises(NotYet):
        answer(event, None)


def test_a_step_of_a_round_that_was_not_heard_of_waits() -> None:
    with pytest.raises(NotYet, match="round 2"):
        answer(did(Action.ACCEPT, round_=2), after(sent()))


def test_a_step_of_a_round_that_was_heard_of_and_does_not_hold_is_refused() -> None:
    case = after(sent())
    (accepted,) = answer(did(Action.ACCEPT, round_=1), case)
    case = after(sent(), accepted, sent(2, OTHER))
    (refused,) = answer(did(Action.ARRIVE, OTHER, round_=2), case)
    assert isinstance(accepted, CaseAccepted) and isinstance(refused, StepRefused)
    assert refused.round == 1


def test_the_worker_who_is_at_it_goes_on_though_another_was_sent_too_late() -> None:
    case = after(sent(), *answer(did(Action.ACCEPT, round_=1), after(sent())), sent(2, OTHER))
    assert not any(
        isinstance(each, StepRefused) for each in answer(did(Action.ARRIVE, round_=1), case)
    )


@pytest.mark.parametrize("event", [REGRADED, LEFT, SPLIT, sent()], ids=type)
def test_what_a_known_case_only_takes_in_calls_for_nothing(event: Event) -> None:
    assert answer(event, after()) == []


def test_a_new_incident_is_answered_without_a_case() -> None:
    assert len(answer(incident(voice(ticket="T1")), None)) == 1


def test_a_clock_that_runs_out_is_told() -> None:
    (told,) = answer(RANG, after(sent()))
    assert isinstance(told, StageOverdue)


def test_a_rating_reopens_the_case_of_its_thread() -> None:
    _, reopened = answer(RATED, case_in(State.CLOSED), "t:1")
    assert isinstance(reopened, CaseReopened) and reopened.incident_id == "I1"


def test_a_rating_of_a_report_that_has_no_case_yet_waits() -> None:
    with pytest.raises(NotYet, match="还没有立案"):
        answer(RATED, None, reported=frozenset({"t:1"}))


def test_a_rating_for_a_ticket_that_never_was_is_refused_with_a_sentence() -> None:
    with pytest.raises(Unprocessable, match="没有工单 1，评价对不上任何诉求"):
        answer(RATED, case_in(State.CLOSED))


def test_voices_that_were_split_off_are_answered_by_their_own_case_only() -> None:
    case = after(merged(voice(2, ticket="T2")), SPLIT)
    assert [each.thread for each in case.voices] == ["t:1"]


def test_a_case_that_is_absorbed_is_closed_without_a_word_to_its_voices() -> None:
    case = after(merged(voice(2, ticket="T2")), sent())
    (told,) = answer(ABSORBED, case)
    assert isinstance(told, CaseClosed) and told.outcome == "absorbed"
    assert after(ABSORBED, told).voices == ()
    assert answer(ABSORBED, case_in(State.CLOSED)) == []
