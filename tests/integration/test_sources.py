"""Sources on a real PostgreSQL, with two processes of intake that watch them."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import orjson
import pytest
from typer.testing import CliRunner

from schemas.flow import Service
from schemas.report import Camera
from services.cli.main import app
from services.cli.prepare import folders_of
from services.hosting.migrations import migrate
from services.hosting.service import outlet_of, readers_of
from services.intake.adapters.ears import Ears
from services.intake.adapters.pseudonyms import KeyedPseudonyms
from services.intake.adapters.reader import Reception
from services.intake.adapters.register_watch import RegisterWatch
from services.intake.adapters.service_requests import ServiceRequests
from services.intake.adapters.source_book import SourceBook
from services.intake.adapters.source_watch import SourceWatch
from services.intake.domain.hearing import Maintenance
from services.intake.domain.thread import Pace
from services.intake.main import make_domain
from services.intake.ports import Post, Wanted
from services.kernel.postgres import Pool, connect
from services.kernel.processor import Processor
from services.reference.ground import Ground, load_ground
from tests.unit.intake.records import VAULT

pytestmark = pytest.mark.integration

PATIENCE = 0.4
LIMIT = 15.0
REGISTER = """version: 1
sources:
  - {id: gate, name: 网关, kind: camera, channel: camera, proof: topic, HEARTBEAT CAMERAS}
  - {id: api, name: 公众, kind: public, channel: open311, proof: key, keys: [API]}
"""
WATCHED = f"{{slow: 0.1, expired: {PATIENCE}}}"


class Intake:
    """One process of intake, as far as its sources go."""

    def __init__(self, pool: Pool, register: Path, ground: Ground) -> None:
        self.pool, self.ears, self.book = pool, Ears(), SourceBook(pool)
        self.registers = RegisterWatch(register, None)
        self.reception = Reception(
            lambda: ground, KeyedPseudonyms("k"), VAULT, lambda: self.registers.register, self.ears
        )
        self.processor = Processor(
            service="intake",
            domain=make_domain(pool, Pace(), lambda: self.registers.register),
            pool=pool,
            readers=readers_of(Service.INTAKE, self.reception.readers(), 1_000_000),
            outlet=outlet_of(Service.INTAKE),
            shards=4,
        )
        self.watch = SourceWatch(self.processor, self.registers, self.ears, self.book)

    async def said(self) -> list[tuple[str, str]]:
        """What has been said of sources: (type, subject), in order."""
        query = "SELECT type, aggregateid FROM outbox WHERE type LIKE 'hub.source%' ORDER BY seq"
        return [(row["type"].split(".")[2], row["aggregateid"]) for row in await self.fetch(query)]

    async def fetch(self, query: str) -> list[Any]:
        """What a question finds."""
        return list(await self.pool.fetch(query))

    async def condition(self, source_id: str) -> str:
        """How a source does."""
        listed = {row["source_id"]: row["condition"] for row in await self.book.listed()}
        return str(listed.get(source_id, "struck"))


@asynccontextmanager
async def two(
    database: str, folder: Path, gate: str = f"heartbeat: {WATCHED}"
) -> AsyncIterator[tuple[Intake, Intake]]:
    """Two processes over the same tables."""
    await migrate(database, "intake", folders_of("intake"), None)
    register, ground = folder / "sources.yaml", load_ground()
    register.write_text(REGISTER.replace("HEARTBEAT CAMERAS", gate), encoding="utf-8")
    pools = [await connect(database, "intake"), await connect(database, "intake")]
    try:
        one, other = (Intake(pool, register, ground) for pool in pools)
        yield one, other
    finally:
        for pool in pools:
            await pool.close()


async def both_look(*intakes: Intake) -> None:
    """All processes look at the same moment."""
    await asyncio.gather(*(each.watch.look() for each in intakes))


async def until(look: Callable[[], Awaitable[bool]], *intakes: Intake) -> None:
    """Let all processes look until it is so."""
    async with asyncio.timeout(LIMIT):
        while not await look():
            await both_look(*intakes)


async def test_two_processes_say_each_outage_and_its_end_once(
    database: str, tmp_path: Path
) -> None:
    async with two(database, tmp_path) as (one, other):

        async def told(number: int) -> bool:
            return len(await one.said()) >= number

        await until(lambda: told(1), one, other)
        for _ in range(3):
            await both_look(one, other)
        assert await one.said() == [("silenced", "gate")]
        assert await one.condition("gate") == "expired"
        one.ears.hear("gate", datetime.now(UTC))
        other.ears.hear("gate", datetime.now(UTC))
        await both_look(one, other)
        assert await one.condition("gate") in {"ok", "slow"}
        await until(lambda: told(3), one, other)
        kinds = [kind for kind, _ in await one.said()]
        assert kinds == ["silenced", "recovered", "silenced"]


async def test_inside_a_maintenance_nothing_is_silenced_and_it_ends_by_itself(
    database: str, tmp_path: Path
) -> None:
    async with two(database, tmp_path) as (one, other):
        await both_look(one)
        now = datetime.now(UTC)
        window = Maintenance("gate", "值班员", "换杆", now, now + timedelta(seconds=3 * PATIENCE))
        await one.book.maintain(window)

        async def in_maintenance() -> bool:
            assert await one.said() == []
            return await one.condition("gate") != "maintenance"

        await until(in_maintenance, one, other)

        async def is_told() -> bool:
            return bool(await one.said())

        await until(is_told, one, other)
        (row,) = await one.fetch("SELECT silenced_at FROM source WHERE source_id = 'gate'")
        assert row["silenced_at"] >= window.ends_at + timedelta(seconds=PATIENCE)


async def test_what_intake_could_not_hear_is_nobodys_silence(database: str, tmp_path: Path) -> None:
    async with two(database, tmp_path) as (one, _):
        await both_look(one)
        hour = "now() - interval '1 hour'"
        await one.pool.execute(f"UPDATE source SET heard_at = {hour}, watched_since = {hour}")
        await one.pool.execute(f"UPDATE listening SET since = {hour}, last = {hour}")
        await both_look(one)
        assert await one.said() == [] and await one.condition("gate") in {"ok", "slow"}


async def test_a_camera_behind_a_gateway_falls_silent_by_itself_and_keeps_its_place(
    database: str, tmp_path: Path
) -> None:
    terms = f"heartbeat: {{slow: 60, expired: 60}}, cameras: {WATCHED}"
    async with two(database, tmp_path, terms) as (one, other):
        ground = load_ground()
        known = ground.cameras[0]
        camera = Camera(
            device=known.device, channel=known.channel, vendor="plain", code="c", alarm="1"
        )
        gate = one.registers.register.by_id["gate"]
        await both_look(one, other)
        one.ears.hear_camera(gate, camera, ground, datetime.now(UTC))

        async def is_told() -> bool:
            return bool(await one.said())

        await until(is_told, one, other)
        ((kind, subject),) = await one.said()
        assert (kind, subject.startswith("gate/")) == ("silenced", True)
        (row,) = await one.fetch("SELECT payload FROM outbox")
        place = ground.camera(known.device, known.channel)
        assert place and orjson.loads(row["payload"])["place"]["community"] == place.community


async def test_who_leaves_the_register_is_watched_no_longer(database: str, tmp_path: Path) -> None:
    async with two(database, tmp_path) as (one, _):
        await both_look(one)
        kept = [line for line in REGISTER.splitlines() if "gate" not in line]
        (tmp_path / "sources.yaml").write_text("\n".join(kept), encoding="utf-8")
        one.registers.look()
        await both_look(one)
        assert await one.condition("gate") == "struck"


async def test_a_signature_is_taken_once_over_all_processes(database: str, tmp_path: Path) -> None:
    async with two(database, tmp_path) as (one, other):
        answers = await asyncio.gather(
            *(each.book.use_signature(b"s" * 32) for each in (one, other, one, other))
        )
        assert sorted(answers) == [False, False, False, True]


async def test_a_request_by_open311_is_kept_masked_and_closed_when_it_is_withdrawn(
    database: str, tmp_path: Path
) -> None:
    async with two(database, tmp_path) as (one, _):
        await both_look(one)
        origin = one.registers.register.by_id["api"]
        body = {
            "request_id": "q1",
            "service_code": "09012",
            "description": "消防通道被堵，电话13800138000",
            "address_string": "云栖一期2栋",
        }
        (said,) = one.reception.take_from(Post("p", "application/json", orjson.dumps(body)), origin)
        await one.processor.command(said, "c1", "http")
        requests = ServiceRequests(one.pool)
        (found,) = await requests.find("api", Wanted(codes=["09012"], is_closed=False))
        assert "13800138000" not in found.description and not found.is_closed
        taken_back = said.model_copy(update={"life": "withdraw", "fingerprint": "x"})
        await one.processor.command(taken_back, "c2", "http")
        (found,) = await requests.find("api", Wanted(ids=[found.request_id]))
        assert found.is_closed and found.notes
        assert await requests.find("another", Wanted()) == []


async def test_the_command_opens_and_ends_a_window_and_says_who_is_there(
    database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HUB_POSTGRES_DSN", database)
    monkeypatch.setenv("HUB_KAFKA_BOOTSTRAP", "nowhere:1")

    async def hub(*arguments: str) -> dict[str, Any]:
        told = await asyncio.to_thread(CliRunner().invoke, app, ["source", *arguments, "--json"])
        assert told.exit_code == 0, told.output
        found: dict[str, Any] = orjson.loads(told.stdout)
        return found

    async with two(database, tmp_path) as (one, _):
        await both_look(one)
        await hub("maintain", "gate", "--author", "值班员", "--reason", "换杆", "--hours", "2")
        listed = await hub("list")
        assert listed["maintenance"][0]["reason"] == "换杆"
        assert await one.condition("gate") == "maintenance"
        await hub("maintain", "gate", "--end")
        assert await one.condition("gate") != "maintenance"
        await hub("heartbeat", "gate")
        listed = await hub("list")
        assert {each["source_id"]: each["heard_at"] for each in listed["sources"]}["gate"]
