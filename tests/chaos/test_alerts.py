"""The alert path: whoever is on duty learns of poison from /metrics."""

import re
import urllib.request

import pytest

from tests.chaos.evidence import SERVICES
from tests.chaos.ground import Ground, until

pytestmark = [pytest.mark.chaos, pytest.mark.timeout(180)]
LINE = re.compile(
    r'^hub_kernel_dead_letters_total\{service="(\w+)",topic="([^"]+)"\} ([\d.e+]+)$', re.MULTILINE
)


def dead_letters(ground: Ground, name: str) -> dict[str, float]:
    """The counter of a service by topic, as Prometheus reads it."""
    with urllib.request.urlopen(ground.hub.url(name, "/metrics"), timeout=5) as answer:
        text = answer.read().decode()
    return {
        topic: float(number) for service, topic, number in LINE.findall(text) if service == name
    }


def test_poison_raises_the_counter_of_dead_letters_by_its_number(ground: Ground) -> None:
    before = {name: sum(dead_letters(ground, name).values()) for name in SERVICES}
    with ground.street("ALRT", 70) as street:
        street.poison()
        ground.all_is_well(street)
        kinds = len([each for each in street.source.poison() if each.topic == "upstream.messages"])
        for name in SERVICES:
            until(
                lambda name=name: sum(dead_letters(ground, name).values()) > before[name],  # type: ignore[misc]
                10.0,
                f"{name} counts its dead letters",
            )
        assert dead_letters(ground, "intake")["upstream.messages"] >= kinds
