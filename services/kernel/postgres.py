"""PostgreSQL: connections that never wait for ever, named queries."""

import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias
from urllib.parse import urlsplit

import asyncpg
from asyncpg.exceptions._base import DataError as ClientDataError

if TYPE_CHECKING:
    from asyncpg.pool import PoolConnectionProxy

    Connection: TypeAlias = asyncpg.Connection[asyncpg.Record] | PoolConnectionProxy[asyncpg.Record]
    Pool: TypeAlias = asyncpg.Pool[asyncpg.Record]
else:
    Connection = asyncpg.Connection
    Pool = asyncpg.Pool

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
