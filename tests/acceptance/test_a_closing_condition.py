"""A fire lane is cleared and a gas leak stopped: each closes with what its category asks for."""

import pytest

from schemas.worker import Action
from tests.acceptance.town import Town
from tests.unit.intake.pictures import jpeg

pytestmark = pytest.mark.integration


async def at_the_place(town: Town, number: str, text: str) -> tuple[str, str]:
    """An incident whose worker has arrived; returns both."""
    incident = await town.incident_of(await town.call_hotline(number, text))
    worker = (await town.until(incident, "pending_acceptance"))["worker_id"]
    for action in (Action.ACCEPT, Action.ARRIVE):
        await town.step(incident, action, worker)
    await town.until(incident, "on_site")
    return incident, worker


async def test_a_fire_lane_is_closed_with_a_picture_that_was_taken_there_and_then(
    town: Town,
) -> None:
    incident, worker = await at_the_place(town, "JA-1", "云栖一期4栋消防通道被小汽车占用")
    await town.step(incident, Action.DISPOSE, worker, note="已劝离", evidence=())
    refused = await town.recorded(incident, "hub.step.refused.v1")
    assert refused["reason"].startswith("占用消防通道的结案条件是“清障后照片”")
    assert "还缺处置后照片" in refused["reason"]
    old = await town.hand_in(incident, jpeg(), "old.jpg", who=worker, shows="after")
    shown = old.json()["about"]["picture"] | {"digest": old.json()["digest"]}
    await town.step(incident, Action.DISPOSE, worker, note="已劝离", evidence=(shown,))
    await town.refused(incident, "处置后照片拍摄于")
    await town.step(incident, Action.DISPOSE, worker)
    await town.until(incident, "pending_check")
    await town.step(incident, Action.CHECK, "R-1", passed=True)
    assert (await town.until(incident, "closed"))["outcome"] == "rectified"
    added = [each for each in await town.evidence(incident) if each["what"] == "added"]
    assert [each["who"] for each in added] == [worker, worker]


async def test_a_gas_leak_is_closed_with_the_word_of_the_gas_company(town: Town) -> None:
    text = "松苑一期3栋楼道里天然气泄漏，味道很大"
    incident, worker = await at_the_place(town, "JA-2", text)
    sent = await town.recorded(incident, "hub.incident.dispatched.v1")
    unit = sent["assignee"]["level"] == "department"
    await town.step(incident, Action.DISPOSE, worker, confirmed_by="")
    if not unit:
        await town.refused(incident, "还缺燃气公司的确认")
        await town.step(incident, Action.DISPOSE, worker, confirmed_by="燃气公司")
    await town.until(incident, "pending_check")
