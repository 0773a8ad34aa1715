"""A camera, the hotline and the neighbours speak of one thing: one incident, and each is heard."""

import pytest

from tests.acceptance.test_a_thing_thrown_from_above import suspicion
from tests.acceptance.town import Town

pytestmark = pytest.mark.integration


async def test_a_camera_a_ticket_and_three_messages_are_one_incident_with_five_voices(
    town: Town,
) -> None:
    incident, _ = await suspicion(town, 71, "CAM-0033")
    call = await town.call_hotline("OM-1", "晴里一期有人从楼上往下扔东西，高空抛物很危险")
    said = ("晴里一期刚才坠物，差点砸到人", "晴里一期高空抛物又来了", "晴里一期谁家往下扔瓶子")
    chats = [await town.chat(each) for each in said]
    for thread in (call, *chats):
        await town.joined(thread, incident)
    hotspot = await town.found("hub.hotspot.found.v1", incident)
    assert (hotspot["sort"], hotspot["voices"]) == ("voices", 3)
    assert (await town.until(incident, "pending_verification"))["voices"] == 5
    receipt = await town.recorded(call, "hub.hotline.receipt.v1")
    assert receipt["state"] == "accepted"
    reasons = [step["reasons"] for step in await town.road(incident)]
    assert sum("分并案" in str(each) for each in reasons) == 4, "each joined for a reason"


async def test_a_voice_after_the_closing_is_a_recurrence_that_says_so(town: Town) -> None:
    first = await town.call_hotline("OM-2", "禾里一期垃圾堆了没人清运")
    incident = await town.incident_of(first)
    await town.until(incident, "pending_acceptance")
    await town.handle(incident)
    await town.until(incident, "closed")
    await town.knows_closed(incident)
    again = await town.incident_of(await town.call_hotline("OM-3", "禾里一期垃圾又没人收，堆满了"))
    assert again != incident
    opened = await town.recorded(again, "hub.incident.classified.v1")
    assert (opened["kind"], opened["follows"]) == ("recurrence", incident)
    assert "原事件已结案，同一问题再次出现" in opened["reasons"][-1]


async def test_voices_that_were_wrongly_joined_go_on_by_themselves_and_may_be_one_again(
    town: Town,
) -> None:
    first = await town.call_hotline("OM-4", "枫里一期路灯坏了，晚上看不见")
    second = await town.call_hotline("OM-5", "枫里一期的路灯不亮")
    incident = await town.incident_of(first)
    assert await town.incident_of(second) == incident
    order = {"by": "S-1", "reason": "一处在东门，一处在西门"}
    into = (await town.order(incident, "split", threads=[second], **order))["into"]
    await town.until(into, "pending_acceptance")
    assert await town.incident_of(second) == into
    assert (await town.case(incident))["voices"] == 1
    refused = await town.order(incident, "split", threads=[second], **order)
    assert refused["error"].startswith("诉求")
    await town.order(into, "absorb", into=incident, by="S-1", reason="核实是同一盏灯")
    assert (await town.until(into, "closed"))["outcome"] == "absorbed"
    called_back = await town.recorded(into, "hub.dispatch.withdrawn.v1")
    assert called_back["reason"] == f"已并入事件 {incident[:8]}"
    await town.joined(second, incident)
    await town.handle(incident)
    await town.until(incident, "closed")
    receipt = await town.recorded(second, "hub.hotline.receipt.v1")
    assert (receipt["incident_id"], receipt["state"]) == (incident, "closed")


async def test_what_several_speak_of_for_weeks_is_a_hot_spot_of_its_own(town: Town) -> None:
    incidents = []
    for number, estate in enumerate(("云栖一期", "晴庭一期", "松阁一期"), 6):
        told = f"{estate}住户反映青禾搅拌站运渣车违法建筑搭建围挡，搅拌站粉尘污染"
        incidents.append(await town.incident_of(await town.call_hotline(f"OM-{number}", told)))
    assert len(set(incidents)) == 3
    await town.weeks_pass(incidents[0], 3)
    hotspot = await town.found("hub.hotspot.found.v1", incidents[0])
    assert hotspot["sort"] == "theme"
    assert set(incidents) <= set(hotspot["incidents"])
    assert "起事件说的是同一主题" in hotspot["reasons"][0]
