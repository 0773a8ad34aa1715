"""How soon danger is dispatched while ordinary reports wait: `python -m tests.bench.express [N]`.

N ordinary reports (100,000) are put before classification, then a few tickets of danger to
life upstream, one a second; told is how long each takes from upstream to dispatched, and how
many ordinary ones still waited then. Real servers, real services.
"""

import asyncio
import sys
import time
from uuid import uuid4

import asyncpg
import orjson
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer

from schemas.event import Event
from schemas.flow import DISPATCHES, EXPRESS, HOTLINE_TICKETS, REPORTS, Service
from services.kernel.record import envelope
from tests.bench.load import report_of, ticket
from tests.harness import Hub, Servers

ALARMS = 5
PATIENCE = 60.0


def main() -> None:
    """Measure and print."""
    waiting = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    servers = Servers().start()
    hub = Hub(servers).prepare()
    try:
        hub.start()
        found = asyncio.run(_measured(servers, waiting))
    finally:
        hub.stop()
        servers.stop()
    print(orjson.dumps(found, option=orjson.OPT_INDENT_2).decode())


async def _measured(servers: Servers, waiting: int) -> dict[str, object]:
    producer = AIOKafkaProducer(
        bootstrap_servers=servers.kafka, linger_ms=5, max_batch_size=400_000
    )
    consumer = AIOKafkaConsumer(
        DISPATCHES.name + EXPRESS, bootstrap_servers=servers.kafka, auto_offset_reset="earliest"
    )
    await producer.start()
    await consumer.start()
    connection = await asyncpg.connect(servers.postgres_dsn)
    try:
        for number in range(waiting):
            await _put(producer, report_of(number))
        await producer.flush()
        taken: list[tuple[float, int]] = []
        for number in range(ALARMS):
            began = time.perf_counter()
            await _alarm(producer, number)
            await asyncio.wait_for(consumer.getone(), PATIENCE)
            seconds = time.perf_counter() - began
            taken.append((round(seconds, 3), waiting - await _read(connection)))
            await asyncio.sleep(1.0)
    finally:
        await connection.close()
        await consumer.stop()
        await producer.stop()
    return {
        "ordinary_reports": waiting,
        "danger_seconds": [seconds for seconds, _ in taken],
        "still_waiting_then": [left for _, left in taken],
    }


async def _put(producer: AIOKafkaProducer, event: Event) -> None:
    name = uuid4().hex
    headers = envelope(
        event,
        id=name,
        source=Service.INTAKE,
        sequence=1,
        time=event.model_dump(mode="json")["received_at"],
        correlation=name,
        causation=name,
    )
    await producer.send(
        REPORTS.name,
        event.model_dump_json(exclude_defaults=True).encode(),
        key=event.subject.encode(),
        headers=[(key, value.encode()) for key, value in headers.items()],
    )


async def _alarm(producer: AIOKafkaProducer, number: int) -> None:
    body = orjson.loads(ticket(number, "danger"))
    body |= {
        "诉求主题": "厨房起火",
        "诉求内容": f"第{number + 1}户厨房起火了，浓烟滚滚，有人被困，快来",
    }
    value = orjson.dumps(body)
    await producer.send_and_wait(HOTLINE_TICKETS.name, value, key=f"danger-{number}".encode())


async def _read(connection: "asyncpg.Connection[asyncpg.Record]") -> int:
    """How many ordinary reports classification has taken."""
    query = "SELECT sum(next_offset) FROM classification.consumer_offset WHERE topic = $1"
    return int(await connection.fetchval(query, REPORTS.name) or 0)


if __name__ == "__main__":
    main()
