"""A guess that nobody has looked at, and a category that a person puts right."""

from datetime import timedelta

import pytest

from schemas.case import CaseAccepted, CaseClosed, Stage
from schemas.dispatch import (
    DispatchHeld,
    IncidentDispatched,
    IncidentEscalated,
    Level,
    Mode,
    PushdownRefused,
)
from schemas.event import Event
from schemas.incident import IncidentRecategorised, Kind, Severity
from services.dispatch.domain.crew_choice import DUTY_DESK
from services.dispatch.domain.decide import decide_overdue, dispatch
from services.dispatch.domain.plan import Plan, evolve
from services.dispatch.domain.replanning import decide_recategorised
from tests.unit.dispatch.cases import (
    COMMUNITY,
    FIRST,
    LANE,
    NOON,
    after,
    category,
    incident,
    overdue,
    sent,
    situation,
)

ACCEPTED = CaseAccepted(incident_id="I1", round=1, worker_id=FIRST, at=NOON)
RUBBISH, MEDIATION, POWER = "06010", "92001", "93003"
LATER = NOON + timedelta(hours=1)


def into(code: str, severity: Severity = Severity.HIGH) -> IncidentRecategorised:
    """A person says what it is."""
    return IncidentRecategorised(
        incident_id="I1",
        category=category(code),
        previous=category(),
        kind=Kind.HAZARD,
        severity=severity,
        by="R1",
        reason="看过照片",
        recategorised_at=NOON,
    )


def replanned(event: IncidentRecategorised, *before: Event) -> IncidentDispatched:
    """The dispatch that comes of it, an hour later."""
    *_, made = decide_recategorised(event, after(*before), situation(), LATER)
    assert isinstance(made, IncidentDispatched)
    return made


def guessed(severity: Severity = Severity.HIGH, code: str = LANE) -> Plan:
    """Nobody answered the review in time."""
    event = incident(severity, code=code).model_copy(update={"unreviewed": True})
    plan = evolve(None, event)
    assert isinstance(plan, Plan)
    return plan


@pytest.mark.parametrize("code", [LANE, MEDIATION, POWER])
def test_what_nobody_reviewed_goes_to_the_community_s_desk_with_that_reason(code: str) -> None:
    (made,) = dispatch("I1", guessed(code=code), situation(), NOON)
    assert isinstance(made, IncidentDispatched)
    assert made.assignee.worker_id == COMMUNITY and made.assignee.desk
    assert any("无人复核" in reason for reason in made.reasons)


def test_danger_that_nobody_reviewed_goes_to_a_person_all_the_same() -> None:
    (made,) = dispatch("I1", guessed(Severity.DANGER), situation(), NOON)
    assert isinstance(made, IncidentDispatched) and made.assignee.worker_id == FIRST


def test_a_desk_that_does_not_answer_is_followed_by_the_street() -> None:
    plan = guessed()
    (made,) = dispatch("I1", plan, situation(), NOON)
    at_desk = evolve(plan, made)
    assert isinstance(at_desk, Plan)
    told, above = decide_overdue(overdue(Stage.ACCEPT), at_desk, situation(), NOON)
    assert isinstance(told, IncidentEscalated) and isinstance(above, IncidentDispatched)
    assert above.assignee.worker_id == DUTY_DESK


def test_once_a_person_has_said_what_it_is_the_right_one_goes() -> None:
    plan = guessed()
    (desk,) = dispatch("I1", plan, situation(), NOON)
    at_desk = evolve(plan, desk)
    assert isinstance(at_desk, Plan)
    (made,) = decide_recategorised(into(RUBBISH), at_desk, situation(), LATER)
    assert isinstance(made, IncidentDispatched)
    assert (made.assignee.worker_id, made.round, made.origin) == (FIRST, 2, "person")
    told = evolve(at_desk, into(RUBBISH))
    assert isinstance(told, Plan) and not told.unreviewed and told.category.code == RUBBISH


def test_another_category_has_its_rule_its_deadlines_and_its_kind_of_handling() -> None:
    made = replanned(into(MEDIATION, Severity.MEDIUM), sent(), ACCEPTED)
    assert (made.mode, made.rule, made.anew) == (Mode.COORDINATED, "协调事项", True)
    assert (made.deadlines.rule, made.assignee.level) == ("协调七日", Level.COMMUNITY)
    assert [task.task_id for task in made.tasks] == ["2.1", "2.2"]
    assert made.reasons[0] == "R1 改类：占用消防通道改为矛盾纠纷（看过照片）"


def test_who_has_it_keeps_it_where_the_other_category_leaves_it_with_them() -> None:
    made = replanned(into(RUBBISH, Severity.LOW), sent(), ACCEPTED)
    assert (made.assignee.worker_id, made.round) == (FIRST, 2)
    assert f"仍由 {FIRST} 办理" in made.reasons
    assert made.deadlines.accept_by > LATER, "other limits begin anew"
    kept = evolve(after(sent(), ACCEPTED), made)
    assert isinstance(kept, Plan) and kept.is_accepted and kept.is_about(2)


def test_under_the_same_limits_the_clock_goes_on() -> None:
    before = sent()
    assert isinstance(before, IncidentDispatched)
    made = replanned(into(RUBBISH), before, ACCEPTED)
    assert made.deadlines == before.deadlines


def test_what_turns_out_to_be_a_department_s_matter_goes_to_the_department() -> None:
    made = replanned(into(POWER, Severity.MEDIUM), sent(), ACCEPTED)
    assert (made.assignee.worker_id, made.mode) == ("D-供电公司", Mode.TRACKED)


def test_what_was_held_is_looked_at_as_what_it_is_now() -> None:
    held = DispatchHeld(
        incident_id="I1", because="silence", behind="silence:1", reason="静默中",
        until=LATER, held_at=NOON,
    )  # fmt: skip
    assert replanned(into(RUBBISH), held).round == 1


def test_what_is_over_stays_as_it_is() -> None:
    closed = CaseClosed(incident_id="I1", round=1, at=NOON, outcome="rectified", on_time=True)
    assert not list(decide_recategorised(into(RUBBISH), after(sent(), closed), situation(), NOON))


def test_to_ask_whose_matter_it_is_is_no_attempt_to_push_it_down() -> None:
    said = dispatch("I1", guessed(code=POWER), situation(), NOON)
    assert not any(isinstance(each, PushdownRefused) for each in said)
