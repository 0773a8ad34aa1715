"""How late clocks ring: a million open ones in PostgreSQL, some due while ordinary work goes on.

`python -m tests.bench.timers [--timers 1000000] [--due 6000] [--seconds 60] [--rate 100]` starts
a PostgreSQL of its own, fills it with invented open cases, each with a clock, of which a seeded
choice is due within the next `seconds`, and runs feedback's own kernel, poller, auditor and
straightening of modes in this process while `rate` cases a second are opened, dispatched and
accepted. Late is from the due time to the row in the archive, written in the transaction of the
effect. Exits 1 if a clock rang twice or not at all, or p99 is over the bar.

With `--mode` it is measured instead how long a mode takes to stop all clocks and to set them
going again, and for how long at most one portion of cases keeps other clocks from ringing.
"""

import argparse
import asyncio
import json
import logging
import random
import sys
import time
import uuid
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg
import numpy as np
import structlog
from pydantic import TypeAdapter

from schemas import flow
from schemas.event import Event
from schemas.flow import Service, Topic
from schemas.worker import Action
from services.cli.prepare import folders_of
from services.feedback.adapters import ledger
from services.feedback.adapters.audit import Audit
from services.feedback.adapters.modes import Straightening
from services.feedback.domain.case import Case
from services.feedback.domain.clocks import deadlines
from services.feedback.main import make_domain
from services.hosting.migrations import migrate
from services.hosting.service import outlet_of, readers_of
from services.kernel import timers
from services.kernel.postgres import Pool, connect, copy
from services.kernel.processor import Processor
from services.kernel.record import Record, envelope
from services.kernel.store import SQL
from tests.harness import Servers, fresh_database
from tests.unit.feedback.cases import after, did, incident, sent, voice

SEED, BAR, TICK, PORTION, LEAD = 8, 1.0, 0.1, 50_000, 3.0
TOPICS = (flow.INCIDENTS, flow.DISPATCHES, flow.WORKER_STEPS)
FAR = timedelta(days=3)
STATES = TypeAdapter(Case)
SUBJECTS = """INSERT INTO subject (id, state)
SELECT 'i' || n, $1::text::json FROM generate_series($2::int, $3::int) AS n"""
CLOCKS = """INSERT INTO timer (subject, name, due_at)
SELECT 'i' || n, $1::text, $4::timestamptz FROM generate_series($2::int, $3::int) AS n"""
ROWS = """INSERT INTO ledger ({columns}) SELECT 'i' || n, {rest}
FROM ledger, generate_series($1::int, $2::int) AS n WHERE incident_id = 'i0'"""
RANG = """SELECT incident_id,
    extract(epoch FROM recorded_at - (payload->>'due_at')::timestamptz)::float8 AS late
FROM archive WHERE ce_type = 'hub.stage.overdue.v1'"""
BEGINS = """INSERT INTO pausing_mode
VALUES ('mode:bench', '', 'bench', now(), now() + interval '1 day')"""
ENDS = "UPDATE pausing_mode SET ended_at = now()"


def open_case(accept_by: datetime) -> Case:
    """An invented case that waits to be accepted, each stage an hour after the one before."""
    case = after(sent(), begin=incident(voice(ticket="T1")))
    names = ("accept_by", "arrive_by", "dispose_by", "check_by")
    times = {name: accept_by + timedelta(hours=n) for n, name in enumerate(names)}
    due = case.deadlines.model_copy(update=times) if case.deadlines else None
    return replace(case, deadlines=due)


async def fill(dsn: str, count: int) -> None:
    """Open cases with their clocks, all due in three days."""
    far = open_case(datetime.now(UTC) + FAR)
    ((name, at),) = deadlines(far).items()
    text, rest = STATES.dump_json(far).decode(), ", ".join(ledger.COLUMNS[1:])
    rows = ROWS.format(columns=", ".join(ledger.COLUMNS), rest=rest)
    owner: Any = await asyncpg.connect(dsn, server_settings={"search_path": "feedback"})
    try:
        await add(owner, {"i0": far})
        for first in range(1, count, PORTION):
            last = min(first + PORTION, count) - 1
            await owner.execute(SUBJECTS, text, first, last)
            await owner.execute(CLOCKS, name, first, last, at)
            await owner.execute(rows, first, last)
        await owner.execute("VACUUM (ANALYZE)")
    finally:
        await owner.close()


async def add(connection: Any, cases: dict[str, Case]) -> None:
    """Cases with their clocks and rows of the ledger."""
    subjects = [(key, STATES.dump_json(case).decode()) for key, case in cases.items()]
    clocks = [(key, *each) for key, case in cases.items() for each in deadlines(case).items()]
    rows = [ledger.opened(key, case) for key, case in cases.items()]
    await copy(connection, "subject", ("id", "state"), subjects)
    await copy(connection, "timer", ("subject", "name", "due_at"), clocks)
    await copy(connection, "ledger", ledger.COLUMNS, rows)


def chosen(count: int, seconds: float, begin: datetime) -> dict[str, datetime]:
    """When each of the clocks that are due rings, by a seed."""
    dice = random.Random(SEED)
    return {f"d{n}": begin + timedelta(seconds=dice.uniform(0, seconds)) for n in range(count)}


def opened(number: int, now: datetime) -> Iterator[tuple[Topic, str, Event]]:
    """A case is opened, dispatched and accepted."""
    name = {"incident_id": f"w{number}"}
    due = open_case(now + FAR).deadlines
    yield flow.INCIDENTS, "classification", incident(voice(number)).model_copy(update=name)
    yield (
        flow.DISPATCHES,
        "dispatch",
        sent().model_copy(update=name | {"deadlines": due, "dispatched_at": now}),
    )
    yield flow.WORKER_STEPS, "phone", did(Action.ACCEPT).model_copy(update=name)


async def work(processor: Processor, rate: int, stopping: asyncio.Event) -> None:
    """Ordinary load: records as they come from Kafka, a tick's in a batch a topic."""
    done, began = 0, time.monotonic()
    offsets = dict.fromkeys(TOPICS, 0)
    while not stopping.is_set():
        until = int((time.monotonic() - began) * rate)
        told = [each for n in range(done, until) for each in opened(n, datetime.now(UTC))]
        for topic in TOPICS:
            events = [(who, event) for about, who, event in told if about is topic]
            begin = offsets[topic]
            batch = [_record(topic, begin + n, *each) for n, each in enumerate(events)]
            offsets[topic] += len(batch)
            if batch:
                await processor.batch(batch)
        done = until
        await asyncio.sleep(TICK)


def _record(topic: Topic, offset: int, source: str, event: Event) -> Record:
    name = f"{topic.name}:{offset}"
    sequence = 1 if topic.sequenced else None
    now = datetime.now(UTC).isoformat()
    headers = envelope(
        event,
        id=name,
        source=source,
        sequence=sequence,
        time=now,
        correlation=name,
        causation=name,
    )
    sent_as = [(key, value.encode()) for key, value in headers.items()]
    body = event.model_dump_json(exclude_defaults=True).encode()
    return Record(topic.name, 0, offset, 0, event.subject.encode(), body, sent_as)


async def keep_house(processor: Processor, stopping: asyncio.Event) -> None:
    """What relay and watchdog do beside: the outbox is emptied, the backlog is looked at."""
    while not stopping.is_set():
        processor.mail.empty()
        await processor.pool.execute("DELETE FROM outbox")
        await processor.pool.fetchrow(SQL["backlog"])
        await asyncio.sleep(1.0)


async def run(pool: Pool, options: Any) -> dict[str, Any]:
    """Let the clocks ring while work goes on; returns what was found."""
    processor = _processor(pool)
    due = chosen(options.due, options.seconds, datetime.now(UTC) + timedelta(seconds=LEAD))
    async with pool.acquire() as connection:
        await add(connection, {key: open_case(at) for key, at in due.items()})
    stopping = asyncio.Event()
    tasks = [
        asyncio.create_task(each)
        for each in (
            timers.run(processor, 0.5, stopping),
            work(processor, options.rate, stopping),
            keep_house(processor, stopping),
            Audit(processor, 3.0).run(stopping),
            Straightening(processor).run(stopping),
        )
    ]
    try:
        await asyncio.sleep(LEAD + options.seconds + LEAD)
    finally:
        stopping.set()
        processor.timers_changed.set()
    await asyncio.gather(*tasks)
    rows = await pool.fetch(RANG)
    worked = await pool.fetchval("SELECT count(*) FROM ledger WHERE state = 'handling'")
    return found(rows, due) | {"accepted_beside": worked}


async def pause(pool: Pool) -> dict[str, Any]:
    """A mode begins, and ends."""
    processor = _processor(pool)
    told: dict[str, Any] = {}
    for name, statement in (("stop", BEGINS), ("go_on", ENDS)):
        await pool.execute(statement)
        spent, cases, straightening = [], 0, Straightening(processor)
        while True:
            began = time.perf_counter()
            changed = await straightening.go_round()
            spent.append(time.perf_counter() - began)
            if not changed:
                break
            cases += changed
        longest = round(max(spent), 3)
        told[name] = {"cases": cases, "s": round(sum(spent), 2), "longest_portion_s": longest}
    return told


def _processor(pool: Pool) -> Processor:
    """Feedback as its main makes it, without Kafka."""
    outlet, readers = outlet_of(Service.FEEDBACK), readers_of(Service.FEEDBACK, {}, 1_048_576)
    return Processor(Service.FEEDBACK, make_domain(), pool, readers, outlet, shards=16)


def found(rows: Any, due: dict[str, datetime]) -> dict[str, Any]:
    """Who rang, how often, and how late in seconds."""
    late = sorted(row["late"] for row in rows)
    rang = [row["incident_id"] for row in rows]
    p50, p99, most = np.percentile(late or [float("inf")], [50, 99, 100])
    return {
        "due": len(due),
        "rang": len(rang),
        "twice": len(rang) - len(set(rang)),
        "never": len(set(due) - set(rang)),
        "not_due": len(set(rang) - set(due)),
        "late_s": {"p50": round(p50, 3), "p99": round(p99, 3), "max": round(most, 3)},
    }


async def measure(dsn: str, options: Any) -> dict[str, Any]:
    """Fill, run, and count."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    database = await fresh_database(dsn, f"timers{uuid.uuid4().hex[:8]}")
    await migrate(database, Service.FEEDBACK, folders_of(Service.FEEDBACK), None)
    began = time.monotonic()
    await fill(database, options.timers)
    filled = time.monotonic() - began
    sys.stderr.write(f"{options.timers:,} open clocks after {filled:.0f} s\n")
    pool = await connect(database, Service.FEEDBACK)
    try:
        measured = pause(pool) if options.mode else run(pool, options)
        return {"open": options.timers, "seconds": options.seconds} | await measured
    finally:
        await pool.close()


def main() -> None:
    """Measure on servers of its own and print JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--timers", type=int, default=1_000_000, help="open clocks")
    parser.add_argument("--due", type=int, default=6_000, help="of them more that ring")
    parser.add_argument("--seconds", type=float, default=60.0, help="within which they ring")
    parser.add_argument("--rate", type=int, default=100, help="cases a second beside them")
    parser.add_argument("--mode", action="store_true", help="a mode, and not single clocks")
    options = parser.parse_args()
    own = Servers().start()
    try:
        told = asyncio.run(measure(own.postgres_dsn, options))
    finally:
        own.stop()
    sys.stdout.write(json.dumps(told, indent=1) + "\n")
    if options.mode:
        return
    wrong = told["twice"] or told["never"] or told["not_due"] or told["late_s"]["p99"] > BAR
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
