"""Classification on a real PostgreSQL: what people are asked, answer, bring back and correct."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from pydantic import SecretStr

from schemas.case import CaseAccepted
from schemas.dispatch import ModeDeclared, ModeEnded
from schemas.event import Event
from schemas.flow import Service
from schemas.incident import (
    Alertness,
    IncidentClassified,
    IncidentRecategorised,
    IncidentUrged,
    IncidentWithdrawn,
    Kind,
    ReportDismissed,
    ReportMerged,
    ReviewAnswered,
    ReviewRequested,
    Severity,
)
from schemas.place import Place
from schemas.report import ReportReceived, ReportWithdrawn, Source, Ticket
from schemas.source import SourceRecovered, SourceSilenced
from services.classification.adapters.advice import AdviceDesk
from services.classification.adapters.language_model import LanguageModel, Prices
from services.classification.adapters.recognising import (
    SHIPPED_RULES,
    Recogniser,
    load_recogniser,
)
from services.classification.adapters.reviews import PostgresReviews
from services.classification.domain.review import AnswerReview, Recategorise, RestoreReport
from services.classification.http import make_router
from services.classification.main import make_domain
from services.cli.prepare import folders_of
from services.hosting.http import Health, make_app
from services.hosting.migrations import migrate
from services.hosting.service import outlet_of
from services.kernel.errors import Unprocessable
from services.kernel.postgres import connect
from services.kernel.processor import Processor
from services.kernel.record import Readers
from services.reference.catalogue import load_catalogue

pytestmark = pytest.mark.integration

NOW = datetime.now(UTC)
CATALOGUE = load_catalogue()
STRANGE = "xiaofang tongdao bei che du le"
"""What the model knows nothing of."""
TOKEN = "a-token-of-a-test"


@pytest.fixture(scope="module")
def recogniser() -> Recogniser:
    return load_recogniser(CATALOGUE)


@pytest.fixture
async def desk(database: str, recogniser: Recogniser) -> AsyncIterator["Desk"]:
    async with _desk(database, recogniser) as made:
        yield made


class Desk:
    """The rules of classification over real tables, told one event at a time."""

    def __init__(self, processor: Processor) -> None:
        self.processor = processor
        self._count = 0

    async def hears(self, event: Event) -> list[Any]:
        """What follows from an event."""
        self._count += 1
        return await self.processor.command(event, f"test/{self._count}", "test")

    async def count(self, table: str) -> int:
        """How many rows a table has."""
        return int(await self.processor.pool.fetchval(f"SELECT count(*) FROM {table}"))


@asynccontextmanager
async def _desk(database: str, recogniser: Recogniser) -> AsyncIterator[Desk]:
    name = Service.CLASSIFICATION
    await migrate(database, name, folders_of(name), None)
    pool = await connect(database, name)
    try:
        yield Desk(
            Processor(
                name,
                make_domain(recogniser),
                pool,
                Readers({}, 1_000_000),
                outlet_of(name),
                shards=4,
            )
        )
    finally:
        await pool.close()


def said(text: str, source: Source = Source.WECHAT, number: int = 1, **more: Any) -> ReportReceived:
    return ReportReceived(
        report_id=f"R{number}",
        thread=f"t:{number}",
        source=source,
        text=text,
        reported_at=NOW,
        received_at=NOW,
        **more,
    )


async def test_an_unsure_report_waits_and_goes_on_as_a_person_says_and_is_learned_from(
    desk: Desk,
) -> None:
    (asked,) = await desk.hears(said(STRANGE))
    assert isinstance(asked, ReviewRequested) and len(asked.candidates) == 3
    assert asked.expires_at - asked.requested_at == timedelta(minutes=15)
    order = AnswerReview(thread="t:1", code="09012", reviewer="S-7", note="拼音")
    answer, opened = await desk.hears(order)
    assert isinstance(answer, ReviewAnswered) and isinstance(opened, IncidentClassified)
    assert (opened.category.code, opened.reviewer, opened.confidence) == ("09012", "S-7", 1.0)
    assert await desk.count("waiting_review") == 0
    (label,) = await PostgresReviews(desk.processor.pool).labels(0)
    assert (label["text"], label["code"], label["channel"]) == (STRANGE, "09012", "wechat")
    with pytest.raises(Unprocessable, match="不在待复核之列"):
        await desk.hears(order)
    assert await desk.processor.fire_timers() == 0


async def test_an_answered_report_joins_what_is_open_there(desk: Desk) -> None:
    here = Place(longitude=104.09, latitude=30.64)
    lane = said("消防通道被车堵死了，消防车进不来", Source.HOTLINE, place=here)
    (opened,) = await desk.hears(lane)
    await desk.hears(said(STRANGE, number=2, place=here))
    _, joined = await desk.hears(AnswerReview(thread="t:2", code="09012", reviewer="S-7"))
    assert isinstance(joined, ReportMerged) and joined.incident_id == opened.incident_id


async def test_what_people_call_nothing_is_dismissed_if_it_is_chat_and_answered_if_not(
    desk: Desk,
) -> None:
    await desk.hears(said(STRANGE))
    _, gone = await desk.hears(AnswerReview(thread="t:1", reviewer="S-7"))
    assert isinstance(gone, ReportDismissed)
    await desk.hears(said(STRANGE, Source.HOTLINE, 2))
    _, opened = await desk.hears(AnswerReview(thread="t:2", reviewer="S-7"))
    assert isinstance(opened, IncidentClassified) and opened.kind is Kind.REQUEST


async def test_a_review_that_nobody_answers_goes_on_unreviewed(
    database: str, tmp_path: Path
) -> None:
    rules = tmp_path / "judging.toml"
    shipped = SHIPPED_RULES.read_text(encoding="utf-8")
    rules.write_text(shipped.replace("patience_minutes = 15", "patience_minutes = 0.0001"))
    async with _desk(database, load_recogniser(CATALOGUE, rules=rules)) as desk:
        await desk.hears(said(STRANGE))
        async with asyncio.timeout(10):
            while not await desk.processor.fire_timers():
                await asyncio.sleep(0.01)
        assert await desk.count("waiting_review") == 0
        payload = "SELECT payload FROM outbox WHERE type = $1"
        kind = IncidentClassified.ce_type
        opened = IncidentClassified.model_validate_json(
            await desk.processor.pool.fetchval(payload, kind)
        )
        assert opened.unreviewed and "转社区值班台" in opened.reasons[-1]


async def test_what_is_taken_back_while_it_waits_waits_no_longer(desk: Desk) -> None:
    await desk.hears(said(STRANGE))
    gone = ReportWithdrawn(report_id="R1", thread="t:1", withdrawn_at=NOW)
    assert await desk.hears(gone) == []
    assert await desk.count("waiting_review") == await desk.count("timer") == 0


async def test_danger_to_life_never_waits_for_a_person(desk: Desk) -> None:
    (opened,) = await desk.hears(said(STRANGE, express=True))
    assert isinstance(opened, IncidentClassified) and opened.severity is Severity.DANGER


async def test_dismissed_chat_is_looked_at_and_brought_back_once(desk: Desk) -> None:
    for number in range(1, 6):
        (gone,) = await desk.hears(said(f"大家早上好，今天是第{number}天", number=number))
        assert isinstance(gone, ReportDismissed)
    reviews = PostgresReviews(desk.processor.pool)
    day = NOW - timedelta(hours=1), NOW + timedelta(hours=1)
    first, again = await reviews.sample(*day, 3), await reviews.sample(*day, 3)
    assert len(first) == 3 and first == again
    order = RestoreReport(thread=first[0]["thread"], code="06028", reviewer="S-7")
    (opened,) = await desk.hears(order)
    assert isinstance(opened, IncidentClassified) and opened.category.code == "06028"
    assert await desk.count("dismissed_report") == 4
    with pytest.raises(Unprocessable, match="未被判为闲聊"):
        await desk.hears(order)


async def test_a_persons_correction_changes_the_category_and_is_learned_from(desk: Desk) -> None:
    (opened,) = await desk.hears(said("楼道里堆满纸箱，过不去人", Source.HOTLINE))
    entry = CATALOGUE.entries["06036"]
    order = Recategorise.model_validate(
        {
            "incident_id": opened.incident_id,
            "category": {"code": entry.code, "name": entry.name, "scene": entry.scene},
            "kind": "hazard",
            "severity": "low",
            "by": "S-7",
        }
    )
    (changed,) = await desk.hears(order)
    assert isinstance(changed, IncidentRecategorised)
    assert (changed.previous, changed.category.code) == (opened.category, "06036")
    assert await desk.hears(order) == []
    (label,) = await PostgresReviews(desk.processor.pool).labels(0)
    assert label["code"] == "06036" and "纸箱" in label["text"]


async def test_an_emergency_in_force_raises_what_it_bears_on_until_it_ends(desk: Desk) -> None:
    community = Place(community="510108001001")
    flooded = "路面积水很深，车子都熄火了，请来抽水"
    (before,) = await desk.hears(said(flooded, Source.HOTLINE, 1))
    storm = ModeDeclared(
        mode_id="M1",
        area="510108",
        level=Alertness.ORANGE,
        trigger="暴雨橙色预警",
        by="S-1",
        expires_at=NOW + timedelta(hours=6),
        declared_at=NOW,
    )
    sewer = "单元门口下水道堵了，污水往外冒"
    await desk.hears(storm)
    (during,) = await desk.hears(said(sewer, Source.HOTLINE, 2, place=community))
    (elsewhere,) = await desk.hears(said(f"昨天起{sewer}", Source.HOTLINE, 3))
    await desk.hears(ModeEnded(mode_id="M1", ended_at=NOW))
    (after,) = await desk.hears(said(f"今早起{sewer}", Source.HOTLINE, 4, place=community))
    assert before.category.code == "96005" and during.category.code == "96003"
    assert during.severity is Severity.HIGH and "汛期涉水" in during.reasons[-1]
    assert elsewhere.severity is after.severity is Severity.MEDIUM


SILENCED = SourceSilenced(
    source_id="camera:CAM-1",
    source=Source.CAMERA,
    name="东门 1 号球机",
    patience=600,
    silenced_at=NOW,
)
HEARD = SourceRecovered(source_id="camera:CAM-1", silent_for=900, recovered_at=NOW)


async def test_a_silent_camera_is_one_matter_of_maintenance_an_outage(desk: Desk) -> None:
    (opened,) = await desk.hears(SILENCED)
    assert isinstance(opened, IncidentClassified)
    assert (opened.kind, opened.voice.source) == (Kind.MAINTENANCE, Source.HUB)
    assert opened.severity is Severity.MEDIUM
    assert await desk.hears(SILENCED) == []
    (gone,) = await desk.hears(HEARD)
    assert isinstance(gone, IncidentWithdrawn) and gone.incident_id == opened.incident_id
    later = SILENCED.model_copy(update={"silenced_at": NOW + timedelta(hours=1)})
    (again,) = await desk.hears(later)
    assert again.incident_id != opened.incident_id


async def test_who_is_on_the_way_to_a_camera_is_told_that_it_is_back(desk: Desk) -> None:
    (opened,) = await desk.hears(SILENCED)
    await desk.hears(CaseAccepted(incident_id=opened.incident_id, round=1, worker_id="W", at=NOW))
    (told,) = await desk.hears(HEARD)
    assert isinstance(told, IncidentUrged) and "自行恢复" in told.change


async def test_a_confidential_ticket_tells_nothing_of_what_was_said(desk: Desk) -> None:
    ticket = Ticket(number="T-1", confidential=True)
    text = "我是三栋的老租客，楼上天天半夜敲打，请不要说是我讲的"
    (opened,) = await desk.hears(said(text, Source.HOTLINE, title="老租客反映噪音", ticket=ticket))
    assert opened.voice.confidential
    assert not any(word in opened.model_dump_json() for word in ("租客", "敲打", "半夜"))
    (asked,) = await desk.hears(said(STRANGE, Source.HOTLINE, 2, ticket=ticket))
    assert isinstance(asked, ReviewRequested) and "tongdao" not in asked.model_dump_json()
    await desk.hears(AnswerReview(thread="t:2", code="09012", reviewer="S-7"))
    assert await desk.count("human_label") == 0


async def test_http_takes_answers_with_a_token_and_a_double_click_is_one(desk: Desk) -> None:
    await desk.hears(said(STRANGE))
    async with _client(desk) as client:
        assert (await client.get("/api/v1/reviews", headers={})).status_code == 401
        auth = {"Authorization": f"Bearer {TOKEN}"}
        (waiting,) = (await client.get("/api/v1/reviews", headers=auth)).json()
        assert waiting["text"] == STRANGE and len(waiting["candidates"]) == 3
        given = {"thread": "t:1", "code": "09012", "reviewer": "S-7"}
        command = auth | {"Idempotency-Key": "click-0001"}
        path = "/api/v1/reviews/answers"
        first = await client.post(path, json=given, headers=command)
        second = await client.post(path, json=given, headers=command)
        assert first.status_code == second.status_code == 200
        assert first.json()["incident_id"] and not second.json()["events"]
        wrong = await client.post(path, json=given | {"code": "12345"}, headers=command)
        assert wrong.status_code == 422 and "没有类别 12345" in wrong.text
        later = auth | {"Idempotency-Key": "click-0002"}
        refused = await client.post(path, json=given, headers=later)
        assert refused.status_code == 422 and "不在待复核之列" in refused.text


@asynccontextmanager
async def _client(desk: Desk) -> AsyncIterator[httpx.AsyncClient]:
    app = make_app(Health("classification"))
    reviews = PostgresReviews(desk.processor.pool)
    app.include_router(make_router(desk.processor, reviews, lambda: CATALOGUE, SecretStr(TOKEN)))
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://hub") as client:
        yield client


def _model(reply: Callable[[dict[str, Any]], Any], seconds: float = 2.0) -> LanguageModel:
    """A server of a language model, as far as the hub sees it."""
    outside = FastAPI()
    outside.post("/v1/chat/completions")(reply)
    client = httpx.AsyncClient(transport=httpx.ASGITransport(outside), base_url="http://llm/v1/")
    return LanguageModel(client, "small", lambda: CATALOGUE, Prices(1.0, 2.0, 0.5), seconds)


def _says(content: str, asked: list[Any] | None = None) -> Callable[[dict[str, Any]], Any]:
    async def reply(question: dict[str, Any]) -> dict[str, Any]:
        if asked is not None:
            asked.append(question)
        usage = {"prompt_tokens": 1_000_000, "completion_tokens": 1_000_000}
        return {"choices": [{"message": {"content": content}}], "usage": usage}

    return reply


async def test_a_language_model_answers_what_waits_and_its_day_has_a_cap(desk: Desk) -> None:
    asked: list[Any] = []
    advising = AdviceDesk(desk.processor, _model(_says('{"code": "09012"}', asked)), 3.0)
    await desk.hears(said(STRANGE))
    assert await advising.ask() == 1
    assert await desk.count("waiting_review") == await desk.count("human_label") == 0
    assert (
        "09012"
        in asked[0]["response_format"]["json_schema"]["schema"]["properties"]["code"]["enum"]
    )
    payload = await desk.processor.pool.fetchval(
        "SELECT payload FROM outbox WHERE type = $1", IncidentClassified.ce_type
    )
    opened = IncidentClassified.model_validate_json(payload)
    assert (opened.category.code, opened.reviewer) == ("09012", "")
    assert opened.reasons[0].startswith("大模型（small）建议")
    await desk.hears(said(STRANGE, number=2))
    assert await advising.ask() == 0, "three were spent"


@pytest.mark.parametrize(
    "content", ['{"code": "12345"}', '{"code": "00000"}', "09012", "{}", '{"code": 9012}', ""]
)
async def test_a_wrong_or_unsure_language_model_changes_nothing(desk: Desk, content: str) -> None:
    await desk.hears(said(STRANGE))
    await AdviceDesk(desk.processor, _model(_says(content)), 3.0).ask()
    assert await desk.count("waiting_review") == 1
    assert await AdviceDesk(desk.processor, _model(_says(content)), 99.0).ask() == 0, "asked once"
