"""A neighbour calls 12345 about a blocked fire lane, and it is closed in a loop."""

import pytest

from schemas.worker import Action
from tests.acceptance.town import Town

pytestmark = pytest.mark.integration

CALL = "云栖一期2栋楼下消防通道被小汽车占用，请尽快处理，我电话13912345678"


async def test_it_reaches_the_micro_grid_and_is_closed_and_the_caller_hears_of_each_step(
    town: Town,
) -> None:
    thread = await town.call_hotline("GD-1", CALL)
    incident = await town.incident_of(thread)
    case = await town.until(incident, "pending_acceptance")
    assert case["category_name"] == "占用消防通道"
    assert case["micro_grid"] == "510108004003001001"
    assert case["worker_id"].startswith("W510108004003001001")
    await town.handle(incident)
    case = await town.until(incident, "closed")
    assert (case["outcome"], case["on_time"]) == ("rectified", True)
    road = await town.road(incident)
    receipts = [step for step in road if step["ce_type"] == "hub.hotline.receipt.v1"]
    assert len(receipts) == 4, "accepted, in progress, disposed, closed"
    reasons = "".join(str(step["reasons"]) for step in road)
    assert "微网格员负责" in reasons and "判为占用消防通道" in reasons


async def test_the_rectification_rate_counts_it(town: Town) -> None:
    before = await town.overview()
    incident = await town.incident_of(await town.call_hotline("GD-2", "松苑一期1栋楼道堆满杂物"))
    await town.until(incident, "pending_acceptance")
    await town.handle(incident)
    await town.until(incident, "closed")
    after = await town.overview()
    assert after["rectified"] == before["rectified"] + 1
    assert after["rectification_rate"] == after["rectified"] / after["due"]


async def test_no_telephone_number_leaves_intake(town: Town) -> None:
    thread = await town.call_hotline("GD-3", "岚庭一期5栋噪音扰民，电话13912345678，张三丰")
    report = await town.recorded(thread, "hub.report.received.v1")
    assert "13912345678" not in str(report) and "139****5678" in report["text"]


async def test_a_stranger_can_not_handle_it_and_is_told_why(town: Town) -> None:
    incident = await town.incident_of(await town.call_hotline("GD-4", "晴里一期3栋路灯不亮了"))
    await town.until(incident, "pending_acceptance")
    await town.step(incident, Action.ACCEPT, "W-STRANGER")
    refused = await town.recorded(incident, "hub.step.refused.v1")
    assert "不能接单" in refused["reason"]


async def test_who_disposed_of_it_can_not_check_it(town: Town) -> None:
    incident = await town.incident_of(await town.call_hotline("GD-5", "禾湾一期3栋垃圾没人清"))
    worker = (await town.until(incident, "pending_acceptance"))["worker_id"]
    for action in (Action.ACCEPT, Action.ARRIVE, Action.DISPOSE):
        await town.step(incident, action, worker)
    await town.step(incident, Action.CHECK, worker, passed=True)
    refused = await town.recorded(incident, "hub.step.refused.v1")
    assert refused["reason"] == "处置人不能核查自己处置的案件"
    await town.until(incident, "pending_check")
