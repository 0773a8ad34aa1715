"""After a restore a service says again what it said, and nothing new under an old number."""

from dataclasses import replace

from services.kernel.record import Message, new_id
from services.kernel.work import Said, Work
from tests.unit.kernel.toy import NOW, Added, Tally, Told, domain, message, outlet, stored

LAMP = "灯-1"


def told(total: int) -> bytes:
    return Told(subject_id=LAMP, total=total, why="as it was").model_dump_json().encode()


def restored(**said: Said) -> Work:
    """The tables know one event of the lamp; the topics know what `said` says."""
    subjects = {LAMP: stored(LAMP, Tally(total=1), sequence=1)}
    by_id = {new_id(cause, Told.ce_type): each for cause, each in said.items()}
    return Work(domain(), "toy", outlet(), NOW, subjects=subjects, said={LAMP: by_id})


def added(ce_id: str) -> Message:
    return message(Added(subject_id=LAMP, amount=1), ce_id)


def numbers(unit: Work) -> list[int | None]:
    return [each.sequence for each in unit.outcome.emitted]


def test_what_lies_in_the_topics_keeps_its_number_in_whatever_order_it_comes_again() -> None:
    unit = restored(first=Said(2, told(2)), second=Said(3, told(3)))
    unit.take(added("second"))
    unit.take(added("first"))
    assert numbers(unit) == [3, 2]
    assert unit.subjects[LAMP].sequence == 3


def test_what_is_new_comes_behind_all_that_lies_in_the_topics() -> None:
    """Under a number that was used already, readers would drop it unseen."""
    unit = restored(lost_command=Said(7, told(9)))
    unit.take(added("new"))
    unit.take(added("newer"))
    assert numbers(unit) == [8, 9]


def test_what_was_decided_counts_though_it_would_be_decided_otherwise_today() -> None:
    unit = restored(first=Said(2, told(99)))
    unit.take(added("first"))
    assert unit.outcome.emitted[0].event == Told(subject_id=LAMP, total=99, why="as it was")


def test_without_a_restore_numbers_go_up_by_one() -> None:
    unit = replace(restored(), said={})
    unit.take(added("a"))
    unit.take(added("b"))
    assert numbers(unit) == [2, 3]
