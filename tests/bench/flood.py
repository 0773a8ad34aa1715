"""`python -m tests.bench.flood [COUNT]`: raw reports of all formats through intake, none lost.

Intake's own readers, rules and kernel on a real PostgreSQL, in this process; what Kafka would
do is done in memory: records are made as they are needed, and what the outbox holds is counted
and taken out, as the relay does. Every tenth record comes twice, and every fiftieth is broken.
The memory of this process is looked at all the way: `slope` is what it gains in MiB for each
100,000 records over the second half.
"""

import asyncio
import gc
import itertools
import json
import logging
import sys
import time
import uuid
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import numpy as np
import psutil
import structlog

from schemas.flow import Service
from schemas.report import ReportReceived
from services.cli.prepare import folders_of
from services.hosting.migrations import migrate
from services.hosting.service import GARBAGE_THRESHOLDS, outlet_of, readers_of
from services.intake.adapters.pseudonyms import KeyedPseudonyms
from services.intake.adapters.reader import Reception
from services.intake.adapters.vault import KeyRing, new_key
from services.intake.domain.thread import Pace
from services.intake.main import make_domain
from services.kernel.postgres import Pool, connect
from services.kernel.processor import Processor
from services.kernel.record import Record
from tests.harness import Servers, fresh_database
from tests.samples import FORMATS, GROUND, Sample, record

COUNT, BATCH, LOOK = 1_000_000, 2_000, 20_000
TAKE = """WITH gone AS (DELETE FROM outbox RETURNING type)
SELECT type, count(*) AS number FROM gone GROUP BY type"""


def records(count: int) -> Iterator[Record]:
    """All formats in turn, each topic with offsets of its own."""
    makers, offsets = list(FORMATS.values()), Counter[str]()
    for number in range(count):
        topic, make = makers[number % len(makers)]
        sample = make(number)
        broken = Sample(sample.body[:-9], sample.headers)
        sent = [broken] if number % 50 == 49 else [sample] * (2 if number % 10 == 0 else 1)
        for each in sent:
            yield record(topic, each, offsets[topic], datetime.now(UTC))
            offsets[topic] += 1


def expected(count: int) -> tuple[int, int]:
    """Reports and dead letters that must come of it."""
    broken = sum(1 for number in range(count) if number % 50 == 49)
    return count - broken, broken


async def measure(dsn: str, count: int) -> dict[str, Any]:
    """Push the records through; raises RuntimeError if a report was lost or made twice."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    database = await fresh_database(dsn, f"flood{uuid.uuid4().hex[:8]}")
    await migrate(database, Service.INTAKE, folders_of(Service.INTAKE), None)
    pool = await connect(database, Service.INTAKE)
    began, busy = time.perf_counter(), time.process_time()
    told, sizes, done = await _pour(_processor(pool), pool, count)
    seconds, cpu = time.perf_counter() - began, time.process_time() - busy
    dead = await pool.fetchval("SELECT count(*) FROM dead_letter")
    await pool.close()
    if (told[ReportReceived.ce_type], dead) != expected(count):
        raise RuntimeError(f"{expected(count)} reports and dead letters were due: {told}, {dead}")
    return {
        "records": done,
        "reports": told[ReportReceived.ce_type],
        "dead_letters": dead,
        "lost": 0,
        "seconds": round(seconds, 1),
        "records_per_second": round(done / seconds),
        "cpu_us_per_record": round(cpu / done * 1e6, 1),
        "rss_mib": [round(each) for each in sizes[:: max(1, len(sizes) // 10)]],
        "slope_mib_per_100k": round(_slope(sizes) * 100_000 / LOOK, 2),
    }


def _processor(pool: Pool) -> Processor:
    """Intake as its main makes it, without Kafka."""
    ground = GROUND.warm()
    reception = Reception(lambda: ground, KeyedPseudonyms("bench"), KeyRing(new_key("bench")))
    readers = readers_of(Service.INTAKE, reception.readers(), 1_048_576)
    outlet = outlet_of(Service.INTAKE)
    return Processor(Service.INTAKE, make_domain(pool, Pace()), pool, readers, outlet, shards=4)


async def _pour(
    processor: Processor, pool: Pool, count: int
) -> tuple[Counter[str], list[float], int]:
    """What was told by type, the memory on the way in MiB, and how many records there were."""
    told, sizes, done, looked = Counter[str](), list[float](), 0, 0
    stream, process = records(count), psutil.Process()
    while batch := list(itertools.islice(stream, BATCH)):
        for _, same in itertools.groupby(sorted(batch, key=_topic), key=_topic):
            await processor.batch(list(same))
        processor.mail.empty()
        done += len(batch)
        if done - looked >= LOOK or len(batch) < BATCH:
            looked = done
            told.update({row["type"]: row["number"] for row in await pool.fetch(TAKE)})
            sizes.append(process.memory_info().rss / 2**20)
    told.update({row["type"]: row["number"] for row in await pool.fetch(TAKE)})
    return told, sizes, done


def _slope(sizes: list[float]) -> float:
    """MiB from look to look over the second half; 0 where there were too few looks."""
    later = sizes[len(sizes) // 2 :]
    return float(np.polyfit(range(len(later)), later, 1)[0]) if len(later) > 2 else 0.0


def _topic(one: Record) -> str:
    return one.topic


def main() -> None:
    """Measure on servers of its own and print JSON."""
    gc.set_threshold(*GARBAGE_THRESHOLDS)
    count = int(sys.argv[1]) if len(sys.argv) > 1 else COUNT
    own = Servers().start()
    try:
        print(json.dumps(asyncio.run(measure(own.postgres_dsn, count))))
    finally:
        own.stop()


if __name__ == "__main__":
    main()
