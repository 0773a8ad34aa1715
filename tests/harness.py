"""Real servers and real services for tests, as processes that can be killed one by one."""

import asyncio
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import asyncpg

from schemas.flow import Service
from services.cli.prepare import prepare

START_LIMIT = 120.0
READY_LIMIT = 60.0


class Servers:
    """Kafka and PostgreSQL in a process of their own: given, from Docker, or embedded."""

    def __init__(self) -> None:
        self.home = Path(tempfile.mkdtemp(prefix="hub-test-"))
        self.home.chmod(0o755)
        self.log = self.home / "servers.log"
        self._process: subprocess.Popen[bytes] | None = None
        self.kafka = os.environ.get("HUB_KAFKA_BOOTSTRAP", "")
        self.postgres_dsn = os.environ.get("HUB_POSTGRES_DSN", "")

    def start(self) -> "Servers":
        """Start them and wait; raises RuntimeError with the log if they do not come up."""
        env = os.environ | {
            "HUB_HOME": str(self.home),
            "HUB_KAFKA_PORT": "0",
            "HUB_POSTGRES_PORT": "0",
        }
        with self.log.open("wb") as log:
            argv = [sys.executable, "-m", "deploy.embedded"]
            self._process = subprocess.Popen(argv, stdout=log, stderr=subprocess.STDOUT, env=env)
        deadline = time.monotonic() + START_LIMIT
        while time.monotonic() < deadline and self._process.poll() is None:
            found = dict(re.findall(r"^(HUB_\w+)=(.+)$", self.log.read_text(), re.MULTILINE))
            if len(found) >= 2:
                self.kafka, self.postgres_dsn = (
                    found["HUB_KAFKA_BOOTSTRAP"],
                    found["HUB_POSTGRES_DSN"],
                )
                return self
            time.sleep(0.1)
        self.stop()
        raise RuntimeError(f"the servers did not start:\n{self.log.read_text()}")

    @property
    def pid(self) -> int:
        """The process whose children the servers are."""
        if self._process is None:
            raise RuntimeError("the servers have not been started")
        return self._process.pid

    def stop(self) -> None:
        """Stop them and remove what they kept."""
        if self._process is not None:
            self._process.send_signal(signal.SIGINT)
            try:
                self._process.wait(30)
            except subprocess.TimeoutExpired:
                self._process.kill()
        shutil.rmtree(self.home, ignore_errors=True)


async def fresh_database(dsn: str, name: str) -> str:
    """Make an empty database beside the given one; returns its DSN."""
    connection = await asyncpg.connect(dsn)
    try:
        await connection.execute(f'CREATE DATABASE "{name}"')
    finally:
        await connection.close()
    return urlunsplit(urlsplit(dsn)._replace(path=f"/{name}"))


class Hub:
    """The four services on given servers; each can be killed, stopped and started by name."""

    def __init__(self, servers: Servers) -> None:
        self.servers = servers
        self.processes: dict[str, subprocess.Popen[bytes]] = {}
        self.ports: dict[str, int] = {}
        self.shared: dict[str, str] = {}
        """What each service gets in its environment, whenever it is started."""

    def prepare(self) -> "Hub":
        """Make roles, tables and topics."""
        asyncio.run(prepare(self.servers.kafka, self.servers.postgres_dsn, {}))
        return self

    def start(self, *names: str, env: Mapping[str, str] | None = None) -> "Hub":
        """Start services (all four if none is named) and wait until each is ready."""
        wanted = names or tuple(each.value for each in Service)
        for name in wanted:
            self.launch(name, env)
        for name in wanted:
            self.wait_ready(name)
        return self

    def launch(self, name: str, env: Mapping[str, str] | None = None) -> None:
        """Start one service without waiting for it."""
        self.ports.setdefault(name, free_port())
        environment = os.environ | {
            "HUB_KAFKA_BOOTSTRAP": self.servers.kafka,
            "HUB_POSTGRES_DSN": self.servers.postgres_dsn,
            f"HUB_{name.upper()}_HTTP_PORT": str(self.ports[name]),
            **self.shared,
            **(env or {}),
        }
        with self.log(name).open("ab") as log:
            argv = [sys.executable, "-m", f"services.{name}.main"]
            self.processes[name] = subprocess.Popen(
                argv, stdout=log, stderr=subprocess.STDOUT, env=environment
            )

    def log(self, name: str) -> Path:
        """Where a service writes its log."""
        return self.servers.home / f"{name}.log"

    def wait_ready(self, name: str) -> None:
        """Wait until a service is ready; raises RuntimeError if it ends or takes too long."""
        deadline = time.monotonic() + READY_LIMIT
        while time.monotonic() < deadline:
            if self.processes[name].poll() is not None:
                break
            if self.is_ready(name):
                return
            time.sleep(0.1)
        raise RuntimeError(f"{name} is not ready:\n{self.log(name).read_text()[-3000:]}")

    def is_ready(self, name: str) -> bool:
        """Whether a service answers 200 on /readyz."""
        try:
            with urllib.request.urlopen(self.url(name, "/readyz"), timeout=2) as answer:
                return bool(answer.status == 200)
        except (urllib.error.URLError, OSError):
            return False

    def url(self, name: str, path: str) -> str:
        """The address of a path of a service."""
        return f"http://127.0.0.1:{self.ports[name]}{path}"

    def kill(self, name: str) -> None:
        """kill -9, and wait until it is gone."""
        self.processes[name].kill()
        self.processes[name].wait()

    def died(self, name: str, limit: float = 60.0) -> int:
        """Wait until a service ends by itself; returns its exit status."""
        return self.processes[name].wait(limit)

    def stop(self) -> None:
        """End all services in good order."""
        for process in self.processes.values():
            process.terminate()
        for process in self.processes.values():
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def free_port() -> int:
    """A port of this machine that nobody listens on."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])
