"""What dispatch says."""

from datetime import timedelta

import pytest

from schemas.case import CaseAccepted, CaseClosed, CaseDeclined, Stage
from schemas.dispatch import DispatchWithdrawn, IncidentDispatched, IncidentEscalated, Level
from schemas.event import Event
from schemas.incident import IncidentRegraded, IncidentWithdrawn, Severity
from services.dispatch.domain.crew_choice import DUTY_DESK
from services.dispatch.domain.decide import (
    decide_accepted,
    decide_declined,
    decide_overdue,
    decide_regraded,
    decide_withdrawn,
)
from tests.unit.dispatch.cases import (
    COMMUNITY,
    FIRST,
    LEADER,
    NOON,
    SECOND,
    after,
    dispatched,
    overdue,
    sent,
    situation,
)

ACCEPTED = CaseAccepted(incident_id="I1", round=1, worker_id=FIRST, at=NOON)
CLOSED = CaseClosed(incident_id="I1", round=1, at=NOON, outcome="rectified", on_time=True)
WITHDRAWN = IncidentWithdrawn(incident_id="I1", reasons=(), withdrawn_at=NOON)
GRAVER = IncidentRegraded(
    incident_id="I1",
    severity=Severity.DANGER,
    previous=Severity.HIGH,
    reasons=(),
    regraded_at=NOON,
)


def test_a_dispatch_says_who_by_when_how_and_why() -> None:
    made = dispatched(after(), situation(), "因为")
    assert (made.round, made.assignee.worker_id) == (1, FIRST)
    assert made.deadlines.accept_by == NOON + timedelta(minutes=5)
    assert made.reasons[0] == "因为" and len(made.reasons) == 3
    assert (made.ground_version, made.severity) == ("g1", Severity.HIGH)


def test_the_load_grows_with_each_dispatch_of_a_batch() -> None:
    seen = situation()
    workers = []
    for _ in range(3):
        made = dispatched(after(), seen)
        seen.observe(made)
        workers.append(made.assignee.worker_id)
    assert workers == [FIRST, SECOND, FIRST]
    assert seen.load == {FIRST: 2, SECOND: 1}


def test_what_is_no_dispatch_adds_to_nobodys_load() -> None:
    seen = situation()
    seen.observe(CLOSED)
    assert seen.load == {}


def test_a_graver_incident_is_planned_anew_with_tighter_deadlines() -> None:
    (made,) = decide_regraded(GRAVER, after(sent()), situation(), NOON)
    assert isinstance(made, IncidentDispatched)
    assert (made.round, made.severity) == (2, Severity.DANGER)
    assert made.deadlines.accept_by == NOON + timedelta(minutes=1)


@pytest.mark.parametrize("event", [ACCEPTED, CLOSED, WITHDRAWN])
def test_a_graver_incident_that_somebody_has_or_that_is_over_stays_as_it_is(event: Event) -> None:
    assert not list(decide_regraded(GRAVER, after(sent(), event), situation(), NOON))


def test_who_does_not_accept_is_followed_by_the_next_rung() -> None:
    told, made = decide_overdue(overdue(Stage.ACCEPT), after(sent()), situation(), NOON)
    assert isinstance(told, IncidentEscalated) and isinstance(made, IncidentDispatched)
    assert (told.round, told.from_level, told.to_level) == (1, Level.MICRO_GRID, Level.GRID)
    assert told.reason == "微网格员接单超时"
    assert (made.round, made.assignee.worker_id) == (2, LEADER)
    assert made.reasons[0] == "接单超时，升级派单"


@pytest.mark.parametrize("stage", [Stage.ARRIVE, Stage.DISPOSE, Stage.CHECK])
def test_who_is_at_it_is_not_replaced_but_the_next_rung_is_told(stage: Stage) -> None:
    (told,) = decide_overdue(overdue(stage), after(sent(), ACCEPTED), situation(), NOON)
    assert isinstance(told, IncidentEscalated) and told.to_level is Level.GRID


def test_the_ladder_is_climbed_rung_by_rung_and_ends_at_the_duty_desk() -> None:
    plan, asked = after(sent()), []
    for round_ in (1, 2, 3):
        _, made = decide_overdue(overdue(Stage.ACCEPT, round_), plan, situation(), NOON)
        assert isinstance(made, IncidentDispatched)
        asked.append(made.assignee.worker_id)
        plan = after(sent(round_ + 1, asked[-1], made.assignee.level))
    assert asked == [LEADER, COMMUNITY, DUTY_DESK]
    (told,) = decide_overdue(overdue(Stage.ACCEPT, 4), plan, situation(), NOON)
    assert isinstance(told, IncidentEscalated) and told.to_level is Level.STREET


@pytest.mark.parametrize("round_", [0, 1, 3])
def test_lateness_of_another_round_is_nothing(round_: int) -> None:
    plan = after(sent(), sent(2, SECOND))
    assert not list(decide_overdue(overdue(Stage.ACCEPT, round_), plan, situation(), NOON))


def test_lateness_of_what_is_over_or_was_never_sent_is_nothing() -> None:
    for plan, round_ in ((after(sent(), CLOSED), 1), (after(), 0)):
        assert not list(decide_overdue(overdue(Stage.ACCEPT, round_), plan, situation(), NOON))


def test_what_all_took_back_calls_back_whoever_was_sent() -> None:
    (told,) = decide_withdrawn(WITHDRAWN, after(sent(), sent(2, SECOND)), NOON)
    assert isinstance(told, DispatchWithdrawn) and told.round == 2


def test_nobody_is_called_back_who_was_not_sent_or_is_done() -> None:
    assert not list(decide_withdrawn(WITHDRAWN, after(), NOON))
    assert not list(decide_withdrawn(WITHDRAWN, after(sent(), CLOSED), NOON))


def test_who_was_sent_just_as_somebody_accepted_is_called_back() -> None:
    plan = after(sent(), sent(2, LEADER, Level.GRID))
    (back,) = decide_accepted(ACCEPTED, plan, NOON)
    assert isinstance(back, DispatchWithdrawn)
    assert (back.round, back.reason) == (2, "第 1 轮已接单")


def test_the_round_that_was_accepted_is_the_one_whose_lateness_counts() -> None:
    plan = after(sent(), sent(2, LEADER, Level.GRID), ACCEPTED)
    assert list(decide_overdue(overdue(Stage.DISPOSE), plan, situation(), NOON))
    assert not list(decide_overdue(overdue(Stage.DISPOSE, 2), plan, situation(), NOON))


@pytest.mark.parametrize("later", [sent(2, LEADER, Level.GRID), WITHDRAWN])
def test_a_decline_that_comes_too_late_sends_nobody(later: Event) -> None:
    declined = CaseDeclined(
        incident_id="I1", round=1, worker_id="W", at=NOON, reason="不是我的网格"
    )
    assert list(decide_declined(declined, after(sent()), situation(), NOON))
    assert not list(decide_declined(declined, after(sent(), later), situation(), NOON))
