"""Evidence on a real PostgreSQL and disk: kept once, bound in a chain, held, deleted in time."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any
from uuid import uuid4

import asyncpg
import httpx
import pytest
from PIL import Image
from pydantic import SecretStr
from typer.testing import CliRunner

from schemas.case import CaseChecked, CaseClosed, CaseDisposed, StepRefused
from schemas.event import Event
from schemas.flow import Service
from schemas.incident import Category
from schemas.worker import Action, Evidence
from services.cli.main import app
from services.cli.prepare import folders_of
from services.feedback.adapters import evidence_chain
from services.feedback.adapters.case_book import PostgresCaseBook
from services.feedback.adapters.evidence_desk import EvidenceDesk
from services.feedback.adapters.evidence_orphans import GRACE, Orphans
from services.feedback.adapters.evidence_store import desk_of
from services.feedback.adapters.news import Newsroom
from services.feedback.adapters.readings import PostgresReadings
from services.feedback.adapters.rule_files import load_closing
from services.feedback.domain.refusals import Limits
from services.feedback.http import make_routers
from services.feedback.http.front import Front
from services.feedback.main import make_domain
from services.feedback.settings import FeedbackSettings
from services.hosting.access import Access, Identity, Office
from services.hosting.http import Health, make_app
from services.hosting.migrations import migrate
from services.hosting.service import outlet_of, readers_of
from services.kernel.errors import Unprocessable
from services.kernel.postgres import Pool, connect
from services.kernel.processor import Processor
from services.reference.catalogue import load_catalogue
from tests.unit.feedback.cases import CHECKER, OTHER, WORKER, did, incident, sent
from tests.unit.hosting.clips import mp4
from tests.unit.hosting.tokens import bearer, ring_file
from tests.unit.intake.pictures import jpeg

pytestmark = pytest.mark.integration

TOKEN = "a token of the tests"
LANE = Category(code="09012", name="占用消防通道", scene="城市管理")
TOSS = Category(code="91001", name="高空抛物", scene="社区安全")
LONG_AFTER = timedelta(days=5_000)


@dataclass
class Feedback:
    """Feedback's rules, desk and routes over tables of its own."""

    dsn: str
    folder: Path
    ring: Path
    pool: Pool
    processor: Processor
    desk: EvidenceDesk
    client: httpx.AsyncClient

    async def opened(self, name: str, category: Category = LANE) -> None:
        """A case that somebody was sent to."""
        for event in (incident(), sent()):
            more: dict[str, Any] = {"incident_id": name}
            if event.ce_type == "hub.incident.classified.v1":
                more["category"] = category
            await self.take(event.model_copy(update=more))

    async def take(self, event: Event) -> list[Event]:
        """What an event leads to."""
        return await self.processor.command(event, uuid4().hex, "test")

    async def did(
        self, name: str, action: Action, worker: str = WORKER, **more: Any
    ) -> list[Event]:
        """What a step leads to."""
        told = did(action, worker, at=datetime.now(UTC), **more)
        return await self.take(told.model_copy(update={"incident_id": name}))

    async def post(self, name: str, content: bytes, file: str = "a.jpg", **more: Any) -> Any:
        """A file handed in over HTTP."""
        media_type = more.pop("media_type", "image/jpeg")
        return await self.client.post(
            f"/api/v1/cases/{name}/evidence",
            params={"who": WORKER, **more},
            files={"file": (file, content, media_type)},
        )

    async def chain(self) -> list[tuple[str, str]]:
        """What stands in the chain: what, and why."""
        rows = await self.pool.fetch("SELECT what, reason FROM evidence_chain ORDER BY number")
        return [(row["what"], row["reason"]) for row in rows]

    def files(self) -> list[str]:
        """The contents that lie on disk."""
        return sorted(each.name for each in self.folder.rglob("*") if each.is_file())


@pytest.fixture
async def feedback(database: str, tmp_path: Path) -> AsyncIterator[Feedback]:
    async with feedback_on(database, tmp_path / "objects", ring_file(tmp_path)) as made:
        yield made


@asynccontextmanager
async def feedback_on(dsn: str, folder: Path, ring: Path) -> AsyncIterator[Feedback]:
    """Fresh tables, and the rules over them."""
    await migrate(dsn, Service.FEEDBACK, folders_of(Service.FEEDBACK), None)
    settings = FeedbackSettings.model_validate(
        {"HUB_OBJECTS": str(folder), "picture_bytes": 90_000}
    )
    limits = Limits(settings.nearness, load_closing(None, load_catalogue()))
    async with await connect(dsn, Service.FEEDBACK) as pool:
        processor = Processor(
            Service.FEEDBACK,
            make_domain(limits, keeps=True),
            pool,
            readers_of(Service.FEEDBACK, {}, 1_000_000),
            outlet_of(Service.FEEDBACK),
            shards=4,
        )
        desk = desk_of(settings, pool)
        web = make_app(Health("feedback"))
        front = Front(
            readings=PostgresReadings(pool),
            cases=PostgresCaseBook(pool),
            commands=processor,
            news=Newsroom(pool),
            access=Access(SecretStr(TOKEN), ring, Service.FEEDBACK),
            evidences=desk,
            largest=200_000,
        )
        for each in make_routers(front):
            web.include_router(each)
        transport = httpx.ASGITransport(app=web)
        headers = {"authorization": f"Bearer {TOKEN}"}
        async with httpx.AsyncClient(
            transport=transport, base_url="http://hub", headers=headers
        ) as client:
            yield Feedback(dsn, folder, ring, pool, processor, desk, client)


def drawn(shade: int) -> bytes:
    """A picture like no other."""
    out = BytesIO()
    Image.new("RGB", (64, 48), (shade, 90, 40)).save(out, "JPEG")
    return out.getvalue()


def named(answer: Any, shows: str) -> tuple[Evidence, ...]:
    """What a step names of what was kept."""
    about = answer.json()["about"]["picture"]
    return (Evidence.model_validate({**about, "digest": answer.json()["digest"], "shows": shows}),)


async def test_a_case_is_disposed_of_with_the_picture_its_category_asks_for_and_no_other(
    feedback: Feedback,
) -> None:
    await feedback.opened("I1")
    await feedback.did("I1", Action.ACCEPT)
    await feedback.did("I1", Action.ARRIVE)
    (refused,) = await feedback.did("I1", Action.DISPOSE)
    assert isinstance(refused, StepRefused) and "还缺处置后照片" in refused.reason
    assert "“清障后照片”（版本 " in refused.reason
    kept = await feedback.post("I1", drawn(10), shows="after")
    assert kept.status_code == 201, kept.text
    again = await feedback.post("I1", drawn(10), shows="after")
    assert again.json()["digest"] == kept.json()["digest"]
    assert await feedback.chain() == [("added", "")], "the same one again is the same"
    invented = (named(kept, "after")[0].model_copy(update={"digest": "f" * 64}),)
    (refused,) = await feedback.did("I1", Action.DISPOSE, evidence=invented)
    assert isinstance(refused, StepRefused) and "没有交到本案" in refused.reason
    (disposed,) = await feedback.did("I1", Action.DISPOSE, evidence=named(kept, "after"))
    assert isinstance(disposed, CaseDisposed)
    await feedback.opened("I2")
    borrowed = await feedback.post("I2", drawn(10), shows="after")
    assert borrowed.status_code == 422 and "已用于事件 I1" in borrowed.json()["detail"]


async def test_of_two_who_act_at_once_one_wins_and_the_other_is_told(feedback: Feedback) -> None:
    for number in range(8):
        name = f"R{number}"
        await feedback.opened(name, TOSS)
        first = await asyncio.gather(
            feedback.did(name, Action.ACCEPT), feedback.did(name, Action.ACCEPT)
        )
        assert sorted(type(each[0]).__name__ for each in first) == ["CaseAccepted", "StepRefused"]
        (reason,) = [each[0].reason for each in first if isinstance(each[0], StepRefused)]
        assert reason == "案件处置中，不能接单"
        await feedback.did(name, Action.ARRIVE)
        await feedback.did(name, Action.DISPOSE)
        passed, failed = await asyncio.gather(
            feedback.did(name, Action.CHECK, CHECKER, passed=True),
            feedback.did(name, Action.CHECK, OTHER, passed=False),
        )
        told = sorted(sum(isinstance(e, StepRefused) for e in each) for each in (passed, failed))
        assert told == [0, 1], "exactly one of the two is refused"


@pytest.mark.parametrize(
    ("content", "name", "media_type", "status", "said"),
    [
        (b"no picture at all", "a.jpg", "image/jpeg", 422, "不是图片"),
        (drawn(1), "../../etc/a.jpg", "image/jpeg", 422, "带有路径"),
        (drawn(1), "a.png", "image/png", 422, "文件其实是 image/jpeg"),
        (b"", "a.jpg", "image/jpeg", 422, "空的"),
        (mp4()[:-4], "a.mp4", "video/mp4", 422, "不完整"),
        (b"x" * 300_000, "a.jpg", "image/jpeg", 413, "文件过大"),
        (jpeg(600, 400) + b"\0" * 90_000, "a.jpg", "image/jpeg", 422, "最多 90000 字节"),
    ],
)
async def test_what_is_no_evidence_is_refused_with_a_sentence_and_leaves_a_trace(
    feedback: Feedback, content: bytes, name: str, media_type: str, status: int, said: str
) -> None:
    await feedback.opened("I1")
    answer = await feedback.post("I1", content, name, media_type=media_type)
    assert answer.status_code == status and said in answer.json()["detail"]
    ((what, why),) = await feedback.chain()
    assert what == "refused" and said in why
    assert feedback.files() == []


async def test_nobody_without_the_token_and_no_unknown_incident(feedback: Feedback) -> None:
    assert (await feedback.post("nobody", drawn(1))).status_code == 404
    await feedback.opened("I1")
    for identity, status, who in (
        (Identity("W9", Office.WORKER, "999999"), 404, ""),
        (Identity("V1", Office.VIEWER), 403, ""),
        (Identity(WORKER, Office.WORKER), 403, "W2"),
        (Identity(WORKER, Office.WORKER), 201, ""),
    ):
        feedback.client.headers.update(bearer(feedback.ring, identity))
        assert (await feedback.post("I1", drawn(1), who=who)).status_code == status
    hold = "/api/v1/cases/I1/evidence/hold"
    why = {"reason": "信访复核"}
    assert (await feedback.client.post(hold, json=why)).status_code == 403
    feedback.client.headers.update(bearer(feedback.ring, Identity("L1", Office.LEADER)))
    assert (await feedback.client.post(hold, json=why)).status_code == 204
    assert (await feedback.client.post(hold, json=why)).json()["detail"] == "事件 I1 已在保全中"
    feedback.client.headers["authorization"] = "Bearer stolen"
    assert (await feedback.post("I1", drawn(1))).status_code == 401
    assert [what for what, _ in await feedback.chain()] == ["added", "held"]


async def test_a_clip_of_a_thrown_thing_is_held_at_once_and_outlives_every_limit(
    feedback: Feedback,
) -> None:
    await feedback.opened("T1", TOSS)
    clip = await feedback.post("T1", mp4(), "toss.mp4", media_type="video/mp4")
    kept = clip.json()
    assert (kept["kind"], kept["media_type"], kept["held"]) == ("clip", "video/mp4", True)
    shown = await feedback.client.get(f"/api/v1/cases/T1/evidence/{kept['digest']}")
    assert shown.content == mp4() and shown.headers["content-type"] == "video/mp4"
    await closed(feedback, "T1")
    assert await feedback.desk.retain(datetime.now(UTC) + LONG_AFTER, "S-1") == 0
    (held,) = [why for what, why in await feedback.chain() if what == "held"]
    assert "民法典第一千二百五十四条" in held
    await feedback.desk.release("T1", "S-1", "公安已结案，来函存档")
    assert await feedback.desk.retain(datetime.now(UTC) + LONG_AFTER, "S-1") == 1
    assert feedback.files() == []
    (deleted,) = [why for what, why in await feedback.chain() if what == "deleted"]
    assert "规则“高空抛物”，结案后 3650 天" in deleted
    assert (await feedback.client.get(shown.url)).status_code == 404


async def test_what_two_incidents_have_goes_when_neither_has_it_any_more(
    feedback: Feedback,
) -> None:
    for name in ("T1", "T2"):
        await feedback.opened(name, TOSS)
        await feedback.post(name, mp4(), "toss.mp4", media_type="video/mp4")
        await closed(feedback, name)
    later = datetime.now(UTC) + LONG_AFTER
    for name, left in (("T1", 1), ("T2", 0)):
        await feedback.desk.release(name, "S-1", "查清")
        assert await feedback.desk.retain(later, "S-1") == 1
        assert len(feedback.files()) == left


async def test_what_no_case_owns_is_swept_after_its_grace_and_nothing_else_is(
    feedback: Feedback,
) -> None:
    await feedback.opened("T1", TOSS)
    clip = (await feedback.post("T1", mp4(), "toss.mp4", media_type="video/mp4")).json()["digest"]
    assert feedback.desk.objects is not None
    lost = await feedback.desk.objects.put(b"entered by nobody")
    orphans = Orphans(feedback.pool, feedback.desk.objects)
    now = datetime.now(UTC)
    assert await orphans.found(now) == [], "it may be on its way still"
    later = now + GRACE + timedelta(minutes=1)
    assert await orphans.found(later) == [lost]
    await feedback.pool.execute("INSERT INTO catch_up VALUES ('hub.modes.v1', 0, 9)")
    with pytest.raises(Unprocessable, match="从备份恢复"):
        await orphans.sweep(later, "S-1")
    await feedback.pool.execute("DELETE FROM catch_up")
    assert await orphans.sweep(later, "S-1") == 1
    assert feedback.files() == [clip]
    what, why = (await feedback.chain())[-1]
    assert what == "deleted" and "无主文件" in why
    again = await feedback.desk.objects.put(b"entered by nobody")
    assert again == lost and await orphans.found(later) == [lost]


async def test_what_was_swept_while_it_was_handed_in_again_is_kept_all_the_same(
    feedback: Feedback, monkeypatch: pytest.MonkeyPatch
) -> None:
    await feedback.opened("T1", TOSS)
    objects = feedback.desk.objects
    assert objects is not None
    lost = await objects.put(mp4())
    orphans, put = Orphans(feedback.pool, objects, timedelta()), objects.put

    async def swept_behind_its_back(content: bytes) -> str:
        digest = await put(content)
        monkeypatch.setattr(objects, "put", put)
        assert await orphans.sweep(datetime.now(UTC) + LONG_AFTER, "S-1") == 1
        return digest

    monkeypatch.setattr(objects, "put", swept_behind_its_back)
    kept = await feedback.post("T1", mp4(), "toss.mp4", media_type="video/mp4")
    assert kept.json()["digest"] == lost and feedback.files() == [lost]


async def test_many_write_the_chain_at_once_and_one_who_is_refused_is_nobody_elses_fault(
    feedback: Feedback,
) -> None:
    await feedback.opened("I1")
    turns = (
        feedback.desk.refuse("I1", f"W{n}", "\0" if n == 7 else f"第 {n} 张") for n in range(40)
    )
    told = await asyncio.gather(*turns, return_exceptions=True)
    assert [n for n, each in enumerate(told) if each is not None] == [7]
    async with feedback.pool.acquire() as connection:
        found = await evidence_chain.verify(connection)
    assert (found["links"], found["faults"]) == (39, [])


async def test_a_changed_or_missing_row_is_found(feedback: Feedback) -> None:
    await feedback.opened("I1")
    for shade in range(5):
        await feedback.post("I1", drawn(10 * shade))
    owner = await asyncpg.connect(feedback.dsn, server_settings={"search_path": "feedback"})
    try:
        with pytest.raises(asyncpg.RaiseError, match="append-only"):
            await owner.execute("UPDATE evidence_chain SET who = 'X' WHERE number = 2")
        told = await evidence_chain.verify(owner)
        assert (told["links"], told["faults"]) == (5, [])
        anchor = told["links"], told["head"]
        await owner.execute("ALTER TABLE evidence_chain DISABLE TRIGGER append_only")
        await owner.execute("UPDATE evidence_chain SET who = 'X' WHERE number = 2")
        assert (await faults_of(owner)) == ["第 2 条（事件 I1）被改动过：与其摘要不符"]
        await owner.execute("DELETE FROM evidence_chain WHERE number = 2")
        assert (await faults_of(owner)) == ["第 2 条缺失：后面是第 3 条"]
        await owner.execute("DELETE FROM evidence_chain WHERE number > 1")
        assert await faults_of(owner) == [], "a chain cut short can not tell by itself"
        told = await evidence_chain.verify(owner, anchor)
        assert told["faults"] == ["第 5 条与所记的链头不符：链被截短或重写过"]
    finally:
        await owner.close()


async def test_the_commands_hold_show_delete_and_verify(feedback: Feedback) -> None:
    await feedback.opened("I1")
    kept = await feedback.post("I1", drawn(10))

    async def hub(*arguments: str) -> tuple[int, Any]:
        env = {
            "HUB_KAFKA_BOOTSTRAP": "unused:9",
            "HUB_POSTGRES_DSN": feedback.dsn,
            "HUB_OBJECTS": str(feedback.folder),
        }
        asked = ["evidence", *arguments, "--json"]
        done = await asyncio.to_thread(CliRunner().invoke, app, asked, env=env)
        return done.exit_code, json.loads(done.stdout) if done.stdout else done.stderr

    assert (await hub("hold", "I1", "--reason", "信访复核", "--who", "S-1"))[0] == 0
    code, said = await hub("hold", "I1", "--reason", "信访复核")
    assert code == 1 and "已在保全中" in said
    _, story = await hub("show", "I1")
    assert [(each["what"], each["who"]) for each in story] == [("added", WORKER), ("held", "S-1")]
    await hub("release", "I1", "--reason", "复核结束")
    await closed(feedback, "I1", kept)
    await feedback.pool.execute("UPDATE ledger SET closed_at = closed_at - interval '9 years'")
    code, told = await hub("retain")
    assert (code, len(told["due"]), told["deleted"]) == (0, 1, 0) and len(feedback.files()) == 1
    assert (await hub("retain", "--apply"))[1]["deleted"] == 1 and feedback.files() == []
    assert await hub("orphans", "--apply") == (0, {"orphans": [], "deleted": 0})
    code, told = await hub("verify", "--contents")
    assert (code, told["faults"], told["links"]) == (0, [], 4)
    assert (await hub("verify", "--anchor", told["anchor"]))[0] == 0


async def faults_of(connection: Any) -> list[str]:
    return list((await evidence_chain.verify(connection))["faults"])


async def closed(feedback: Feedback, name: str, *shown: Any) -> None:
    """The case goes its whole way."""
    for action in (Action.ACCEPT, Action.ARRIVE):
        await feedback.did(name, action)
    evidence = [picture for each in shown for picture in named(each, "after")]
    (disposed,) = await feedback.did(name, Action.DISPOSE, evidence=tuple(evidence))
    assert isinstance(disposed, CaseDisposed), disposed
    checked, over = await feedback.did(name, Action.CHECK, CHECKER, passed=True)
    assert isinstance(checked, CaseChecked) and isinstance(over, CaseClosed)
