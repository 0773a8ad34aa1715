"""The auditor of feedback on a real PostgreSQL: no open case without its clock, late or not."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import pytest

from schemas.flow import Service
from schemas.worker import Action, StepReported
from services.cli.prepare import folders_of
from services.feedback import metrics
from services.feedback.adapters.audit import Audit
from services.feedback.main import make_domain
from services.hosting.migrations import migrate
from services.hosting.service import outlet_of
from services.kernel.postgres import connect
from services.kernel.processor import Processor
from services.kernel.record import Readers
from tests.unit.feedback.cases import WORKER, incident, sent

pytestmark = pytest.mark.integration


@pytest.fixture
async def processor(database: str) -> AsyncIterator[Processor]:
    """Feedback's rules over empty tables."""
    name = Service.FEEDBACK
    await migrate(database, name, folders_of(name), None)
    pool = await connect(database, name)
    try:
        yield Processor(
            name, make_domain(), pool, Readers({}, 1_000_000), outlet_of(name), shards=4
        )
    finally:
        await pool.close()


async def clocks(processor: Processor) -> list[str]:
    """The clocks that run."""
    rows: list[Any] = await processor.pool.fetch("SELECT name FROM timer ORDER BY name")
    return [row["name"] for row in rows]


async def stop_clocks(processor: Processor) -> None:
    """As if feedback had lost its timers."""
    await processor.pool.execute("DELETE FROM timer")


async def test_a_lost_clock_is_set_again_though_an_earlier_stage_was_late(
    processor: Processor,
) -> None:
    audit = Audit(processor, pace=1.0)
    await processor.command(incident(), "opened", "test")
    await processor.command(sent(), "sent", "test")
    await processor.fire_timers()
    (row,) = await processor.pool.fetch("SELECT overdue FROM ledger")
    assert row["overdue"], "whoever was sent did not accept in time"
    await stop_clocks(processor)
    await audit.go_round()
    assert "accept:1:0" not in await clocks(processor), "what has run out does not run out again"
    step = StepReported(
        step_id="s1", incident_id="I1", action=Action.ACCEPT, worker_id=WORKER,
        at=datetime.now(UTC),
    )  # fmt: skip
    await processor.command(step, "accepted", "test")
    assert "arrive:1:0" in await clocks(processor)
    await stop_clocks(processor)
    await audit.go_round()
    assert "arrive:1:0" in await clocks(processor)
    assert metrics.HOLES.labels("no_clock")._value.get() == 1


async def test_a_case_that_nobody_was_sent_to_is_told_of(processor: Processor) -> None:
    await processor.command(incident(), "opened", "test")
    await processor.pool.execute("UPDATE ledger SET opened_at = now() - interval '6 seconds'")
    await Audit(processor, pace=1.0).go_round()
    assert metrics.HOLES.labels("no_person")._value.get() == 1
