"""The version of a case on a page: old as soon as a step would meet another case."""

from dataclasses import replace

import pytest
from pydantic import TypeAdapter

from schemas.case import StepRefused
from schemas.worker import Action
from services.feedback.domain.case import Case, State
from services.feedback.domain.effects import step
from services.feedback.domain.refusals import LIMITS
from services.feedback.domain.versions import STALE, version_of
from tests.unit.feedback.cases import NOON, after, case_in, did, merged, sent, voice

CASE = case_in(State.HANDLING)


@pytest.mark.parametrize("state", list(State))
def test_it_is_the_same_after_it_was_stored(state: State) -> None:
    stored = TypeAdapter(Case)
    case = case_in(state)
    assert version_of(stored.validate_json(stored.dump_json(case))) == version_of(case)


def test_every_step_makes_another_and_a_further_voice_does_not() -> None:
    assert len({version_of(case_in(state)) for state in State}) == len(State)
    assert version_of(after(sent(), merged(voice(2)))) == version_of(after(sent()))
    assert version_of(replace(CASE, round=2)) != version_of(CASE)


def test_who_acts_on_an_old_page_is_refused_and_whoever_says_nothing_is_not() -> None:
    old = did(Action.DEPART, seen=version_of(after(sent())))
    (refused,) = step(CASE, old, NOON, LIMITS)
    assert isinstance(refused, StepRefused) and refused.reason == STALE
    for seen in ("", version_of(CASE)):
        (went,) = step(CASE, did(Action.DEPART, seen=seen), NOON, LIMITS)
        assert not isinstance(went, StepRefused)
