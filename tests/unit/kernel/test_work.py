"""One unit of work: each message has its effect once, in turn, and wholly or not at all."""

from datetime import timedelta

import pytest

from schemas.event import Event
from services.kernel.domain import TimerDue
from services.kernel.record import new_id
from services.kernel.work import Subject, Work, shard_of
from tests.unit.kernel.toy import NOW, Added, Rang, Tally, Told, domain, message, outlet, stored

LAMP = "灯-1"


def work(*subjects: Subject) -> Work:
    return Work(domain(), "toy", outlet(), NOW, subjects={each.id: each for each in subjects})


def add(number: int, **more: object) -> Added:
    return Added.model_validate({"subject_id": LAMP, "amount": number, **more})


def state_of(unit: Work) -> Tally:
    state = unit.subjects[LAMP].state
    assert isinstance(state, Tally)
    return state


def test_messages_of_a_counted_source_have_their_effect_in_turn() -> None:
    unit = work()
    for number in (1, 2, 3):
        unit.take(message(add(number), f"m{number}", number))
    assert state_of(unit).amounts == (1, 2, 3)
    assert unit.subjects[LAMP].seen == {"street": 3}


def test_a_number_that_had_its_effect_is_dropped() -> None:
    unit = work(stored(LAMP, Tally(total=1), seen={"street": 1}))
    unit.take(message(add(1), "again", 1))
    assert unit.duplicates == 1
    assert unit.outcome.consumed == [] and unit.outcome.emitted == []
    assert unit.touched == []


def test_the_same_number_twice_in_one_batch_counts_once() -> None:
    unit = work()
    unit.take(message(add(1), "m", 1))
    unit.take(message(add(1), "m", 1))
    assert state_of(unit).amounts == (1,)


def test_a_gap_parks_what_comes_behind_it() -> None:
    unit = work()
    unit.take(message(add(1), "m1", 1))
    unit.take(message(add(3), "m3", 3))
    unit.take(message(add(4), "m4", 4))
    assert [each.id for each in unit.parked] == ["m3", "m4"]
    assert unit.subjects[LAMP].parked == 2
    assert state_of(unit).amounts == (1,)


def test_each_source_counts_for_itself() -> None:
    unit = work()
    unit.take(message(add(1), "a", 1, source="street"))
    unit.take(message(add(2), "b", 1, source="river"))
    assert state_of(unit).amounts == (1, 2)
    assert unit.subjects[LAMP].seen == {"street": 1, "river": 1}


def test_what_has_no_predecessor_yet_is_parked_and_leaves_no_trace() -> None:
    unit = work()
    unit.take(message(add(5, needs=1), "early"))
    assert [each.id for each in unit.parked] == ["early"]
    assert unit.subjects[LAMP].state is None
    assert unit.outcome.emitted == [] and unit.done == []


def test_an_uncounted_message_waits_behind_what_is_parked() -> None:
    unit = work(stored(LAMP, Tally(), parked=1))
    unit.take(message(add(1), "behind"))
    assert [each.id for each in unit.parked] == ["behind"]
    assert unit.subjects[LAMP].parked == 2


def test_a_message_that_waited_goes_on_when_its_predecessor_has_come() -> None:
    unit = work(stored(LAMP, Tally(total=1), parked=1))
    unit.take(message(add(5, needs=1), "late", waited=3.0))
    assert [each.id for each in unit.done] == ["late"]
    assert state_of(unit).total == 6


def test_a_message_that_must_wait_on_is_not_parked_twice() -> None:
    unit = work(stored(LAMP, Tally(), parked=1))
    unit.take(message(add(5, needs=1), "late", waited=3.0))
    assert unit.parked == [] and unit.done == [] and unit.rejected == []


def test_an_uncounted_message_that_waited_beyond_all_patience_is_rejected() -> None:
    unit = work(stored(LAMP, Tally(), parked=1))
    unit.take(message(add(5, needs=1), "late", waited=unit.patience + 1))
    assert [each.error for each in unit.rejected] == ["Unprocessable"]
    assert [each.id for each in unit.done] == ["late"]


@pytest.mark.parametrize(
    ("bad", "error"),
    [
        (add(2, fails=True), "ZeroDivisionError"),
        (add(-1), "Unprocessable"),
    ],
)
def test_a_rule_that_fails_rejects_its_message_alone_and_changes_nothing(
    bad: Added, error: str
) -> None:
    unit = work()
    for number, event in enumerate((add(1), bad, add(3)), start=1):
        unit.take(message(event, f"m{number}"))
    assert [each.error for each in unit.rejected] == [error]
    assert state_of(unit).amounts == (1, 3)
    assert [each.sequence for each in unit.outcome.emitted] == [1, 2]
    assert [each.id for each in unit.done] == ["m1", "m2", "m3"]


def test_a_command_that_is_too_early_is_refused_not_parked() -> None:
    unit = work()
    early = message(add(5, needs=1), "c")
    unit.take(type(early)(early.id, early.source, early.subject, early.event))
    assert unit.parked == [] and len(unit.rejected) == 1


def test_outgoing_sequence_has_no_gaps_and_goes_on_where_it_stood() -> None:
    unit = work(stored(LAMP, Tally(), sequence=7))
    unit.take(message(add(1, tells=3), "m1"))
    unit.take(message(add(1, tells=0), "m2"))
    unit.take(message(add(1, tells=2), "m3"))
    assert [each.sequence for each in unit.outcome.emitted] == [8, 9, 10, 11, 12]
    assert unit.subjects[LAMP].sequence == 12


def test_ids_are_the_same_when_the_same_message_is_decided_again() -> None:
    first, again = work(), work()
    for unit in (first, again):
        unit.take(message(add(1, tells=3), "m1"))
    ids = [each.id for each in first.outcome.emitted]
    assert ids == [each.id for each in again.outcome.emitted]
    assert len(set(ids)) == 3
    assert ids[0] == new_id("m1", Told.ce_type, 0)


def test_events_name_their_cause_and_keep_the_correlation() -> None:
    unit = work()
    unit.take(message(add(1), "m1", correlation="whole"))
    (emitted,) = unit.outcome.emitted
    assert (emitted.headers["ce_causationid"], emitted.correlation) == ("m1", "whole")
    assert emitted.headers["ce_subject"] == emitted.headers["ce_partitionkey"] == LAMP


def test_a_subject_keeps_the_lane_in_which_it_began() -> None:
    unit = work()
    unit.take(message(add(1), "m1", express=True))
    unit.take(message(add(2), "m2", express=False))
    assert {each.topic for each in unit.outcome.emitted} == {"toy.told.express"}
    slow = work(stored(LAMP, Tally(), express=False))
    slow.take(message(add(1), "m1", express=True))
    assert {each.topic for each in slow.outcome.emitted} == {"toy.told"}


def test_what_only_waits_chooses_no_lane() -> None:
    """A step may be read before the danger to life that it answers, which goes by express."""
    unit = work()
    unit.take(message(add(5, needs=1), "early", express=False))
    unit.take(message(add(1), "m1", 1, express=True))
    assert {each.topic for each in unit.outcome.emitted} == {"toy.told.express"}
    assert unit.subjects[LAMP].express


def due(unit: Work) -> dict[str, object]:
    return {name: at for _, name, at in unit.timers()[0]}


def test_a_timer_that_a_state_begins_to_want_is_set() -> None:
    unit = work(stored(LAMP, Tally()))
    unit.take(message(add(1, ring_at=NOW), "m"))
    assert due(unit) == {"alarm": NOW} and unit.timers()[1] == []


def test_a_timer_that_stays_as_it_is_is_left_alone() -> None:
    unit = work(stored(LAMP, Tally(ring_at=NOW)))
    unit.take(message(add(1), "m"))
    assert unit.timers() == ([], [])


def test_a_timer_that_moves_is_set_again() -> None:
    unit = work(stored(LAMP, Tally(ring_at=NOW)))
    unit.take(message(add(1, ring_at=NOW + timedelta(hours=1)), "m"))
    assert due(unit) == {"alarm": NOW + timedelta(hours=1)}


def test_a_timer_that_became_moot_is_dropped() -> None:
    unit = work(stored(LAMP, Tally(ring_at=NOW)))
    unit.take(message(add(1, silence=True), "m"))
    assert unit.timers() == ([], [(LAMP, "alarm")])


def test_a_timer_that_fires_is_not_parked_behind_anybody() -> None:
    unit = work(stored(LAMP, Tally(), parked=2))
    timer: Event = TimerDue(subject_id=LAMP, name="alarm", due_at=NOW)
    event = message(timer, "timer")
    unit.take(type(event)(event.id, "timer", LAMP, timer))
    assert [type(each.event) for each in unit.outcome.emitted] == [Rang]


def test_what_is_written_is_in_the_order_of_locks() -> None:
    unit = work()
    for name in ("c", "a", "b"):
        unit.take(message(Added(subject_id=name), f"m-{name}"))
    assert [each.id for each in unit.touched] == ["a", "b", "c"]


def test_a_subject_always_has_the_same_shard_and_shards_are_used_evenly() -> None:
    shards = [shard_of(f"事件-{number}", 16) for number in range(4_800)]
    assert shards == [shard_of(f"事件-{number}", 16) for number in range(4_800)]
    assert all(200 < shards.count(each) < 400 for each in range(16))
