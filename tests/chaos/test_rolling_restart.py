"""An upgrade without downtime: each service is replaced under load, one process at a time."""

import asyncio
import threading
from typing import Any

import pytest
from aiokafka import AIOKafkaConsumer

from schemas.flow import DISPATCHES, HOTLINE_TICKETS
from tests.chaos.checker import DISPATCHED
from tests.chaos.evidence import SERVICES, partitions
from tests.chaos.ground import ENVIRONMENT, Ground
from tests.harness import Hub

pytestmark = [pytest.mark.chaos, pytest.mark.slow, pytest.mark.timeout(180)]
RATE, SECONDS = 20, 6
"""Reports a second, and for how long while one service is replaced."""
P99_LIMIT_MS = 8_000
"""Partitions move twice for each service: what is read in between waits for the new owner."""


class Meter(threading.Thread):
    """Follows tickets of the hotline from upstream to dispatched, by Kafka's own clock."""

    def __init__(self, bootstrap: str) -> None:
        super().__init__(name="meter", daemon=True)
        self.bootstrap = bootstrap
        self.sent: dict[str, int] = {}
        self.dispatched: dict[str, int] = {}
        self.follows, self.over = threading.Event(), threading.Event()

    def run(self) -> None:
        """Follow until told to stop."""
        asyncio.run(self._follow())

    async def _follow(self) -> None:
        places = await partitions(self.bootstrap, (*HOTLINE_TICKETS.names, *DISPATCHES.names))
        async with AIOKafkaConsumer(bootstrap_servers=self.bootstrap) as consumer:
            consumer.assign(places)
            await consumer.seek_to_end()
            for each in places:
                await consumer.position(each)
            self.follows.set()
            while not self.over.is_set():
                for place, records in (await consumer.getmany(timeout_ms=200)).items():
                    for record in records:
                        self._note(place.topic, record)

    def _note(self, topic: str, record: Any) -> None:
        headers = {name: (value or b"").decode() for name, value in record.headers}
        if topic == HOTLINE_TICKETS.name:
            where = f"{topic}/{record.partition}/{record.offset}"
            self.sent[where] = record.timestamp
        elif headers.get("ce_type") == DISPATCHED:
            cause = headers["ce_correlationid"]
            self.dispatched.setdefault(cause, record.timestamp)

    def percentiles(self) -> dict[str, int]:
        """Milliseconds of what was dispatched, and how many there were."""
        both = self.sent.keys() & self.dispatched.keys()
        took = sorted(self.dispatched[each] - self.sent[each] for each in both)
        last = len(took) - 1
        return {"p50": took[last // 2], "p99": took[int(last * 0.99)], "count": len(took)}


def replaced(ground: Ground, others: Hub, name: str) -> None:
    """The new process works before the old one ends in good order; then it is the hub's own."""
    others.start(name, env=ENVIRONMENT)
    ground.rest([name])
    ground.hub.processes[name] = others.processes.pop(name)
    ground.hub.ports[name] = others.ports.pop(name)
    ground.keeper.away.discard(name)


def test_every_service_is_replaced_under_load_and_nobody_notices(ground: Ground) -> None:
    others, meter = Hub(ground.servers), Meter(ground.servers.kafka)
    before = {name: ground.hub.processes[name].pid for name in SERVICES}
    meter.start()
    assert meter.follows.wait(30)
    with ground.street("ROLL", 61) as street:
        try:
            for name in reversed(SERVICES):
                speaking = street.speak(RATE * SECONDS, RATE)
                replaced(ground, others, name)
                speaking.result(60)
        finally:
            others.stop()
        ground.all_is_well(street)
    meter.over.set()
    meter.join(10)
    found = meter.percentiles()
    ground.figures["rolling restart, ms"] = found
    assert all(ground.hub.processes[name].pid != before[name] for name in SERVICES)
    assert found["count"] > 100 and found["p99"] < P99_LIMIT_MS, found
