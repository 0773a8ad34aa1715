"""Each table that can be taken home is as its dictionary says, and a scope takes its own part."""

import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg
import pytest

from services.cli.prepare import folders_of
from services.feedback.adapters.exporting import rows_of
from services.feedback.domain.dictionary import SHEETS
from services.hosting.migrations import migrate

pytestmark = pytest.mark.integration

NOW = datetime.now(UTC)
HERE, THERE = "510108004003001001", "510108004007001001"


@pytest.fixture
async def feedback(database: str) -> AsyncIterator[Any]:
    """The owner's connection to an empty schema of feedback."""
    await migrate(database, "feedback", folders_of("feedback"), None)
    connection = await asyncpg.connect(database, server_settings={"search_path": "feedback"})
    yield connection
    await connection.close()


async def opened(connection: Any, incident: str, micro_grid: str) -> None:
    """An incident in the ledger, and the dispatch of it in the archive."""
    await connection.execute(
        "INSERT INTO ledger (incident_id, opened_at, community, grid, micro_grid, source, "
        "category_code, category_name, scene, kind, severity, state, rounds, voices, rework, "
        "overdue) "
        "VALUES ($1, $2, left($3, 12), left($3, 15), $3, 'camera', '91001', '高空抛物', "
        "'社区安全', 'hazard', 'high', 'handling', 1, 1, 0, false)",
        incident,
        NOW,
        micro_grid,
    )
    task = {"task_id": "t1", "unit": "示例物业", "what": "设网", "due_by": NOW.isoformat()}
    body = {"round": 1, "assignee": {"worker_id": "W1", "level": "grid"}, "tasks": [task]}
    await connection.execute(
        "INSERT INTO archive (producer, topic, ce_id, ce_type, subject, incident_id, "
        "correlation, payload) "
        "VALUES ('dispatch', 't', $1, 'hub.incident.dispatched.v1', $1, $1, 'c', $2)",
        incident,
        json.dumps(body),
    )


async def taken(connection: Any, name: str, scope: str) -> list[dict[str, Any]]:
    """The rows of a table for a scope."""
    sheet = SHEETS[name]
    period = NOW - timedelta(days=1), NOW + timedelta(days=1)
    async with connection.transaction():
        portions = [rows async for rows in rows_of(connection, sheet, scope, *period)]
    return [dict(zip(sheet.columns, row, strict=True)) for rows in portions for row in rows]


@pytest.mark.parametrize("name", SHEETS)
async def test_the_dictionary_has_the_columns_of_the_view_and_no_others(
    feedback: Any, name: str
) -> None:
    columns = await feedback.fetch(
        "SELECT column_name FROM information_schema.columns "
        "WHERE table_schema = 'feedback' AND table_name = $1",
        SHEETS[name].view,
    )
    assert {row["column_name"] for row in columns} == set(SHEETS[name].columns)
    assert await taken(feedback, name, "") == []


@pytest.mark.parametrize("name", ["ledger", "dispatches", "tasks"])
async def test_each_takes_only_its_own_part_home(feedback: Any, name: str) -> None:
    await opened(feedback, "here", HERE)
    await opened(feedback, "there", THERE)
    for scope, wanted in (("", 2), ("510108004", 2), (HERE[:12], 1), ("5101070", 0)):
        assert len(await taken(feedback, name, scope)) == wanted
    (only,) = await taken(feedback, name, HERE)
    assert only["incident_id"] == "here"
