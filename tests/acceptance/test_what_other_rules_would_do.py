"""A category is put right; other rules are tried on what was recorded; a history is written."""

import asyncio
import csv
import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from schemas.worker import Action
from services.cli.main import app
from services.dispatch.adapters.rule_folder import SHIPPED
from services.dispatch.domain.book import ROUTING
from services.reference.calendar import BEIJING
from services.reference.ground import load_ground
from tests.acceptance.town import TOKEN, Town
from tests.harness import Hub

pytestmark = pytest.mark.integration

SONG = next(each for each in load_ground().estates if each.name == "松汀一期")
DISPATCHED = "hub.incident.dispatched.v1"
TO_THE_STREET = """
rules:
  - name: 先到街道
    when: {category: "06010", area: "510108004007"}
    then: {level: street}
    examples: [{category: "06010", area: "510108004007"}]
"""


async def hub(running: Hub, *arguments: str) -> dict[str, Any]:
    """A command of the CLI on the hub."""
    env = {
        "HUB_POSTGRES_DSN": running.servers.postgres_dsn,
        "HUB_KAFKA_BOOTSTRAP": running.servers.kafka,
        "HUB_DISPATCH_URL": running.url("dispatch", ""),
        "HUB_API_TOKEN": TOKEN,
    }
    done = await asyncio.to_thread(CliRunner().invoke, app, [*arguments, "--json"], env=env)
    assert done.exit_code == 0, done.output
    return dict(json.loads(done.stdout))


async def test_another_category_brings_the_right_people_and_their_deadlines(town: Town) -> None:
    incident = await town.incident_of(await town.call_hotline("GL-1", "松汀一期2栋垃圾没人清"))
    before = await town.until(incident, "pending_acceptance")
    await town.step(incident, Action.ACCEPT, before["worker_id"])
    await town.until(incident, "handling")
    await town.order(incident, "category", code="92001", by="R-7", reason="其实是邻里纠纷")
    after = await town.until(incident, "pending_acceptance")
    sent = await town.recorded(incident, DISPATCHED)
    assert (sent["mode"], sent["anew"], sent["round"]) == ("协调办", True, 2)
    assert after["worker_id"] == sent["assignee"]["worker_id"] != before["worker_id"]
    assert after["category_code"] == "92001" and after["due_at"] > before["due_at"]
    assert sent["reasons"][0].startswith("R-7 改类：")


async def test_other_rules_are_played_over_what_was_recorded_and_nothing_is_changed(
    town: Town, running_hub: Hub, tmp_path: Path
) -> None:
    incident = await town.incident_of(await town.call_hotline("GL-2", "松汀一期3栋垃圾没人清"))
    await town.until(incident, "pending_acceptance")
    case = await town.case(incident)
    routing = (SHIPPED / ROUTING).read_text("utf-8")
    (tmp_path / ROUTING).write_text(routing.replace("\nrules:\n", TO_THE_STREET, 1), "utf-8")
    drawn = tmp_path / "difference.svg"
    other = ("dispatch", "replay", "--rules", str(tmp_path), "--limit", "9999")
    told = await hub(running_hub, *other, "--svg", str(drawn))
    found = {each["incident_id"]: each for each in told["differences"]}
    assert told["incidents"] >= told["differing"] == len(found) >= 1
    assert found[incident]["before"]["level"].startswith(("微网格员", "网格长"))
    assert found[incident]["after"]["rule"] == "先到街道"
    assert "先到街道" in drawn.read_text("utf-8")
    same = await hub(running_hub, "dispatch", "replay", "--rules", str(SHIPPED), "--limit", "9999")
    assert incident not in {each["incident_id"] for each in same["differences"]}
    assert await town.case(incident) == case


async def test_what_was_done_in_an_emergency_is_no_difference_to_the_same_rules(
    town: Town, running_hub: Hub
) -> None:
    until = datetime.now(BEIJING) + timedelta(hours=1)
    said = ("--level", "red", "--by", "L-1", "--reason", "演练", "--id", "replayed")
    end = f"{until:%Y-%m-%dT%H:%M:%S}"
    await hub(running_hub, "dispatch", "mode", SONG.grid, *said, "--until", end)
    call = f"{SONG.name}4栋消防通道被私家车堵死了"
    incident = await town.incident_of(await town.call_hotline("GL-4", call))
    sent = await town.recorded(incident, DISPATCHED)
    await hub(running_hub, "dispatch", "end-mode", "mode:replayed", "--by", "L-1")
    await town.recorded("mode:replayed", "hub.mode.ended.v1")
    assert "应急模式（红色：演练）" in sent["reasons"]
    assert sent["severity"] == "high" and sent["deadlines"]["rule"] == "战时两小时"
    same = await hub(running_hub, "dispatch", "replay", "--rules", str(SHIPPED), "--limit", "9999")
    assert incident not in {each["incident_id"] for each in same["differences"]}


async def test_what_was_handled_becomes_a_history_of_units(
    town: Town, running_hub: Hub, tmp_path: Path
) -> None:
    call = "松汀一期5栋两户邻居矛盾纠纷，天天吵架，希望有人来调解"
    incident = await town.incident_of(await town.call_hotline("GL-3", call))
    await town.until(incident, "pending_acceptance")
    await town.handle(incident)
    await town.until(incident, "closed")
    out = tmp_path / "history.csv"
    assert (await hub(running_hub, "dispatch", "history", "--out", str(out)))["rows"] >= 1
    rows = list(csv.DictReader(out.read_text("utf-8").splitlines()))
    (row,) = [each for each in rows if each["type_l3"] == "矛盾纠纷"][-1:]
    assert (row["dispose_unit"], row["type_l2"], row["source"]) == ("司法所", "92", "hotline_12345")
    assert row["street"] and row["community"]
