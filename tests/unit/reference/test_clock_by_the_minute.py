"""Limits against a reference that is slow and plain: a year, minute by minute.

The days are those of the State Council's notice for 2025, written down by hand.
"""

from datetime import date, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from services.reference.amounts import Amount, Unit
from services.reference.calendar import BEIJING, load_calendar
from services.reference.calendar.clock import extended, resumed, started, suspended

CALENDAR = load_calendar()
BEGIN = datetime(2025, 1, 1, tzinfo=BEIJING)
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
RESTS = (("01-01", 1), ("01-28", 8), ("04-04", 3), ("05-01", 5), ("05-31", 3), ("10-01", 8))
"""The first day of each holiday, and how many days it has."""
MAKES_UP = {"01-26", "02-08", "04-27", "09-28", "10-11"}
"""Saturdays and Sundays that are worked (调休)."""
REST_DAYS = {
    date.fromisoformat(f"2025-{first}") + number * DAY
    for first, days in RESTS
    for number in range(days)
}


def is_worked(day: date) -> bool:
    return f"{day:%m-%d}" in MAKES_UP or (day.weekday() < 5 and day not in REST_DAYS)


def is_working(minute: int) -> bool:
    """Whether people are at work from this minute of the year until the next."""
    hour = minute // 60 % 24
    day = date(2025, 1, 1) + minute // 1440 * DAY
    return is_worked(day) and (8 <= hour < 12 or 14 <= hour < 18)


WORKED = [is_working(minute) for minute in range(365 * 1440)]
IN_MINUTES = {
    Unit.URGENT_MINUTE: 1,
    Unit.URGENT_HOUR: 60,
    Unit.NATURAL_DAY: 1440,
    Unit.WORK_HOUR: 60,
    Unit.WORK_DAY: 8 * 60,
}
MOST = {
    Unit.URGENT_MINUTE: 600,
    Unit.URGENT_HOUR: 100,
    Unit.NATURAL_DAY: 12,
    Unit.WORK_HOUR: 50,
    Unit.WORK_DAY: 10,
}
LIMITS = st.sampled_from(list(Unit)).flatmap(
    lambda unit: st.builds(Amount, st.integers(1, MOST[unit]), st.just(unit))
)
STARTS = st.one_of(
    st.integers(0, 250 * 1440),
    st.builds(
        lambda day, minute: day * 1440 + minute,
        st.sampled_from([23, 25, 36, 38, 92, 116, 118, 149, 268, 270]),
        st.integers(0, 1439),
    ),
)
"""Minutes of the year; those around holidays more often."""


def due(start: int, limit: Amount, times: int = 1, still: range = range(0)) -> datetime:
    """When so many limits are up, where the clock stands still in some minutes."""
    left, minute = times * limit.number * IN_MINUTES[limit.unit], start
    while left:
        left -= minute not in still and (WORKED[minute] or not limit.unit.is_work)
        minute += 1
    return BEGIN + minute * MINUTE


@given(STARTS, LIMITS)
@settings(max_examples=200, deadline=None)
def test_a_limit_is_up_at_the_minute_that_counting_minutes_comes_to(
    start: int, limit: Amount
) -> None:
    assert CALENDAR.due(BEGIN + start * MINUTE, limit) == due(start, limit)


@given(
    STARTS,
    LIMITS,
    st.floats(0, 1, exclude_max=True),
    st.integers(1, 30 * 1440),
    st.integers(0, 2),
    st.integers(0, 2),
)
@settings(max_examples=200, deadline=None)
def test_extended_and_suspended_in_any_order_it_is_up_when_so_many_minutes_have_run(
    start: int, limit: Amount, when: float, rest: int, before: int, after: int
) -> None:
    after = min(after, 2 - before)
    first = BEGIN + start * MINUTE
    clock = started(limit, first, CALENDAR)
    for _ in range(before):
        clock = extended(clock, first, CALENDAR)
    stops = start + int(when * ((clock.due - first) // MINUTE))
    pause = BEGIN + stops * MINUTE
    runs = pause + rest * MINUTE
    clock = resumed(suspended(clock, pause, runs, CALENDAR), runs, CALENDAR)
    for _ in range(after):
        clock = extended(clock, runs, CALENDAR)
    assert clock.due == due(start, limit, 1 + before + after, range(stops, stops + rest))
