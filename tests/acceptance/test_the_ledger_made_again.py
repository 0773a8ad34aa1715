"""The ledger comes from the archive: made again it is equal, as of a moment it is as then."""

from datetime import datetime

import asyncpg
import pytest

from services.feedback.adapters import rebuilding
from services.feedback.adapters.rebuilding import Rebuilt
from services.feedback.domain.case import State
from tests.acceptance.town import Town

pytestmark = pytest.mark.integration


async def from_archive(dsn: str, until: datetime | None = None) -> tuple[Rebuilt, int]:
    """The rebuilt ledger, and how many rows differ from the one that is there."""
    connection = await asyncpg.connect(dsn, server_settings={"search_path": "feedback"})
    try:
        async with connection.transaction(isolation="repeatable_read"):
            rebuilt = await rebuilding.replay(connection, until)
            await rebuilding.lay_out(connection, rebuilt)
            different, _ = await rebuilding.differences(connection, 1)
    finally:
        await connection.close()
    return rebuilt, different


async def test_it_is_equal_row_by_row_whatever_has_happened(town: Town, dsn: str) -> None:
    thread = await town.call_hotline("GD-AGAIN", "松苑一期1栋楼道堆满杂物")
    incident = await town.incident_of(thread)
    await town.until(incident, "pending_acceptance")
    await town.handle(incident)
    await town.until(incident, "closed")
    await town.rate(thread, solved=False)
    await town.until(incident, "pending_acceptance")
    rebuilt, different = await from_archive(dsn)
    assert incident in rebuilt.cases and rebuilt.events > len(rebuilt.cases)
    assert different == 0


async def test_as_of_a_moment_it_is_what_was_recorded_then(town: Town, dsn: str) -> None:
    incident = await town.incident_of(await town.call_hotline("GD-THEN", "岚庭一期5栋路灯不亮"))
    await town.until(incident, "pending_acceptance")
    then = await town.now()
    await town.handle(incident)
    await town.until(incident, "closed")
    rebuilt, different = await from_archive(dsn, then)
    assert rebuilt.cases[incident].state is State.PENDING_ACCEPTANCE
    assert different > 0, "the ledger has moved on since"


async def test_a_row_that_was_tampered_with_is_found(town: Town, dsn: str) -> None:
    incident = await town.incident_of(await town.call_hotline("GD-LIE", "禾湾一期1栋电梯坏了"))
    await town.until(incident, "pending_acceptance")
    owner = await asyncpg.connect(dsn)
    lie = "UPDATE feedback.ledger SET rework = rework + 1 WHERE incident_id = $1"
    await owner.execute(lie, incident)
    found = (await from_archive(dsn))[1]
    await owner.execute(lie.replace("+", "-"), incident)
    await owner.close()
    assert found == 1
