"""Which cases somebody looks for (案件查询), newest first, a page at a time.

A page begins behind the last case of the page before (keyset), so that neither new cases nor a
long ledger disturb it. Whoever asks sees their part of the grid tree and what they have in hand.
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as NoBase64
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

COMMUNITY = 12
"""Digits of a community's code."""


@dataclass(frozen=True, slots=True)
class Cursor:
    """The last case of a page."""

    opened_at: datetime
    incident_id: str

    def __str__(self) -> str:
        return urlsafe_b64encode(
            f"{self.opened_at.isoformat()} {self.incident_id}".encode()
        ).decode()


def cursor_of(text: str) -> Cursor:
    """A cursor as a page gave it. Raises ValueError for any other text."""
    try:
        opened_at, _, incident_id = urlsafe_b64decode(text.encode()).decode().partition(" ")
        moment = datetime.fromisoformat(opened_at)
    except (NoBase64, UnicodeError, ValueError):
        raise ValueError("翻页标记不正确，请从第一页重新查询") from None
    if moment.tzinfo is None or "\x00" in incident_id:
        raise ValueError("翻页标记不正确，请从第一页重新查询")
    return Cursor(moment, incident_id)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is looked for; what is empty or None does not matter.

    `scope` and `holder` are those of whoever asks; `area` is what they choose within it.
    `category` is how a code begins. `overdue`: whether a stage was late.
    """

    scope: str = ""
    holder: str = ""
    area: str = ""
    states: Sequence[str] = ()
    severities: Sequence[str] = ()
    sources: Sequence[str] = ()
    category: str = ""
    thread: str = ""
    mine: bool = False
    overdue: bool | None = None
    since: datetime | None = None
    until: datetime | None = None
    after: Cursor | None = None
    limit: int = 50


def query(wanted: Wanted) -> tuple[str, list[Any]]:
    """The rows of `v_cases` that are wanted, one more than the limit; with its arguments."""
    given: list[Any] = []
    told = [_told(given, text, values) for text, values in _conditions(wanted)]
    where = f"WHERE {' AND '.join(told)} " if told else ""
    given.append(wanted.limit + 1)
    return (
        f"SELECT * FROM v_cases {where}"  # noqa: S608  # of our own words, values are arguments
        f"ORDER BY opened_at DESC, incident_id DESC LIMIT ${len(given)}"
    ), given


def _told(given: list[Any], text: str, values: Sequence[Any]) -> str:
    """A condition with its `?` numbered, and its values among those given."""
    for value in values:
        given.append(value)
        text = text.replace("?", f"${len(given)}", 1)
    return text


Condition = tuple[str, Sequence[Any]]


def _conditions(wanted: Wanted) -> Iterator[Condition]:
    if wanted.scope:
        text, values = _within(wanted.scope)
        yield f"({text} OR worker_id = ?)", [*values, wanted.holder]
    if wanted.area:
        yield _within(wanted.area)
    if wanted.mine:
        yield "worker_id = ?", [wanted.holder]
    if wanted.thread:
        yield "incident_id = (SELECT incident_id FROM voice WHERE thread = ?)", [wanted.thread]
    if wanted.overdue is not None:
        yield "overdue = ?", [wanted.overdue]
    yield from _chosen(wanted)
    yield from _when(wanted)


def _within(area: str) -> Condition:
    """By the community first, which is indexed; a shorter code is all communities below it."""
    low, high = (area.ljust(COMMUNITY, digit)[:COMMUNITY] for digit in "09")
    return "(community BETWEEN ? AND ? AND starts_with(area, ?))", [low, high, area]


def _chosen(wanted: Wanted) -> Iterator[Condition]:
    columns = {"state": wanted.states, "severity": wanted.severities, "source": wanted.sources}
    for column, chosen in columns.items():
        if chosen:
            yield f"{column} = ANY(?::text[])", [list(chosen)]
    if wanted.category:
        yield "starts_with(category_code, ?)", [wanted.category]


def _when(wanted: Wanted) -> Iterator[Condition]:
    if wanted.since:
        yield "opened_at >= ?", [wanted.since]
    if wanted.until:
        yield "opened_at < ?", [wanted.until]
    if wanted.after:
        yield (
            "(opened_at, incident_id) < (?, ?)",
            [wanted.after.opened_at, wanted.after.incident_id],
        )
