"""Makes PostgreSQL's cluster and the hub's database in it; half-made ones are thrown away."""

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import asyncpg

from deploy.embedded.account import Account
from deploy.embedded.errors import DiskFull, StartFailed
from deploy.embedded.postgres_place import Place

OWNER = DATABASE = "hub"
CHARACTER_TYPES = ("C.UTF-8", "C.utf8", "en_US.UTF-8", "C")
"""Tried in order: under plain C, pg_trgm would not see a Chinese character as a letter."""


def make_cluster(place: Place, account: Account | None, password: str) -> None:
    """Run initdb for `place.folder/data` as `account`; the owner gets `password`."""
    fresh = place.folder / "data.new"
    with _password_file(place.folder, account, password) as file:
        for character_type in CHARACTER_TYPES:
            shutil.rmtree(fresh, ignore_errors=True)
            command = _initdb(place, fresh, file, character_type)
            done = _run(command, account, place.folder)
            if "invalid locale name" not in done.stderr:
                break
    if done.returncode != 0:
        shutil.rmtree(fresh, ignore_errors=True)
        raise _refused(done, place.folder)
    fresh.rename(place.folder / "data")


async def make_database(connection: asyncpg.Connection) -> None:
    """Create the hub's database where it is missing; `connection` is the owner's."""
    query = "SELECT 1 FROM pg_database WHERE datname = $1"
    if not await connection.fetchval(query, DATABASE):
        await connection.execute(f"CREATE DATABASE {DATABASE} OWNER {OWNER}")


def _initdb(place: Place, data: Path, password: Path, character_type: str) -> list[str]:
    return [
        str(place.programs / "initdb"),
        f"--pgdata={data}",
        f"--username={OWNER}",
        f"--pwfile={password}",
        "--auth=scram-sha-256",
        "--encoding=UTF8",
        "--locale=C",
        f"--lc-ctype={character_type}",
        "--locale-provider=builtin",
        "--builtin-locale=C.UTF-8",
    ]


def _run(
    command: list[str], account: Account | None, folder: Path
) -> subprocess.CompletedProcess[str]:
    uid, gid = (account.uid, account.gid) if account else (None, None)
    return subprocess.run(
        command, user=uid, group=gid, extra_groups=[gid] if gid is not None else None,
        cwd=folder, capture_output=True, text=True, check=False,
    )  # fmt: skip


def _refused(done: subprocess.CompletedProcess[str], folder: Path) -> StartFailed | DiskFull:
    if "No space left" in done.stderr:
        return DiskFull(f"no space is left for PostgreSQL in {folder}; free some and try again.")
    return StartFailed(f"PostgreSQL could not make its data in {folder}:\n{done.stderr.strip()}")


@contextmanager
def _password_file(folder: Path, account: Account | None, password: str) -> Iterator[Path]:
    path = folder / "password"
    path.touch(mode=0o600)
    path.write_text(password)
    try:
        if account:
            account.owns(path)
        yield path
    finally:
        path.unlink()
