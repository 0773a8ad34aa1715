"""Searches: what is asked for becomes conditions, a page begins where the last one ended."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.feedback.domain.searching import Cursor, Wanted, cursor_of, query

NOON = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)


@given(st.datetimes(timezones=st.just(UTC)), st.text(min_size=1, alphabet="ab-09: é"))
def test_a_cursor_is_read_as_it_was_written(opened_at: datetime, name: str) -> None:
    cursor = Cursor(opened_at, name)
    assert cursor_of(str(cursor)) == cursor


@pytest.mark.parametrize("text", ["x", "é", "====", "bm90aGluZw==", "MjAyNi0wMy0wMlQwNDowMDowMCBp"])
def test_what_is_no_cursor_is_refused_with_a_sentence(text: str) -> None:
    with pytest.raises(ValueError, match="翻页标记不正确"):
        cursor_of(text)


def test_nothing_asked_for_is_everything_a_page_long() -> None:
    text, given_ = query(Wanted(limit=3))
    assert "WHERE" not in text and given_ == [4]


def test_whoever_has_a_scope_sees_it_and_what_they_have_in_hand() -> None:
    text, given_ = query(Wanted(scope="510108004", holder="W-1"))
    assert "starts_with(area, $3)) OR worker_id = $4)" in text
    assert given_[:4] == ["510108004000", "510108004999", "510108004", "W-1"]


def test_every_value_is_an_argument_in_its_place() -> None:
    wanted = Wanted(
        scope="510108",
        area="510108004003001",
        states=("closed",),
        severities=("high",),
        sources=("camera",),
        category="91",
        thread="'; DROP TABLE ledger",
        overdue=True,
        since=NOON,
        until=NOON + timedelta(days=1),
        after=Cursor(NOON, "i1"),
    )
    text, given_ = query(wanted)
    assert "?" not in text and "DROP" not in text
    assert all(f"${place}" in text for place in range(1, len(given_) + 1))
    assert given_[4:7] == ["510108004003", "510108004003", "510108004003001"]
