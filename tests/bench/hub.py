"""The hub under load: reports a second from the upstream topic to dispatched, and latencies."""

import asyncio
import time
from collections import defaultdict
from itertools import pairwise
from typing import Any

import asyncpg
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer

from schemas.dispatch import IncidentDispatched
from schemas.flow import DISPATCHES, HOTLINE_TICKETS, INCIDENTS, REPORTS
from schemas.incident import ReportMerged, ReviewRequested
from tests.bench.load import ticket

STAGES = {REPORTS: "intake", INCIDENTS: "classification", DISPATCHES: "dispatch"}
ROAD = {lane: stage for topic, stage in STAGES.items() for lane in topic.names}
"""The stage that writes to a topic, in either lane."""
UPSTREAM = "upstream"
LIMIT = 120.0
LATER = 90_000
"""Where the numbers of the latency's tickets begin: matters that the throughput did not use."""


async def throughput(bootstrap: str, dsn: str, numbers: range, run: str) -> dict[str, float]:
    """Put these tickets on the upstream topic at once; wait until all are in the ledger."""
    count = len(numbers)
    connection = await asyncpg.connect(dsn)
    before = await _settled(connection)
    began = time.perf_counter()
    await send(bootstrap, numbers, run)
    sent = time.perf_counter()
    try:
        while await _settled(connection) - before < count:
            if time.perf_counter() - began > LIMIT:
                raise TimeoutError(f"{await _settled(connection) - before} of {count} dispatched")
            await asyncio.sleep(0.1)
    finally:
        seconds = time.perf_counter() - began
        await connection.close()
    return {"incidents_per_second": count / seconds, "seconds": seconds, "sending": sent - began}


async def _settled(connection: Any) -> int:
    """Dispatched, joined to what is, or asked about, as few are: counted where feedback counts."""
    query = "SELECT coalesce(sum(number), 0) FROM feedback.tally WHERE what = ANY($1)"
    kinds = (IncidentDispatched, ReportMerged, ReviewRequested)
    return int(await connection.fetchval(query, [each.ce_type for each in kinds]))


async def send(bootstrap: str, numbers: range, run: str, pause: float = 0.0) -> None:
    """Send tickets, `pause` seconds apart."""
    producer = AIOKafkaProducer(
        bootstrap_servers=bootstrap, linger_ms=0 if pause else 5, max_batch_size=200_000
    )
    await producer.start()
    try:
        sent, due = [], time.perf_counter()
        for number in numbers:
            key = f"{run}-{number}".encode()
            sent.append(await producer.send(HOTLINE_TICKETS.name, ticket(number, run), key=key))
            if pause:
                due += pause
                await asyncio.sleep(max(0.0, due - time.perf_counter()))
        await asyncio.gather(*sent)
    finally:
        await producer.stop()


async def latency(bootstrap: str, rate: int, seconds: int, run: str) -> dict[str, dict[str, float]]:
    """Milliseconds from the upstream topic to each stage's topic, at a steady rate."""
    count = rate * seconds
    consumer = AIOKafkaConsumer(
        HOTLINE_TICKETS.name, *ROAD, bootstrap_servers=bootstrap, auto_offset_reset="latest"
    )
    await consumer.start()
    try:
        await consumer.seek_to_end()
        for partition in consumer.assignment():
            await consumer.position(partition)
        following = asyncio.create_task(_follow(consumer, count))
        await send(bootstrap, range(LATER, LATER + count), run, 1 / rate)
        times = await asyncio.wait_for(following, 60)
    finally:
        await consumer.stop()
    return {stage: _percentiles(found) for stage, found in _stages(times).items()}


async def _follow(consumer: Any, count: int) -> dict[str, dict[str, int]]:
    """Kafka's own append times in ms, by correlation and stage."""
    times: dict[str, dict[str, int]] = defaultdict(dict)
    dispatched = 0
    while dispatched < count:
        for records in (await consumer.getmany(timeout_ms=500)).values():
            for record in records:
                stage = ROAD.get(record.topic, UPSTREAM)
                times[_correlation(record)][stage] = record.timestamp
                dispatched += stage == STAGES[DISPATCHES]
    return times


def _correlation(record: Any) -> str:
    if record.topic == HOTLINE_TICKETS.name:
        return f"{record.topic}/{record.partition}/{record.offset}"
    headers = dict(record.headers)
    return str(headers["ce_correlationid"].decode())


def _stages(times: dict[str, dict[str, int]]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = defaultdict(list)
    road = [UPSTREAM, *STAGES.values()]
    for stamps in times.values():
        if all(stage in stamps for stage in road):
            for before, after in pairwise(road):
                found[after].append(stamps[after] - stamps[before])
            found["upstream to dispatched"].append(stamps[road[-1]] - stamps[UPSTREAM])
    return found


def _percentiles(found: list[int]) -> dict[str, float]:
    ordered = sorted(found)
    return {
        "p50": float(ordered[len(ordered) // 2]),
        "p99": float(ordered[min(len(ordered) - 1, int(len(ordered) * 0.99))]),
        "count": float(len(ordered)),
    }
