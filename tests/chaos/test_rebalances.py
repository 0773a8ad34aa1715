"""Several processes of one service, of which some are only believed to be dead."""

import signal
import time

import pytest

from tests.chaos.evidence import SERVICES
from tests.chaos.ground import ENVIRONMENT, Ground
from tests.harness import Hub

pytestmark = [pytest.mark.chaos, pytest.mark.slow, pytest.mark.timeout(240)]
LONGER_THAN_A_SESSION = 13.0


def test_zombies_wake_up_beside_those_who_took_over(ground: Ground) -> None:
    """All four stop in whatever they are doing, for longer than Kafka waits for them."""
    others = Hub(ground.servers)
    others.start(env=ENVIRONMENT)
    try:
        with ground.street("ZOMB", 50) as street:
            speaking = street.speak(300, 20.0)
            time.sleep(2)
            for name in SERVICES:
                ground.hub.processes[name].send_signal(signal.SIGSTOP)
            time.sleep(LONGER_THAN_A_SESSION)
            for name in SERVICES:
                ground.hub.processes[name].send_signal(signal.SIGCONT)
            street.poison()
            speaking.result(60)
            ground.all_is_well(street)
    finally:
        others.stop()


def test_partitions_move_back_and_forth_while_work_goes_on(ground: Ground) -> None:
    others = Hub(ground.servers)
    with ground.street("MOVE", 51) as street:
        speaking = street.speak(300, 20.0)
        try:
            for name in ("feedback", "classification"):
                others.start(name, env=ENVIRONMENT)
            for name in ("feedback", "classification"):
                others.kill(name)
            speaking.result(60)
        finally:
            others.stop()
        ground.all_is_well(street)
