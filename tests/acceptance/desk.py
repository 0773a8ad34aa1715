"""A day for the duty desk to look at: something of everything that a dashboard shows."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

import httpx
from aiokafka import AIOKafkaProducer

from schemas.worker import Action
from tests.acceptance.test_a_thing_thrown_from_above import suspicion
from tests.acceptance.test_something_is_brewing import COMMUNITY, outbreak, two_quiet_months
from tests.acceptance.town import TOKEN, Town, connection_to, eventually
from tests.harness import Hub

T = TypeVar("T")
HEADERS = {"authorization": f"Bearer {TOKEN}"}
SILENT, ESCALATED = "hub.source.silenced.v1", "hub.incident.escalated.v1"


class Day:
    """What happens, through a town and by orders of people."""

    def __init__(self, town: Town, hub: Hub, owner: Any) -> None:
        self.town = town
        self.hub = hub
        self.owner = owner

    async def _order(self, service: str, path: str, body: dict[str, Any]) -> Any:
        """What a person orders over HTTP; raises if it is refused."""
        headers = HEADERS | {"idempotency-key": f"desk-{path}"}
        async with httpx.AsyncClient(base_url=self.hub.url(service, "")) as client:
            answer = await client.post(f"/api/v1/{path}", json=body, headers=headers)
        answer.raise_for_status()
        return answer.json()

    async def a_coordination(self) -> str:
        """Done, closed and rated: an incident whose road is long."""
        call = "云栖一期4栋两户邻居矛盾纠纷，天天吵架，希望有人来调解"
        thread = await self.town.call_hotline("DS-1", call)
        incident = await self.town.incident_of(thread)
        await self.town.until(incident, "pending_acceptance")
        await self.town.handle(incident)
        await self.town.until(incident, "closed")
        await self.town.rate(thread, solved=True, satisfied="满意")
        await self.town.recorded(incident, "hub.case.rated.v1")
        return incident

    async def a_danger_and_an_overdue_case(self) -> None:
        """Both stay open; of the second, the time to accept it is up, and the time to dispose."""
        danger = await self.town.chat("澄汀一期2栋闻到煤气味，好浓")
        lamp = await self.town.incident_of(
            await self.town.call_hotline("DS-2", "霁阁一期2栋旁边的路灯不亮")
        )
        await self.town.until(await self.town.incident_of(danger), "pending_acceptance")
        await self.town.until(lamp, "pending_acceptance")
        await self.owner.execute(
            "UPDATE feedback.timer SET due_at = now() WHERE subject = $1", lamp
        )
        await self.town.recorded(lamp, ESCALATED)
        case = await self.town.until(lamp, "pending_acceptance")
        await self.town.step(lamp, Action.ACCEPT, case["worker_id"])
        await self.town.until(lamp, "handling")
        late = (
            "UPDATE feedback.ledger SET due_at = now() - interval '1 hour' WHERE incident_id = $1"
        )
        await self.owner.execute(late, lamp)

    async def a_false_alarm(self) -> None:
        incident, worker = await suspicion(self.town, 97, "CAM-0041")
        await self.town.step(incident, Action.FALSE_ALARM, worker, note="是飞鸟")
        await self.town.until(incident, "closed")

    async def a_neighbourhood_in_doubt(self) -> None:
        """Small talk, something strange, three voices of one thing, a category put right."""
        await self.town.chat("今天天气真好，大家早")
        strange = await self.town.chat("xiaofang tongdao bei che du le")
        first = await self.town.call_hotline("DS-3", "枫湾一期7栋电梯坏了三天了")
        incident = await self.town.incident_of(first)
        for number, said in enumerate(
            ("枫湾一期7栋的电梯故障没人修", "枫湾一期7栋电梯又坏了，没人修")
        ):
            await self.town.joined(await self.town.call_hotline(f"DS-3-{number}", said), incident)
        await self.town.found("hub.hotspot.found.v1", incident)
        body = {"code": "06001", "by": "S-1", "reason": "现场看过"}
        await self._order("classification", f"incidents/{incident}/category", body)
        await self.town.recorded(incident, "hub.incident.recategorised.v1")
        await self.town.recorded(strange, "hub.review.requested.v1")

    async def something_held_back(self) -> None:
        until = (datetime.now(UTC) + timedelta(hours=2)).isoformat()
        silence = {"silence_id": "silence:desk", "what": "maintenance", "categories": ["93002"]}
        silence |= {"by": "L-1", "reason": "供水管网检修", "until": until}
        await self._order("dispatch", "orders/silence", silence)
        thread = await self.town.call_hotline("DS-4", "岚栖一期3栋停水了，家里没水用")
        await self.town.recorded(await self.town.incident_of(thread), "hub.dispatch.held.v1")

    async def something_brewing(self) -> None:
        """One warning, unless an earlier story has raised it."""
        if not await self.town.warnings(COMMUNITY):
            await outbreak(self.town)
            await self.town.has_lived(COMMUNITY, two_quiet_months())
        await eventually(lambda: self.town.warnings(COMMUNITY))

    async def an_emergency_and_a_silence(self) -> None:
        expires = (datetime.now(UTC) + timedelta(hours=1)).isoformat()
        mode = {"mode_id": "mode:desk", "area": "510108004", "level": "yellow", "by": "L-1"}
        mode |= {"trigger": "大风", "expires_at": expires}
        await self._order("dispatch", "orders/mode", mode)
        impatient = "UPDATE intake.source SET slow = 0.5, patience = 1 WHERE source_id = 'visits'"
        await self.owner.execute(impatient)
        await self.town.recorded("visits", SILENT)
        await self.town.recorded("mode:desk", "hub.mode.declared.v1")


async def let_a_day_pass(hub: Hub) -> str:
    """All of it at once; returns the incident whose road is long."""
    others = (
        Day.a_danger_and_an_overdue_case,
        Day.a_false_alarm,
        Day.a_neighbourhood_in_doubt,
        Day.something_held_back,
        Day.something_brewing,
        Day.an_emergency_and_a_silence,
    )
    async with AIOKafkaProducer(bootstrap_servers=hub.servers.kafka) as producer:
        rest = asyncio.gather(*(_told(hub, producer, story) for story in others))
        incident = await _told(hub, producer, Day.a_coordination)
        await rest
    return incident


async def _told(hub: Hub, producer: AIOKafkaProducer, story: Callable[[Day], Awaitable[T]]) -> T:
    """One story, with a connection of its own."""
    owner = await connection_to(hub.servers.postgres_dsn)
    try:
        return await story(Day(Town(hub, producer, owner), hub, owner))
    finally:
        await owner.close()
