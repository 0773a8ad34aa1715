"""Roles and migrations: a service can do its work in its own schema, and nothing else."""

import asyncio
from pathlib import Path

import asyncpg
import pytest

from services.hosting.migrations import migrate
from services.kernel.postgres import connect_once
from tests.integration.kernel.toyland import KERNEL, OWN, Toy, owner, toyland

pytestmark = pytest.mark.integration

FORBIDDEN = {
    "make a table": "CREATE TABLE toy.mine (id int)",
    "make a table elsewhere": "CREATE TABLE public.mine (id int)",
    "change a table": "ALTER TABLE toy.outbox DROP CONSTRAINT outbox_payload_check",
    "drop a table": "DROP TABLE toy.inbox",
    "empty a table": "TRUNCATE toy.dead_letter",
    "make an index": "CREATE INDEX ON toy.effect (amount)",
    "make a schema": "CREATE SCHEMA mine",
    "read another service's tables": "SELECT * FROM neighbour.subject",
    "write another service's tables": "INSERT INTO neighbour.total VALUES ('a', 1)",
    "delete from another service's tables": "DELETE FROM neighbour.outbox",
}


@pytest.mark.parametrize("what", FORBIDDEN)
async def test_the_runtime_role_may_not(what: str, toy: Toy) -> None:
    async with toyland(toy.dsn, "neighbour"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await toy.pool.execute(FORBIDDEN[what])


async def test_a_single_connection_has_no_more_rights_than_the_pool(toy: Toy) -> None:
    connection = await connect_once(toy.dsn, "toy")
    try:
        assert await connection.fetchval("SELECT current_user") == "hub_toy"
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute("CREATE TABLE toy.mine (id int)")
    finally:
        await connection.close()


async def test_no_session_waits_for_ever(toy: Toy) -> None:
    names = ("lock_timeout", "statement_timeout", "idle_in_transaction_session_timeout")
    found = [await toy.pool.fetchval(f"SHOW {name}") for name in names]
    assert all(each != "0" for each in found)


async def test_migrations_are_applied_once_however_often_they_are_run(database: str) -> None:
    first = await migrate(database, "toy", [KERNEL, OWN], None)
    again = await migrate(database, "toy", [KERNEL, OWN], None)
    assert first == sorted(first) and "0101_expand_toy.sql" in first
    assert again == []


async def test_a_new_migration_is_applied_alone(database: str, tmp_path: Path) -> None:
    (tmp_path / "0001_a.sql").write_text("CREATE TABLE a (id int);")
    assert await migrate(database, "toy", [tmp_path], None) == ["0001_a.sql"]
    (tmp_path / "0002_b.sql").write_text("CREATE TABLE b (id int);")
    assert await migrate(database, "toy", [tmp_path], None) == ["0002_b.sql"]


async def test_a_migration_that_was_changed_after_it_was_applied_is_refused(
    database: str, tmp_path: Path
) -> None:
    path = tmp_path / "0001_a.sql"
    path.write_text("CREATE TABLE a (id int);")
    await migrate(database, "toy", [tmp_path], None)
    path.write_text("CREATE TABLE a (id bigint);")
    with pytest.raises(RuntimeError, match="0001_a.sql was changed after it was applied"):
        await migrate(database, "toy", [tmp_path], None)


async def test_a_migration_that_fails_leaves_nothing_behind(database: str, tmp_path: Path) -> None:
    path = tmp_path / "0001_a.sql"
    path.write_text("CREATE TABLE a (id int); SELECT 1 / 0;")
    with pytest.raises(asyncpg.DivisionByZeroError):
        await migrate(database, "toy", [tmp_path], None)
    path.write_text("CREATE TABLE a (id int);")
    assert await migrate(database, "toy", [tmp_path], None) == ["0001_a.sql"]


async def test_two_who_migrate_at_once_do_not_clash(database: str) -> None:
    done = await asyncio.gather(*(migrate(database, "toy", [KERNEL, OWN], None) for _ in range(3)))
    assert sorted(map(len, done))[:2] == [0, 0]
    async with owner(database) as connection:
        assert await connection.fetchval("SELECT count(*) FROM toy.migration") == max(
            map(len, done)
        )
