"""What intake keeps, on a real PostgreSQL: sealed once, followed up, opened with a trace."""

import asyncio
import itertools
from base64 import b64encode
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import asyncpg
import httpx
import orjson
import pytest

from schemas import golden
from schemas.case import CaseClosed, CaseDeclined, CaseReopened
from schemas.dispatch import DispatchWithdrawn, IncidentDispatched
from schemas.event import Event
from schemas.flow import CASES, DISPATCHES, HOTLINE_TICKETS, INCIDENTS, Service
from schemas.incident import IncidentAbsorbed, IncidentClassified, ReportMerged
from schemas.report import ReportReceived, ReportUpdated
from services.cli.prepare import folders_of
from services.hosting.migrations import migrate
from services.hosting.objects import objects_at
from services.hosting.pictures import Limits
from services.hosting.service import outlet_of, readers_of
from services.intake.adapters import assignments
from services.intake.adapters.fetching import Fetcher, reach_of
from services.intake.adapters.opening import AuditedOpenings
from services.intake.adapters.picture_desk import KeptPictures
from services.intake.adapters.picture_round import PictureRound
from services.intake.adapters.relay import DemonstrationRelay
from services.intake.adapters.service_requests import ServiceRequests
from services.intake.domain.links import Grant
from services.intake.domain.opening import Asking
from services.intake.domain.thread import Pace
from services.intake.main import make_domain
from services.intake.ports import Wanted
from services.kernel.errors import Unprocessable
from services.kernel.postgres import Pool, connect
from services.kernel.processor import Processor
from services.kernel.record import Record, envelope
from tests.unit.intake.pictures import bomb, jpeg
from tests.unit.intake.records import NOON, RECEPTION, VAULT

pytestmark = pytest.mark.integration

PHONE = "13951738264"
WHY = Asking("duty_leader", "D-7", "回访核实来电人")
Answer = Callable[[httpx.Request], httpx.Response]


@dataclass
class Intake:
    """Intake's rules over tables of its own; its records come from no Kafka."""

    pool: Pool
    processor: Processor
    desk: KeptPictures
    openings: AuditedOpenings
    offsets: dict[str, Any] = field(default_factory=dict)

    async def hear(self, topic: str, *bodies: Any) -> None:
        """A batch of records on a topic."""
        await self.processor.batch(self.records(topic, *bodies))

    async def learn(self, topic: str, *events: Event) -> None:
        """A batch of events of other services."""
        await self.processor.batch(self.events(topic, *events))

    def records(
        self, topic: str, *bodies: Any, headers: Sequence[dict[str, str]] = ()
    ) -> list[Record]:
        """Records as they lie in Kafka."""
        numbers = self.offsets.setdefault(topic, itertools.count())
        said: list[dict[str, str]] = list(headers) or [{}] * len(bodies)
        return [
            Record(
                topic=topic,
                partition=0,
                offset=next(numbers),
                timestamp=int(NOON.timestamp() * 1000),
                key=None,
                value=body if isinstance(body, bytes) else orjson.dumps(body),
                headers=[(name, text.encode()) for name, text in named.items()],
            )
            for body, named in zip(bodies, said, strict=True)
        ]

    def events(self, topic: str, *events: Event) -> list[Record]:
        """Events as other services send them."""
        said = [
            envelope(
                each,
                id=uuid4().hex,
                source="other",
                sequence=number,
                time=NOON.isoformat(),
                correlation="c",
                causation="c",
            )
            for number, each in enumerate(events, 1)
        ]
        bodies = (each.model_dump_json(exclude_defaults=True).encode() for each in events)
        return self.records(topic, *bodies, headers=said)

    async def follow_up(self, answer: Answer, attempts: int = 6) -> None:
        """One round through the pictures that are due."""
        async with httpx.AsyncClient(transport=httpx.MockTransport(answer)) as client:
            reach = reach_of("127.0.0.1", "127.0.0.0/8")
            fetcher = Fetcher(client, reach, 1_000_000, 5.0)
            await PictureRound(self.processor, fetcher, self.desk, VAULT, attempts).once()

    async def told(self, kind: type[Event]) -> list[Any]:
        """What went out, as events of a class."""
        query = "SELECT payload FROM outbox WHERE type = $1 ORDER BY seq"
        rows = await self.pool.fetch(query, kind.ce_type)
        return [kind.model_validate_json(row["payload"]) for row in rows]

    async def rows(self, query: str, *arguments: Any) -> list[dict[str, Any]]:
        """What a question finds."""
        return [dict(row) for row in await self.pool.fetch(query, *arguments)]


@asynccontextmanager
async def intake_on(dsn: str, folder: Path, budget: float = 5.0) -> AsyncIterator[Intake]:
    """Fresh tables, and the rules over them."""
    await migrate(dsn, Service.INTAKE, folders_of(Service.INTAKE), None)
    pool = await connect(dsn, Service.INTAKE)
    desk = KeptPictures(objects_at(str(folder)), VAULT, Limits(), budget)
    own = RECEPTION.readers() | assignments.readers()
    processor = Processor(
        service="intake",
        domain=make_domain(pool, Pace(), look=desk.look),
        pool=pool,
        readers=readers_of(Service.INTAKE, own, 1_048_576),
        outlet=outlet_of(Service.INTAKE),
        shards=4,
    )
    relay = DemonstrationRelay(pool, ["95000001"])
    openings = AuditedOpenings(pool, VAULT, ("duty_leader",), relay)
    try:
        yield Intake(pool, processor, desk, openings)
    finally:
        await pool.close()


@pytest.fixture
async def intake(database: str, tmp_path: Path) -> AsyncIterator[Intake]:
    """Intake on a database of the test's own."""
    async with intake_on(database, tmp_path / "objects") as made:
        yield made


def ticket(number: str, text: str = "路灯坏了", **more: Any) -> dict[str, Any]:
    """A ticket of a caller who left a number and a door."""
    said = {"工单编号": number, "诉求内容": text, "诉求人": "钱样本", "诉求人电话": PHONE}
    return said | {"事发地址": "云栖一期2栋2203室"} | more


def thread_of(number: str) -> str:
    return f"hotline_12345:{number}"


def example(kind: type[Event], **changes: Any) -> Any:
    """The golden message of an event, changed."""
    messages = orjson.loads((golden.GOLDEN / f"{kind.ce_type}.json").read_bytes())
    return kind.model_validate({**messages["full"], **changes})


async def test_each_text_is_kept_once_whatever_is_sent_again(intake: Intake) -> None:
    first, amended = ticket("T1"), ticket("T1", "路灯坏了三盏")
    await intake.hear(HOTLINE_TICKETS.name, first, first, amended)
    await intake.hear(HOTLINE_TICKETS.name, amended, first, ticket("T2"))
    opened = await intake.openings.unmask(thread_of("T1"), WHY)
    assert opened is not None
    assert [clear.text for _, clear in opened.said] == ["路灯坏了", "路灯坏了三盏"]
    assert opened.earlier == 0
    other = await intake.openings.unmask(thread_of("T2"), WHY)
    assert other is not None and other.earlier == 1, "the same caller has reported before"
    assert len(await intake.rows("SELECT 1 FROM vault")) == 3


async def test_nothing_opens_without_a_trace_and_the_trace_only_grows(intake: Intake) -> None:
    await intake.hear(HOTLINE_TICKETS.name, ticket("T1"))
    with pytest.raises(Unprocessable, match="无权"):
        await intake.openings.unmask(thread_of("T1"), Asking("clerk", "D-8", "就是想看看"))
    assert await intake.openings.unmask(thread_of("none"), WHY) is None
    await intake.openings.unmask(thread_of("T1"), WHY)
    trace = await intake.rows("SELECT who, granted FROM unmasking ORDER BY id")
    assert [(each["who"], each["granted"]) for each in trace] == [("D-8", False), ("D-7", True)]
    for forgery in ("UPDATE unmasking SET who = 'X'", "DELETE FROM unmasking"):
        with pytest.raises(asyncpg.PostgresError, match="only grows"):
            await intake.pool.execute(forgery)


async def test_a_text_stays_closed_when_its_trace_can_not_be_written(intake: Intake) -> None:
    await intake.hear(HOTLINE_TICKETS.name, ticket("T1"))
    with pytest.raises(asyncpg.DataError):
        await intake.openings.unmask(thread_of("T1"), Asking("duty_leader", "D\x007", "回访核实"))


async def test_only_the_last_round_holds_in_whatever_order_it_is_heard(intake: Intake) -> None:
    rounds = [
        example(IncidentDispatched, incident_id="I", round=number, assignee=_worker(f"W-{number}"))
        for number in (1, 2, 3)
    ]
    over = [
        (CASES.name, example(CaseDeclined, incident_id="I", round=1)),
        (DISPATCHES.name, example(DispatchWithdrawn, incident_id="I", round=2)),
    ]
    told = [(DISPATCHES.name, each) for each in rounds] + over
    for order in (told, told[::-1]):
        await intake.pool.execute("DELETE FROM assignment; DELETE FROM inbox")
        for topic, event in order:
            await intake.learn(topic, event)
        found = await intake.openings.granted("I", NOON)
        assert found is not None and (found.worker, found.round) == ("W-3", 3)
    await intake.learn(CASES.name, example(CaseClosed, incident_id="I", round=3))
    assert await intake.openings.granted("I", NOON) is None


async def test_a_worker_sees_the_doors_of_all_reports_that_were_joined(intake: Intake) -> None:
    await intake.hear(
        HOTLINE_TICKETS.name, ticket("T1"), ticket("T2", 事发地址="松苑一期1栋1单元302")
    )
    opened = example(IncidentClassified, incident_id="I")
    voice = opened.voice.model_copy(update={"thread": thread_of("T1")})
    joined = opened.voice.model_copy(update={"thread": thread_of("T2")})
    into = example(IncidentAbsorbed, incident_id="OTHER", into="I", absorbed_at=_later(5))
    await intake.learn(
        INCIDENTS.name,
        opened.model_copy(update={"voice": voice, "classified_at": NOON}),
        example(ReportMerged, incident_id="OTHER", voice=joined, merged_at=_later(1)),
        into,
    )
    assignee = _worker("W-1")
    await intake.learn(
        DISPATCHES.name, example(IncidentDispatched, incident_id="I", round=1, assignee=assignee)
    )
    grant = await intake.openings.granted("I", _later(9_999_999))
    assert grant is not None
    doors = await intake.openings.doorsteps(grant)
    assert doors is not None
    assert [each.address for each in doors] == ["云栖一期2栋2203室", "松苑一期1栋1单元302"]
    assert await intake.openings.doorsteps(Grant("W-2", "I", 1, grant.until)) is None
    assert await intake.openings.doorsteps(Grant("W-1", "I", 2, grant.until)) is None
    lent = await intake.openings.call(grant, thread_of("T1"))
    assert lent is not None and lent.number == "95000001"
    with pytest.raises(Unprocessable, match="借出"):
        await intake.openings.call(grant, thread_of("T2"))
    assert await intake.openings.call(grant, thread_of("T3")) is None


async def test_nobody_calls_who_asked_for_secrecy(intake: Intake) -> None:
    await intake.hear(HOTLINE_TICKETS.name, ticket("T1", 是否保密="是"))
    opened = example(IncidentClassified, incident_id="I", classified_at=NOON)
    voice = opened.voice.model_copy(update={"thread": thread_of("T1")})
    await intake.learn(INCIDENTS.name, opened.model_copy(update={"voice": voice}))
    dispatched = example(IncidentDispatched, incident_id="I", round=1, assignee=_worker("W-1"))
    await intake.learn(DISPATCHES.name, dispatched)
    grant = await intake.openings.granted("I", _later(9_999_999))
    assert grant is not None
    with pytest.raises(Unprocessable, match="保密件"):
        await intake.openings.call(grant, thread_of("T1"))


async def test_whoever_asked_by_open311_sees_that_it_was_rectified_and_that_it_goes_on_again(
    intake: Intake,
) -> None:
    await intake.hear(HOTLINE_TICKETS.name, ticket("T1"))
    await intake.pool.execute(
        "INSERT INTO service_request (request_id, thread, origin, service_code, description, "
        "requested_at, updated_at) VALUES ('q1', $1, 'api', '09012', '路灯坏了', now(), now())",
        thread_of("T1"),
    )
    opened = example(IncidentClassified, incident_id="I", classified_at=NOON)
    voice = opened.voice.model_copy(update={"thread": thread_of("T1")})
    requests = ServiceRequests(intake.pool)

    async def shown() -> tuple[bool, str]:
        (found,) = await requests.find("api", Wanted())
        return found.is_closed, found.notes

    closed = example(CaseClosed, incident_id="I", outcome="rectified", at=_later(1))
    await intake.learn(CASES.name, closed)
    await intake.learn(INCIDENTS.name, opened.model_copy(update={"voice": voice}))
    assert await shown() == (True, "已整改"), "in whatever order it was heard"
    await intake.learn(CASES.name, example(CaseReopened, incident_id="I", at=_later(2)))
    assert await shown() == (False, "")


async def test_what_intake_hears_of_incidents_leaves_no_state_of_them(intake: Intake) -> None:
    await intake.learn(INCIDENTS.name, example(IncidentClassified, incident_id="I"))
    await intake.learn(CASES.name, example(CaseClosed, incident_id="I"))
    subjects = await intake.rows("SELECT id, state FROM subject ORDER BY id")
    assert subjects == [
        {"id": "hub.cases.v1/0", "state": None},
        {"id": "hub.incidents.v1/0", "state": None},
    ]


async def test_pictures_inside_a_report_go_with_it_and_bad_ones_are_named(intake: Intake) -> None:
    inside = [_data_uri(jpeg()), _data_uri(bomb()), _data_uri(b""), _data_uri(b"<svg/>")]
    await intake.hear(HOTLINE_TICKETS.name, ticket("T1", 附件=inside))
    (report,) = await intake.told(ReportReceived)
    (picture,) = report.pictures
    assert (picture.width, picture.longitude) == (64, 104.1)
    assert await intake.desk.show(picture.digest)
    rows = await intake.rows("SELECT state, reason, sealed FROM picture ORDER BY reason")
    assert [each["state"] for each in rows] == ["kept", "refused", "refused", "refused"]
    assert all(each["sealed"] is None for each in rows)
    assert "30000×30000" in str(rows) and "空文件" in str(rows) and "SVG" in str(rows)


async def test_danger_to_life_waits_for_no_picture_which_follows(intake: Intake) -> None:
    burning = ticket("T1", "3栋着火了", 附件=[_data_uri(jpeg())])
    await intake.hear(HOTLINE_TICKETS.name, burning)
    (report,) = await intake.told(ReportReceived)
    assert report.express and report.pictures == ()
    await intake.follow_up(_gives(b""))
    (update,) = await intake.told(ReportUpdated)
    assert update.change == "pictured" and update.pictures[0].width == 64


async def test_a_picture_by_address_follows_once_however_often_it_is_named(intake: Intake) -> None:
    shown = ticket("T1", 附件="http://127.0.0.1/door.jpg")
    await intake.hear(HOTLINE_TICKETS.name, shown, shown)
    for _ in range(2):
        await intake.follow_up(_gives(jpeg()))
        await intake.hear(HOTLINE_TICKETS.name, shown)
    (update,) = await intake.told(ReportUpdated)
    assert update.change == "pictured" and len(update.pictures) == 1


async def test_a_picture_that_can_not_be_had_is_given_up_with_a_reason(intake: Intake) -> None:
    named = ["http://127.0.0.1/gone.jpg", "http://evil.test/x.jpg", "http://127.0.0.1/slow.jpg"]
    await intake.hear(HOTLINE_TICKETS.name, ticket("T1", 附件=named))

    def answer(request: httpx.Request) -> httpx.Response:
        return httpx.Response(404 if "gone" in str(request.url) else 503)

    await intake.follow_up(answer)
    rows = await intake.rows("SELECT state, reason FROM picture ORDER BY state, reason")
    assert [each["state"] for each in rows] == ["refused", "refused", "waiting"]
    await intake.pool.execute("UPDATE picture SET due_at = now()")
    await intake.follow_up(answer, attempts=2)
    rows = await intake.rows("SELECT state, reason FROM picture")
    assert {each["state"] for each in rows} == {"refused"} and "已放弃" in str(rows)
    assert len(await intake.told(ReportReceived)) == 1 and not await intake.told(ReportUpdated)


async def test_pictures_that_take_too_long_follow_their_report(
    database: str, tmp_path: Path
) -> None:
    async with intake_on(database, tmp_path, budget=0.001) as intake:
        large = [_data_uri(jpeg(3_000 + each, 2_000)) for each in range(3)]
        await intake.hear(HOTLINE_TICKETS.name, ticket("T1", 附件=large))
        (report,) = await intake.told(ReportReceived)
        await asyncio.sleep(0)
        await intake.follow_up(_gives(b""))
        (update,) = await intake.told(ReportUpdated)
        assert len(report.pictures) + len(update.pictures) == 3


def _worker(name: str) -> dict[str, Any]:
    return {"worker_id": name, "level": "micro_grid", "area": "510108004003001001"}


def _later(minutes: float) -> Any:
    return NOON + timedelta(minutes=minutes)


def _gives(content: bytes) -> Answer:
    return lambda request: httpx.Response(200, stream=httpx.ByteStream(content))


def _data_uri(content: bytes) -> str:

    return f"data:image/jpeg;base64,{b64encode(content).decode()}"
