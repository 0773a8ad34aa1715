"""The risk watch over a real PostgreSQL: told in batches, asked by several processes."""

import asyncio
import itertools
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from prometheus_client import REGISTRY

from schemas.case import CaseClosed, CaseDisposed
from schemas.event import Event
from schemas.flow import Service
from schemas.incident import (
    IncidentClassified,
    IncidentRecategorised,
    IncidentRegraded,
    RiskRaised,
)
from schemas.place import Place
from schemas.report import ReportReceived, Source
from services.classification.adapters.recognising import load_recogniser
from services.classification.adapters.risk_ledger import project
from services.classification.adapters.risk_memory import Surroundings, kept
from services.classification.adapters.risk_rounds import RiskRounds
from services.classification.domain.risk.areas import children_of
from services.classification.domain.risk.parameters import Parameters
from services.classification.domain.risk.sighting import Sighting
from services.classification.domain.risk.watch import RiskWatch
from services.classification.domain.sightings import local_day
from services.classification.main import make_domain
from services.cli.prepare import folders_of
from services.hosting.migrations import migrate
from services.hosting.service import outlet_of, readers_of
from services.kernel.domain import Outcome
from services.kernel.postgres import Pool, connect
from services.kernel.processor import Processor
from services.kernel.record import Message
from services.reference.catalogue import load_catalogue
from services.reference.ground import load_ground

pytestmark = pytest.mark.integration

DISTRICT, COMMUNITY, LAMP, LITTER = "510108", "510108004005", "94006", "06010"
CATALOGUE, GROUND = load_catalogue(), load_ground()
AROUND = Surroundings(Parameters.read(), CATALOGUE, GROUND)


class Classification:
    """Classification without Kafka, in as many processes as are wanted."""

    def __init__(self, pool: Pool) -> None:
        self.pool = pool
        self.processor = self._another()
        self.buildings = itertools.count(1)
        """Each report speaks of a building of its own, so that none joins another."""

    def _another(self) -> Processor:
        name = Service.CLASSIFICATION
        return Processor(
            service=name,
            domain=make_domain(load_recogniser(CATALOGUE)),
            pool=self.pool,
            readers=readers_of(name, {}, 1_000_000),
            outlet=outlet_of(name),
            shards=4,
        )

    def rounds(self, pace: float = 60.0) -> RiskRounds:
        """The rounds of one process."""
        return RiskRounds(self._another(), lambda: AROUND, pace)

    async def hear(self, code: str, number: int, caller: str = "") -> str:
        """A report of a category that its source is sure of; returns its incident."""
        now = datetime.now(UTC)
        report = ReportReceived.model_validate(
            {
                "report_id": uuid4().hex,
                "thread": f"hotline_12345:{uuid4().hex}",
                "source": Source.HOTLINE,
                "text": f"第 {number} 处",
                "hint": code,
                "reported_at": now,
                "received_at": now,
                "place": Place(
                    estate="示例苑",
                    building=f"{next(self.buildings)}栋",
                    community=COMMUNITY,
                    micro_grid=f"{COMMUNITY}001001",
                ),
                "reporter": {"pseudonym": caller},
            }
        )
        events = await self.processor.command(report, report.report_id, "test")
        return next(each.incident_id for each in events if isinstance(each, IncidentClassified))

    async def take_in(self, event: Event) -> None:
        """An event of feedback."""
        await self.processor.command(event, uuid4().hex, "test")

    async def live(self, days: int = 60) -> None:
        """The watch remembers so many days of litter, until yesterday."""
        watch = RiskWatch(AROUND.parameters, children_of(GROUND.tree.codes))
        today = local_day(datetime.now(UTC))
        for back in range(days, 0, -1):
            usual = [
                Sighting(f"{back}-{each}", LITTER, f"{DISTRICT}00400{each}") for each in (3, 6)
            ]
            watch.observe(today - timedelta(days=back), usual)
        query = "INSERT INTO risk_watch VALUES ($1, 1, 0, $2)"
        await self.pool.execute(query, DISTRICT, kept(watch))

    async def said(self, event: type[Event]) -> int:
        """How often something was said."""
        query = "SELECT count(*) FROM outbox WHERE type = $1"
        return int(await self.pool.fetchval(query, event.ce_type))


@pytest.fixture
async def classification(database: str) -> AsyncIterator[Classification]:
    await migrate(database, "classification", folders_of("classification"), None)
    pool = await connect(database, "classification")
    try:
        yield Classification(pool)
    finally:
        await pool.close()


async def test_however_many_processes_look_a_warning_is_raised_once(
    classification: Classification,
) -> None:
    await classification.live()
    incidents = [await classification.hear(LAMP, number) for number in range(9)]
    opened = await classification.said(IncidentClassified)
    now = datetime.now(UTC)
    await asyncio.gather(*(classification.rounds().go_round(now) for _ in range(4)))
    await classification.rounds().go_round(now + timedelta(minutes=5))
    assert await classification.said(RiskRaised) == 1
    assert await classification.said(IncidentClassified) == opened + 1
    (warning,) = await classification.pool.fetch("SELECT * FROM risk_warning")
    assert sorted(warning["incidents"].split()) == sorted(incidents)
    assert warning["area"] == COMMUNITY


async def test_a_look_that_died_before_it_was_written_is_made_up_for(
    classification: Classification,
) -> None:
    await classification.live()
    for number in range(9):
        await classification.hear(LAMP, number)
    today = local_day(datetime.now(UTC))
    lost = await classification.rounds()._look(DISTRICT, 7, today)
    assert lost.warned and not await classification.said(RiskRaised)
    await classification.rounds().go_round(datetime.now(UTC))
    await classification.rounds()._try(DISTRICT, 7, today)
    assert await classification.said(RiskRaised) == 1


async def test_a_warning_grows_with_what_comes_and_is_over_when_it_is_calm_again(
    classification: Classification,
) -> None:
    await classification.live()
    rounds, now = classification.rounds(), datetime.now(UTC)
    for number in range(3):
        await classification.hear(LAMP, number)
    await rounds.go_round(now)
    (raised,) = await classification.pool.fetch("SELECT * FROM risk_warning")
    for number in range(12):
        await classification.hear(LAMP, number)
    await rounds.go_round(now + timedelta(minutes=2))
    (grown,) = await classification.pool.fetch("SELECT * FROM risk_warning")
    assert (raised["level"], raised["observed"]) == ("blue", 3)
    assert (grown["level"], grown["observed"]) == ("red", 15)
    assert len(grown["incidents"].split()) == 15 and grown["subsided_at"] is None
    assert grown["reasons"].count("起，往常") == 2
    assert await classification.said(IncidentRegraded) == 1
    await rounds.go_round(now + timedelta(days=12))
    (over,) = await classification.pool.fetch("SELECT * FROM risk_warning")
    assert over["subsided_at"] is not None
    assert await classification.said(RiskRaised) == 1


async def test_false_alarms_are_no_outbreak_whether_they_were_counted_or_not(
    classification: Classification,
) -> None:
    await classification.live()
    rounds, now = classification.rounds(), datetime.now(UTC)
    await rounds.go_round(now)
    for number in range(9):
        incident = await classification.hear(LAMP, number)
        if number == 1:
            await rounds.go_round(now + timedelta(minutes=2))
        await classification.take_in(
            CaseClosed(incident_id=incident, round=1, at=now, outcome="false_alarm", on_time=True)
        )
    await rounds.go_round(now + timedelta(minutes=4))
    assert not await classification.said(RiskRaised)
    memory = await classification.pool.fetchval("SELECT state FROM risk_watch")
    assert not AROUND.watch(DISTRICT, memory).dump()["days"][0]


async def test_an_incident_that_was_put_right_counts_for_the_right_category(
    classification: Classification,
) -> None:
    await classification.live()
    rounds, now = classification.rounds(), datetime.now(UTC)
    incident = await classification.hear(LAMP, 1)
    await rounds.go_round(now)
    lamp, litter = AROUND.category(LAMP), AROUND.category(LITTER)
    event = IncidentRecategorised.model_validate(
        {
            "incident_id": incident, "category": litter, "previous": lamp, "kind": "hazard",
            "severity": "low", "by": "R-1", "recategorised_at": now,
        }
    )  # fmt: skip
    message = Message("m1", "test", incident, event)
    async with classification.pool.acquire() as connection, connection.transaction():
        await project(connection, Outcome(consumed=[message]))
    await rounds.go_round(now + timedelta(minutes=2))
    memory = await classification.pool.fetchval("SELECT state FROM risk_watch")
    counted = AROUND.watch(DISTRICT, memory).dump()["days"][0]
    assert {category for category, _, _ in counted} == {LITTER}


async def test_what_was_found_is_kept_and_what_had_no_ground_is_a_rate(
    classification: Classification,
) -> None:
    await classification.live()
    for number in range(9):
        await classification.hear(LAMP, number)
    rounds, now = classification.rounds(), datetime.now(UTC)
    await rounds.go_round(now)
    errand = await classification.pool.fetchval("SELECT incident_id FROM risk_warning")
    await classification.take_in(
        CaseDisposed(incident_id=errand, round=1, at=now, measure="逐处查看，未见异常")
    )
    await classification.take_in(
        CaseClosed(incident_id=errand, round=1, at=now, outcome="false_alarm", on_time=True)
    )
    found = await classification.pool.fetchrow("SELECT finding, outcome FROM risk_warning")
    assert tuple(found or ()) == ("逐处查看，未见异常", "false_alarm")
    await rounds._tell()
    assert REGISTRY.get_sample_value("hub_risk_unfounded_share") == 1.0


async def test_one_caller_who_calls_nine_times_is_no_outbreak(
    classification: Classification,
) -> None:
    await classification.live()
    for number in range(9):
        await classification.hear(LAMP, number, caller="a0f3")
    await classification.rounds().go_round(datetime.now(UTC))
    assert not await classification.said(RiskRaised)
