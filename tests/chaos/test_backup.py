"""The database is lost with all its disks: a backup comes back, the topics tell the rest."""

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from tests.chaos.evidence import SERVICES
from tests.chaos.ground import Ground, Keeper, OffsetWatch, until
from tests.chaos.servers import MortalServers
from tests.harness import Hub

pytestmark = [pytest.mark.chaos, pytest.mark.slow, pytest.mark.timeout(180)]


@pytest.fixture
def own_ground() -> Iterator[Ground]:
    """Servers and services of this drill's own: it destroys what they keep."""
    servers = MortalServers().start()
    hub = Hub(servers).prepare()
    made = Ground(servers, hub, Keeper(hub), OffsetWatch(servers.postgres_dsn))
    try:
        made.begin(SERVICES)
        made.all_ready()
        yield made
    finally:
        hub.stop()
        servers.stop()


def hub_command(ground: Ground, *arguments: str) -> subprocess.CompletedProcess[str]:
    """The command `hub` on these servers."""
    known = {
        "HUB_KAFKA_BOOTSTRAP": ground.servers.kafka,
        "HUB_POSTGRES_DSN": ground.servers.postgres_dsn,
    }
    argv = [sys.executable, "-m", "services.cli.main", *arguments, "--json"]
    return subprocess.run(argv, env=os.environ | known, capture_output=True, text=True, check=False)


def done(said: subprocess.CompletedProcess[str]) -> Any:
    assert said.returncode == 0, said.stderr
    return json.loads(said.stdout)


async def destroyed(dsn: str) -> None:
    """Nothing of the services is left in the database."""
    connection = await asyncpg.connect(dsn)
    try:
        for name in SERVICES:
            await connection.execute(f"DROP SCHEMA {name} CASCADE")
    finally:
        await connection.close()


def archived(ground: Ground) -> int:
    """How many events feedback has archived."""

    async def count() -> int:
        connection = await asyncpg.connect(ground.servers.postgres_dsn)
        try:
            return int(await connection.fetchval("SELECT count(*) FROM feedback.archive"))
        finally:
            await connection.close()

    return asyncio.run(count())


def test_a_backup_comes_back_and_the_topics_tell_the_rest(
    own_ground: Ground, tmp_path: Path
) -> None:
    """Taken under load; much is said after it, and people go on while it is restored."""
    ground, file = own_ground, str(tmp_path / "hub.dump")
    with ground.street("BACK", 60) as street:
        street.speak(80, 20.0)
        until(lambda: archived(ground) > 100, 30.0, "the street is alive")
        assert done(hub_command(ground, "backup", file))["bytes"] > 100_000
        refused = hub_command(ground, "restore", file)
        assert refused.returncode == 1 and "先停下四个服务" in refused.stderr
        street.speak(80, 20.0)
        known = archived(ground)
        until(lambda: archived(ground) > known + 300, 60.0, "much is said after the backup")
        ground.rest(SERVICES)
        asyncio.run(destroyed(ground.servers.postgres_dsn))
        speaking = street.speak(40, 20.0)
        again = done(hub_command(ground, "restore", file))
        assert sum(again["to_read_again"].values()) > 50
        assert sum(again["already_said"].values()) > 50
        ground.begin(SERVICES)
        ground.all_ready()
        speaking.result(60)
        street.ledger.restored = True
        ground.all_is_well(street)
    left = asyncio.run(not_said_again(ground.servers.postgres_dsn))
    assert left == {}, "the drill gives no commands: each event has a record that leads to it again"
    assert hub_command(ground, "restore", "--forget").returncode == 0


async def not_said_again(dsn: str) -> dict[str, int]:
    """What went out after the backup, and was not decided again."""
    connection = await asyncpg.connect(dsn)
    try:
        counted = {
            f"{name} {row[0]}": row[1]
            for name in SERVICES
            for row in await connection.fetch(
                f"SELECT type, count(*) FROM {name}.published GROUP BY type"
            )
        }
    finally:
        await connection.close()
    return counted
