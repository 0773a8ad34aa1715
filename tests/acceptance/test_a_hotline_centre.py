"""A hotline centre and a camera platform read what comes back, and check every word of it."""

import json
from collections import defaultdict
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import jsonschema
import pytest
from aiokafka import AIOKafkaConsumer

from schemas import flow
from schemas.contract import FROZEN
from schemas.event import CONTENT_TYPE
from schemas.worker import Action, Role
from tests.acceptance.test_a_thing_thrown_from_above import suspicion
from tests.acceptance.town import Town, eventually
from tests.harness import Hub

pytestmark = pytest.mark.integration

WHOLE_WAY = ["accepted", "in_progress", "disposed", "closed"]


@dataclass
class Centre:
    """Reads what the hub answers from the beginning, and keeps it by thread, each id once."""

    consumer: Any
    ids: dict[tuple[str, str], bytes] = field(default_factory=dict)
    told: dict[str, list[dict[str, Any]]] = field(default_factory=lambda: defaultdict(list))

    async def listen(self) -> Mapping[str, list[dict[str, Any]]]:
        """Take in what has come; raises AssertionError where it breaks the contract."""
        for records in (await self.consumer.getmany(timeout_ms=200)).values():
            for record in records:
                self._take(record)
        return self.told

    def _take(self, record: Any) -> None:
        headers = {name: value.decode() for name, value in record.headers}
        assert headers["content-type"] == CONTENT_TYPE
        assert (headers["ce_specversion"], headers["ce_source"]) == ("1.0", "feedback")
        assert headers["ce_subject"] == headers["ce_partitionkey"] == record.key.decode()
        identity = headers["ce_source"], headers["ce_id"]
        if identity in self.ids:
            assert self.ids[identity] == record.value, "the same id says the same"
            return
        self.ids[identity] = record.value
        said = json.loads(record.value)
        jsonschema.validate(said, schema_of(headers["ce_type"]))
        self.told[record.key.decode()].append(said)

    async def hears(self, thread: str, key: str, value: str) -> list[str]:
        """Wait until the last answer to a thread says this; returns all that it was told."""

        async def look() -> list[str] | None:
            said = [each[key] for each in (await self.listen())[thread]]
            return said if said and said[-1] == value else None

        found: list[str] = await eventually(look)
        numbers = [(each["incident_id"], each["number"]) for each in self.told[thread]]
        assert numbers == sorted(numbers, key=lambda each: each[1]), "in the order of the case"
        return found


def schema_of(ce_type: str) -> Any:
    """The JSON Schema that is published for a type."""
    return json.loads((FROZEN / "current" / f"{ce_type}.json").read_text(encoding="utf-8"))


@asynccontextmanager
async def listening(hub: Hub, topic: flow.Topic) -> AsyncIterator[Centre]:
    """A centre at a topic."""
    consumer = AIOKafkaConsumer(
        topic.name, bootstrap_servers=hub.servers.kafka, auto_offset_reset="earliest"
    )
    async with consumer:
        yield Centre(consumer)


async def test_every_voice_hears_every_step_of_its_ticket_though_feedback_is_killed(
    town: Town, running_hub: Hub
) -> None:
    one = await town.call_hotline("HX-1", "岚栖一期2栋电梯坏了，老人下不了楼")
    lift = await town.incident_of(one)
    other = await town.send_ticket("HX-2", 市级编号="HX-2", 诉求主题="岚栖一期2栋的电梯又坏了")
    back = await town.call_hotline("HX-3", "岚苑一期3栋楼道堆物，堵住了通道")
    stairs = await town.incident_of(back)
    await town.joined(other, lift)
    worker = (await town.until(lift, "pending_acceptance"))["worker_id"]
    await town.until(stairs, "pending_acceptance")
    await town.step(stairs, Action.RETURN, "D-1", role=Role.DESK, note="地点说不清")
    await town.step(lift, Action.ACCEPT, worker)
    await town.until(lift, "handling")
    running_hub.kill("feedback")
    await town.step(lift, Action.ASK_EXTENSION, worker, note="等配件")
    await town.step(stairs, Action.REGISTER, "D-1", role=Role.DESK)
    running_hub.start("feedback")
    await town.recorded(lift, "hub.case.asked.v1")
    for action in (Action.ARRIVE, Action.DISPOSE):
        await town.step(lift, action, worker, note="已修好")
    await town.step(lift, Action.CHECK, "R-1", passed=True)
    await town.until(stairs, "pending_acceptance")
    await town.handle(stairs)
    for incident in (lift, stairs):
        await town.until(incident, "closed")
    async with listening(running_hub, flow.HOTLINE_RECEIPTS) as centre:
        asked = ["accepted", "in_progress", "extension_asked", "disposed", "closed"]
        for thread in (one, other):
            assert await centre.hears(thread, "state", "closed") == asked
        sent_back = await centre.hears(back, "state", "closed")
        assert sent_back == ["accepted", "returned", *WHOLE_WAY[1:]]
        assert centre.told[back][1]["message"] == "事项已退回核实，待重新受理：地点说不清"
        await town.send_rating(工单编号="HX-2", 是否解决="未解决", 是否满意="不满意")
        assert (await centre.hears(other, "state", "reopened"))[:-1] == asked
        assert (await centre.hears(one, "state", "reopened"))[:-1] == asked


async def test_a_rating_for_a_ticket_that_never_was_is_kept_with_a_sentence(town: Town) -> None:
    await town.send_rating(工单编号="HX-NEVER", 是否解决="未解决")
    assert await town.dead_letter("feedback", "hotline_12345:HX-NEVER") == (
        "没有工单 HX-NEVER，评价对不上任何诉求"
    )


async def test_a_camera_platform_hears_how_its_alarm_is_handled(
    town: Town, running_hub: Hub
) -> None:
    incident, worker = await suspicion(town, 81, "CAM-0019")
    await town.step(incident, Action.CONFIRM, worker)
    await town.until(incident, "pending_acceptance")
    await town.handle(incident)
    await town.until(incident, "closed")
    thread = await town.thread_seen_by("CAM-0019")
    async with listening(running_hub, flow.CAMERA_STATES) as platform:
        assert await platform.hears(thread, "handle_state", "done") == [
            "pending",
            "handling",
            "done",
        ]
        assert [each.get("code", 0) for each in platform.told[thread]] == [0, 1, 2]
