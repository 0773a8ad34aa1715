"""What dispatch remembers, and what it does not know yet."""

from types import MappingProxyType

import pytest
from pydantic import TypeAdapter

from schemas.case import CaseAccepted, CaseClosed, CaseDeclined, CaseReopened, Stage
from schemas.dispatch import IncidentDispatched
from schemas.event import Event
from schemas.incident import IncidentRegraded, IncidentWithdrawn, Severity
from services.dispatch.domain.plan import Plan, evolve
from services.dispatch.handlers import handlers
from services.kernel.domain import Context
from services.kernel.errors import NotYet
from services.kernel.record import Message
from tests.unit.dispatch.cases import (
    FIRST,
    HERE,
    NOON,
    SECOND,
    after,
    incident,
    overdue,
    sent,
    situation,
)

CLOSED = CaseClosed(incident_id="I1", round=1, at=NOON, outcome="rectified", on_time=True)
REOPENED = CaseReopened(incident_id="I1", round=1, at=NOON)
DECLINED = CaseDeclined(incident_id="I1", round=1, worker_id=FIRST, at=NOON, reason="不归我管")
WITHDRAWN = IncidentWithdrawn(incident_id="I1", reasons=(), withdrawn_at=NOON)
GRAVER = IncidentRegraded(
    incident_id="I1", severity=Severity.DANGER, previous=Severity.HIGH, reasons=(), regraded_at=NOON
)


def accepted(round_: int) -> CaseAccepted:
    return CaseAccepted(incident_id="I1", round=round_, worker_id=FIRST, at=NOON)


def answer(event: Event, plan: Plan | None) -> list[Event]:
    states = MappingProxyType({} if plan is None else {"I1": plan})
    context = Context(states, situation(), NOON, Message("m1", "s", "I1", event))
    return list(handlers.table[type(event)](event, context))


def dispatched(event: Event, plan: Plan | None) -> IncidentDispatched:
    (made,) = answer(event, plan)
    assert isinstance(made, IncidentDispatched)
    return made


def test_a_plan_begins_with_the_incident_and_with_nothing_else() -> None:
    plan = after()
    assert (plan.round, plan.assignee, plan.tried, plan.place) == (0, None, (), HERE)
    assert evolve(None, sent()) is None


def test_each_dispatch_is_a_round_and_its_worker_was_tried() -> None:
    plan = after(sent(), accepted(1), sent(2, SECOND))
    assert (plan.round, plan.tried, plan.is_accepted) == (2, (FIRST, SECOND), False)
    assert plan.assignee is not None and plan.assignee.worker_id == SECOND


def test_the_round_that_was_accepted_holds_even_if_another_was_sent_meanwhile() -> None:
    assert after(sent(), sent(2, SECOND), accepted(2)).holds == 2
    plan = after(sent(), sent(2, SECOND), accepted(1))
    assert plan.is_accepted and plan.is_about(1) and not plan.is_about(2)


@pytest.mark.parametrize("event", [CLOSED, WITHDRAWN])
def test_a_plan_is_over_when_it_is_closed_or_taken_back(event: Event) -> None:
    assert after(sent(), event).is_over


def test_a_reopened_incident_is_planned_afresh_and_its_rounds_go_on() -> None:
    plan = after(sent(), accepted(1), CLOSED, REOPENED)
    assert (plan.is_over, plan.is_accepted, plan.tried, plan.round) == (False, False, (), 1)


def test_a_regraded_incident_keeps_its_round() -> None:
    plan = after(sent(), GRAVER)
    assert (plan.severity, plan.round) == (Severity.DANGER, 1)


def test_what_does_not_matter_changes_nothing() -> None:
    assert after(sent(), overdue(Stage.CHECK), incident()) == after(sent())


def test_a_refusal_is_remembered_until_somebody_has_looked_at_it() -> None:
    plan = after(sent(), DECLINED)
    assert plan.disputed == plan.assignee


def test_a_plan_survives_being_written_down() -> None:
    plan, adapter = after(sent(), accepted(1)), TypeAdapter(Plan)
    assert adapter.validate_json(adapter.dump_json(plan)) == plan


@pytest.mark.parametrize(
    "event", [GRAVER, WITHDRAWN, DECLINED, REOPENED, overdue(Stage.ACCEPT)], ids=type
)
def test_what_befalls_an_incident_that_is_not_known_yet_waits(event: Event) -> None:
    with pytest.raises(NotYet):
        answer(event, None)


def test_a_new_incident_is_sent_to_the_first_worker() -> None:
    made = dispatched(incident(), None)
    assert (made.round, made.assignee.worker_id) == (1, FIRST)


def test_after_a_decline_the_neighbour_is_asked_and_learns_why() -> None:
    made = dispatched(DECLINED, after(sent()))
    assert (made.round, made.assignee.worker_id) == (2, SECOND)
    assert made.reasons[0] == "上一轮退单：不归我管"


def test_after_a_reopening_even_the_first_worker_may_go_again() -> None:
    made = dispatched(REOPENED, after(sent(), CLOSED))
    assert (made.round, made.assignee.worker_id) == (2, FIRST)


@pytest.mark.parametrize("event", [GRAVER, overdue(Stage.ACCEPT), WITHDRAWN], ids=type)
def test_the_rules_are_asked_for_a_known_incident(event: Event) -> None:
    assert answer(event, after(sent()))


def test_whoever_was_sent_or_has_accepted_holds_it() -> None:
    assert after(sent()).holder == FIRST
    assert after(sent(), sent(2, SECOND)).holder == SECOND
    assert after(sent(), sent(2, SECOND), accepted(1)).holder == accepted(1).worker_id
