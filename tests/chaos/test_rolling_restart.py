"""An upgrade without downtime: each service is replaced under load, one process at a time."""

import asyncio
import threading
from typing import Any

import pytest

from tests.bench.hub import latency
from tests.chaos.evidence import SERVICES
from tests.chaos.ground import ENVIRONMENT, Ground
from tests.harness import Hub

pytestmark = [pytest.mark.chaos, pytest.mark.slow, pytest.mark.timeout(180)]
RATE, CALM, ROLLING = 20, 6, 24
P99_LIMIT_MS = 8_000.0
"""Partitions move twice for each service: what is read in between waits for the new owner."""


class Meter(threading.Thread):
    """Sends tickets at a steady rate, and measures those that are dispatched; none may be lost."""

    def __init__(self, bootstrap: str, seconds: int, run: str, first: int) -> None:
        super().__init__(name="meter", daemon=True)
        self.given = (bootstrap, RATE, seconds, run, first)
        self.found: dict[str, Any] = {}

    def run(self) -> None:
        """Measure until every ticket was dispatched or merged."""
        self.found = asyncio.run(latency(*self.given))["upstream to dispatched"]


def measured(meter: Meter) -> dict[str, float]:
    meter.join(90)
    assert not meter.is_alive(), "some tickets came to no end"
    assert meter.found, "some tickets came to no end"
    return meter.found


def replaced(ground: Ground, others: Hub, name: str) -> None:
    """The new process works before the old one ends in good order; then it is the hub's own."""
    others.start(name, env=ENVIRONMENT)
    ground.rest([name])
    ground.hub.processes[name], ground.hub.ports[name] = (
        others.processes.pop(name),
        others.ports.pop(name),
    )
    ground.keeper.away.discard(name)


def test_every_service_is_replaced_under_load_and_nobody_notices(ground: Ground) -> None:
    calm = Meter(ground.servers.kafka, CALM, "calm", 0)
    calm.start()
    before = measured(calm)
    others = Hub(ground.servers)
    with ground.street("ROLL", 61) as street:
        speaking = street.speak(RATE * ROLLING // 4, RATE / 4)
        meter = Meter(ground.servers.kafka, ROLLING, "roll", RATE * CALM)
        meter.start()
        try:
            for name in SERVICES:
                replaced(ground, others, name)
        finally:
            others.stop()
        during = measured(meter)
        speaking.result(60)
        ground.all_is_well(street)
    ground.figures["rolling, ms"] = {
        f"{when} {which}": round(found[which])
        for when, found in (("calm", before), ("rolling", during))
        for which in ("p50", "p99", "count")
    }
    assert during["p99"] < P99_LIMIT_MS, (before, during)
