"""PostgreSQL: connections that never wait for ever, named queries, migrations."""

import asyncio
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias
from urllib.parse import urlsplit

import asyncpg
import structlog
from asyncpg.exceptions._base import DataError as ClientDataError

if TYPE_CHECKING:
    from asyncpg.pool import PoolConnectionProxy

    Connection: TypeAlias = asyncpg.Connection[asyncpg.Record] | PoolConnectionProxy[asyncpg.Record]
    Pool: TypeAlias = asyncpg.Pool[asyncpg.Record]
else:
    Connection = asyncpg.Connection
    Pool = asyncpg.Pool

log = structlog.get_logger(__name__)

TRANSIENT = (
    asyncpg.PostgresConnectionError,
    asyncpg.DeadlockDetectedError,
    asyncpg.SerializationError,
    asyncpg.UniqueViolationError,
    asyncpg.LockNotAvailableError,
    asyncpg.QueryCanceledError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.CannotConnectNowError,
    asyncpg.IdleInTransactionSessionTimeoutError,
    asyncpg.InsufficientResourcesError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
    OSError,
    TimeoutError,
)
"""What passes by itself: try the whole transaction again."""

REFUSED = (
    asyncpg.DataError,
    asyncpg.NotNullViolationError,
    asyncpg.ForeignKeyViolationError,
    asyncpg.CheckViolationError,
    ClientDataError,
)
"""A value that PostgreSQL, or its client before it, will never take. To be caught before
`TRANSIENT`, since the client's error is one of its interface errors.
"""

SESSION = {
    "lock_timeout": "5s",
    "statement_timeout": "30s",
    "idle_in_transaction_session_timeout": "15s",
    "plan_cache_mode": "force_generic_plan",
    "jit": "off",
}


def queries(path: Path) -> Mapping[str, str]:
    """The named queries of a file: each begins with `-- name: the_name`."""
    parts = re.split(r"^-- name: (\w+)\n", path.read_text(encoding="utf-8"), flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def columns(rows: Iterable[Sequence[Any]]) -> list[list[Any]]:
    """Rows turned into columns, as `unnest` takes them; there must be at least one row."""
    return [list(column) for column in zip(*rows, strict=True)]


async def copy(
    connection: Connection, table: str, columns: Sequence[str], rows: Sequence[Sequence[Any]]
) -> None:
    """Append rows by COPY: half the cost of INSERT, here and in PostgreSQL."""
    await connection.copy_records_to_table(table, records=rows, columns=columns)


async def connect(dsn: str, service: str, *, size: int = 5) -> Pool:
    """A pool for one service, in its own schema and under its own role."""
    return await asyncpg.create_pool(
        dsn,
        min_size=1,
        max_size=size,
        server_settings=_session(service),
        init=lambda connection: _take_role(connection, dsn, service),
        reset=_keep_session,
    )


async def connect_once(dsn: str, service: str) -> "asyncpg.Connection[asyncpg.Record]":
    """One connection of its own, for whoever holds session locks."""
    connection = await asyncpg.connect(dsn, server_settings=_session(service))
    await _take_role(connection, dsn, service)
    return connection


def _session(service: str) -> dict[str, str]:
    return {"search_path": str(service), "application_name": f"hub {service}", **SESSION}


async def _take_role(connection: Connection, dsn: str, service: str) -> None:
    """A DSN of another user (the owner's, on a developer's machine) takes the service's role
    on at once, so that the same rights hold everywhere.
    """
    role = f"hub_{service}"
    if urlsplit(dsn).username != role:
        await connection.execute(f"SET ROLE {role}")


async def _keep_session(connection: Connection) -> None:
    """Nothing in a session of ours needs to be reset: that saves a round trip a batch."""


async def wait_until_connected(
    dsn: str, service: str, stopping: asyncio.Event, report: Callable[[str, str | None], None]
) -> Pool | None:
    """Try with growing pauses (at most 5 s) until PostgreSQL answers, or until told to stop."""
    pause = 0.1
    while not stopping.is_set():
        try:
            pool = await connect(dsn, service)
        except (*TRANSIENT, asyncpg.PostgresError) as error:
            report("postgres", f"does not answer: {str(error)[:120]}")
            log.warning("postgres.unavailable", error=str(error)[:200], again_in=pause)
            await asyncio.sleep(pause)
            pause = min(pause * 2, 5.0)
        else:
            report("postgres", None)
            return pool
    return None


async def migrate(
    dsn: str, service: str, folders: list[Path], service_dsn: str | None
) -> list[str]:
    """Bring the schema of a service up to date; returns the names of what was applied.

    `dsn` is the owner's. The runtime role `hub_<service>` gets rows and no DDL; it may log in
    if `service_dsn` has a password for it.
    """
    connection = await asyncpg.connect(dsn)
    try:
        await connection.execute("SELECT pg_advisory_lock(hashtext('event hub migration'))")
        await _make_role(connection, service, service_dsn)
        await connection.execute(f"SET search_path = {service}")
        applied = await _apply(connection, folders)
        await connection.execute(
            f"GRANT USAGE ON SCHEMA {service} TO hub_{service};"
            f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA {service} "
            f"TO hub_{service};"
            f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA {service} TO hub_{service};"
        )
    finally:
        await connection.close()
    return applied


async def _make_role(connection: Connection, service: str, service_dsn: str | None) -> None:
    role = f"hub_{service}"
    if not await connection.fetchval("SELECT 1 FROM pg_roles WHERE rolname = $1", role):
        await connection.execute(f"CREATE ROLE {role} NOLOGIN")
    password = urlsplit(service_dsn).password if service_dsn else None
    if password:
        quoted = await connection.fetchval("SELECT quote_literal($1::text)", password)
        await connection.execute(f"ALTER ROLE {role} LOGIN PASSWORD {quoted}")
    await connection.execute(f"GRANT {role} TO CURRENT_USER")
    await connection.execute(f"CREATE SCHEMA IF NOT EXISTS {service}")
    await connection.execute(
        f"CREATE TABLE IF NOT EXISTS {service}.migration ("
        "name text PRIMARY KEY, sha256 text NOT NULL, "
        "applied_at timestamptz NOT NULL DEFAULT now())"
    )


async def _apply(connection: Connection, folders: list[Path]) -> list[str]:
    done = {row["name"]: row["sha256"] for row in await connection.fetch("SELECT * FROM migration")}
    applied = []
    for path in (path for folder in folders for path in sorted(folder.glob("*.sql"))):
        text = path.read_text(encoding="utf-8")
        digest = sha256(text.encode()).hexdigest()
        if done.get(path.name, digest) != digest:
            raise RuntimeError(f"{path.name} was changed after it was applied: add a new migration")
        if path.name not in done:
            async with connection.transaction():
                await connection.execute(text)
                await connection.execute("INSERT INTO migration VALUES ($1, $2)", path.name, digest)
            applied.append(path.name)
    return applied
