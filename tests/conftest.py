"""Fixtures that all tests share. Whoever asks for none of them starts nothing."""

import uuid
from collections.abc import Iterator

import pytest

from tests.harness import Hub, Servers, fresh_database


@pytest.fixture(scope="session")
def servers() -> Iterator[Servers]:
    """A real Kafka and a real PostgreSQL for the whole run."""
    started = Servers().start()
    yield started
    started.stop()


@pytest.fixture(scope="session")
def kafka_bootstrap(servers: Servers) -> str:
    """Where Kafka is."""
    return servers.kafka


@pytest.fixture(scope="session")
def postgres_dsn(servers: Servers) -> str:
    """The owner's way into PostgreSQL."""
    return servers.postgres_dsn


@pytest.fixture
async def database(postgres_dsn: str) -> str:
    """An empty database of the test's own."""
    return await fresh_database(postgres_dsn, f"test_{uuid.uuid4().hex[:12]}")


@pytest.fixture(scope="module")
def hub() -> Iterator[Hub]:
    """The four services as processes, on servers of the module's own."""
    servers = Servers().start()
    running = Hub(servers).prepare()
    try:
        yield running.start()
    finally:
        running.stop()
        servers.stop()
