"""A storm over a small street: far more comes at once than there are people free."""

import asyncio
import urllib.request
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from services.cli.main import app
from services.reference.calendar import BEIJING
from services.reference.ground import load_ground
from tests.acceptance.town import Town, eventually
from tests.harness import Hub

pytestmark = pytest.mark.integration

ESTATES = load_ground().estates[:9]
STREET = ESTATES[0].community[:9]
CREW = {f"STORM-{number}": estate for number, estate in enumerate(ESTATES[:6])}
DISPATCHED, HELD = "hub.incident.dispatched.v1", "hub.dispatch.held.v1"


def roster() -> str:
    """Six are there from two hours ago until in nine hours, each with a post."""
    now = datetime.now(BEIJING)
    here = f"{now - timedelta(hours=2):%H:%M}-{now + timedelta(hours=9):%H:%M}"
    people = [
        f'  - {{id: {name}, level: micro_grid, areas: ["{each.micro_grid}"], '
        f"at: [{each.longitude}, {each.latitude}]}}"
        for name, each in CREW.items()
    ]
    shifts = f'  - {{name: 值守, hours: "{here}", people: [{", ".join(CREW)}]}}'
    return "\n".join(["people:", *people, "shifts:", shifts])


class Figures:
    """What dispatch shows of itself."""

    def __init__(self, hub: Hub) -> None:
        self._url = hub.url("dispatch", "/metrics")

    async def are(self, name: str, value: float) -> None:
        """Wait until a figure is so much."""

        async def look() -> bool:
            return await asyncio.to_thread(self._read, name) == value

        await eventually(look)

    def _read(self, name: str) -> float | None:
        with urllib.request.urlopen(self._url, timeout=5) as answer:
            lines = answer.read().decode().splitlines()
        return next((float(x.split()[-1]) for x in lines if x.startswith(f"{name} ")), None)


SURGE = f'hub_dispatch_surge{{street="{STREET}"}}'


@pytest.fixture
async def figures(town: Town, rosters: Path, running_hub: Hub) -> AsyncIterator[Figures]:
    """The roster is in use and everybody is free; afterwards there is none."""
    shown, file = Figures(running_hub), rosters / "roster.yaml"
    await town.everybody_is_free()
    file.write_text(roster(), encoding="utf-8")
    await shown.are("hub_dispatch_people", len(CREW))
    yield shown
    file.unlink()
    await shown.are("hub_dispatch_people", 0)


async def explained(hub: Hub, incident: str) -> str:
    """What an operator is told of an incident."""
    env = {"HUB_KAFKA_BOOTSTRAP": hub.servers.kafka, "HUB_POSTGRES_DSN": hub.servers.postgres_dsn}
    arguments = ["dispatch", "explain", "--incident", incident]
    done = await asyncio.to_thread(CliRunner().invoke, app, arguments, env=env)
    return done.output


async def caught_by_a_storm(town: Town, hub: Hub) -> list[str]:
    """Nine incidents come as one batch and wait; dispatch dies in the window that they wait for."""
    hub.kill("dispatch")
    calls = [
        await town.call_hotline(f"GD-STORM-{number}", f"{each.name}1栋垃圾没人清")
        for number, each in enumerate(ESTATES)
    ]
    storm = [await town.incident_of(thread) for thread in calls]
    assert len(set(storm)) == len(ESTATES)
    hub.start("dispatch")

    for incident in storm:
        held = await town.recorded(incident, HELD)
        assert (held["because"], held["behind"]) == ("nobody_free", f"surge:{STREET}")
        assert "集中派单中（未结 9 件，在岗 6 人中空闲 6 人）" in held["reason"]
    hub.kill("dispatch")
    hub.start("dispatch")
    return storm


async def test_in_a_storm_danger_is_reached_by_the_reserve_and_nothing_is_lost_or_starved(
    town: Town, running_hub: Hub, figures: Figures
) -> None:
    storm = await caught_by_a_storm(town, running_hub)

    async def are_sent(number: int) -> dict[str, dict[str, Any]] | None:
        sent = await town.sent(storm)
        return sent if len(sent) == number else None

    first = await eventually(lambda: are_sent(4))
    busy = {each["assignee"]["worker_id"] for each in first.values()}
    assert len(busy) == 4 and busy < CREW.keys()
    assert all("预留的应急备勤不动" in each["reasons"][-1] for each in first.values())
    await figures.are(SURGE, 1)

    reserve, dangers = CREW.keys() - busy, []
    for number in (1, 2):
        text = f"{ESTATES[-number].name}2栋有老人晕倒，叫不醒"
        danger = await town.incident_of(await town.call_hotline(f"GD-FAINT-{number}", text))
        came = await town.recorded(danger, DISPATCHED)
        assert came["assignee"]["worker_id"] in reserve
        assert any("危及人身安全，不等批次优先派单" in reason for reason in came["reasons"])
        reserve -= {came["assignee"]["worker_id"]}
        await town.until(danger, "pending_acceptance")
        dangers.append(danger)
    assert await are_sent(4), "nobody of the reserve went to ordinary work"

    for incident in (*dangers, *first):
        await town.handle(incident)
    second = await eventually(lambda: are_sent(8))
    for incident in second.keys() - first.keys():
        await town.handle(incident)
    everything = await eventually(lambda: are_sent(9))
    assert {each["round"] for each in everything.values()} == {1}
    told = await explained(running_hub, storm[0])
    assert "暂缓：集中派单中" in told and "第 1 轮派 STORM-" in told
    await figures.are(SURGE, 0)
