"""Whether the services are ready, their tables and topics right, and nothing is left lying."""

import asyncio
from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Any
from urllib.parse import urlsplit

import asyncpg

from deploy.embedded.services import is_ready
from schemas.flow import Service
from services.cli.addresses import Addresses
from services.cli.checks import Check, measured, ok, wrong
from services.cli.lag import Standing, standings
from services.cli.overview import fetched, gauges
from services.cli.prepare import folders_of
from services.cli.topic_checks import topic_checks
from services.kernel.store import SQL

MIGRATE = "run 'hub migrate'"


async def service_checks(known: Addresses, *, servers_answer: bool) -> list[Check]:
    """Readiness always; tables and topics where the servers answer."""
    ready = await asyncio.gather(*(_ready(name, url) for name, url in known.services.items()))
    if not servers_answer:
        return list(ready)
    connection = await asyncpg.connect(known.postgres)
    try:
        migrations = [await _migrations(connection, service) for service in Service]
        if any(each.verdict != "ok" for each in migrations):
            return [*migrations, *ready]
        found = await standings(known.kafka, known.postgres)
        topics = await topic_checks(known, found, connection)
        lying = [*await _rows(connection), *await asyncio.to_thread(_orphans, known)]
        return [*migrations, *topics, *ready, _lag(found), *lying]
    finally:
        await connection.close()


async def _ready(service: str, url: str) -> Check:
    place = urlsplit(url)
    if await is_ready(place.port or 80, place.hostname or ""):
        return ok(f"{service} ready", url)
    advice = (
        "'hub status' (containers: docker compose ps) shows whether it runs; "
        f"{url}/readyz says what is missing"
    )
    return wrong(f"{service} ready", f"{url} is not ready", advice)


async def _migrations(connection: Any, service: Service) -> Check:
    name = f"{service} tables"
    if await connection.fetchval("SELECT to_regclass($1)", f"{service}.migration") is None:
        return wrong(name, "there are none", MIGRATE)
    await connection.execute(f"SET search_path = {service}")
    rows = await connection.fetch("SELECT name, sha256 FROM migration")
    return compare_migrations(
        name, wanted_migrations(service), {r["name"]: r["sha256"] for r in rows}
    )


def wanted_migrations(service: str) -> dict[str, str]:
    """The migrations that a service's schema should have, with the hash of each."""
    paths = [path for folder in folders_of(service) for path in sorted(folder.glob("*.sql"))]
    return {path.name: sha256(path.read_bytes()).hexdigest() for path in paths}


def compare_migrations(name: str, wanted: Mapping[str, str], done: Mapping[str, str]) -> Check:
    """Whether all were applied, and none was changed afterwards."""
    missing = [each for each in wanted if each not in done]
    changed = [each for each in wanted if done.get(each, wanted[each]) != wanted[each]]
    if missing:
        return wrong(name, f"{', '.join(missing)} not applied", MIGRATE)
    if changed:
        advice = "restore the file; what is new goes into a new migration"
        return wrong(name, f"{', '.join(changed)} changed after it was applied", advice)
    return ok(name, f"{len(wanted)} migrations applied")


def _lag(found: Sequence[Standing]) -> Check:
    behind = {
        f"{service} {each.name}": lag for each in found for service, lag in each.lag.items() if lag
    }
    most = max(behind, key=lambda name: behind[name], default="")
    return measured(
        "lag",
        behind.get(most, 0),
        attention=1_000,
        wrong_at=100_000,
        found=f"{most}: {behind[most]} records" if most else "nobody is behind",
        advice="wait if it shrinks ('hub topics'); else see the log of that service",
    )


async def _rows(connection: Any) -> list[Check]:
    """What lies in the tables that should be empty, or nearly so."""
    checks = []
    for service in Service:
        await connection.execute(f"SET search_path = {service}")
        checks += backlog_checks(service, await connection.fetchrow(SQL["backlog"]))
    return checks


def _orphans(known: Addresses) -> list[Check]:
    """Files of evidence that no case owns, as feedback has counted them; none while it is away."""
    told = fetched(known.services[Service.FEEDBACK], "/metrics").decode()
    return [orphans_check(int(each)) for each in gauges(told, "hub_feedback_orphans")]


def orphans_check(count: int) -> Check:
    """Whether evidence was cut off while it was handed in."""
    return measured(
        "evidence without a case",
        count,
        attention=1,
        wrong_at=float("inf"),
        found=f"{count} files",
        advice="'hub evidence orphans' lists them; with --apply it deletes them",
    )


def backlog_checks(service: str, row: Mapping[str, Any]) -> list[Check]:
    """Outbox, parked messages, timers and dead letters of one service."""
    return [*_waiting_checks(service, row), *_late_checks(service, row)]


def _waiting_checks(service: str, row: Mapping[str, Any]) -> list[Check]:
    return [
        measured(
            f"{service} outbox",
            float(row["outbox_age"]),
            attention=5,
            wrong_at=30,
            found=f"{row['outbox']} events, the oldest for {float(row['outbox_age']):.0f} s",
            advice=f"the relay of {service} stands still: see its log, or start it again",
        ),
        measured(
            f"{service} parked",
            float(row["parked_age"]),
            attention=60,
            wrong_at=900,
            found=f"{row['parked']} messages, the oldest for {float(row['parked_age']):.0f} s",
            advice="a predecessor is missing: look in 'hub deadletters list' and redrive it",
        ),
    ]


def _late_checks(service: str, row: Mapping[str, Any]) -> list[Check]:
    return [
        measured(
            f"{service} timers",
            float(row["timer_lateness"]),
            attention=5,
            wrong_at=60,
            found=f"{row['timers_due']} are due, {float(row['timer_lateness']):.0f} s late",
            advice=f"timers fire in {service}: it must run",
        ),
        measured(
            f"{service} dead letters",
            float(row["dead_letters"]),
            attention=1,
            wrong_at=float("inf"),
            found=f"{row['dead_letters']} wait",
            advice="'hub deadletters list' says why; mend it, then 'hub deadletters redrive'",
        ),
    ]
