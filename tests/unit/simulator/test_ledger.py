from itertools import permutations

import pytest

from deploy.simulator.fates import DeadLetter, Wait, root
from deploy.simulator.ledger import Ledger
from deploy.simulator.outcome import rectification_rate
from schemas.flow import Service
from tests.unit.simulator.conversation import (
    asked,
    classified,
    closed,
    dispatched,
    merged,
    received,
    refused,
    seen,
)

ORIGIN = "upstream.hotline.tickets/0/7"


@pytest.fixture
def ledger() -> Ledger:
    found = Ledger()
    found.send(ORIGIN, 1_000, "7")
    return found


def letter(topic: str, offset: int, subject: str | None = None) -> DeadLetter:
    return DeadLetter(Service.INTAKE, 1, topic, 0, offset, subject)


def test_a_report_has_ended_when_its_incident_is_closed_whatever_order_it_is_heard_in() -> None:
    road = [received("r", ORIGIN), classified("i", "r", ORIGIN), dispatched("i"), closed("i")]
    for order in permutations(road):
        ledger = Ledger()
        for event in order:
            ledger.observe(event)
        ledger.send(ORIGIN, 0, "7")
        assert ledger.has_ended(ORIGIN, Wait.CLOSED)


def test_a_dispatch_is_an_end_only_where_that_is_waited_for(ledger: Ledger) -> None:
    for event in (received("r", ORIGIN), classified("i", "r", ORIGIN), dispatched("i")):
        ledger.observe(event)
    assert ledger.has_ended(ORIGIN, Wait.DISPATCHED)
    assert not ledger.has_ended(ORIGIN, Wait.CLOSED)


def test_a_received_report_has_not_ended(ledger: Ledger) -> None:
    ledger.observe(received("r", ORIGIN))
    assert not ledger.has_ended(ORIGIN, Wait.DISPATCHED)


def test_an_incident_that_others_opened_is_not_ours(ledger: Ledger) -> None:
    ledger.observe(classified("i", "r", "upstream.messages/0/1"))
    assert not ledger.is_ours("i")
    assert ledger.opened() == []


def test_a_merge_is_an_end_until_it_is_refused(ledger: Ledger) -> None:
    ledger.observe(merged("old", "r", ORIGIN))
    assert ledger.has_ended(ORIGIN, Wait.CLOSED)
    ledger.observe(refused("old", "r", ORIGIN))
    assert not ledger.has_ended(ORIGIN, Wait.CLOSED)
    ledger.observe(classified("new", "r", ORIGIN))
    ledger.observe(closed("new"))
    assert ledger.has_ended(ORIGIN, Wait.CLOSED)


def test_a_refusal_that_is_heard_after_its_recurrence_changes_nothing(ledger: Ledger) -> None:
    for event in (merged("old", "r", ORIGIN), classified("new", "r", ORIGIN), closed("new")):
        ledger.observe(event)
    ledger.observe(refused("old", "r", ORIGIN))
    assert ledger.has_ended(ORIGIN, Wait.CLOSED)


def test_all_alarms_of_one_record_must_end(ledger: Ledger) -> None:
    ledger.observe(received("r1", ORIGIN))
    ledger.observe(received("r2", f"{ORIGIN}#1"))
    ledger.observe(merged("i", "r1", ORIGIN))
    assert not ledger.has_ended(ORIGIN, Wait.CLOSED)
    ledger.observe(merged("i", "r2", f"{ORIGIN}#1"))
    assert ledger.has_ended(ORIGIN, Wait.CLOSED)


@pytest.mark.parametrize("kind", ["report.updated", "report.withdrawn"])
def test_an_update_is_an_end_of_its_own_record(ledger: Ledger, kind: str) -> None:
    ledger.observe(seen(kind, "thread", ORIGIN, report_id="r"))
    assert ledger.has_ended(ORIGIN, Wait.CLOSED)


def test_chat_that_is_dismissed_has_ended(ledger: Ledger) -> None:
    ledger.observe(received("r", ORIGIN))
    ledger.observe(seen("report.dismissed", "thread-r", ORIGIN, report_id="r"))
    assert ledger.has_ended(ORIGIN, Wait.CLOSED)


def test_a_dead_letter_of_the_record_itself_is_an_end(ledger: Ledger) -> None:
    ledger.bury(letter("upstream.hotline.tickets", 7))
    assert ledger.has_ended(ORIGIN, Wait.CLOSED)


@pytest.mark.parametrize("buried_first", [True, False])
def test_a_dead_letter_further_down_the_road_ends_the_record_it_came_from(
    ledger: Ledger, buried_first: bool
) -> None:
    event = received("r", ORIGIN)
    if buried_first:
        ledger.bury(letter(event.topic, event.offset))
    ledger.observe(event)
    ledger.bury(letter(event.topic, event.offset))
    assert ledger.has_ended(ORIGIN, Wait.CLOSED)


def test_a_dead_step_ends_its_incident(ledger: Ledger) -> None:
    ledger.observe(classified("i", "r", ORIGIN))
    ledger.bury(letter("upstream.workers.steps", 3, "i"))
    assert ledger.has_ended(ORIGIN, Wait.CLOSED)


def test_a_reopened_case_is_not_closed(ledger: Ledger) -> None:
    for event in (classified("i", "r", ORIGIN), closed("i"), seen("case.reopened", "i")):
        ledger.observe(event)
    assert not ledger.has_ended(ORIGIN, Wait.CLOSED)


def test_the_rectification_rate_leaves_out_requests_and_false_alarms() -> None:
    ledger = Ledger()
    for number, (kind, outcome, passed) in enumerate(
        [
            ("hazard", "rectified", True),
            ("hazard", "", False),
            ("hazard", "false_alarm", False),
            ("request", "answered", True),
        ]
    ):
        origin, incident = f"t/0/{number}", f"i{number}"
        ledger.send(origin, 0, "")
        ledger.observe(classified(incident, f"r{number}", origin, kind=kind))
        if passed:
            ledger.observe(seen("case.checked", incident, passed=True))
        if outcome:
            ledger.observe(closed(incident, outcome))
    assert rectification_rate(ledger) == 0.5


def test_without_anything_due_there_is_no_rate() -> None:
    assert rectification_rate(Ledger()) is None


def test_the_origin_of_a_further_alarm_is_its_record() -> None:
    assert root("t/0/1#2") == "t/0/1"


def test_a_report_in_review_has_ended_unless_somebody_answers_reviews(ledger: Ledger) -> None:
    for event in (received("r", ORIGIN), asked("r", ORIGIN)):
        ledger.observe(event)
    assert ledger.has_ended(ORIGIN, Wait.CLOSED)
    ledger.reviews_are_answered = True
    assert not ledger.has_ended(ORIGIN, Wait.CLOSED)
    for event in (classified("i", "r", ORIGIN), dispatched("i"), closed("i")):
        ledger.observe(event)
    assert ledger.has_ended(ORIGIN, Wait.CLOSED)
