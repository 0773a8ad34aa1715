"""Kafka and PostgreSQL die and come back: services wait, say so, and lose nothing."""

import json
import time
import urllib.error
import urllib.request

import pytest

from tests.chaos.evidence import SERVICES
from tests.chaos.ground import Ground, until

pytestmark = [pytest.mark.chaos, pytest.mark.slow, pytest.mark.timeout(240)]


def missing(ground: Ground, name: str) -> dict[str, str]:
    """What a service says that it misses, with its 503; empty if it says nothing of the kind."""
    try:
        with urllib.request.urlopen(ground.hub.url(name, "/readyz"), timeout=2):
            return {}
    except urllib.error.HTTPError as answer:
        with answer:
            said = json.load(answer)
            return {str(p): str(why) for p, why in said["missing"].items() if answer.code == 503}
    except OSError:
        return {}


def all_say(ground: Ground, part: str) -> None:
    """Each service has said, at some moment, that it misses this part, and why."""
    said: dict[str, str] = {}

    def everybody() -> bool:
        for name in SERVICES:
            why = missing(ground, name).get(part)
            said.update({name: why} if why else {})
        return set(said) == set(SERVICES)

    until(everybody, 60.0, f"all say that {part} is missing")
    assert all("does not answer" in why for why in said.values()), said


def test_postgresql_dies_and_comes_back(ground: Ground) -> None:
    servers = ground.servers
    with ground.street("PGSQ", 40) as street:
        speaking = street.speak(250, 20.0)
        time.sleep(2)
        servers.wait_for(servers.database.kill())
        all_say(ground, "postgres")
        servers.wait_for(servers.database.start())
        ground.all_ready()
        servers.wait_for(servers.database.immediate_restart())
        speaking.result(60)
        ground.all_ready()
        ground.all_is_well(street)
    assert ground.watch.looks > 10


def test_kafka_dies_and_comes_back(ground: Ground) -> None:
    servers = ground.servers
    with ground.street("KAFK", 41) as street:
        speaking = street.speak(250, 25.0)
        time.sleep(2)
        servers.wait_for(servers.broker.kill())
        all_say(ground, "kafka")
        servers.wait_for(servers.broker.start())
        speaking.result(90)
        ground.all_ready()
        ground.all_is_well(street)
