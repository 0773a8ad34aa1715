"""The daily file and the hotline's own: what differs is found, each by its kind."""

import asyncio
import csv
import json
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from typer.testing import CliRunner

from schemas.case import HotlineReceipt
from services.cli.main import app
from services.cli.prepare import folders_of
from services.feedback.adapters.daily_file import DailyFile
from services.feedback.adapters.memory import ARCHIVE
from services.feedback.adapters.reconciling import paths
from services.hosting.migrations import migrate
from services.reference.calendar import BEIJING

pytestmark = pytest.mark.integration

DAY = datetime.now(BEIJING).replace(hour=0, minute=0, second=0, microsecond=0)
STATES = ("accepted", "in_progress", "disposed", "closed")


def receipts(ticket: str, count: int) -> list[tuple[Any, ...]]:
    """So many receipts of a ticket, in the order of a case, as the archive keeps them."""
    thread = f"hotline_12345:{ticket}"
    told = [
        HotlineReceipt(
            thread=thread,
            ticket_number=ticket,
            incident_id=f"i-{ticket}",
            number=number,
            state=state,
            message="测试",
            at=DAY + timedelta(hours=number),
        )
        for number, state in enumerate(STATES[:count], 1)
    ]
    return [
        (
            "feedback",
            "downstream.hotline.receipts",
            f"{thread}:{each.number}",
            each.ce_type,
            thread,
            each.incident_id,
            thread,
            None,
            each.model_dump_json(),
        )
        for each in told
    ]


@pytest.fixture
async def archive(database: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Any]:
    """An archive with the receipts of four tickets, one of which would be a formula."""
    await migrate(database, "feedback", folders_of("feedback"), None)
    connection = await asyncpg.connect(database, server_settings={"search_path": "feedback"})
    told = [*receipts("GD-1", 4), *receipts("GD-2", 2), *receipts("=3+1", 1), *receipts("GD-4", 4)]
    await connection.copy_records_to_table("archive", records=told, columns=ARCHIVE)
    await connection.execute("UPDATE archive SET recorded_at = $1", DAY + timedelta(hours=12))
    monkeypatch.setenv("HUB_POSTGRES_DSN", database)
    monkeypatch.setenv("HUB_KAFKA_BOOTSTRAP", "unused:9092")
    yield connection
    await connection.close()


async def reconciled(*given: str) -> tuple[int, dict[str, Any]]:
    """The command, in a thread: it has a loop of its own."""
    import asyncio  # noqa: PLC0415

    told = await asyncio.to_thread(CliRunner().invoke, app, ["reconcile", *given, "--json"])
    return told.exit_code, json.loads(told.stdout)


async def test_our_own_file_differs_in_nothing_whichever_its_form(
    archive: Any, tmp_path: Path
) -> None:
    day = f"{DAY:%Y-%m-%d}"
    status, written = await reconciled("--write", day, "--out", str(tmp_path))
    assert (status, written["tickets"]) == (0, 4)
    table, lines = paths(tmp_path, DAY.date())
    rows = list(csv.DictReader(table.read_text("utf-8-sig").splitlines()))
    assert {row["工单编号"]: row["办件状态"] for row in rows} == {
        "'=3+1": "已受理",
        "GD-1": "已办结",
        "GD-2": "办理中",
        "GD-4": "已办结",
    }
    assert rows[1]["办结时间"] == (DAY + timedelta(hours=4)).isoformat(timespec="seconds")
    for file in (table, lines):
        status, told = await reconciled(str(file), "--date", day)
        assert (status, told["compared"], told["differences"]) == (0, 4, {})


async def test_each_difference_is_found_by_its_kind(archive: Any, tmp_path: Path) -> None:
    await archive.execute(
        "INSERT INTO outbox (id, shard, aggregatetype, aggregateid, type, headers, payload) "
        "VALUES ('hotline_12345:GD-4:4', 0, 't', 's', 'e', '{}', '')"
    )
    theirs = tmp_path / "热线.csv"
    theirs.write_bytes(
        "市级编号,办件状态,受理时间,回执数\n"
        f"GD-1,办理中,{DAY:%Y-%m-%d} 03:00:00,3\n"
        "GD-4,办结,,\n"
        "GD-9,受理,,\n"
        ",受理,,\n"
        "=3+1,受理,,1\n".encode("gb18030")
    )
    status, told = await reconciled(str(theirs), "--date", f"{DAY:%Y-%m-%d}")
    assert status == 1
    assert {(each["ticket"], each["kind"]) for each in told["first"]} == {
        ("GD-1", "state_differs"),
        ("GD-1", "receipt_not_delivered"),
        ("GD-1", "times_differ"),
        ("GD-2", "missing_there"),
        ("GD-4", "receipt_not_delivered"),
        ("GD-9", "missing_here"),
    }
    assert "第 5 行：没有工单编号" in told["first_refused"][0]


async def test_yesterdays_file_is_written_once_when_the_day_is_over(
    archive: Any, database: str, tmp_path: Path
) -> None:
    pool: Any = await asyncpg.create_pool(database, server_settings={"search_path": "feedback"})
    daily = DailyFile(pool, tmp_path / "对账")
    at_midnight = DAY + timedelta(days=1, minutes=1)
    assert await daily.look(at_midnight), "of the day before: this one is not quite over"
    assert not paths(tmp_path / "对账", DAY.date())[0].exists()
    later = at_midnight + timedelta(minutes=10)
    several = await asyncio.gather(*(daily.look(later) for _ in range(4)))
    assert sorted(several) == [False, False, False, True], "processes that share the folder"
    assert not await daily.look(later)
    assert len(paths(tmp_path / "对账", DAY.date())[1].read_bytes().splitlines()) == 4
    await pool.close()
