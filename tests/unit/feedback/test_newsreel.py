"""News goes in the order of the archive, and waits for what may still come before it."""

from services.feedback.domain.newsreel import PATIENCE, Newsreel, Snapshot

QUIET = Snapshot(oldest=50, next=50)
"""Nothing is under way."""


def rows(*numbers: int) -> list[tuple[int, int]]:
    return [(number, number) for number in numbers]


def test_what_follows_without_a_gap_is_told_at_once() -> None:
    reel = Newsreel(4)
    assert reel.settled(rows(5, 6, 7), QUIET, 0.0) == [5, 6, 7]
    assert reel.mark == 7


def test_at_a_gap_it_waits_until_the_lower_one_has_come() -> None:
    reel = Newsreel(4)
    busy = Snapshot(oldest=48, next=50)
    assert reel.settled(rows(5, 7), busy, 0.0) == [5]
    assert reel.settled(rows(6, 7, 8), busy, 0.1) == [6, 7, 8]


def test_a_gap_that_nobody_can_fill_any_more_is_left_behind() -> None:
    reel = Newsreel(4)
    assert reel.settled(rows(6), Snapshot(48, 50), 0.0) == []
    assert reel.settled(rows(6, 7), Snapshot(49, 55), 0.1) == [], "one that ran then still runs"
    assert reel.settled(rows(6, 7), Snapshot(50, 60), 0.2) == [6, 7]


def test_each_gap_is_waited_for_anew() -> None:
    reel = Newsreel(4)
    assert reel.settled(rows(6, 8), Snapshot(48, 50), 0.0) == []
    assert reel.settled(rows(6, 8), Snapshot(50, 60), 0.1) == [6]
    assert reel.settled(rows(8), Snapshot(60, 61), 0.2) == [8]


def test_a_long_transaction_does_not_hold_the_news_for_ever() -> None:
    reel = Newsreel(4)
    assert reel.settled(rows(6), Snapshot(2, 50), 0.0) == []
    assert reel.settled(rows(6), Snapshot(2, 60), PATIENCE + 0.1) == [6]
