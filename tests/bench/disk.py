"""`python -m tests.bench.disk [REPORTS]`: what an incident leaves on the disks when closed."""

import asyncio
import json
import sys
import time
from pathlib import Path
from typing import Any

import asyncpg

from tests.chaos.street import Street
from tests.harness import Hub, Servers

RATE, LIMIT = 100.0, 240.0
CLOSED = "SELECT count(*) FROM feedback.ledger WHERE state = 'closed'"


async def ask(dsn: str, query: str) -> int:
    """One number from the database."""
    connection = await asyncpg.connect(dsn)
    try:
        return int(await connection.fetchval(query))
    finally:
        await connection.close()


def logs(home: Path) -> int:
    """Bytes of all records in all topics, without their indexes."""
    return sum(each.stat().st_size for each in home.rglob("*.log") if each.stem.isdecimal())


def sizes(servers: Servers) -> dict[str, int]:
    """Bytes of the database after a vacuum's worth of rest, and of the topics."""
    dsn = servers.postgres_dsn
    return {
        "postgres": asyncio.run(ask(dsn, "SELECT pg_database_size(current_database())")),
        "kafka": logs(servers.home),
        "closed": asyncio.run(ask(dsn, CLOSED)),
    }


def measure(reports: int) -> dict[str, Any]:
    """Send so many reports, let people close what they lead to, and look at the disks."""
    servers = Servers().start()
    hub = Hub(servers).prepare()
    try:
        hub.start()
        before = sizes(servers)
        with Street(servers.kafka, "DISK", 1) as street:
            street.speak(reports, RATE).result(LIMIT)
            closed, quiet_since = 0, time.monotonic()
            while time.monotonic() - quiet_since < 8:
                now = asyncio.run(ask(servers.postgres_dsn, CLOSED))
                if now != closed:
                    closed, quiet_since = now, time.monotonic()
                time.sleep(0.5)
        after = sizes(servers)
    finally:
        hub.stop()
        servers.stop()
    grown = {name: after[name] - before[name] for name in before}
    return {
        "reports": reports,
        "closed incidents": closed,
        "bytes an incident, postgres": grown["postgres"] // closed,
        "bytes an incident, kafka": grown["kafka"] // closed,
    }


if __name__ == "__main__":
    print(json.dumps(measure(int(sys.argv[1]) if len(sys.argv) > 1 else 3_000), indent=1))
