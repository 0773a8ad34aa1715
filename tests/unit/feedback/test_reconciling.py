"""What the hotline's file and ours say of the same tickets."""

from datetime import timedelta

import pytest

from services.feedback.adapters.reconciling import their_row
from services.feedback.domain.reconciling import Kind, Ours, Theirs, differences
from services.kernel.errors import Unprocessable
from services.reference.calendar import BEIJING
from tests.unit.feedback.cases import NOON, minutes

OURS = Ours("closed", NOON, minutes(90), receipts=4, waiting=0)
SAME = Theirs("办结", NOON, minutes(90), receipts=4)
MINUTE = timedelta(minutes=1)


def kinds(ours: Ours | None, theirs: Theirs | None) -> list[Kind]:
    return [each.kind for each in differences("GD-1", ours, theirs, MINUTE)]


def test_what_is_the_same_in_other_words_does_not_differ() -> None:
    assert kinds(OURS, SAME) == []
    assert kinds(OURS, Theirs()) == [], "what their file does not say is not compared"
    assert kinds(OURS, Theirs("closed", minutes(0.9))) == []


@pytest.mark.parametrize(
    ("ours", "theirs", "kind"),
    [
        (OURS, None, Kind.MISSING_THERE),
        (None, SAME, Kind.MISSING_HERE),
        (OURS, Theirs("办理中"), Kind.STATE),
        (OURS, Theirs("没听说过"), Kind.STATE),
        (OURS, Theirs(receipts=3), Kind.UNDELIVERED),
        (Ours("closed", NOON, NOON, 4, waiting=1), Theirs(), Kind.UNDELIVERED),
        (OURS, Theirs(closed_at=minutes(92)), Kind.TIMES),
        (Ours("disposed", NOON, None, 3, 0), Theirs(closed_at=NOON), Kind.TIMES),
    ],
)
def test_each_kind_of_difference_is_told_by_its_name(
    ours: Ours | None, theirs: Theirs | None, kind: Kind
) -> None:
    assert kinds(ours, theirs) == [kind]


def test_both_sides_are_told_in_words() -> None:
    (told,) = differences("GD-1", OURS, Theirs("in_progress"), MINUTE)
    assert (told.ticket, told.ours, told.theirs) == ("GD-1", "已办结", "办理中")


def test_a_row_of_theirs_is_read_with_what_it_says() -> None:
    said = {
        "市级编号": "'=GD-1",
        "办件状态": "办结",
        "受理时间": "2026/03/02 12:00:00",
        "回执数": "4",
    }
    assert their_row(said) == ("=GD-1", "办结", NOON.astimezone(BEIJING), None, 4)


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({"办件状态": "办结"}, "没有工单编号"),
        ({"工单编号": "G", "受理时间": "昨天"}, "不是时间"),
        ({"工单编号": "G", "回执数": "四"}, "不是数"),
    ],
)
def test_a_row_that_can_not_be_understood_says_why(said: dict[str, str], why: str) -> None:
    with pytest.raises(Unprocessable, match=why):
        their_row(said)
