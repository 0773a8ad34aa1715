"""`python -m tests.bench.hop`: what one message costs in the kernel alone, with the least of rules.

Read, locked, decided, its state and one event written, committed; without Kafka at either end.
"""

import asyncio
import gc
import json
import statistics
import time
import uuid

from services.hosting.service import GARBAGE_THRESHOLDS
from tests.bench.meter import Meter, servers
from tests.harness import Servers, fresh_database
from tests.integration.kernel.toyland import toyland
from tests.unit.kernel import toy

MESSAGES, BATCH, ROUNDS = 4_000, 500, 8


async def measure(dsn: str, parent: int) -> dict[str, float]:
    """CPU µs a message, medians over the rounds: of this process and of PostgreSQL."""
    database = await fresh_database(dsn, f"hop{uuid.uuid4().hex[:8]}")
    here, there = [], []
    async with toyland(database) as town:
        processor = town.another(domain=toy.domain())
        for turn in range(ROUNDS):
            start = turn * MESSAGES
            records = [
                toy.record(number, _added(number), sequence=1)
                for number in range(start, start + MESSAGES)
            ]
            meter = Meter({"postgres": servers(parent)["postgres"]})
            began = time.process_time()
            for first in range(0, MESSAGES, BATCH):
                await processor.batch(records[first : first + BATCH])
            here.append((time.process_time() - began) / MESSAGES * 1e6)
            there.append(meter.cpu()["postgres"] / MESSAGES * 1e6)
        if await town.count("outbox") != ROUNDS * MESSAGES:
            raise RuntimeError("each message must have given out one event")
    return {
        "python_us": round(statistics.median(here), 1),
        "postgres_us": round(statistics.median(there), 1),
    }


def _added(number: int) -> toy.Added:
    return toy.Added(subject_id=f"lamp-{number}", padding=300)


def main() -> None:
    """Measure on servers of its own and print JSON."""
    gc.set_threshold(*GARBAGE_THRESHOLDS)
    own = Servers().start()
    try:
        print(json.dumps(asyncio.run(measure(own.postgres_dsn, own.pid))))
    finally:
        own.stop()


if __name__ == "__main__":
    main()
