"""Neighbours quarrel: several parties come together, and it is done when all have done theirs."""

import pytest

from schemas.worker import Action
from tests.acceptance.town import Town

pytestmark = pytest.mark.integration

CALL = "云栖一期2栋两户邻居矛盾纠纷，天天吵架，希望有人来调解"


async def test_a_coordination_is_disposed_of_when_all_its_tasks_are_done(town: Town) -> None:
    incident = await town.incident_of(await town.call_hotline("XT-1", CALL))
    case = await town.until(incident, "pending_acceptance")
    sent = await town.recorded(incident, "hub.incident.dispatched.v1")
    assert (sent["mode"], sent["lead_unit"]) == ("协调办", "司法所")
    assert sent["rule"] == "协调事项" and sent["rules_version"]
    worker = case["worker_id"]
    for action in (Action.ACCEPT, Action.ARRIVE, Action.DISPOSE):
        await town.step(incident, action, worker)
    refused = await town.recorded(incident, "hub.step.refused.v1")
    assert "协调任务还有 2 项未完成" in refused["reason"]
    for task, unit in zip(sent["tasks"], ("D-司法所", worker), strict=True):
        await town.step(incident, Action.TASK_DONE, unit, task_id=task["task_id"])
    await town.step(incident, Action.DISPOSE, worker, note="双方已达成一致")
    await town.step(incident, Action.CHECK, "R-1", passed=True)
    assert (await town.until(incident, "closed"))["outcome"] == "rectified"


async def test_what_belongs_to_a_department_goes_to_it_and_not_to_the_micro_grid(
    town: Town,
) -> None:
    incident = await town.incident_of(
        await town.call_hotline("XT-2", "云栖一期3栋停电了，整栋楼没电")
    )
    await town.until(incident, "pending_acceptance")
    sent = await town.recorded(incident, "hub.incident.dispatched.v1")
    assert sent["assignee"]["worker_id"] == "D-供电公司"
    assert (sent["mode"], sent["assignee"]["level"]) == ("跟踪办", "department")
