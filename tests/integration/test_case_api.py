"""The API of cases and what is live, on a real PostgreSQL: who sees what, once, and in order."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import pytest
from fastapi import FastAPI
from pydantic import SecretStr

from schemas.dispatch import Task
from schemas.event import Event
from schemas.flow import Service
from schemas.place import Place
from schemas.worker import Action, CitizenRated
from services.cli.prepare import folders_of
from services.feedback.adapters import rebuilding
from services.feedback.adapters.case_book import PostgresCaseBook
from services.feedback.adapters.evidence_store import desk_of
from services.feedback.adapters.exporting import rows_of
from services.feedback.adapters.news import Newsroom
from services.feedback.adapters.readings import PostgresReadings
from services.feedback.domain.dictionary import SHEETS
from services.feedback.http import make_routers
from services.feedback.http.front import Front
from services.feedback.main import make_domain
from services.feedback.settings import FeedbackSettings
from services.hosting.access import Access, Identity, Office
from services.hosting.http import Health, make_app, make_server
from services.hosting.migrations import migrate
from services.hosting.service import outlet_of, readers_of
from services.kernel.postgres import connect
from services.kernel.processor import Processor
from tests.unit.feedback.cases import CHECKER, OTHER, WORKER, incident, sent, voice
from tests.unit.hosting.tokens import bearer, ring_file

pytestmark = pytest.mark.integration

HERE, THERE = "510108004003001001", "510108007001001001"
TOKEN = "a token of the tests"
SYSTEM = {"authorization": f"Bearer {TOKEN}"}
DESK = Identity("D-1", Office.DESK, "510108004")
STRANGER = Identity("D-2", Office.DESK, "510108007")
PATIENCE = 10.0
PICTURE = {
    "digest": "3f2a91c0" * 8,
    "media_type": "image/jpeg",
    "width": 1280,
    "height": 720,
    "shows": "after",
}


@dataclass
class Api:
    """Feedback without Kafka: its rules, its database, its HTTP."""

    processor: Processor
    newsroom: Newsroom
    app: FastAPI
    client: httpx.AsyncClient
    ring: Path
    stopping: asyncio.Event

    async def happen(self, event: Event, name: str) -> None:
        """Let an event have its effect, as if it had come."""
        await self.processor.command(event, name, "test")

    async def begin(
        self,
        name: str,
        area: str,
        worker: str = WORKER,
        number: int = 1,
        tasks: tuple[Task, ...] = (),
    ) -> None:
        """An incident is opened in a micro-grid and sent to a worker."""
        heard = voice(number, ticket=f"GD-{number}").model_copy(update={"thread": f"t:{name}"})
        place = Place(community=area[:12], grid=area[:15], micro_grid=area)
        now = datetime.now(UTC)
        opened = incident(heard).model_copy(
            update={"incident_id": name, "place": place, "classified_at": now}
        )
        dispatched = sent(1, worker)
        times = ("accept_by", "arrive_by", "dispose_by", "check_by")
        by = {name: now + timedelta(hours=2) for name in times}
        deadlines = dispatched.deadlines.model_copy(update=by)
        update = {
            "incident_id": name,
            "deadlines": deadlines,
            "dispatched_at": now,
            "tasks": tasks,
        }
        await self.happen(opened, f"{name}/opened")
        await self.happen(dispatched.model_copy(update=update), f"{name}/sent")

    def as_(self, who: Identity) -> dict[str, str]:
        """The header of somebody."""
        return bearer(self.ring, who)

    async def get(self, path: str, who: Identity | None = None, **query: Any) -> httpx.Response:
        """Ask; as the hub's own system if nobody is named."""
        headers = self.as_(who) if who else SYSTEM
        return await self.client.get(f"/api/v1{path}", params=query, headers=headers)

    async def step(
        self, name: str, action: Action, who: Identity, command: str, **more: Any
    ) -> httpx.Response:
        """Take a step."""
        headers = self.as_(who) | {"idempotency-key": command}
        body = {"action": action, "note": "说明", "passed": True} | more
        return await self.client.post(f"/api/v1/cases/{name}/steps", json=body, headers=headers)


@asynccontextmanager
async def replica(dsn: str, ring: Path) -> AsyncIterator[Api]:
    """One process of feedback."""
    pool = await connect(dsn, "feedback")
    service = Service.FEEDBACK
    processor = Processor(
        service, make_domain(), pool, readers_of(service, {}, 100_000), outlet_of(service), 16
    )
    newsroom = Newsroom(pool, silence=0.3)
    access = Access(SecretStr(TOKEN), ring, service)
    app = make_app(Health(service))
    front = Front(
        readings=PostgresReadings(pool),
        cases=PostgresCaseBook(pool),
        commands=processor,
        news=newsroom,
        access=access,
        evidences=desk_of(FeedbackSettings(), pool),
        largest=1_000,
        is_open_here=True,
    )
    for each in make_routers(front):
        app.include_router(each)
    stopping = asyncio.Event()
    reading = asyncio.create_task(newsroom.run(stopping))
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="http://hub") as client:
        yield Api(processor, newsroom, app, client, ring, stopping)
    stopping.set()
    await reading
    await pool.close()


@pytest.fixture
async def api(database: str, tmp_path: Path) -> AsyncIterator[Api]:
    """Feedback on a database of its own."""
    await migrate(database, "feedback", folders_of("feedback"), None)
    async with replica(database, ring_file(tmp_path)) as one:
        yield one


def worker(name: str, scope: str = HERE) -> Identity:
    return Identity(name, Office.WORKER, scope)


async def test_everybody_sees_their_own_part_and_a_strangers_case_is_not_there(api: Api) -> None:
    await api.begin("here", HERE)
    await api.begin("there", THERE, OTHER, 2)
    for who, seen in ((DESK, ["here"]), (STRANGER, ["there"]), (None, ["there", "here"])):
        listed = (await api.get("/cases", who)).json()
        assert [each["incident_id"] for each in listed["cases"]] == seen
    assert (await api.get("/cases/there", DESK)).status_code == 404
    assert (await api.get("/incidents/there/road", DESK)).status_code == 404
    assert (await api.step("there", Action.ACCEPT, DESK, "stranger-1")).status_code == 404
    helper = await api.get("/cases/there", worker(OTHER))
    assert helper.status_code == 200, "whoever has it in hand sees it wherever it is"
    nothing = (await api.get("/cases/unknown", DESK)).json()
    assert nothing["title"] == "没有这一项" and "不在您的范围内" in nothing["detail"]


async def test_a_stranger_sees_no_overview_and_who_has_a_part_no_case_of_another(api: Api) -> None:
    await api.begin("here", HERE)
    await api.begin("there", THERE, OTHER, 2)
    path = "/api/v1/overview"
    for address in ("http://hub", "http://rebound.example"):
        assert (await api.client.get(f"{address}{path}")).status_code == 401
    at_home = f"http://127.0.0.1{path}"
    proxied = {"x-forwarded-for": "203.0.113.9"}
    assert (await api.client.get(at_home, headers=proxied)).status_code == 401
    assert (await api.client.get(at_home)).json()["incidents"] == 2, "who sits here needs no token"
    told = (await api.get("/overview", DESK)).json()
    assert told["incidents"] == 2
    assert [each["incident_id"] for each in told["latest"]] == ["here"]


async def test_a_body_that_is_too_large_is_not_even_read(api: Api) -> None:
    async def endless() -> AsyncIterator[bytes]:
        for _ in range(2_000):
            yield b" " * 1_000
        raise AssertionError("it was read to its end")

    for content in (b" " * 2_000_000, endless()):
        answer = await api.client.post("/api/v1/cases/i1/steps", content=content)
        assert answer.status_code == 413, "whoever sends it"
        assert answer.json()["title"] == "报文过大"


async def test_what_no_calendar_has_and_no_reader_reads_is_refused_in_chinese(api: Api) -> None:
    await api.begin("i1", HERE)
    early = await api.get("/metrics", None, until="0001-01-01T00:00:00+14:00")
    assert early.status_code == 422 and early.json()["field"] == "until"
    headers = SYSTEM | {"idempotency-key": "unreadable", "content-type": "application/json"}
    for body in (b'{"action":"accept","note":"\xff"}', b"[1]", b'{"a":' * 90_000):
        path = "/api/v1/cases/i1/steps"
        answer = await api.client.post(path, content=body, headers=headers)
        assert answer.status_code in {400, 422}
        assert not set(answer.json()["detail"]) & set("abdeghilmnprtuvy"), answer.json()["detail"]


async def test_a_case_tells_its_whole_road_without_names(api: Api) -> None:
    await api.begin("i1", HERE)
    for action, who in (
        (Action.ACCEPT, worker(WORKER)),
        (Action.ARRIVE, worker(WORKER)),
        (Action.DISPOSE, worker(WORKER)),
        (Action.CHECK, worker(CHECKER)),
    ):
        done = await api.step("i1", action, who, f"click-{action}")
        assert done.status_code == 200, done.text
    case = (await api.get("/cases/i1", DESK)).json()
    assert case["state_name"] == "已结案" and case["outcome"] == "rectified"
    assert [each["what"] for each in case["steps"]] == [
        "case.accepted",
        "case.arrived",
        "case.disposed",
        "case.checked",
        "case.closed",
    ]
    assert [each["thread"] for each in case["heard"]] == ["t:i1"]
    assert case["dispatches"][0]["reasons"] == [] and case["stages"]["checked_at"]
    assert {each["action"] for each in case["actions"]} == {"reopen", "excuse"}


async def test_a_repeated_click_is_one_and_gets_the_same_answer(api: Api) -> None:
    await api.begin("i1", HERE)
    clicks = [api.step("i1", Action.ACCEPT, worker(WORKER), "one-click") for _ in range(5)]
    answers = [each.json() for each in await asyncio.gather(*clicks)]
    assert answers == [answers[0]] * 5 and answers[0]["state"] == "handling"
    assert "hub.case.accepted.v1" in answers[0]["events"]
    other = await api.step("i1", Action.DEPART, worker(WORKER), "one-click")
    assert other.status_code == 409 and other.json()["type"].endswith("reused")
    again = await api.step("i1", Action.ACCEPT, worker(WORKER), "next-click")
    assert again.status_code == 409 and again.json()["detail"] == "案件处置中，不能接单"


async def test_of_two_on_the_same_page_one_wins_and_the_other_is_told(api: Api) -> None:
    await api.begin("i1", HERE)
    seen = (await api.get("/cases/i1", DESK)).json()["version"]
    won = await api.step("i1", Action.ACCEPT, worker(WORKER), "first-page", seen=seen)
    assert won.status_code == 200 and won.json()["version"] != seen
    late = await api.step("i1", Action.RETURN, DESK, "second-page", seen=seen)
    assert late.status_code == 409 and "请刷新" in late.json()["detail"]
    assert late.json()["type"].endswith("stale")
    road = (await api.get("/incidents/i1/road")).json()
    told = {each["ce_type"]: each["what"] for each in road}
    assert told["hub.step.refused.v1"] == "步骤被拒", "the trace of it stays"


async def test_pages_follow_one_another_while_cases_keep_coming(api: Api) -> None:
    for number in range(7):
        await api.begin(f"i{number}", HERE, number=number)
    first = (await api.get("/cases", DESK, limit=3)).json()
    await api.begin("newer", HERE, number=99)
    found = [each["incident_id"] for each in first["cases"]]
    behind = first["next"]
    while behind:
        page = (await api.get("/cases", DESK, limit=3, cursor=behind)).json()
        found += [each["incident_id"] for each in page["cases"]]
        behind = page["next"]
    assert found == [f"i{number}" for number in reversed(range(7))]


async def test_cases_are_found_by_all_that_is_asked_for(api: Api) -> None:
    await api.begin("i1", HERE)
    await api.step("i1", Action.ACCEPT, worker(WORKER), "accept-it")
    now = datetime.now(UTC)
    hour = timedelta(hours=1)
    asked: tuple[tuple[dict[str, Any], int], ...] = (
        ({"state": ["handling", "closed"], "severity": "medium", "source": "hotline_12345"}, 1),
        ({"category": "91", "area": HERE, "overdue": False, "thread": "t:i1"}, 1),
        ({"since": (now - hour).isoformat(), "until": (now + hour).isoformat()}, 1),
        ({"state": "closed"}, 0),
        ({"area": "510107"}, 0),
        ({"thread": "t:none"}, 0),
        ({"until": (now - hour).isoformat()}, 0),
    )
    for query, count in asked:
        answer = await api.get("/cases", None, **query)
        assert len(answer.json()["cases"]) == count, query
    mine = await api.get("/cases", worker(WORKER, THERE), mine=True)
    assert [each["incident_id"] for each in mine.json()["cases"]] == ["i1"]


async def test_every_fact_of_a_case_is_a_row_and_the_ledger_is_made_again_with_its_ratings(
    api: Api, database: str
) -> None:
    task = Task(task_id="1.1", unit="示例物业", what="清走杂物", due_by=datetime.now(UTC))
    await api.begin("i1", HERE, tasks=(task,))
    who = worker(WORKER)
    await api.step("i1", Action.ACCEPT, who, "accept-it")
    await api.step("i1", Action.ARRIVE, who, "arrive-at", evidence=[PICTURE])
    await api.step("i1", Action.DISPOSE, who, "too-early")
    await api.step("i1", Action.TASK_DONE, who, "task-done", task_id="1.1")
    await api.step("i1", Action.DISPOSE, who, "dispose-it", evidence=[PICTURE])
    await api.step("i1", Action.CHECK, worker(CHECKER), "check-it")
    rated = CitizenRated(thread="t:i1", solved=True, satisfied="满意", at=datetime.now(UTC))
    await api.happen(rated, "rated")
    case = (await api.get("/cases/i1", DESK)).json()
    (done,), (heard,) = case["tasks"], case["heard"]
    assert done["done_by"] == WORKER and done["on_time"] is False
    assert (heard["solved"], heard["satisfied"], heard["left_at"]) == (True, "满意", None)
    assert [(each["stage"], each["digest"]) for each in case["evidence"]] == [
        ("arrived", PICTURE["digest"]),
        ("disposed", PICTURE["digest"]),
    ]
    people = {each["worker_id"]: each for each in await rows(database, "people")}
    assert people[WORKER]["refused"] == 1 and people[WORKER]["disposed_at"]
    assert people[CHECKER]["checked_at"] and people[CHECKER]["sent_at"] is None
    refused = next(each for each in await rows(database, "steps") if each["action"])
    assert refused["action"] == "dispose" and "协调任务还有 1 项未完成" in refused["said"]
    assert await made_again(database) == (0, 0)
    await api.processor.pool.execute("UPDATE rating SET solved = false")
    assert await made_again(database) == (1, 0)


async def rows(dsn: str, name: str) -> list[dict[str, Any]]:
    """A sheet as it is taken home."""
    sheet, now = SHEETS[name], datetime.now(UTC)
    day = timedelta(days=1)
    connection = await asyncpg.connect(dsn, server_settings={"search_path": "feedback"})
    async with connection.transaction():
        portions = [p async for p in rows_of(connection, sheet, HERE[:12], now - day, now + day)]
    await connection.close()
    return [dict(zip(sheet.columns, row, strict=True)) for rows in portions for row in rows]


async def made_again(dsn: str) -> tuple[int, int]:
    """How much differed from the archive before the ledger was made again, and after."""
    connection = await asyncpg.connect(dsn, server_settings={"search_path": "feedback"})
    async with connection.transaction():
        rebuilt = await rebuilding.replay(connection)
        await rebuilding.lay_out(connection, rebuilt)
        before, _ = await rebuilding.differences(connection, 1)
        await rebuilding.replace_ledger(connection)
        after, _ = await rebuilding.differences(connection, 1)
    await connection.close()
    return before, after


class Listening:
    """A client of what is live."""

    def __init__(self, url: str, headers: dict[str, str]) -> None:
        self.url, self.headers = url, headers
        self.heard: list[dict[str, Any]] = []
        self.lines: list[str] = []
        self.ready = asyncio.Event()
        self._more = asyncio.Condition()

    async def run(self) -> None:
        """Listen until the stream ends."""
        async with (
            httpx.AsyncClient(timeout=PATIENCE) as client,
            client.stream("GET", self.url, headers=self.headers) as stream,
        ):
            async for line in stream.aiter_lines():
                await self._take(line)

    async def _take(self, line: str) -> None:
        self.lines.append(line)
        if line.startswith("id: "):
            self.heard.append({"id": int(line[4:])})
        if line.startswith("event: "):
            self.ready.set()
            if not (self.heard and "name" not in self.heard[-1]):
                self.heard.append({})
            self.heard[-1]["name"] = line[7:]
        if line.startswith("data: "):
            self.heard[-1] |= json.loads(line[6:])
            async with self._more:
                self._more.notify_all()

    async def until(self, count: int) -> list[dict[str, Any]]:
        """Wait for so many events of cases."""
        async with asyncio.timeout(PATIENCE), self._more:
            await self._more.wait_for(lambda: len(self.cases) >= count)
        return self.cases

    @property
    def cases(self) -> list[dict[str, Any]]:
        """What was heard of cases."""
        return [each for each in self.heard if each.get("ce_type")]


@asynccontextmanager
async def served(api: Api) -> AsyncIterator[str]:
    """The replica on a port; yields where what is live is."""
    server, listener = make_server(api.app, "127.0.0.1", 0)
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    try:
        while not server.started:
            await asyncio.sleep(0.01)
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/api/v1/live"
    finally:
        server.should_exit = server.force_exit = True
        await serving
        listener.close()


@asynccontextmanager
async def listening(url: str, headers: dict[str, str]) -> AsyncIterator[Listening]:
    """A client that has been let in."""
    client = Listening(url, headers)
    task = asyncio.create_task(client.run())
    try:
        async with asyncio.timeout(PATIENCE):
            await client.ready.wait()
        yield client
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def test_each_hears_what_happens_in_their_part_on_any_replica(
    api: Api, database: str
) -> None:
    async with replica(database, api.ring) as other, served(other) as url:
        desk, stranger = api.as_(DESK), api.as_(STRANGER)
        async with listening(url, desk) as near, listening(url, stranger) as far:
            await api.begin("here", HERE)
            await api.begin("there", THERE, OTHER, 2)
            heard, others = await near.until(3), await far.until(3)
    assert {each["incident_id"] for each in heard} == {"here"}
    assert {each["incident_id"] for each in others} == {"there"}
    assert [each["id"] for each in heard] == sorted(each["id"] for each in heard)
    assert "hub.incident.dispatched.v1" in {each["ce_type"] for each in heard}
    assert not any("说明" in line or WORKER in line for line in near.lines), "no persons, no text"


async def test_whoever_comes_back_misses_nothing(api: Api) -> None:
    async with served(api) as url:
        async with listening(url, SYSTEM) as first:
            await api.begin("i1", HERE)
            last = (await first.until(1))[0]["id"]
        await api.begin("i2", HERE, number=2)
        headers = SYSTEM | {"last-event-id": str(last)}
        async with listening(url, headers) as again:
            missed = await again.until(5)
            await api.step("i2", Action.ACCEPT, worker(WORKER), "after-it")
            heard = await again.until(8)
        assert [each["id"] for each in heard] == sorted({each["id"] for each in heard})
        assert missed[0]["id"] == last + 1
        async with listening(url, SYSTEM | {"last-event-id": "999999999"}) as ahead:
            assert ahead.heard[0]["name"] == "hello"
        rows = await api.processor.pool.fetch("SELECT id FROM archive WHERE id > $1", last)
        assert [each["id"] for each in heard] == sorted(row["id"] for row in rows)


async def test_news_waits_for_a_transaction_that_was_first_and_commits_last(
    api: Api, database: str
) -> None:
    slow = await asyncpg.connect(database, server_settings={"search_path": "feedback"})
    text = (
        "INSERT INTO archive (producer, topic, ce_id, ce_type, subject, incident_id, correlation, "
        "payload) VALUES ('x', 't', $1, 'hub.incident.urged.v1', 'i1', 'i1', 'c', '{}')"
    )
    await api.begin("i1", HERE)
    async with served(api) as url, listening(url, SYSTEM) as client:
        transaction = slow.transaction()
        await transaction.start()
        await slow.execute(text, "slow")
        await api.step("i1", Action.ACCEPT, worker(WORKER), "quick-one")
        await asyncio.sleep(0.6)
        assert client.cases == []
        await transaction.commit()
        heard = await client.until(3)
    await slow.close()
    assert heard[0]["ce_type"] == "hub.incident.urged.v1"


async def test_a_quiet_line_is_kept_alive_and_all_are_told_when_the_service_stops(
    api: Api,
) -> None:
    async with served(api) as url, listening(url, SYSTEM) as client:
        async with asyncio.timeout(PATIENCE):
            while not any(line.startswith(": ") for line in client.lines):
                await asyncio.sleep(0.05)
        api.stopping.set()
        async with asyncio.timeout(PATIENCE):
            while not client.heard[-1].get("reason"):
                await asyncio.sleep(0.05)
    assert client.heard[-1]["name"] == "dropped" and "重启" in client.heard[-1]["reason"]


async def test_without_a_good_token_nothing_is_told(api: Api) -> None:
    for path in ("/cases", "/cases/i1", "/metrics", "/live", "/incidents/i1/road"):
        answer = await api.client.get(f"/api/v1{path}")
        assert answer.status_code == 401 and answer.headers["content-type"].startswith(
            "application/problem+json"
        )
