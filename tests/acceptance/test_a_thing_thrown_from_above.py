"""A camera sees something fall from a high floor: a suspicion, until a person confirms it."""

import time
from hashlib import sha256

import pytest

from schemas.worker import Action, Role
from tests.acceptance.town import Town
from tests.unit.hosting.clips import mp4

pytestmark = pytest.mark.integration


def toss(number: int, device: str = "CAM-0003") -> dict[str, object]:
    """A Dahua camera's high-toss alarm."""
    return {
        "deviceId": device,
        "nChannelID": 1,
        "dwAlarmType": "EVENT_IVS_HIGH_TOSS_DETECT",
        "nAction": 0,
        "szName": "高空抛物检测",
        "UTC": int(time.time()),
        "nEventID": number,
        "nGroupID": number,
        "stuObjInfos": [{"nObjectID": 1, "nConfidence": 90}],
    }


async def suspicion(town: Town, number: int, device: str) -> tuple[str, str]:
    """Let a camera raise an alarm; returns the incident and its worker."""
    await town.alarm(toss(number, device))
    incident = await town.incident_seen_by(device)
    case = await town.until(incident, "pending_verification")
    return incident, case["worker_id"]


async def test_nobody_is_sent_to_handle_it_before_a_person_confirms(town: Town) -> None:
    incident, worker = await suspicion(town, 1, "CAM-0003")
    await town.step(incident, Action.ACCEPT, worker)
    refused = await town.recorded(incident, "hub.step.refused.v1")
    assert refused["reason"] == "案件待核实，不能接单"
    await town.step(incident, Action.CONFIRM, worker)
    await town.until(incident, "pending_acceptance")
    await town.handle(incident)
    assert (await town.until(incident, "closed"))["outcome"] == "rectified"


async def test_its_clip_is_kept_by_its_hash_and_nobody_can_let_it_go_by_mistake(
    town: Town,
) -> None:
    incident, _ = await suspicion(town, 4, "CAM-0015")
    answer = await town.hand_in(incident, mp4(), "clip.mp4", who="P-1")
    kept = answer.json()
    assert answer.status_code == 201 and kept["digest"] == sha256(mp4()).hexdigest()
    assert (kept["kind"], kept["held"]) == ("clip", True)
    await town.step(incident, Action.CONFIRM, "P-1", role=Role.PROPERTY)
    await town.until(incident, "pending_acceptance")
    (added, held) = await town.evidence(incident)
    assert (added["what"], added["who"]) == ("added", "P-1")
    assert held["what"] == "held" and "民法典第一千二百五十四条" in held["reason"]


async def test_a_bird_is_dismissed_as_a_false_alarm(town: Town) -> None:
    incident, worker = await suspicion(town, 2, "CAM-0007")
    await town.step(incident, Action.FALSE_ALARM, worker)
    refused = await town.recorded(incident, "hub.step.refused.v1")
    assert refused["reason"] == "误报必须说明理由"
    await town.step(incident, Action.FALSE_ALARM, "P-1", role=Role.PROPERTY, note="是飞鸟")
    assert (await town.until(incident, "closed"))["outcome"] == "false_alarm"


async def test_the_same_alarm_posted_fifty_times_is_one_incident(town: Town) -> None:
    for _ in range(50):
        await town.alarm(toss(3, "CAM-0011"))
    incident, _ = await suspicion(town, 3, "CAM-0011")
    assert (await town.case(incident))["voices"] == 1
