"""The embedded stack for real: servers that keep what they are told, an end without remains."""

import asyncio
import json
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import asyncpg
import psutil
import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from deploy.embedded.application import Application, running
from deploy.embedded.errors import PortTaken, StartFailed
from deploy.embedded.ports import HOST, free_port
from deploy.embedded.services import Service, is_ready
from deploy.embedded.settings import StackSettings
from deploy.embedded.stack import Stack, temporary_stack
from deploy.embedded.state import read_state

pytestmark = [pytest.mark.integration, pytest.mark.asyncio, pytest.mark.timeout(180)]

STAND_IN = """
import http.server, os
class Ready(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200 if self.path == '/readyz' else 404)
        self.end_headers()
port = int(os.environ['HUB_TWIN_HTTP_PORT'])
print(os.environ['HUB_TWIN_POSTGRES_DSN'], flush=True)
http.server.HTTPServer(('127.0.0.1', port), Ready).serve_forever()
"""
OTHERS: set[int] = set()
TWIN = Service("twin", (sys.executable, "-c", STAND_IN))
BROKEN = Service("broken", (sys.executable, "-c", "import sys; sys.exit('no catalogue')"))


async def nothing_to_prepare(kafka: str, dsn: str, service_dsns: dict[str, str]) -> None:
    """A preparation for stand-ins."""


async def make_topic(kafka: str) -> None:
    admin = AIOKafkaAdminClient(bootstrap_servers=kafka)
    await admin.start()
    try:
        await admin.create_topics([NewTopic("street", 1, 1)])
    finally:
        await admin.close()


async def produce(kafka: str, values: list[bytes]) -> None:
    async with AIOKafkaProducer(bootstrap_servers=kafka, enable_idempotence=True) as producer:
        for value in values:
            await producer.send_and_wait("street", value)


async def consume(kafka: str, count: int) -> list[bytes | None]:
    consumer = AIOKafkaConsumer(
        "street", bootstrap_servers=kafka, group_id="test", auto_offset_reset="earliest"
    )
    async with consumer, asyncio.timeout(60):
        return [(await consumer.getone()).value for _ in range(count)]


@pytest.fixture(autouse=True)
def others() -> set[int]:
    """What runs for other tests already: it is no business of these."""
    OTHERS.clear()
    OTHERS.update(child.pid for child in psutil.Process().children())
    return OTHERS


def children_of_ours() -> list[psutil.Process]:
    mine = [child for child in psutil.Process().children() if child.pid not in OTHERS]
    family = [each for child in mine for each in (child, *child.children(recursive=True))]
    return [each for each in family if each.status() != "zombie"]


async def test_servers_keep_everything_over_kill_and_restart() -> None:
    async with temporary_stack() as stack, stack.servers() as servers:
        assert stack.kafka and stack.postgres
        await make_topic(servers.kafka)
        await produce(servers.kafka, [b"1", b"2"])
        await stack.kafka.kill()
        await stack.kafka.start()
        await produce(servers.kafka, [b"3"])
        assert await consume(servers.kafka, 3) == [b"1", b"2", b"3"]

        await sql(servers.postgres_dsn, "CREATE TABLE lamp (id int); INSERT INTO lamp VALUES (7)")
        await stack.postgres.kill()
        await stack.postgres.start()
        await stack.postgres.immediate_restart()
        assert await sql(stack.postgres.tcp_dsn, "SELECT id FROM lamp") == 7
    assert children_of_ours() == []
    assert not stack.home.path.exists()


async def sql(dsn: str, query: str) -> object:
    connection = await asyncpg.connect(dsn)
    try:
        if query.startswith("SELECT"):
            return await connection.fetchval(query)
        return await connection.execute(query)
    finally:
        await connection.close()


async def test_postgres_wants_the_password_and_reads_chinese() -> None:
    async with temporary_stack() as stack:
        given = given_kafka(stack.settings)
        async with Stack(given).servers() as servers:
            wrong = servers.postgres_dsn.replace("hub:", "hub:x")
            with pytest.raises(asyncpg.InvalidPasswordError):
                await asyncpg.connect(wrong)
            await sql(servers.postgres_dsn, "CREATE EXTENSION pg_trgm")
            near = await sql(servers.postgres_dsn, "SELECT similarity('井盖缺失', '井盖松动')")
            assert isinstance(near, float) and near > 0


def given_kafka(settings: StackSettings) -> StackSettings:
    return StackSettings(
        settings.home, postgres_port=0, http_port_base=0, given_kafka=f"{HOST}:{free_port()}"
    )


async def test_a_taken_port_is_refused_before_anything_starts(tmp_path: Path) -> None:
    server = await asyncio.start_server(lambda reader, writer: None, HOST, free_port())
    port = server.sockets[0].getsockname()[1]
    with pytest.raises(PortTaken, match=f"port {port}, wanted for Kafka.*HUB_KAFKA_PORT"):
        async with Stack(StackSettings(tmp_path, kafka_port=port, postgres_port=0)).servers():
            pass
    server.close()
    assert children_of_ours() == []


@asynccontextmanager
async def application(*services: Service) -> AsyncIterator[Application]:
    """The stand-ins over PostgreSQL alone, which is the faster server."""
    async with temporary_stack() as stack:
        app = Application(Stack(given_kafka(stack.settings)), nothing_to_prepare, services)
        async with running(app):
            yield app


async def test_a_killed_service_and_a_killed_server_come_back() -> None:
    async with application(TWIN) as app:
        twin, postgres = app.ports["twin"], app.stack.postgres
        assert await is_ready(twin)
        for child in app.supervisor.children:
            assert child.process
            child.process.send(signal.SIGKILL)
        async with asyncio.timeout(60):
            while [child.restarts for child in app.supervisor.children] != [1, 1]:
                await asyncio.sleep(0.02)
            while not await is_ready(twin):
                await asyncio.sleep(0.02)
        assert postgres
        await postgres.wait_ready()
        state = read_state(app.stack.home.state_file)
        assert state and {c.name: c.restarts for c in state.children} == {"postgres": 1, "twin": 1}
    assert children_of_ours() == []


async def test_a_service_gets_a_login_of_its_own_and_not_the_owners() -> None:
    async with application(TWIN) as app:
        said = (app.stack.home.logs / "twin.log").read_text().split()[0]
        assert said == app.service_dsns["twin"]
        assert "hub_twin:" in said
        owner = json.loads((app.stack.home.path / "secrets.json").read_text())["postgres"]
        assert owner not in said


async def test_a_service_that_cannot_start_ends_the_whole_with_its_words() -> None:
    with pytest.raises(StartFailed, match="broken ended 3 times in a row(.|\n)*no catalogue"):
        async with application(TWIN, BROKEN):
            pass
    assert children_of_ours() == []


@pytest.mark.skipif(os.geteuid() != 0, reason="only root steps down to another user")
async def test_root_runs_postgres_as_another_user_even_where_that_user_cannot_go(
    tmp_path: Path,
) -> None:
    tmp_path.chmod(0o700)
    for _ in range(2):  # the second run finds the data of the first
        stack = Stack(given_kafka(StackSettings(tmp_path)))
        async with stack.servers() as servers:
            await sql(servers.postgres_dsn, "CREATE TABLE IF NOT EXISTS once (id int)")
            assert stack.postgres and stack.postgres.pid
            assert psutil.Process(stack.postgres.pid).uids().real != 0
            server = stack.postgres
    assert (tmp_path / "postgres" / "elsewhere").exists()
    server.remove()
