"""Whether Kafka and PostgreSQL answer, and agree with this machine on what time it is."""

import asyncio
import time

import asyncpg
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError

from services.cli.addresses import Addresses
from services.cli.checks import Check, measured, ok, wrong
from services.hosting.kafka import client_login

ANSWER_LIMIT = 8.0
OLDEST_POSTGRES = 15
FAILURES = (asyncpg.PostgresError, asyncpg.InterfaceError, ValueError, OSError, TimeoutError)
"""Of a connection to PostgreSQL; ValueError: the address itself can not be read."""


async def server_checks(known: Addresses) -> list[Check]:
    """Kafka, PostgreSQL, and the clocks."""
    kafka, postgres = await asyncio.gather(_kafka(known.kafka), _postgres(known.postgres))
    return [kafka, *postgres]


async def _kafka(bootstrap: str) -> Check:
    admin = AIOKafkaAdminClient(
        bootstrap_servers=bootstrap, request_timeout_ms=5_000, **client_login()
    )
    try:
        async with asyncio.timeout(ANSWER_LIMIT):
            await admin.start()
            topics = await admin.list_topics()
    except (KafkaError, OSError, TimeoutError) as error:
        advice = "start it with 'hub up', or correct HUB_KAFKA_BOOTSTRAP"
        return wrong("kafka", f"{bootstrap} does not answer ({type(error).__name__})", advice)
    finally:
        await admin.close()
    return ok("kafka", f"{bootstrap} answers, {len(topics)} topics")


async def _postgres(dsn: str) -> list[Check]:
    try:
        async with asyncio.timeout(ANSWER_LIMIT):
            connection = await asyncpg.connect(dsn)
    except FAILURES as error:
        return [unanswered(error)]
    try:
        number = int(await connection.fetchval("SHOW server_version_num"))
        return [version_check(number), await _clocks(connection)]
    finally:
        await connection.close()


def unanswered(error: Exception) -> Check:
    """Why there is no connection to PostgreSQL. An address is never shown: a password is in it."""
    match error:
        case asyncpg.InvalidAuthorizationSpecificationError():
            advice = "correct the login in HUB_POSTGRES_DSN; in containers, deploy/secrets"
            return wrong("postgres", f"refuses the login: {error}", advice)
        case asyncpg.InvalidCatalogNameError():
            return wrong("postgres", str(error), "make the database, or correct HUB_POSTGRES_DSN")
        case asyncpg.PostgresError():
            return wrong("postgres", f"refuses: {error}", "see its log")
        case asyncpg.InterfaceError() | ValueError():
            advice = "write it as postgresql://LOGIN:PASSWORD@HOST:PORT/hub, marks as %XX"
            return wrong("postgres", "HUB_POSTGRES_DSN is no address that can be read", advice)
        case _:
            advice = "start it with 'hub up', or correct HUB_POSTGRES_DSN"
            return wrong("postgres", f"does not answer ({type(error).__name__})", advice)


def version_check(number: int) -> Check:
    """Whether PostgreSQL (as 180006) is one that the migrations were tried with."""
    said = f"version {number // 10_000}.{number % 10_000} answers"
    if number // 10_000 < OLDEST_POSTGRES:
        return wrong("postgres", said, f"use PostgreSQL {OLDEST_POSTGRES} or later")
    return ok("postgres", said)


async def _clocks(connection: "asyncpg.Connection[asyncpg.Record]") -> Check:
    before = time.time()
    there = float(await connection.fetchval("SELECT extract(epoch FROM clock_timestamp())"))
    skew = abs(there - (before + time.time()) / 2)
    return measured(
        "clocks",
        skew,
        attention=1.0,
        wrong_at=5.0,
        found=f"PostgreSQL's clock and this one differ by {skew * 1000:.0f} ms",
        advice="synchronise the clocks (NTP): deadlines are computed by them",
    )
