"""What `hub risk` says of warnings."""

from datetime import date, timedelta

from services.cli.risk import curve_rows, rate, rate_in_words


def test_the_rate_is_that_of_the_warnings_that_were_looked_into() -> None:
    told = rate(
        [{"state": each} for each in ("open", "dropped", "founded", "founded", "unfounded")]
    )
    assert told == {"raised": 5, "looked_into": 3, "unfounded": 1, "unfounded_share": 0.333}
    assert rate_in_words(told, 90) == "近 90 天预警 5 起，已查看 3 起，其中不属实 1 起（33%）"
    assert rate_in_words(rate([{"state": "open"}]), 7) == "近 7 天预警 1 起，已查看 0 起"


def test_a_curve_begins_where_there_was_anything() -> None:
    first = date(2026, 3, 1)
    curve = [
        {"day": first + timedelta(days=number), "incidents": seen}
        for number, seen in enumerate((0, 0, 2, 0, 3))
    ]
    assert [row[1:] for row in curve_rows(curve)] == [(2, "██"), (0, ""), (3, "███")]
    assert curve_rows(curve[:2]) == []
