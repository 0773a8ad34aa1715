"""A storm: routine work may wait, and its clocks stand still; what is grave or watched goes on."""

from datetime import UTC, datetime, timedelta

import pytest

from schemas.flow import Service
from tests.acceptance.town import Town, eventually
from tests.harness import Hub

pytestmark = pytest.mark.integration


async def test_a_mode_stops_the_clocks_of_routine_work_until_it_ends(town: Town) -> None:
    routine = await town.incident_of(await town.call_hotline("MD-1", "岚庭一期3栋楼道乱贴小广告"))
    watched = await town.incident_of(await town.call_hotline("MD-2", "岚庭一期5栋路灯坏了"))
    grave = await town.incident_of(await town.chat("岚庭一期2栋闻到煤气味，好浓"))
    before = {each: await town.until(each, "pending_acceptance") for each in (routine, watched)}
    await town.until(grave, "pending_acceptance")
    storm = {"mode_id": "mode:rain", "by": "L-1"}
    await town.command(
        "mode",
        **storm,
        area=before[routine]["community"],
        level="red",
        trigger="暴雨红色预警（演练）",
        pauses_routine=True,
        expires_at=(datetime.now(UTC) + timedelta(hours=8)).isoformat(),
    )
    for incident in (routine, watched):
        told = await town.recorded(incident, "hub.case.suspended.v1")
        assert told["mode_id"] == "mode:rain" and "暴雨红色预警" in told["reason"]
        assert (await town.case(incident))["paused_by"] == "mode:rain"
    assert (await town.case(grave))["paused_by"] is None
    await town.command("supervise", incident_id=watched, by="L-1", note="盯办")
    await town.recorded(watched, "hub.case.resumed.v1")
    row = await town.case(watched)
    assert row["supervised_at"] is not None and row["paused_by"] is None
    await town.command("end-mode", **storm)

    async def goes_on() -> bool:
        return (await town.case(routine))["paused_by"] is None

    await eventually(goes_on)
    after = await town.case(routine)
    assert after["state"] == "pending_acceptance" and not after["overdue"]
    assert after["accept_by"] > before[routine]["accept_by"]
    assert after["due_at"] >= before[routine]["due_at"]


async def test_a_mode_declared_while_feedback_was_down_is_heard_before_a_clock_rings(
    town: Town, running_hub: Hub
) -> None:
    routine = await town.incident_of(await town.call_hotline("MD-3", "岚庭二期6栋楼道乱贴小广告"))
    case = await town.until(routine, "pending_acceptance")
    running_hub.kill(Service.FEEDBACK)
    try:
        storm = {"mode_id": "mode:wind", "by": "L-1"}
        await town.command(
            "mode",
            **storm,
            area=case["community"],
            level="red",
            trigger="大风红色预警（演练）",
            pauses_routine=True,
            expires_at=(datetime.now(UTC) + timedelta(hours=8)).isoformat(),
        )
        await town.has_told(Service.DISPATCH)
        await town.clock_runs_out(routine, Service.FEEDBACK)
    finally:
        running_hub.start(Service.FEEDBACK)
    told = await town.recorded(routine, "hub.case.suspended.v1")
    assert told["mode_id"] == "mode:wind"
    assert not (await town.case(routine))["overdue"]
    await town.command("end-mode", **storm)
