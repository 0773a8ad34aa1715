"""The hub's four services as child processes: how to run them, and whether they are ready."""

import asyncio
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from deploy.embedded.ports import HOST
from deploy.embedded.process import ChildSpec

ANSWER_LIMIT = 5.0
PAUSE = 0.1


@dataclass(frozen=True)
class Service:
    """A service: its name, and the command that runs it."""

    name: str
    argv: tuple[str, ...]

    @property
    def role(self) -> str:
        """Its login role in PostgreSQL."""
        return f"hub_{self.name}"


def _service(name: str) -> Service:
    return Service(name, (sys.executable, "-m", f"services.{name}.main"))


HUB_SERVICES = tuple(map(_service, ("intake", "classification", "dispatch", "feedback")))
"""In the order of an incident's road."""


def with_login(dsn: str, role: str, password: str) -> str:
    """The DSN (postgresql://…) for another login; role and password need no quoting."""
    parts = urlsplit(dsn)
    address = parts.netloc.rpartition("@")[2]
    return urlunsplit(parts._replace(netloc=f"{role}:{password}@{address}"))


def service_spec(
    service: Service, dsn: str, port: int, shared: Mapping[str, str], log: Path
) -> ChildSpec:
    """How to run a service; it learns its own DSN and port, and no other login."""
    prefix = f"HUB_{service.name.upper()}"
    own = {
        "HUB_POSTGRES_DSN": dsn,
        f"{prefix}_POSTGRES_DSN": dsn,
        f"{prefix}_HTTP_PORT": str(port),
        "PYTHONUNBUFFERED": "1",
    }
    return ChildSpec(service.name, service.argv, log, env={**shared, **own})


async def until_ready(port: int) -> None:
    """Return once GET /readyz on the port answers 200; wait for ever else."""
    while not await is_ready(port):
        await asyncio.sleep(PAUSE)


async def is_ready(port: int, host: str = HOST) -> bool:
    """Whether GET /readyz on the port answers 200 within 5 s."""
    try:
        async with asyncio.timeout(ANSWER_LIMIT):
            status = await _status_line(host, port, "/readyz")
    except (OSError, TimeoutError):
        return False
    return status.split()[1:2] == [b"200"]


async def _status_line(host: str, port: int, path: str) -> bytes:
    reader, writer = await asyncio.open_connection(host, port)
    try:
        writer.write(f"GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode())
        return await reader.readline()
    finally:
        writer.close()


async def accepts(port: int) -> bool:
    """Whether something accepts connections on the port."""
    try:
        async with asyncio.timeout(ANSWER_LIMIT):
            _, writer = await asyncio.open_connection(HOST, port)
    except (OSError, TimeoutError):
        return False
    writer.close()
    return True
