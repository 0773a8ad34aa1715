"""Kafka takes connections and answers nobody, as a client sees it that never recovers."""

import os
import signal
from collections.abc import Iterator

import psutil
import pytest

from services.hosting.watchdog import STUCK
from tests.bench.meter import servers as pids_of
from tests.harness import Hub, Servers

LIMIT = 4.0
ENDS_WITHIN = 40.0
QUICK = {"HUB_WATCHDOG_LIMIT": str(LIMIT)}


@pytest.fixture
def hub() -> Iterator[Hub]:
    own = Servers().start()
    running = Hub(own).prepare()
    try:
        yield running.start("dispatch", env=QUICK)
    finally:
        running.stop()
        own.stop()


def test_a_service_that_hears_nothing_of_a_broker_that_is_there_ends_and_begins_anew(
    hub: Hub,
) -> None:
    broker = psutil.Process(pids_of(hub.servers.pid)["kafka"])
    broker.suspend()
    try:
        assert hub.processes["dispatch"].wait(ENDS_WITHIN) == STUCK
    finally:
        broker.resume()
    hub.start("dispatch", env=QUICK)


def test_a_broker_that_is_gone_is_waited_for(hub: Hub) -> None:
    os.kill(pids_of(hub.servers.pid)["kafka"], signal.SIGKILL)
    with pytest.raises(Exception, match="timed out"):
        hub.processes["dispatch"].wait(4 * LIMIT)
    assert not hub.is_ready("dispatch")
