"""A night with a hole in the roster: nobody there, somebody goes home, and a silence that ends."""

import asyncio
import json
import urllib.request
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from schemas.flow import Service
from services.cli.main import app
from services.reference.calendar import BEIJING
from services.reference.ground import load_ground
from tests.acceptance.town import TOKEN, Town, eventually
from tests.harness import Hub

pytestmark = pytest.mark.integration

SONG, YUN, QING, MEI = (
    next(each for each in load_ground().estates if each.name.startswith(name))
    for name in ("松苑一期", "云栖一期", "晴里一期", "云汀一期")
)
DISPATCHED, HELD = "hub.incident.dispatched.v1", "hub.dispatch.held.v1"


def roster() -> str:
    """Two are there for 松苑 now; whoever answers for 云栖 comes tomorrow at this time."""
    now = datetime.now(BEIJING)
    here = f"{now - timedelta(hours=2):%H:%M}-{now + timedelta(hours=9):%H:%M}"
    then = f"{now + timedelta(hours=10):%H:%M}-{now + timedelta(hours=11):%H:%M}"
    return f"""
people:
  - {{id: NIGHT-1, level: micro_grid, areas: ["{SONG.micro_grid}"]}}
  - {{id: NIGHT-2, level: grid, areas: ["{SONG.grid}"]}}
  - {{id: DAY-1, level: micro_grid, areas: ["{YUN.micro_grid}"]}}
shifts:
  - {{name: 夜班, hours: "{here}", people: [NIGHT-1, NIGHT-2]}}
  - {{name: 白班, hours: "{then}", people: [DAY-1]}}
"""


@pytest.fixture
async def night(town: Town, rosters: Path, running_hub: Hub) -> AsyncIterator[None]:
    """The roster is in use, and afterwards none is."""
    file = rosters / "roster.yaml"
    refused = 'hub_file_refused{service="dispatch",what="roster"}'

    def known() -> int:
        with urllib.request.urlopen(running_hub.url("dispatch", "/metrics"), timeout=5) as answer:
            text = answer.read().decode()
        assert f"{refused} 1.0" not in text
        name = "hub_dispatch_people "
        return next(
            (int(float(line[len(name) :])) for line in text.splitlines() if line.startswith(name)),
            -1,
        )

    async def people(number: int) -> None:
        async def look() -> bool:
            return await asyncio.to_thread(known) == number

        await eventually(look)

    file.write_text(roster(), encoding="utf-8")
    await people(3)
    yield
    file.unlink()
    await people(0)


async def order(hub: Hub, name: str, said: dict[str, Any], key: str) -> dict[str, Any]:
    """Order something of dispatch."""
    request = urllib.request.Request(
        hub.url("dispatch", f"/api/v1/orders/{name}"),
        json.dumps(said, default=str).encode(),
        {"Authorization": f"Bearer {TOKEN}", "Idempotency-Key": key},
    )

    def send() -> bytes:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return bytes(answer.read())

    return dict(json.loads(await asyncio.to_thread(send)))


@pytest.mark.usefixtures("night")
async def test_a_night_shift_with_a_hole_somebody_off_duty_and_a_silence_that_ends(
    town: Town, running_hub: Hub
) -> None:
    lost = await town.incident_of(await town.call_hotline("GD-HOLE", "云栖一期4栋电梯坏了"))
    desk = await town.recorded(lost, DISPATCHED)
    assert desk["assignee"]["desk"] is True
    assert desk["assignee"]["worker_id"] == f"C{YUN.community}"
    assert any("无人在岗" in reason for reason in desk["reasons"])

    first = await town.incident_of(await town.call_hotline("GD-NIGHT", "松苑一期6栋垃圾没人清"))
    sent = await town.recorded(first, DISPATCHED)
    assert sent["assignee"]["worker_id"] == "NIGHT-1" and sent["roster_version"]

    await order(running_hub, "off", {"worker_id": "NIGHT-1"}, "story-off")
    second = await town.incident_of(await town.call_hotline("GD-OFF", "松苑一期5栋电梯坏了"))
    assert (await town.recorded(second, DISPATCHED))["assignee"]["worker_id"] == "NIGHT-2"

    moved = {"incident_id": first, "by": "L-1", "reason": "本人离岗", "worker_id": "NIGHT-2"}
    told = await order(running_hub, "redispatch", moved, "story-move")
    again = await order(running_hub, "redispatch", moved, "story-move")
    assert [each["round"] for each in told["events"]] == [2] and not again["events"]

    until = datetime.now(UTC) + timedelta(seconds=6)
    silence = {"silence_id": "silence:story", "what": "maintenance", "areas": [SONG.grid]}
    silence |= {"by": "L-1", "reason": "管网检修", "until": until.isoformat()}
    await order(running_hub, "silence", silence, "story-silence")
    quiet = await town.incident_of(await town.call_hotline("GD-QUIET", "松苑一期7栋路灯不亮"))
    held = await town.recorded(quiet, HELD)
    assert held["behind"] == "silence:story" and "检修窗口" in held["reason"]
    out = await town.recorded(quiet, DISPATCHED)
    assert datetime.fromisoformat(out["dispatched_at"]) >= until
    assert out["reasons"][0] == "静默或检修窗口到期，派单"


async def test_what_would_be_forgotten_is_found_and_mended_within_ten_seconds(
    town: Town, running_hub: Hub
) -> None:
    incident = await town.incident_of(await town.call_hotline("GD-LOST", "晴里一期4栋电梯坏了"))
    await town.recorded(incident, DISPATCHED)
    until = (datetime.now(UTC) + timedelta(hours=1)).isoformat()
    silence = {"silence_id": "silence:lost", "areas": [QING.grid], "by": "L-1"}
    silence |= {"reason": "测试", "until": until}
    await order(running_hub, "silence", silence, "lost-silence")
    waits = await town.incident_of(await town.call_hotline("GD-WAITS", "晴里一期5栋垃圾没人清"))
    await town.recorded(waits, HELD)
    began = await town.now()
    await town.forget(incident)
    await town.stop_clock(waits, Service.DISPATCH)
    other = await town.incident_of(await town.call_hotline("GD-CLOCK", "云栖一期6栋路灯不亮"))
    await town.until(other, "pending_acceptance")
    await town.stop_clock(other, Service.FEEDBACK)

    async def mended() -> bool:
        return (
            await town.has_clock(waits, Service.DISPATCH)
            and await town.has_clock(other, Service.FEEDBACK)
            and (await town.case(incident))["rounds"] == 2
        )

    await eventually(mended)
    again = await town.recorded(incident, DISPATCHED)
    assert again["origin"] == "audit" and again["reasons"][0] == "巡检补派：无人负责"
    assert await town.now() - began < timedelta(seconds=10)
    await order(running_hub, "lift", {"silence_id": "silence:lost", "by": "L-1"}, "lost-lift")
    released = await town.recorded(waits, DISPATCHED)
    assert released["reasons"][0] == "巡检补派：所等待的已经结束"


async def test_what_a_silence_holds_outlives_a_kill_and_goes_out_by_itself(
    town: Town, running_hub: Hub
) -> None:
    until = datetime.now(BEIJING).replace(microsecond=0) + timedelta(seconds=15)
    said = ["--until", f"{until:%Y-%m-%dT%H:%M:%S}", "--by", "L-1", "--reason", "测试"]
    arguments = ["dispatch", "silence", *said, "--area", MEI.grid, "--id", "killed"]
    env = {
        "HUB_POSTGRES_DSN": running_hub.servers.postgres_dsn,
        "HUB_KAFKA_BOOTSTRAP": running_hub.servers.kafka,
        "HUB_DISPATCH_URL": running_hub.url("dispatch", ""),
        "HUB_API_TOKEN": TOKEN,
    }
    done = await asyncio.to_thread(CliRunner().invoke, app, arguments, env=env)
    assert done.exit_code == 0 and "已执行：silence:killed" in done.output, done.output
    waits = await town.incident_of(await town.call_hotline("GD-KILL", f"{MEI.name}5栋垃圾没人清"))
    await town.recorded(waits, HELD)
    running_hub.kill("dispatch")
    await asyncio.to_thread(running_hub.start, "dispatch")
    again = await town.incident_of(await town.call_hotline("GD-KILL-2", f"{MEI.name}3栋路灯不亮"))
    held = await town.recorded(again, HELD)
    assert held["behind"] == "silence:killed", "what was ordered is known after the kill"
    for incident in (waits, again):
        out = await town.recorded(incident, DISPATCHED)
        assert datetime.fromisoformat(out["dispatched_at"]) >= until
        assert out["round"] == 1
