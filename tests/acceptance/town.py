"""The outside world of a story: what it sends to the hub, and what it can see of it."""

import asyncio
import json
import urllib.request
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import asyncpg
import httpx
from aiokafka import AIOKafkaProducer

from deploy.simulator.album import drawn, invented
from deploy.simulator.people import shipped_closing
from schemas import flow
from schemas.flow import Service
from schemas.incident import IncidentClassified
from schemas.worker import Action, CitizenRated, Evidence, StepReported
from services.feedback.domain.closing import Needed
from services.intake.domain.signatures import sign
from services.kernel.record import envelope
from tests.harness import Hub

TOKEN = "a token of the tests"
WORKERS_KEY = "a-key-of-tests"
"""With which the workers' app signs what it posts."""

CLOSING = shipped_closing()
PATIENCE = 30.0
"""Seconds within which something must happen."""


class Town:
    """Sends reports and steps, and looks at the road of an incident."""

    def __init__(self, hub: Hub, producer: AIOKafkaProducer, connection: Any) -> None:
        self._hub = hub
        self._producer = producer
        self._connection = connection

    async def call_hotline(self, number: str, text: str, **fields: str) -> str:
        """A ticket of the hotline; returns its thread."""
        ticket = {"工单编号": number, "工单类型": "投诉", "诉求内容": text} | fields
        await self._send(flow.HOTLINE_TICKETS.name, number, ticket)
        return f"hotline_12345:{number}"

    async def send_ticket(self, number: str, **ticket: str) -> str:
        """A ticket in just these fields; returns its thread."""
        await self._send(flow.HOTLINE_TICKETS.name, number, ticket)
        return f"hotline_12345:{number}"

    async def send_rating(self, **said: str) -> None:
        """A call-back in the words of the hotline."""
        await self._send(flow.HOTLINE_RATINGS.name, said["工单编号"], said)

    async def chat(self, text: str, **fields: Any) -> str:
        """A message in a neighbours' group; returns its thread."""
        name = uuid4().hex
        said = {"source": "wechat_group", "message_id": name, "sender": "测试", "text": text}
        message: dict[str, Any] = said | fields
        message["sent_at"] = datetime.now(UTC).isoformat()
        await self._send(flow.MESSAGES.name, name, message)
        return f"wechat_group:{name}"

    async def post_signed(
        self, report: dict[str, Any], timestamp: str, key: str = WORKERS_KEY
    ) -> httpx.Response:
        """A grid worker's report (随手拍) over HTTP, signed by the workers' app."""
        body = json.dumps(report, ensure_ascii=False).encode()
        headers = {
            "Hub-Timestamp": timestamp,
            "Hub-Signature": sign(key, "workers", timestamp, body),
        }
        url = self._hub.url("intake", "/api/v1/sources/workers/reports")
        async with httpx.AsyncClient() as client:
            return await client.post(url, content=body, headers=headers)

    async def alarm(self, alarm: dict[str, Any]) -> None:
        """An alarm of a camera, as its vendor sends it."""
        await self._send(flow.CAMERA_ALARMS.name, "camera", alarm)

    async def step(self, incident: str, action: Action, worker: str, **more: Any) -> None:
        """A step of a worker, from the phone; with what any such step shows, unless told."""
        now = datetime.now(UTC)
        if "evidence" not in more:
            more = await self._shown(incident, action, worker) | more
        event = StepReported(
            step_id=uuid4().hex,
            incident_id=incident,
            action=action,
            worker_id=worker,
            at=now,
            **more,
        )
        await self._send_event(flow.WORKER_STEPS.name, event)

    async def hand_in(
        self, incident: str, content: bytes, name: str = "a.jpg", **more: str
    ) -> httpx.Response:
        """A picture or a clip as evidence, over HTTP."""
        url = self._hub.url("feedback", f"/api/v1/cases/{incident}/evidence")
        headers = {"authorization": f"Bearer {TOKEN}"}
        params = {"who": "W-1"} | more
        async with httpx.AsyncClient(headers=headers) as client:
            return await client.post(url, params=params, files={"file": (name, content)})

    async def evidence(self, incident: str) -> list[dict[str, Any]]:
        """Who did what to the evidence of an incident."""
        url = self._hub.url("feedback", f"/api/v1/cases/{incident}/evidence")
        async with httpx.AsyncClient(headers={"authorization": f"Bearer {TOKEN}"}) as client:
            return list((await client.get(url)).json())

    async def picture(self, incident: str, shows: str, worker: str = "W-1") -> Evidence:
        """A picture like no other, handed in, as a step names it."""
        (wanted,) = invented(uuid4().hex, [shows])
        answer = await self.hand_in(incident, drawn(wanted), who=worker, shows=shows)
        assert answer.status_code == 201, answer.text
        return wanted.model_copy(update={"digest": answer.json()["digest"]})

    async def _shown(self, incident: str, action: Action, worker: str) -> dict[str, Any]:
        """Where whoever arrives stands, and what the category of a disposal asks for."""
        if action not in {Action.ARRIVE, Action.DISPOSE}:
            return {}
        classified = await self.recorded(incident, IncidentClassified.ce_type)
        if action is Action.ARRIVE:
            place = classified["place"]
            return {name: place.get(name) for name in ("longitude", "latitude")}
        condition = CLOSING.by_category.get(classified["category"]["code"], CLOSING.default)
        needs = [each.value for each in condition.needs if each is not Needed.MEASURE]
        evidence = [await self.picture(incident, each, worker) for each in needs]
        confirmed = next(iter(condition.confirmed_by), "")
        return {"note": "已处理", "evidence": tuple(evidence), "confirmed_by": confirmed}

    async def rate(self, thread: str, solved: bool, satisfied: str = "") -> None:
        """The citizen's answer at the call-back."""
        event = CitizenRated(
            thread=thread,
            solved=solved,
            satisfied=satisfied,
            at=datetime.now(UTC),
            comment="还是老样子",
        )
        await self._send_event(flow.HOTLINE_RATINGS.name, event)

    async def handle(self, incident: str) -> None:
        """The assigned worker does all that is needed, and somebody else checks it."""
        worker = (await self.case(incident))["worker_id"]
        sent = await self.recorded(incident, "hub.incident.dispatched.v1")
        for action in (Action.ACCEPT, Action.ARRIVE):
            await self.step(incident, action, worker, note="已处理")
        for task in sent.get("tasks", ()):
            await self.step(incident, Action.TASK_DONE, worker, task_id=task["task_id"])
        await self.step(incident, Action.DISPOSE, worker, note="已处理")
        await self.step(incident, Action.CHECK, "R-1", passed=True)

    async def incident_of(self, thread: str) -> str:
        """The incident that a report came to."""
        query = "SELECT incident_id FROM feedback.voice WHERE thread = $1"
        return str(await eventually(lambda: self._connection.fetchval(query, thread)))

    async def incident_seen_by(self, device: str) -> str:
        """The incident that a camera's alarm came to."""
        query = "SELECT incident_id FROM feedback.voice WHERE thread LIKE $1"
        pattern = f"camera:%{device}%"
        return str(await eventually(lambda: self._connection.fetchval(query, pattern)))

    async def thread_seen_by(self, device: str) -> str:
        """The thread of a camera's alarm."""
        query = "SELECT thread FROM feedback.voice WHERE thread LIKE $1"
        return str(await self._connection.fetchval(query, f"camera:%{device}%"))

    async def dead_letter(self, service: str, subject: str) -> str:
        """Wait for a dead letter about a subject; returns why it died."""
        query = f"SELECT reason FROM {service}.dead_letter WHERE subject = $1"
        return str(await eventually(lambda: self._connection.fetchval(query, subject)))

    async def case(self, incident: str) -> dict[str, Any]:
        """The row of the ledger."""
        query = "SELECT * FROM feedback.ledger WHERE incident_id = $1"
        return dict(await self._connection.fetchrow(query, incident) or {})

    async def now(self) -> datetime:
        """The moment by the database's clock."""
        moment: datetime = await self._connection.fetchval("SELECT clock_timestamp()")
        return moment

    async def until(self, incident: str, state: str) -> dict[str, Any]:
        """Wait until the case stands there; returns its row of the ledger."""

        async def look() -> dict[str, Any] | None:
            case = await self.case(incident)
            return case if case.get("state") == state else None

        found: dict[str, Any] = await eventually(look)
        return found

    async def recorded(self, subject: str, ce_type: str) -> dict[str, Any]:
        """Wait for an event about a subject; returns its body."""
        query = (
            "SELECT payload::text FROM feedback.archive "
            "WHERE subject = $1 AND ce_type = $2 ORDER BY id DESC LIMIT 1"
        )
        text = await eventually(lambda: self._connection.fetchval(query, subject, ce_type))
        return dict(json.loads(text))

    async def refused(self, incident: str, said: str) -> None:
        """Wait until a step was refused with a sentence that says so."""
        query = (
            "SELECT 1 FROM feedback.archive WHERE subject = $1 "
            "AND ce_type = 'hub.step.refused.v1' AND payload::jsonb->>'reason' LIKE $2"
        )
        await eventually(lambda: self._connection.fetchval(query, incident, f"%{said}%"))

    async def joined(self, thread: str, incident: str) -> None:
        """Wait until a report belongs to an incident."""
        query = "SELECT 1 FROM feedback.voice WHERE thread = $1 AND incident_id = $2"
        await eventually(lambda: self._connection.fetchval(query, thread, incident))

    async def found(self, ce_type: str, incident: str) -> dict[str, Any]:
        """Wait for an event that names an incident among others; returns its body."""
        query = (
            "SELECT payload::text FROM feedback.archive "
            "WHERE ce_type = $1 AND payload::jsonb->'incidents' ? $2 LIMIT 1"
        )
        text = await eventually(lambda: self._connection.fetchval(query, ce_type, incident))
        return dict(json.loads(text))

    async def knows_closed(self, incident: str) -> None:
        """Wait until classification has heard that a case was closed."""
        query = "SELECT closed_at FROM classification.open_incident WHERE incident_id = $1"
        await eventually(lambda: self._connection.fetchval(query, incident))

    async def weeks_pass(self, incident: str, weeks: int) -> None:
        """Let an incident have been opened so many weeks ago, as far as themes are concerned."""
        query = (
            "UPDATE classification.open_incident "
            "SET opened_at = opened_at - make_interval(weeks => $2) WHERE incident_id = $1"
        )
        await self._connection.execute(query, incident, weeks)

    async def openings(self, thread: str) -> list[dict[str, Any]]:
        """Who has opened the clear text of a report, the first one first."""
        query = "SELECT * FROM intake.unmasking WHERE thread = $1 ORDER BY id"
        return [dict(row) for row in await self._connection.fetch(query, thread)]

    async def tables(self, schema: str) -> dict[str, str]:
        """All rows of all tables of a schema as text, a line each."""
        query = "SELECT tablename FROM pg_tables WHERE schemaname = $1"
        names = [row["tablename"] for row in await self._connection.fetch(query, schema)]
        rows = {
            name: await self._connection.fetch(f"SELECT t::text AS row FROM {schema}.{name} t")
            for name in names
        }
        return {
            name: "\n".join(["", *(row["row"] for row in found)]) for name, found in rows.items()
        }

    async def road(self, incident: str) -> list[dict[str, Any]]:
        """The whole life of an incident, as the page shows it."""
        url = self._hub.url("feedback", f"/api/v1/incidents/{incident}/road")
        return list(json.loads(await asyncio.to_thread(_get, url)))

    async def overview(self) -> dict[str, Any]:
        """What the duty desk sees."""
        url = self._hub.url("feedback", "/api/v1/overview")
        return dict(json.loads(await asyncio.to_thread(_get, url)))

    async def order(self, incident: str, what: str, **body: Any) -> dict[str, Any]:
        """A person's command about an incident, over HTTP; returns the answer."""
        url = self._hub.url("classification", f"/api/v1/incidents/{incident}/{what}")
        headers = {"authorization": f"Bearer {TOKEN}", "idempotency-key": uuid4().hex}
        async with httpx.AsyncClient() as client:
            answer = await client.post(url, json=body, headers=headers)
        return dict(answer.json())

    async def command(self, what: str, **body: Any) -> None:
        """A leader's order to dispatch, over HTTP; it must be followed."""
        url = self._hub.url("dispatch", f"/api/v1/orders/{what}")
        async with httpx.AsyncClient() as client:
            answer = await client.post(url, json=body, headers={"authorization": f"Bearer {TOKEN}"})
        answer.raise_for_status()

    async def measure(self, name: str) -> dict[str, Any]:
        """A rate of the hub, with its numerator and denominator."""
        url = self._hub.url("feedback", "/api/v1/metrics")
        (everything,) = json.loads(await asyncio.to_thread(_get, url))
        return dict(everything["rates"][name])

    async def has_lived(self, area: str, memory: bytes) -> None:
        """The risk watch remembers an earlier life, and hears again of what lies in an area."""
        query = (
            "WITH told AS (UPDATE classification.risk_sighting SET counted = false "
            "WHERE starts_with(area, $1) AND NOT taken_back) "
            "INSERT INTO classification.risk_watch VALUES (left($1, 6), 1, 0, $2) "
            "ON CONFLICT (district) DO UPDATE "
            "SET version = risk_watch.version + 1, slot = 0, state = EXCLUDED.state"
        )
        await self._connection.execute(query, area, memory)

    async def forget(self, incident: str) -> None:
        """As if dispatch had lost who has an incident."""
        query = (
            "WITH lost AS (UPDATE dispatch.assignment SET worker_id = '' WHERE incident_id = $1) "
            "UPDATE dispatch.subject SET state = "
            '(state::jsonb || \'{"assignee": null, "holder": ""}\')::json WHERE id = $1'
        )
        await self._connection.execute(query, incident)

    async def everybody_is_free(self) -> None:
        """As if all that was sent before rested: nobody is on the way or on the spot."""
        await self._connection.execute("UPDATE dispatch.assignment SET occupies = false")

    async def sent(self, incidents: list[str]) -> dict[str, dict[str, Any]]:
        """Those of these incidents that somebody has, with the dispatch of each."""
        query = (
            "SELECT subject, payload::text AS payload FROM feedback.archive "
            "WHERE subject = ANY($1) AND ce_type = 'hub.incident.dispatched.v1' ORDER BY id"
        )
        rows = await self._connection.fetch(query, incidents)
        return {row["subject"]: json.loads(row["payload"]) for row in rows}

    async def stop_clock(self, incident: str, service: Service) -> None:
        """As if a service had lost the timers of an incident."""
        query = f"DELETE FROM {service}.timer WHERE subject = $1"
        await self._connection.execute(query, incident)

    async def clock_runs_out(self, incident: str, service: Service) -> None:
        """As if the time of an incident's timers were up."""
        query = f"UPDATE {service}.timer SET due_at = now() WHERE subject = $1"
        await self._connection.execute(query, incident)

    async def has_told(self, service: Service) -> None:
        """Wait until Kafka has all that a service has said."""
        query = f"SELECT NOT EXISTS (SELECT FROM {service}.outbox)"
        await eventually(lambda: self._connection.fetchval(query))

    async def has_clock(self, incident: str, service: Service) -> bool:
        """Whether a service has a timer for an incident."""
        query = f"SELECT EXISTS (SELECT FROM {service}.timer WHERE subject = $1)"
        return bool(await self._connection.fetchval(query, incident))

    async def warnings(self, area: str) -> list[dict[str, Any]]:
        """What the risk watch has warned of in an area."""
        query = "SELECT * FROM classification.risk_warning WHERE starts_with(area, $1)"
        return [dict(row) for row in await self._connection.fetch(query, area)]

    async def _send(self, topic: str, key: str, body: dict[str, Any]) -> None:
        value = json.dumps(body, ensure_ascii=False).encode()
        await self._producer.send_and_wait(topic, value, key=key.encode())

    async def _send_event(self, topic: str, event: Any) -> None:
        now, name = datetime.now(UTC).isoformat(), uuid4().hex
        headers = envelope(
            event,
            id=name,
            source="phone",
            sequence=None,
            time=now,
            correlation=name,
            causation=name,
        )
        await self._producer.send_and_wait(
            topic,
            event.model_dump_json().encode(),
            key=event.subject.encode(),
            headers=[(key, value.encode()) for key, value in headers.items()],
        )


async def eventually(look: Callable[[], Awaitable[Any]]) -> Any:
    """Look until there is something; raises TimeoutError after PATIENCE."""
    async with asyncio.timeout(PATIENCE):
        while not (found := await look()):
            await asyncio.sleep(0.05)
    return found


def _get(url: str) -> bytes:
    asked = urllib.request.Request(url, headers={"authorization": f"Bearer {TOKEN}"})
    with urllib.request.urlopen(asked, timeout=5) as answer:
        body: bytes = answer.read()
    return body


async def connection_to(dsn: str) -> Any:
    """A connection of the owner, to look with."""
    return await asyncpg.connect(dsn)
