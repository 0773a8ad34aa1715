"""The daily file of tickets and states (对账文件), and the hotline's own beside it.

Ours is written twice, as CSV with Chinese headings and as JSON, a line a ticket. Theirs may be
either, or XLSX; 工单编号 (or 市级编号) is needed, and 办件状态, 受理时间, 办结时间 and 回执数 are
compared where they are there. Nothing is held in memory whole.
"""

import csv
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import orjson

from schemas.report import Source
from services.feedback.adapters.exporting import harmless
from services.feedback.domain.reconciling import (
    CHINESE,
    Difference,
    Ours,
    Theirs,
    differences,
)
from services.kernel.errors import Unprocessable
from services.kernel.postgres import Connection, copy, queries
from services.reference.calendar import BEIJING
from services.reference.written import read_time

SQL = queries(Path(__file__).parents[1] / "sql" / "reconciling.sql")
PORTION = 2_000
THREAD = f"{Source.HOTLINE}:"
HEADINGS: Mapping[str, str] = {
    "ticket": "工单编号",
    "incident_id": "事件编号",
    "state": "办件状态",
    "accepted_at": "受理时间",
    "closed_at": "办结时间",
    "told_at": "状态时间",
    "receipts": "回执数",
    "waiting": "待投递回执数",
}
NUMBERS = ("工单编号", "市级编号")
NAMES = frozenset({*NUMBERS, *HEADINGS.values()})
"""The headings by which the header of a file is recognised."""
THEIRS = ("ticket", "state", "accepted_at", "closed_at", "receipts")


def bounds(day: date) -> tuple[datetime, datetime]:
    """A day in Beijing, from its first moment to that of the next one."""
    begin = datetime.combine(day, time(), BEIJING)
    return begin, begin + timedelta(days=1)


def paths(folder: Path, day: date) -> tuple[Path, Path]:
    """Where the files of a day lie: CSV and JSON."""
    return folder / f"对账-{day}.csv", folder / f"对账-{day}.jsonl"


async def write_day(connection: Connection, day: date, folder: Path) -> int:
    """Write both files of a day, whole or not at all; returns how many tickets are in them.

    Within the open transaction. Raises OSError if the folder can not be written.
    """
    count, finals = 0, paths(folder, day)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    parts = [each.with_name(f"{each.name}.part") for each in finals]
    with parts[0].open("w", encoding="utf-8-sig", newline="") as table, parts[1].open("wb") as raw:
        writer = csv.writer(table)
        writer.writerow(HEADINGS.values())
        async for rows in _portions(connection, "told_on", *bounds(day)):
            for row in rows:
                writer.writerow([harmless(each) for each in _shown(row).values()])
                raw.write(orjson.dumps(_shown(row), option=orjson.OPT_APPEND_NEWLINE))
            count += len(rows)
    for part, final in zip(parts, finals, strict=True):
        part.replace(final)
    return count


def _shown(row: Any) -> dict[str, Any]:
    said = {
        name: row[key].astimezone(BEIJING).isoformat(timespec="seconds")
        if isinstance(row[key], datetime)
        else row[key]
        for key, name in HEADINGS.items()
    }
    return said | {HEADINGS["state"]: CHINESE.get(row["state"], row["state"])}


async def take_theirs(connection: Connection, rows: Iterable[tuple[Any, ...]]) -> None:
    """Keep a portion of what the hotline says, until the transaction ends."""
    await copy(connection, "theirs", THEIRS, list(rows))


async def compared(
    connection: Connection, day: date, tolerance: timedelta
) -> AsyncIterator[tuple[int, list[Difference]]]:
    """Portions: how many tickets were compared, and what differs of them."""
    await connection.execute(SQL["know_theirs"])
    async for rows in _portions(connection, "beside", *bounds(day), THREAD):
        found = [each for row in rows for each in _differences(row, tolerance)]
        yield len(rows), found


def _differences(row: Any, tolerance: timedelta) -> Iterator[Difference]:
    ours, theirs = None, None
    if row["is_ours"]:
        times = row["accepted_at"], row["closed_at"]
        ours = Ours(row["state"], *times, row["receipts"], row["waiting"])
    if row["is_theirs"]:
        times = row["their_accepted_at"], row["their_closed_at"]
        theirs = Theirs(row["their_state"], *times, row["their_receipts"])
    yield from differences(row["ticket"], ours, theirs, tolerance)


async def _portions(connection: Connection, query: str, *given: Any) -> AsyncIterator[list[Any]]:
    cursor = await connection.cursor(SQL[query], *given)
    while rows := await cursor.fetch(PORTION):
        yield rows


def their_row(said: Mapping[str, Any]) -> tuple[Any, ...]:
    """A row of the hotline's file, as `THEIRS`; raises Unprocessable with what is wrong in it."""
    ticket = next((text for name in NUMBERS if (text := _text(said, name))), "")
    if not ticket:
        raise Unprocessable("没有工单编号（工单编号或市级编号）")
    return (
        ticket,
        _text(said, "办件状态") or None,
        _moment(said, "受理时间"),
        _moment(said, "办结时间"),
        _number(said, "回执数"),
    )


def _text(said: Mapping[str, Any], name: str) -> str:
    """What stands there, without the quote that kept a spreadsheet from taking it for a formula."""
    value = said.get(name)
    return "" if value is None else str(value).strip().removeprefix("'")


def _moment(said: Mapping[str, Any], name: str) -> datetime | None:
    text = _text(said, name)
    if not text:
        return None
    moment = read_time(text)
    if moment is None:
        raise Unprocessable(f"{name} {text!r} 不是时间：请写成 2026-07-03 08:00:00")
    return moment


def _number(said: Mapping[str, Any], name: str) -> int | None:
    text = _text(said, name)
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) < 9):
        raise Unprocessable(f"{name} {text!r} 不是数")
    return int(text)
