"""Migrations: a schema and a role for each service; the runtime role has no DDL."""

from hashlib import sha256
from pathlib import Path
from urllib.parse import urlsplit

import asyncpg

from services.kernel.postgres import Connection


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
