"""Working time."""

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.reference.amounts import Amount, Unit, amount
from services.reference.calendar import BEIJING, load_calendar
from services.reference.calendar.loading import read_calendar
from services.reference.calendar.working import NeverDue
from services.reference.rule_files import RuleFileError

CALENDAR = load_calendar()
MOMENTS = st.datetimes(
    datetime(2025, 1, 1),  # noqa: DTZ001 - strategies add the zone
    datetime(2026, 6, 30),  # noqa: DTZ001
    timezones=st.just(BEIJING),
)
WORK = st.builds(
    Amount,
    st.integers(1, 400).map(lambda n: n / 10),
    st.sampled_from([Unit.WORK_HOUR, Unit.WORK_DAY]),
)
ANY = st.builds(Amount, st.integers(1, 300).map(lambda n: n / 10), st.sampled_from(list(Unit)))


def at(written: str) -> datetime:
    return datetime.fromisoformat(written).replace(tzinfo=BEIJING)


@pytest.mark.parametrize(
    ("since", "limit", "due"),
    [
        ("2026-03-02 10:00", "2 work_hour", "2026-03-02 12:00"),
        ("2026-03-02 11:00", "2 work_hour", "2026-03-02 15:00"),
        ("2026-03-02 12:30", "4 小时", "2026-03-02 18:00"),
        ("2026-03-06 17:00", "2 work_hour", "2026-03-09 09:00"),
        ("2026-03-06 17:00", "2 urgent_hour", "2026-03-06 19:00"),
        ("2026-03-06 17:00", "1 work_day", "2026-03-09 17:00"),
        ("2026-03-06 17:00", "1 natural_day", "2026-03-07 17:00"),
        ("2026-03-06 17:00", "1.5 urgent_hour", "2026-03-06 18:30"),
        ("2026-09-30 17:00", "2 work_hour", "2026-10-08 09:00"),  # the National Day week
        ("2026-02-14 09:00", "1 work_hour", "2026-02-14 10:00"),  # a Saturday worked (调休)
    ],
)
def test_a_limit_is_up_when_so_much_of_its_time_has_passed(
    since: str, limit: str, due: str
) -> None:
    assert CALENDAR.due(at(since), amount(limit)) == at(due)


@settings(max_examples=200)
@given(MOMENTS, WORK)
def test_nothing_is_due_while_nobody_works(since: datetime, limit: Amount) -> None:
    due = CALENDAR.due(since, limit)
    assert CALENDAR.is_working(due - timedelta(microseconds=1))
    assert due > since


@settings(max_examples=200)
@given(MOMENTS, WORK)
def test_what_was_worked_until_it_is_due_is_the_limit(since: datetime, limit: Amount) -> None:
    worked = CALENDAR.worked(since, CALENDAR.due(since, limit))
    assert worked == CALENDAR.length(limit)


@settings(max_examples=200)
@given(MOMENTS, ANY, st.timedeltas(timedelta(0), timedelta(days=20)), st.floats(1, 3))
def test_later_or_longer_is_never_due_sooner(
    since: datetime, limit: Amount, later: timedelta, factor: float
) -> None:
    due = CALENDAR.due(since, limit)
    assert CALENDAR.due(since + later, limit) >= due
    assert CALENDAR.due(since, limit.times(factor)) >= due


@settings(max_examples=100)
@given(MOMENTS, WORK, WORK)
def test_one_limit_after_another_is_due_with_their_sum(
    since: datetime, first: Amount, second: Amount
) -> None:
    length = CALENDAR.length(first) + CALENDAR.length(second)
    assert CALENDAR.due(CALENDAR.due(since, first), second) == CALENDAR.after(since, length)


def test_a_year_without_arrangement_is_named_and_its_weekdays_are_taken() -> None:
    since = at("2049-12-30 17:00")
    assert CALENDAR.unknown_years(since, at("2050-01-02 00:00")) == [2049, 2050]
    assert CALENDAR.is_worked(date(2049, 12, 31)) and not CALENDAR.is_worked(date(2050, 1, 1))


def test_a_file_adds_a_year_and_other_hours() -> None:
    calendar = read_calendar(
        'hours: ["09:00-17:00"]\ncomplete_years: [2050]\nrest_days: [2050-01-03]\n'
        "work_days: [2050-01-08]\n",
        "calendar.yaml",
    )
    assert calendar.unknown_years(at("2050-01-01 00:00"), at("2050-12-31 00:00")) == []
    assert not calendar.is_worked(date(2050, 1, 3)) and calendar.is_worked(date(2050, 1, 8))
    assert calendar.day_length == timedelta(hours=8)


@pytest.mark.parametrize(
    ("text", "line", "problem"),
    [
        ('hours: ["12:00-08:00"]', 1, "不能用"),
        ("hours: [8-12]", 1, "不能用"),
        ("rest_days: [2026-05-01]\nwork_days: [2026-05-01]", 2, "既写为休息日"),
        ("\nrest_days: [2049-01-01]", 2, "没有全年安排"),
        ("rest_days: [2026-13-01]", 1, "rest_days"),
        ("days: 1", 1, "没有这样的项目"),
    ],
)
def test_a_calendar_that_can_not_be_used_is_refused_with_its_line(
    text: str, line: int, problem: str
) -> None:
    with pytest.raises(RuleFileError) as refused:
        read_calendar(text, "c.yaml")
    fault = refused.value.faults[0]
    assert (fault.file, fault.line) == ("c.yaml", line) and problem in fault.problem
    assert fault.remedy


def test_where_nobody_ever_works_a_limit_is_refused_instead_of_searched_for_ever() -> None:
    with pytest.raises(NeverDue):
        CALENDAR.after(at("2026-01-01 00:00"), timedelta(days=9_000))


@pytest.mark.parametrize(
    "written", ["", "2", "两天", "0 work_hour", "-1 天", "9999 work_day", "1 星期"]
)
def test_what_is_no_limit_is_refused_saying_how_to_write_it(written: str) -> None:
    with pytest.raises(ValueError, match="时限"):
        amount(written)
