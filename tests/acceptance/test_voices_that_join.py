"""Several people speak of one thing; some take it back, some are not content."""

import pytest

from tests.acceptance.town import Town

pytestmark = pytest.mark.integration


async def test_two_calls_about_one_matter_are_one_incident_and_both_are_answered(
    town: Town,
) -> None:
    first = await town.call_hotline("HC-1", "枫台一期4栋电梯坏了三天了")
    incident = await town.incident_of(first)
    second = await town.call_hotline("HC-2", "枫台一期4栋的电梯故障没人修")
    assert await town.incident_of(second) == incident
    await town.until(incident, "pending_acceptance")
    await town.handle(incident)
    await town.until(incident, "closed")
    for thread in (first, second):
        receipt = await town.recorded(thread, "hub.hotline.receipt.v1")
        assert receipt["state"] == "closed"


async def test_a_call_that_is_taken_back_closes_the_case(town: Town) -> None:
    thread = await town.call_hotline("HC-3", "霁阁一期4栋油烟扰民")
    incident = await town.incident_of(thread)
    await town.until(incident, "pending_acceptance")
    await town.call_hotline("HC-3", "霁阁一期4栋油烟扰民", 工单状态="撤单")
    assert (await town.until(incident, "closed"))["outcome"] == "withdrawn"


async def test_who_is_not_content_gets_somebody_sent_again(town: Town) -> None:
    thread = await town.call_hotline("HC-4", "棠园一期2栋下水道堵了")
    incident = await town.incident_of(thread)
    await town.until(incident, "pending_acceptance")
    await town.handle(incident)
    await town.until(incident, "closed")
    await town.rate(thread, solved=False)
    case = await town.until(incident, "pending_acceptance")
    assert case["rounds"] == 2


async def test_small_talk_is_dismissed_and_a_hint_of_danger_is_not(town: Town) -> None:
    talk = await town.chat("大家早上好，今天天气不错")
    assert (await town.recorded(talk, "hub.report.dismissed.v1"))["reasons"]
    danger = await town.chat("澄汀一期6栋闻到煤气味，好浓")
    case = await town.until(await town.incident_of(danger), "pending_acceptance")
    assert case["severity"] == "danger"
