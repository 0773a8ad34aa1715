"""Kafka and PostgreSQL for the hub: given by the environment, from Docker, or embedded."""

import asyncio
import shutil
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from deploy.embedded.aot import cache_options
from deploy.embedded.containers import Container, kafka_container, postgres_container
from deploy.embedded.downloads import Downloads
from deploy.embedded.home import Home
from deploy.embedded.jars import read_lock
from deploy.embedded.kafka import EmbeddedKafka
from deploy.embedded.ports import Port
from deploy.embedded.postgres import EmbeddedPostgres
from deploy.embedded.progress import Progress, Step, unheard
from deploy.embedded.server import Server
from deploy.embedded.settings import StackSettings, settings_from
from deploy.embedded.state import leftovers_gone
from deploy.embedded.waiting import together

Run = Callable[[Server], Awaitable[None]]
"""Brings one server up and returns when it serves clients."""


@dataclass(frozen=True)
class Servers:
    """Where clients find the servers, and where those come from (given, Docker, embedded)."""

    kafka: str
    postgres_dsn: str
    kafka_from: str
    postgres_from: str


class Stack:
    """One home with its servers; `kafka` and `postgres` are set where they are embedded."""

    def __init__(self, settings: StackSettings | None = None, progress: Progress = unheard) -> None:
        self.settings = settings or settings_from()
        self.home = Home(self.settings.home)
        self.progress = progress
        self.kafka: EmbeddedKafka | None = None
        self.postgres: EmbeddedPostgres | None = None
        self.exits = AsyncExitStack()
        """What `stop` does, last first; what runs on top of the servers adds itself here."""

    @asynccontextmanager
    async def servers(self) -> AsyncIterator[Servers]:
        """Only the servers, for tests and tools: they stay dead when something kills them."""
        try:
            yield await self.start_servers()
        finally:
            await self.stop()

    async def start_servers(self) -> Servers:
        """Start what is not given; on failure everything started is stopped again."""
        try:
            await self.claim()
            return await self.bring_up(self._run_here)
        except BaseException:
            await self.stop()
            raise

    async def claim(self, ports: Sequence[Port] = ()) -> None:
        """Take the home and check that the servers' ports, and the further `ports`, are free."""
        self.home.make()
        self.exits.enter_context(self.home.held())
        await leftovers_gone(self.home.state_file)
        for port in (*ports, *self._server_ports()):
            port.claim()

    async def bring_up(self, run: Run) -> Servers:
        """Bring the servers up side by side, the embedded ones through `run`."""
        kafka, postgres = await together(self._start_kafka(run), self._start_postgres(run))
        return Servers(kafka[0], postgres[0], kafka_from=kafka[1], postgres_from=postgres[1])

    async def stop(self) -> None:
        """Stop what `start_servers` started, in reverse order."""
        await self.exits.aclose()

    def _server_ports(self) -> Iterator[Port]:
        settings = self.settings
        if not (settings.given_kafka or settings.testcontainers):
            yield Port(settings.kafka_port, "Kafka", "HUB_KAFKA_PORT")
        if not (settings.given_postgres or settings.testcontainers):
            yield Port(settings.postgres_port, "PostgreSQL", "HUB_POSTGRES_PORT")

    async def _start_kafka(self, run: Run) -> tuple[str, str]:
        if self.settings.given_kafka:
            return self.settings.given_kafka, "given"
        if self.settings.testcontainers:
            return await self._contained(kafka_container), "Docker"
        jars = await self._jars()
        self.progress(Step("kafka", 0, 1, "starting"))
        log, port = self.home.logs / "kafka.log", self.settings.kafka_port
        self.kafka = EmbeddedKafka(jars, self.home.kafka, log, port)
        self.kafka.options = cache_options(self.kafka.java, jars)
        await run(self.kafka)
        self.progress(Step("kafka", 1, 1, self.kafka.bootstrap))
        return self.kafka.bootstrap, "embedded"

    async def _start_postgres(self, run: Run) -> tuple[str, str]:
        if self.settings.given_postgres:
            return self.settings.given_postgres, "given"
        if self.settings.testcontainers:
            return await self._contained(postgres_container), "Docker"
        self.progress(Step("postgres", 0, 1, "starting"))
        log, port = self.home.logs / "postgres.log", self.settings.postgres_port
        password = self.home.passwords.of("postgres")
        self.postgres = EmbeddedPostgres(self.home.postgres, log, password, port)
        await run(self.postgres)
        self.progress(Step("postgres", 1, 1, f"127.0.0.1:{self.postgres.port}"))
        return self.postgres.dsn, "embedded"

    async def _run_here(self, server: Server) -> None:
        await server.start()
        self.exits.push_async_callback(server.stop)

    async def _contained(self, start: Callable[[], Container]) -> str:
        container = await asyncio.to_thread(start)
        self.exits.callback(container.stop)
        return container.address

    async def _jars(self) -> list[Path]:
        downloads = Downloads(progress=lambda *of: self.progress(Step("jars", *of)))
        try:
            return await asyncio.to_thread(downloads.fetch, read_lock())
        except asyncio.CancelledError:
            downloads.cancel()
            raise


@asynccontextmanager
async def temporary_stack(progress: Progress = unheard) -> AsyncIterator[Stack]:
    """A stack for tests: a home of its own that is removed afterwards, free ports; not started."""
    path = Path(tempfile.mkdtemp(prefix="hub-"))
    path.chmod(0o755)
    stack = Stack(StackSettings(path, kafka_port=0, postgres_port=0, http_port_base=0), progress)
    try:
        yield stack
    finally:
        await stack.stop()
        if stack.postgres:
            stack.postgres.remove()
        shutil.rmtree(path, ignore_errors=True)
