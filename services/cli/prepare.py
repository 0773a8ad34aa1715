"""What must be there before services can run: roles, tables, topics."""

from pathlib import Path

import services
from schemas.flow import FLOW, Service
from services.hosting import topics
from services.hosting.migrations import migrate

ROOT = Path(services.__file__).parent


def folders_of(service: str) -> list[Path]:
    """The folders of migrations that make a service's schema, in order."""
    wanted = [ROOT / "kernel" / "sql" / "migrations", ROOT / service / "sql" / "migrations"]
    return [folder for folder in wanted if folder.is_dir()]


async def prepare(kafka: str, postgres_dsn: str, service_dsns: dict[str, str]) -> None:
    """Make roles, tables and topics; harmless when they are there.

    `kafka` is host:port, `postgres_dsn` the owner's, `service_dsns` one by service name.
    """
    await applied(kafka, postgres_dsn, service_dsns)


async def applied(
    kafka: str, postgres_dsn: str, service_dsns: dict[str, str]
) -> dict[str, list[str]]:
    """As `prepare`; returns what was missing, by service and for `topics`."""
    done = {
        service.value: await migrate(
            postgres_dsn, service, folders_of(service), service_dsns.get(service)
        )
        for service in Service
    }
    return done | {"topics": await topics.create(kafka, FLOW)}
