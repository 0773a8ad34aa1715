"""After a restore a service says again what it said, and nothing new under an old number."""

from dataclasses import replace

from schemas.event import Event
from services.kernel.recall import Recollection, Said
from services.kernel.record import Message, new_id
from services.kernel.work import Work
from tests.unit.kernel.toy import NOW, Added, Tally, Told, domain, message, outlet, stored

LAMP = "灯-1"


def told(total: int, subject: str = LAMP) -> Told:
    return Told(subject_id=subject, total=total, why="as it was")


def said(cause: str, sequence: int, event: Event, index: int = 0) -> Said:
    return Said(new_id(cause, event.ce_type, index), cause, sequence, event)


def restored(*known: Said) -> Work:
    """The tables know one event of the lamp; the topics know what `known` says."""
    subjects = {LAMP: stored(LAMP, Tally(total=1), sequence=1)}
    return Work(domain(), "toy", outlet(), NOW, subjects=subjects, past=Recollection(known))


def added(ce_id: str) -> Message:
    return message(Added(subject_id=LAMP, amount=1), ce_id)


def numbers(unit: Work) -> list[int | None]:
    return [each.sequence for each in unit.outcome.emitted]


def test_what_lies_in_the_topics_keeps_its_number_in_whatever_order_it_comes_again() -> None:
    unit = restored(said("first", 2, told(2)), said("second", 3, told(3)))
    unit.take(added("second"))
    unit.take(added("first"))
    assert numbers(unit) == [3, 2]
    assert unit.subjects[LAMP].sequence == 3


def test_what_is_new_comes_behind_all_that_lies_in_the_topics() -> None:
    """Under a number that was used already, readers would drop it unseen."""
    unit = restored(said("lost command", 7, told(9)))
    unit.take(added("new"))
    unit.take(added("newer"))
    assert numbers(unit) == [8, 9]


def test_what_was_decided_counts_though_it_would_be_decided_otherwise_today() -> None:
    unit = restored(said("first", 2, told(99)))
    unit.take(added("first"))
    assert unit.outcome.emitted[0].event == Told(subject_id=LAMP, total=99, why="as it was")


def test_what_went_out_counts_though_it_would_be_of_something_else_today() -> None:
    unit = restored(said("first", 4, told(5, "灯-2")))
    unit.take(added("first"))
    ((event, sequence),) = [(each.event, each.sequence) for each in unit.outcome.emitted]
    assert (event.subject, sequence) == ("灯-2", 4)


def test_what_would_be_decided_otherwise_today_adds_nothing_to_what_went_out() -> None:
    """Of what one message led to, the rest may not have left the outbox."""
    unit = restored(said("first", 3, told(5), index=1))
    unit.take(added("first"))
    assert [each.event for each in unit.outcome.emitted] == [told(5)], "it would be one today"


def test_a_subject_goes_on_by_the_lane_of_what_went_out() -> None:
    """Its events would overtake each other otherwise."""
    unit = restored(replace(said("first", 1, told(5, "灯-2")), express=True))
    unit.take(message(Added(subject_id="灯-2"), "another"))
    assert [each.topic for each in unit.outcome.emitted] == ["toy.told.express"]
    assert unit.subjects["灯-2"].express


def test_a_number_counts_though_its_subject_has_not_begun_again() -> None:
    """The next event of it would bear the same number."""
    unit = restored(said("first", 4, told(5, "灯-2")))
    unit.domain = replace(unit.domain, evolve=lambda state, _: state)
    unit.take(added("first"))
    assert unit.subjects["灯-2"] in unit.touched
    assert unit.subjects["灯-2"].sequence == 4


def test_what_went_out_later_waits_for_what_went_out_before_it() -> None:
    """Of several topics, messages come again in another order than they came then."""
    unit = restored(said("first", 2, told(2)), said("second", 3, told(3)))
    unit.past.in_turn = True
    unit.take(added("second"))
    assert [each.id for each in unit.parked] == ["second"] and not unit.outcome.emitted
    unit.take(replace(added("first"), waited=1.0))
    unit.take(replace(added("second"), waited=1.0))
    assert numbers(unit) == [2, 3]


def test_nobody_waits_for_what_a_timer_said() -> None:
    """It fires when all has been read, and says it again then."""
    unit = restored(said("timer:灯-1:alarm:then", 2, told(2)), said("second", 3, told(3)))
    unit.past.in_turn = True
    unit.take(added("second"))
    assert numbers(unit) == [3]


def test_what_said_nothing_waits_for_nobody() -> None:
    unit = restored(said("lost command", 2, told(2)))
    unit.past.in_turn = True
    unit.take(added("new"))
    assert numbers(unit) == [3]


def test_without_a_restore_numbers_go_up_by_one() -> None:
    unit = restored()
    unit.take(added("a"))
    unit.take(added("b"))
    assert numbers(unit) == [2, 3]
