"""What goes round beside the rules of dispatch, on a PostgreSQL that goes away and comes back."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import asyncpg
import pytest
from structlog.testing import capture_logs

from services.dispatch import metrics
from services.dispatch.adapters import roster_gaps, surge_watch
from services.dispatch.adapters.surge_watch import SurgeWatch
from services.dispatch.domain.surge import SurgeRules
from tests.integration.test_dispatch import BOTH, Desk, desk

__all__ = ["desk"]

pytestmark = pytest.mark.integration

LONG_AGO = datetime.now(UTC) - timedelta(hours=9)
STREET = "510108004"


@asynccontextmanager
async def away(postgres_dsn: str, database: str) -> AsyncIterator[None]:
    """Nobody gets into a database, and whoever is in it is thrown out."""
    name = urlsplit(database).path[1:]
    owner = await asyncpg.connect(postgres_dsn)
    try:
        await owner.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS false')
        thrown = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1"
        await owner.fetch(thrown, name)
        yield
    finally:
        await owner.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS true')
        await owner.close()


async def until(holds: Callable[[], Awaitable[bool]]) -> None:
    """Wait until something holds."""
    async with asyncio.timeout(30):
        while not await holds():
            await asyncio.sleep(0.02)


async def test_while_postgres_is_away_rounds_are_spoilt_and_logged_and_then_they_go_on(
    desk: Desk, database: str, postgres_dsn: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module, name in ((surge_watch, "PACE"), (roster_gaps, "EVERY")):
        monkeypatch.setattr(module, name, 0.02)
    desk.audit.pace = 0.02
    stopping, pool = asyncio.Event(), desk.processor.pool
    watch = SurgeWatch(pool, lambda: BOTH, SurgeRules)
    going: list[Coroutine[Any, Any, None]] = [
        desk.audit.run(stopping),
        watch.run(stopping),
        roster_gaps.measure(lambda: BOTH, stopping),
    ]
    tasks = [asyncio.create_task(each) for each in going]
    await desk.opens("I1")

    async def are_spoilt() -> bool:
        said = [each for each in told if each["event"] == "rounds.spoilt"]
        return {each["what"] for each in said} == {"Audit.go_round", "SurgeWatch.look"}

    with capture_logs() as told:
        async with away(postgres_dsn, database):
            await until(are_spoilt)
            assert not any(task.done() for task in tasks)
        await pool.execute("INSERT INTO surge VALUES ($1, $2)", STREET, LONG_AGO)
        await pool.execute("DELETE FROM assignment WHERE incident_id = 'I1'")

        async def is_mended() -> bool:
            row = "SELECT EXISTS (SELECT FROM assignment), EXISTS (SELECT FROM surge)"
            return tuple(await pool.fetchrow(row)) == (True, False)

        await until(is_mended)
    assert not any(task.done() for task in tasks)
    stopping.set()
    await asyncio.gather(*tasks)
    assert metrics.ROSTER_GAPS.labels("14d")._value.get() > 0
