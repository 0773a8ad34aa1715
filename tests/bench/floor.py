"""The raw floor: what aiokafka and PostgreSQL cost without the hub."""

import asyncio
import time
from typing import Any

import asyncpg
import orjson
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from schemas.report import ReportReceived
from tests.bench.load import report_of

PARTITIONS = 4
BATCH = 500


async def measure(bootstrap: str, dsn: str, count: int) -> dict[str, float]:
    """Messages a second: consume, validate, produce in batches; and with a transaction a batch."""
    await _make_topics(bootstrap)
    await _fill(bootstrap, count)
    bare = await _pump(bootstrap, "floor-bare", count, None)
    connection = await asyncpg.connect(dsn)
    try:
        await connection.execute(
            "CREATE TABLE IF NOT EXISTS floor (id text PRIMARY KEY, state json)"
        )
        with_postgres = await _pump(bootstrap, "floor-postgres", count, connection)
        await connection.execute("DROP TABLE floor")
    finally:
        await connection.close()
    return {"bare": bare, "with_transaction": with_postgres}


async def _make_topics(bootstrap: str) -> None:
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await admin.start()
    try:
        topics = [NewTopic(name, PARTITIONS, 1) for name in ("bench.floor.in", "bench.floor.out")]
        await admin.create_topics(topics)
    finally:
        await admin.close()


async def _fill(bootstrap: str, count: int) -> None:
    producer = AIOKafkaProducer(bootstrap_servers=bootstrap, linger_ms=5, max_batch_size=200_000)
    await producer.start()
    try:
        sent = []
        for number in range(count):
            report = report_of(number)
            value = report.model_dump_json(exclude_defaults=True).encode()
            sent.append(await producer.send("bench.floor.in", value, key=report.thread.encode()))
        await asyncio.gather(*sent)
    finally:
        await producer.stop()


async def _pump(bootstrap: str, group: str, count: int, connection: Any) -> float:
    consumer = AIOKafkaConsumer(
        "bench.floor.in",
        bootstrap_servers=bootstrap,
        group_id=group,
        enable_auto_commit=False,
        auto_offset_reset="earliest",
    )
    producer = AIOKafkaProducer(
        bootstrap_servers=bootstrap, enable_idempotence=True, max_batch_size=500_000
    )
    await consumer.start()
    await producer.start()
    try:
        began, done = 0.0, 0
        while done < count:
            polled = await consumer.getmany(timeout_ms=200, max_records=BATCH)
            began = began or time.perf_counter()
            records = [record for batch in polled.values() for record in batch]
            done += len(records)
            await _pass_on(producer, records, connection)
            await consumer.commit()
        return count / (time.perf_counter() - began)
    finally:
        await producer.stop()
        await consumer.stop()


async def _pass_on(producer: Any, records: list[Any], connection: Any) -> None:
    reports = [ReportReceived.model_validate_json(record.value) for record in records]
    if connection is not None and reports:
        ids, states = (
            [r.thread for r in reports],
            [orjson.dumps({"id": r.report_id}).decode() for r in reports],
        )
        async with connection.transaction():
            await connection.execute(
                "INSERT INTO floor SELECT a, b::json "
                "FROM unnest($1::text[], $2::text[]) AS r (a, b) "
                "ON CONFLICT (id) DO NOTHING", ids, states,
            )  # fmt: skip
    sent = [
        await producer.send("bench.floor.out", report.model_dump_json().encode(), key=record.key)
        for report, record in zip(reports, records, strict=True)
    ]
    await asyncio.gather(*sent)
