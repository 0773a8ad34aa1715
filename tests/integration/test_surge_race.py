"""Two processes of dispatch assign in one street at once, on a real PostgreSQL."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from schemas.case import CaseClosed
from schemas.dispatch import DispatchHeld, IncidentDispatched
from schemas.event import Event
from schemas.flow import Service
from schemas.incident import IncidentClassified, Severity
from services.cli.prepare import folders_of
from services.dispatch.domain.roster.reading import read_roster
from services.dispatch.domain.surge import SurgeRules
from services.dispatch.main import References, make_domain
from services.hosting.migrations import migrate
from services.hosting.service import outlet_of
from services.kernel.domain import Outcome
from services.kernel.postgres import Connection, Pool, connect
from services.kernel.processor import Processor
from services.kernel.record import Readers
from services.reference.ground import load_ground
from tests.unit.dispatch.cases import BOOK, incident
from tests.unit.dispatch.test_surge import LIGHT, here, roster

pytestmark = pytest.mark.integration

NOW = datetime.now(UTC)
GROUND = load_ground()
CREW = [f"M{number}" for number in range(8)]
ROSTER = read_roster(roster(**{name: 60.0 * number for number, name in enumerate(CREW)}))
ALWAYS = SurgeRules(enter=0, leave=0, least=1, reserve_share=0, reserve_least=4)
"""A reserve for as much danger as there is, so that nobody has to be asked for a second thing."""
KEPT = ALWAYS.reserve(len(CREW))
A_MOMENT = "SELECT pg_sleep(0.02)"
"""Between a decision and its commit: long enough for another process to decide too."""
WAITS = "SELECT FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"


class Process:
    """One process of dispatch; it can be made to pause before it commits what it has decided."""

    def __init__(self, name: str, pool: Pool) -> None:
        using = References(lambda: BOOK, lambda: GROUND, lambda: ROSTER, surge=lambda: ALWAYS)
        rules = make_domain(using)
        self._project = rules.project
        rules = replace(rules, project=self._slowly)
        outlet, readers = outlet_of(Service.DISPATCH), Readers({}, 1_000_000)
        self.processor = Processor(Service.DISPATCH, rules, pool, readers, outlet, shards=4)
        self.is_decided, self.may_commit = asyncio.Event(), asyncio.Event()
        self.may_commit.set()
        self._name, self._count = name, 0

    async def hears(self, event: Event) -> list[Any]:
        """What follows from an event."""
        self._count += 1
        return await self.processor.command(event, f"{self._name}/{self._count}", "test")

    async def _slowly(self, connection: Connection, outcome: Outcome) -> None:
        self.is_decided.set()
        await self.may_commit.wait()
        await connection.execute(A_MOMENT)
        await self._project(connection, outcome)


@pytest.fixture
async def processes(database: str) -> AsyncIterator[tuple[Process, Process]]:
    """Two of them, each with connections of its own."""
    await migrate(database, Service.DISPATCH, folders_of(Service.DISPATCH), None)
    pools = [await connect(database, Service.DISPATCH) for _ in range(2)]
    yield Process("one", pools[0]), Process("other", pools[1])
    for pool in pools:
        await pool.close()


def opened(name: str, severity: Severity, north: float) -> IncidentClassified:
    """Something for the grass roots, at once."""
    told = incident(severity, here(north), LIGHT)
    return told.model_copy(update={"incident_id": name, "classified_at": NOW})


async def windows_end(one: Process) -> None:
    """The window of whatever waits is over now."""
    await one.processor.pool.execute("UPDATE timer SET due_at = now() WHERE name = 'window'")


async def in_hand(one: Process) -> dict[str, str]:
    """Who has which incident; empty: it waits."""
    rows = await one.processor.pool.fetch("SELECT incident_id, worker_id FROM assignment")
    return {row["incident_id"]: row["worker_id"] for row in rows}


async def waits_or_is_done(one: Process, task: "asyncio.Task[Any]") -> None:
    """Until another process stands before the lock of the street, or has passed it."""
    while not task.done() and not await one.processor.pool.fetch(WAITS):
        await asyncio.sleep(0.01)


async def test_two_processes_never_send_the_same_person_to_two_dangers(
    processes: tuple[Process, Process],
) -> None:
    one, other = processes
    one.may_commit.clear()
    first = asyncio.create_task(one.hears(opened("D1", Severity.DANGER, 0)))
    await one.is_decided.wait()
    second = asyncio.create_task(other.hears(opened("D2", Severity.DANGER, 0)))
    await waits_or_is_done(one, second)
    one.may_commit.set()
    (*_, near), (*_, next_) = await asyncio.gather(first, second)
    assert (near.assignee.worker_id, next_.assignee.worker_id) == ("M0", "M1")


async def test_two_windows_at_once_are_assigned_one_after_the_other_and_leave_the_reserve(
    processes: tuple[Process, Process],
) -> None:
    one, other = processes
    names = [f"I{number:02}" for number in range(2 * len(CREW))]
    for number, name in enumerate(names):
        (held,) = await one.hears(opened(name, Severity.LOW, 30.0 * number))
        assert isinstance(held, DispatchHeld)
    await windows_end(one)
    one.is_decided.clear()
    one.may_commit.clear()
    half = asyncio.create_task(one.processor.fire_timers(limit=len(CREW)))
    await one.is_decided.wait()
    assert await other.processor.fire_timers() == len(CREW), "the other half is free to be taken"
    one.may_commit.set()
    assert await half == len(CREW)
    await windows_end(one)
    await asyncio.gather(one.processor.fire_timers(), other.processor.fire_timers())
    has = await in_hand(one)
    assert has.keys() == set(names), "none is lost"
    sent = Counter(filter(None, has.values()))
    assert len(sent) == len(CREW) - KEPT and set(sent.values()) == {1}


async def test_a_storm_heard_by_two_processes_gives_nobody_two_and_loses_nothing(
    processes: tuple[Process, Process],
) -> None:
    one, other = processes
    storm = [opened(f"L{number:02}", Severity.LOW, 25.0 * number) for number in range(16)]
    storm[6:10] = [opened(f"D{number:02}", Severity.DANGER, 0) for number in range(KEPT)]

    async def hears(process: Process, events: list[IncidentClassified]) -> None:
        for event in events:
            await process.hears(event)
            await windows_end(process)
            await process.processor.fire_timers()

    await asyncio.gather(hears(one, storm[::2]), hears(other, storm[1::2]))
    left, ends = {each.incident_id for each in storm}, 0
    while left:
        await windows_end(one)
        await asyncio.gather(*(each.processor.fire_timers() for each in (one, other)))
        has = await in_hand(one)
        assert has.keys() == left, "none is lost, and none is there twice"
        assert max(Counter(filter(None, has.values())).values()) == 1, "nobody has two"
        for name in [name for name, worker in has.items() if worker]:
            closed = CaseClosed(
                incident_id=name, round=1, at=NOW, outcome="rectified", on_time=True
            )
            await processes[ends % 2].hears(closed)
            left.remove(name)
            ends += 1
    query = "SELECT type, count(*) FROM outbox GROUP BY 1"
    told = dict(await one.processor.pool.fetch(query))
    assert told[IncidentDispatched.ce_type] == len(storm), "each was sent once"
