"""Kafka and PostgreSQL from Docker through testcontainers, for tests that ask for it."""

from collections.abc import Callable
from dataclasses import dataclass

from deploy.embedded.errors import NotInstalled, StartFailed

KAFKA_IMAGE = "confluentinc/cp-kafka:7.6.0"
POSTGRES_IMAGE = "postgres:18"


@dataclass(frozen=True)
class Container:
    """A running server: `address` for clients, `stop` ends it and removes its data."""

    address: str
    stop: Callable[[], None]


def kafka_container() -> Container:
    """Start Kafka; blocks until it is ready."""
    try:
        from testcontainers.kafka import KafkaContainer

        container = KafkaContainer(KAFKA_IMAGE).with_kraft().start()
    except Exception as error:
        raise _no_docker(error) from error
    return Container(container.get_bootstrap_server(), container.stop)


def postgres_container() -> Container:
    """Start PostgreSQL with a database `hub`; blocks until it is ready."""
    try:
        from testcontainers.postgres import PostgresContainer

        container = PostgresContainer(POSTGRES_IMAGE, dbname="hub", driver=None).start()
    except Exception as error:
        raise _no_docker(error) from error
    return Container(container.get_connection_url(), container.stop)


def _no_docker(error: Exception) -> StartFailed | NotInstalled:
    if isinstance(error, ImportError):
        return NotInstalled(
            "HUB_TESTCONTAINERS=1 needs the package 'testcontainers'; "
            "install the extra 'dev', or unset the variable to use the embedded servers."
        )
    return StartFailed(
        f"HUB_TESTCONTAINERS=1, but Docker did not start the server ({type(error).__name__}); "
        "start Docker, or unset the variable to use the embedded servers."
    )
