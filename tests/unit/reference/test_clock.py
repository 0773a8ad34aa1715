"""Extension, suspension and appeal."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.reference.amounts import Amount, Unit, amount
from services.reference.calendar import BEIJING, load_calendar
from services.reference.calendar.clock import (
    ClockRefused,
    excused,
    extended,
    resumed,
    started,
    suspended,
)

CALENDAR = load_calendar()
MONDAY = datetime(2026, 3, 2, 9, 0, tzinfo=BEIJING)
LIMITS = st.builds(Amount, st.integers(1, 40), st.sampled_from(list(Unit)))
SPANS = st.timedeltas(timedelta(minutes=1), timedelta(days=60))


def at(day: int, hour: int, minute: int = 0) -> datetime:
    return MONDAY.replace(day=day, hour=hour, minute=minute)


def test_each_extension_adds_one_original_limit_and_there_are_two_at_most() -> None:
    clock = started(amount("1 work_day"), MONDAY, CALENDAR)
    dues = [clock.due]
    for _ in range(2):
        clock = extended(clock, MONDAY, CALENDAR)
        dues.append(clock.due)
    assert dues == [at(3, 9), at(4, 9), at(5, 9)]
    with pytest.raises(ClockRefused, match="已延期 2 次"):
        extended(clock, MONDAY, CALENDAR)


def test_what_is_asked_for_after_the_due_time_is_refused() -> None:
    clock = started(amount("2 work_hour"), MONDAY, CALENDAR)
    late = clock.due + timedelta(seconds=1)
    with pytest.raises(ClockRefused, match="已过时限，不能申请延期"):
        extended(clock, late, CALENDAR)
    with pytest.raises(ClockRefused, match="已过时限，不能申请挂账"):
        suspended(clock, late, late + timedelta(days=1), CALENDAR)


def test_a_suspended_clock_stands_still_and_runs_on_with_what_was_left() -> None:
    clock = started(amount("4 work_hour"), at(2, 10), CALENDAR)
    still = suspended(clock, at(2, 11), at(9, 8), CALENDAR)
    assert still.left == timedelta(hours=3) and not still.is_late(at(30, 8))
    again = resumed(still, at(9, 8), CALENDAR)
    assert again.due == at(9, 11) and again.is_late(at(9, 11, 1))


def test_a_clock_is_suspended_once_and_for_a_year_at_most() -> None:
    clock = started(amount("5 work_day"), MONDAY, CALENDAR)
    with pytest.raises(ClockRefused, match="不超过一年"):
        suspended(clock, MONDAY, MONDAY + timedelta(days=400), CALENDAR)
    with pytest.raises(ClockRefused, match="没有挂账"):
        resumed(clock, MONDAY, CALENDAR)
    still = suspended(clock, MONDAY, at(4, 9), CALENDAR)
    with pytest.raises(ClockRefused, match="正在挂账"):
        extended(still, MONDAY, CALENDAR)
    with pytest.raises(ClockRefused, match="挂账过一次"):
        suspended(resumed(still, at(4, 9), CALENDAR), at(4, 9), at(5, 9), CALENDAR)


def test_a_timeout_whose_appeal_was_granted_is_not_counted() -> None:
    clock = started(amount("1 urgent_hour"), MONDAY, CALENDAR)
    late = MONDAY + timedelta(hours=2)
    assert clock.is_late(late) and not excused(clock).is_late(late)


@settings(max_examples=150)
@given(LIMITS)
def test_an_extended_clock_is_due_later_with_the_same_working_time_between(limit: Amount) -> None:
    clock = started(limit, MONDAY, CALENDAR)
    longer = extended(clock, MONDAY, CALENDAR)
    assert longer.due > clock.due
    if limit.unit.is_work:
        assert CALENDAR.worked(clock.due, longer.due) == CALENDAR.length(limit)


@settings(max_examples=150)
@given(LIMITS, SPANS, st.floats(0, 1))
def test_suspension_takes_nothing_away_and_gives_nothing(
    limit: Amount, span: timedelta, part: float
) -> None:
    clock = started(limit, MONDAY, CALENDAR)
    pause = MONDAY + (clock.due - MONDAY) * part
    resume = pause + span
    again = resumed(suspended(clock, pause, resume, CALENDAR), resume, CALENDAR)
    assert again.due >= clock.due
    if limit.unit.is_work:
        total = CALENDAR.worked(MONDAY, pause) + CALENDAR.worked(resume, again.due)
        assert total == CALENDAR.length(limit)
    else:
        assert again.due - clock.due == span
