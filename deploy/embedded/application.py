"""The whole hub on this machine: the servers, what prepares them, and the services on top."""

import asyncio
import os
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from deploy.embedded.errors import StackError, StartFailed
from deploy.embedded.home import Home
from deploy.embedded.ports import HOST, Port, free_port
from deploy.embedded.progress import Step
from deploy.embedded.server import Server
from deploy.embedded.services import (
    HUB_SERVICES,
    Service,
    service_spec,
    until_ready,
    with_login,
)
from deploy.embedded.stack import Servers, Stack
from deploy.embedded.state import StackState, write_state
from deploy.embedded.supervisor import Child, Death, Supervisor, hopeless
from deploy.embedded.waiting import together, unless

READY_LIMIT = 90.0
"""Seconds in which all services must be ready; a few are usual."""
SERVICES_STOP_LIMIT = 9.0
SERVER_STOP_LIMIT = 4.5
"""Services, Kafka, PostgreSQL one after the other: 18 s at the very most."""

Prepare = Callable[[str, str, dict[str, str]], Awaitable[None]]
"""Given Kafka's bootstrap, the owner's DSN and the DSN of each service by name: makes roles,
tables and topics; must be harmless when they are there."""


def unreported(death: Death) -> None:
    """A listener for stacks that nobody watches."""


class Application:
    """Servers and services under one supervisor; `ports` are the services' HTTP ports by name."""

    def __init__(
        self,
        stack: Stack,
        prepare: Prepare,
        services: Sequence[Service] = HUB_SERVICES,
        died: Callable[[Death], None] = unreported,
    ) -> None:
        self.stack = stack
        self.services = services
        self.ports = _ports(services, stack.settings.http_port_base)
        self.supervisor = Supervisor(self._write_state, died)
        self.servers = Servers("", "", "", "")
        self._prepare = prepare
        self._ready_services = 0
        self._phase = "starting"
        self._since = time.time()

    @property
    def service_dsns(self) -> dict[str, str]:
        """The DSN of each service by its name, with a login of its own."""
        owner, password = self.servers.postgres_dsn, self.stack.home.passwords.of
        return {s.name: with_login(owner, s.role, password(s.role)) for s in self.services}

    @property
    def addresses(self) -> dict[str, str]:
        """Where everything is found: kafka, postgres (a DSN with password), services' URLs."""
        servers = {"kafka": self.servers.kafka, "postgres": self.servers.postgres_dsn}
        return servers | {name: f"http://{HOST}:{port}" for name, port in self.ports.items()}

    @property
    def ground(self) -> Path:
        """The directory in which versions of the ground are published."""
        return Path(os.environ.get("HUB_GROUND") or self.stack.home.path / "ground").absolute()

    async def start(self) -> None:
        """Return when all services are ready; on failure nothing is left running."""
        try:
            await self.stack.claim(self._wanted_ports())
            self.stack.exits.callback(self._forget_state)
            self._enter("starting")
            self.servers = await self.stack.bring_up(self._run_server)
            await self._prepared()
            await self._run_services()
            self._enter("ready")
        except BaseException:
            await self.stop()
            raise

    async def stop(self) -> None:
        """Stop services, then servers, within 20 s."""
        self._phase = "stopping"
        await self.stack.stop()

    def _wanted_ports(self) -> list[Port]:
        return [Port(port, name, "HUB_HTTP_PORT_BASE") for name, port in self.ports.items()]

    async def _run_server(self, server: Server) -> None:
        await server.prepare()
        address = f"{HOST}:{server.port}"
        child = self.supervisor.run(server.spec(), address)
        self.stack.exits.push_async_callback(self.supervisor.stop, [child], SERVER_STOP_LIMIT)
        await unless(hopeless(child), server.wait_ready())

    async def _prepared(self) -> None:
        self.stack.progress(Step("prepare", 0, 1, "tables and topics"))
        try:
            await self._prepare(self.servers.kafka, self.servers.postgres_dsn, self.service_dsns)
        except StackError:
            raise
        except Exception as error:
            raise StartFailed(
                f"preparing tables and topics failed ({type(error).__name__}: {error}); "
                f"the servers' logs are in {self.stack.home.logs}."
            ) from error
        self.stack.progress(Step("prepare", 1, 1, "tables and topics"))

    async def _run_services(self) -> None:
        children = [self._run_service(service) for service in self.services]
        self.stack.exits.push_async_callback(self.supervisor.stop, children, SERVICES_STOP_LIMIT)
        self.stack.progress(Step("services", 0, len(children)))
        async with _in_time(self.stack.home):
            await together(*(self._ready(child) for child in children))

    def _run_service(self, service: Service) -> Child:
        log = self.stack.home.logs / f"{service.name}.log"
        shared = {
            "HUB_HOME": str(self.stack.home.path),
            "HUB_KAFKA_BOOTSTRAP": self.servers.kafka,
            "HUB_GROUND": str(self.ground),
            "HUB_OBJECTS": os.environ.get("HUB_OBJECTS") or str(self.stack.home.path / "objects"),
            "HUB_FEEDBACK_OVERVIEW_OPEN_HERE": os.environ.get(
                "HUB_FEEDBACK_OVERVIEW_OPEN_HERE", "true"
            ),
            "HUB_SHUTDOWN_LIMIT": f"{SERVICES_STOP_LIMIT - 1:.0f}",
            **self._secrets(),
        }
        dsn, port = self.service_dsns[service.name], self.ports[service.name]
        spec = service_spec(service, dsn, port, shared, log)
        return self.supervisor.run(spec, self.addresses[service.name])

    def _secrets(self) -> dict[str, str]:
        """Keys that are made once and stay the same from run to run, unless they are given."""
        passwords = self.stack.home.passwords
        names = (
            "HUB_API_TOKEN",
            "HUB_INTAKE_PSEUDONYM_KEY",
            "HUB_INTAKE_VAULT_KEYS",
            "HUB_INTAKE_SYSTEM_TOKEN",
            "HUB_INTAKE_LINK_KEY",
        )
        return {name: os.environ.get(name) or passwords.of(name) for name in names}

    async def _ready(self, child: Child) -> None:
        await unless(hopeless(child), until_ready(self.ports[child.spec.name]))
        self._ready_services += 1
        total = len(self.services)
        self.stack.progress(Step("services", self._ready_services, total, child.spec.name))

    def _enter(self, phase: str) -> None:
        self._phase = phase
        self._write_state()

    def _write_state(self) -> None:
        children = tuple(child.state() for child in self.supervisor.children)
        state = StackState(os.getpid(), self._phase, self._since, self.addresses, children)
        write_state(self.stack.home.state_file, state)

    def _forget_state(self) -> None:
        self.stack.home.state_file.unlink(missing_ok=True)


def _ports(services: Sequence[Service], base: int) -> dict[str, int]:
    numbers = (base + index if base else free_port() for index in range(len(services)))
    return {service.name: number for service, number in zip(services, numbers, strict=True)}


@asynccontextmanager
async def _in_time(home: Home) -> AsyncIterator[None]:
    try:
        async with asyncio.timeout(READY_LIMIT):
            yield
    except TimeoutError:
        raise StartFailed(
            f"not all services were ready within {READY_LIMIT:.0f} s; see the logs in {home.logs}."
        ) from None


@asynccontextmanager
async def running(application: Application) -> AsyncIterator[Application]:
    """Start the application, and stop it whatever happens."""
    try:
        await application.start()
        yield application
    finally:
        await application.stop()
