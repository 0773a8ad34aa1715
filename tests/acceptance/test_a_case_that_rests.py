"""Parts are missing: the case gets more time, rests, and goes on; the caller hears of it."""

from datetime import UTC, datetime, timedelta

import pytest

from schemas.worker import Action, Role
from tests.acceptance.town import Town

pytestmark = pytest.mark.integration

LEADER = "L-1"


async def test_a_leader_lets_a_case_rest_and_it_goes_on_from_where_it_was(town: Town) -> None:
    thread = await town.call_hotline("GD-REST", "松苑一期2栋电梯坏了，等配件")
    incident = await town.incident_of(thread)
    worker = (await town.until(incident, "pending_acceptance"))["worker_id"]
    await town.step(incident, Action.ACCEPT, worker)
    await town.step(incident, Action.ASK_EXTENSION, worker, note="配件在路上")
    await town.step(incident, Action.GRANT, LEADER, role=Role.LEADER)
    extended = await town.recorded(incident, "hub.case.extended.v1")
    dispatched = await town.recorded(incident, "hub.incident.dispatched.v1")
    assert extended["deadlines"]["dispose_by"] > dispatched["deadlines"]["dispose_by"]
    until = datetime.now(UTC) + timedelta(days=20)
    await town.step(incident, Action.ASK_SUSPENSION, worker, note="停产待货", until=until)
    await town.step(incident, Action.GRANT, LEADER, role=Role.LEADER, note="同意挂账")
    rests = await town.until(incident, "suspended")
    assert rests["suspended_until"] == until
    await town.step(incident, Action.RESUME, worker)
    await town.until(incident, "handling")
    road = await town.road(incident)
    receipts = [step for step in road if step["ce_type"] == "hub.hotline.receipt.v1"]
    assert len(receipts) == 6, "accepted, in progress, more time, granted, rests, goes on"


async def test_whoever_is_three_kilometres_away_has_not_arrived(town: Town) -> None:
    incident = await town.incident_of(await town.call_hotline("GD-FAR", "云栖一期2栋楼道堆物"))
    case = await town.until(incident, "pending_acceptance")
    place = (await town.recorded(incident, "hub.incident.classified.v1"))["place"]
    here = {"longitude": place["longitude"], "latitude": place["latitude"]}
    await town.step(incident, Action.ACCEPT, case["worker_id"])
    far = here | {"latitude": here["latitude"] + 0.027}
    await town.step(incident, Action.ARRIVE, case["worker_id"], **far)
    refused = await town.recorded(incident, "hub.step.refused.v1")
    assert "您离事件地点 3.0 公里" in refused["reason"]
    await town.step(incident, Action.ARRIVE, case["worker_id"], **here)
    await town.until(incident, "on_site")


async def test_the_duty_desk_returns_it_and_nobody_need_go_until_it_is_a_case_again(
    town: Town,
) -> None:
    incident = await town.incident_of(await town.call_hotline("GD-BACK", "晴里一期3栋楼道堆物"))
    await town.until(incident, "pending_acceptance")
    await town.step(incident, Action.RETURN, "D-1", role=Role.DESK, note="地点说不清")
    withdrawn = await town.recorded(incident, "hub.dispatch.withdrawn.v1")
    assert withdrawn["reason"] == "退回立案：地点说不清"
    await town.step(incident, Action.REGISTER, "D-1", role=Role.DESK)
    again = await town.until(incident, "pending_acceptance")
    assert again["rounds"] == 2
