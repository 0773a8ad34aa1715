"""`python -m tests.bench.private`: what it costs intake to keep what is private, and to hear who
has which incident. Records in, committed; without Kafka at either end.
"""

import asyncio
import gc
import json
import tempfile
import time
import uuid
from pathlib import Path

from schemas.case import CaseAccepted, CaseClosed
from schemas.dispatch import IncidentDispatched
from schemas.event import Event
from schemas.flow import CASES, DISPATCHES, HOTLINE_TICKETS, INCIDENTS
from schemas.incident import IncidentClassified
from services.hosting.service import GARBAGE_THRESHOLDS
from services.intake.domain.masking import mask_text
from services.kernel.record import Record
from tests.bench.meter import Meter, servers
from tests.harness import Servers, fresh_database
from tests.integration.test_intake_keeps import PHONE, Intake, example, intake_on, ticket

BATCH, BATCHES = 500, 20
TEXT = f"云栖一期2栋3单元1704楼道堆满杂物，我叫钱样本，电话{PHONE}，请尽快处理"


async def measure(dsn: str, parent: int) -> dict[str, dict[str, float]]:
    """CPU µs a record, of this process and of PostgreSQL."""
    database = await fresh_database(dsn, f"private{uuid.uuid4().hex[:8]}")
    found = {"masking_us": {"python_us": _masking()}}
    with tempfile.TemporaryDirectory() as folder:
        async with intake_on(database, Path(folder)) as intake:
            found["ticket"] = await _tickets(intake, parent)
            for topic, kind in (
                (INCIDENTS.name, IncidentClassified),
                (DISPATCHES.name, IncidentDispatched),
                (CASES.name, CaseClosed),
                (CASES.name, CaseAccepted),
            ):
                found[kind.__name__] = await _heard(intake, parent, topic, kind)
    return found


async def _tickets(intake: Intake, parent: int) -> dict[str, float]:
    batches = [
        intake.records(
            HOTLINE_TICKETS.name, *(ticket(f"B{turn}-{each}", TEXT) for each in range(BATCH))
        )
        for turn in range(BATCHES)
    ]
    return await _timed(intake, batches, parent)


async def _heard(intake: Intake, parent: int, topic: str, kind: type[Event]) -> dict[str, float]:
    model = example(kind)
    batches = [
        intake.events(
            topic,
            *(model.model_copy(update={"incident_id": f"I{turn}-{n}"}) for n in range(BATCH)),
        )
        for turn in range(BATCHES)
    ]
    return await _timed(intake, batches, parent)


async def _timed(intake: Intake, batches: list[list[Record]], parent: int) -> dict[str, float]:
    meter, began = Meter({"postgres": servers(parent)["postgres"]}), time.process_time()
    for batch in batches:
        await intake.processor.batch(batch)
    number = BATCH * len(batches)
    return {
        "python_us": round((time.process_time() - began) / number * 1e6, 1),
        "postgres_us": round(meter.cpu()["postgres"] / number * 1e6, 1),
    }


def _masking() -> float:
    began = time.process_time()
    for _ in range(20_000):
        mask_text(TEXT)
    return round((time.process_time() - began) / 20_000 * 1e6, 1)


def main() -> None:
    """Measure on servers of its own and print JSON."""
    gc.set_threshold(*GARBAGE_THRESHOLDS)
    own = Servers().start()
    try:
        print(json.dumps(asyncio.run(measure(own.postgres_dsn, own.pid)), indent=1))
    finally:
        own.stop()


if __name__ == "__main__":
    main()
