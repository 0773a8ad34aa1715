"""Ten street lamps go out in one community: a warning is sent out, looked into and closed."""

import asyncio
import json
from datetime import UTC, datetime, timedelta

import pytest
from typer.testing import CliRunner

from schemas.worker import Action
from services.classification.adapters.risk_memory import kept
from services.classification.domain.risk.areas import children_of
from services.classification.domain.risk.parameters import Parameters
from services.classification.domain.risk.sighting import Sighting
from services.classification.domain.risk.watch import RiskWatch
from services.classification.domain.sightings import local_day
from services.cli.main import app
from services.reference.ground import load_ground
from tests.acceptance.town import Town, eventually
from tests.harness import Hub

pytestmark = pytest.mark.integration

COMMUNITY = "510108004005"
ESTATES = [f"{first}湾一期" for first in "云松岚晴禾枫霁棠澄桐"]
LITTER = "06010"


def two_quiet_months() -> bytes:
    """What a watch remembers of sixty days with little of everything, until yesterday."""
    tree = load_ground().tree
    micro_grids = [code for code in tree.codes if len(code) == 18]
    watch = RiskWatch(Parameters.read(), children_of(tree.codes))
    today = local_day(datetime.now(UTC))
    for day in range(60, 0, -1):
        usual = [
            Sighting(f"{day}-{number}", LITTER, micro_grids[(7 * day + 11 * number) % 40])
            for number in range(4)
        ]
        assert not watch.observe(today - timedelta(days=day), usual)
    return kept(watch)


async def outbreak(town: Town) -> set[str]:
    """Ten incidents in ten estates of one community."""
    calls = [
        await town.call_hotline(f"RW-{number}", f"{estate}1栋楼下的路灯不亮了，晚上一片漆黑")
        for number, estate in enumerate(ESTATES)
    ]
    return {await town.incident_of(thread) for thread in calls}


async def hub_risk(hub: Hub, *arguments: str) -> str:
    """What the command says."""
    env = {
        "HUB_KAFKA_BOOTSTRAP": hub.servers.kafka,
        "HUB_POSTGRES_DSN": hub.servers.postgres_dsn,
    }
    done = await asyncio.to_thread(CliRunner().invoke, app, ["risk", *arguments], env=env)
    return done.stdout


async def test_an_outbreak_raises_one_warning_that_is_looked_into_and_closed_with_a_finding(
    town: Town, running_hub: Hub
) -> None:
    incidents = await outbreak(town)
    assert len(incidents) == len(ESTATES)
    await town.has_lived(COMMUNITY, two_quiet_months())
    (warning,) = await eventually(lambda: town.warnings(COMMUNITY))
    assert warning["area"] == COMMUNITY and set(warning["incidents"].split()) == incidents
    raised = await town.recorded(warning["warning_id"], "hub.risk.raised.v1")
    assert raised["observed"] == len(ESTATES) and "往常" in raised["reasons"][0]
    errand = warning["incident_id"]
    case = await town.until(errand, "pending_acceptance")
    assert case["worker_id"] == f"C{COMMUNITY}"
    for action in (Action.ACCEPT, Action.ARRIVE, Action.DISPOSE):
        await town.step(errand, action, case["worker_id"], note="配电箱进水，已报修")
    await town.step(errand, Action.CHECK, "R-1", passed=True, note="已恢复照明")
    assert (await town.until(errand, "closed"))["outcome"] == "looked_into"

    async def is_noted() -> bool:
        (known,) = await town.warnings(COMMUNITY)
        return bool(known["outcome"])

    assert await eventually(is_noted)
    (known,) = await town.warnings(COMMUNITY)
    assert known["outcome"] == "looked_into"
    assert known["finding"] == "配电箱进水，已报修\n已恢复照明"
    listed = json.loads(await hub_risk(running_hub, "list", "--json"))
    states = {each["warning_id"]: each["state"] for each in listed["warnings"]}
    assert states[warning["warning_id"]] == "founded" and listed["rate"]["looked_into"] >= 1
    told = json.loads(await hub_risk(running_hub, "explain", warning["warning_id"], "--json"))
    assert {each["incident_id"] for each in told["evidence"]} == incidents
    assert told["curve"][-1]["incidents"] == len(ESTATES)
    assert "属实，配电箱进水，已报修；已恢复照明" in await hub_risk(running_hub, "list")
    assert "查看结果：属实" in await hub_risk(running_hub, "explain", errand[:8])
    assert (await town.measure("unfounded_warning"))["denominator"] >= 1
