"""Where the drills take place: servers, services with a keeper, and a watch over the offsets."""

import asyncio
import signal
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import asyncpg

from tests.chaos.checker import Ledger, Verdict, check
from tests.chaos.evidence import SERVICES, ends, of_each, read_tables
from tests.chaos.servers import MortalServers
from tests.chaos.street import Street
from tests.harness import Hub

ENVIRONMENT = {"HUB_INTAKE_PSEUDONYM_KEY": "always the same"}
SETTLE_LIMIT = 90.0
UNFINISHED = """
SELECT count(*) FROM unnest($1::text[]) AS t (thread)
LEFT JOIN feedback.voice v USING (thread) LEFT JOIN feedback.ledger l USING (incident_id)
WHERE l.state IS DISTINCT FROM 'closed' AND NOT EXISTS (
    SELECT FROM feedback.archive a
    WHERE a.subject = t.thread
        AND a.ce_type IN ('hub.report.dismissed.v1', 'hub.review.requested.v1'))"""
WAITING = """
SELECT (SELECT count(*) FROM {service}.outbox) + (SELECT count(*) FROM {service}.parked)
     + (SELECT count(*) FROM {service}.timer WHERE due_at < now())"""
CUT = (asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError)
"""What a connection says when its server dies."""
OFFSETS = "SELECT topic, partition, next_offset FROM {service}.consumer_offset"


def until(condition: Callable[[], Any], limit: float, what: str) -> None:
    """Wait until a condition holds; AssertionError says what did not come."""
    deadline = time.monotonic() + limit
    while not condition():
        assert time.monotonic() < deadline, f"in {limit:.0f} s: {what}"
        time.sleep(0.1)


class Keeper(threading.Thread):
    """Starts again what has ended, as a supervisor does; `away` is left alone."""

    def __init__(self, hub: Hub) -> None:
        super().__init__(name="keeper", daemon=True)
        self.hub = hub
        self.away: set[str] = set()
        self.ends: list[tuple[str, int]] = []
        self.over = threading.Event()
        self.turn = threading.Lock()
        """Held while processes are started or set aside: nobody starts one twice."""

    def run(self) -> None:
        """Look ten times a second."""
        while not self.over.wait(0.1):
            with self.turn:
                self._look()

    def _look(self) -> None:
        for name, process in list(self.hub.processes.items()):
            status = process.poll()
            if status is not None and name not in self.away:
                self.ends.append((name, status))
                self.hub.launch(name, ENVIRONMENT)


class OffsetWatch(threading.Thread):
    """Looks at the stored offsets all the time: they may only grow."""

    def __init__(self, dsn: str) -> None:
        super().__init__(name="offsets", daemon=True)
        self.dsn = dsn
        self.wrong: list[str] = []
        self.looks = 0
        self.over = threading.Event()
        self._known: dict[tuple[str, ...], int] = {}

    def run(self) -> None:
        """Look, and look again when PostgreSQL is back."""
        asyncio.run(self._watch())

    async def _watch(self) -> None:
        while not self.over.is_set():
            try:
                connection = await asyncpg.connect(self.dsn, timeout=5)
            except (OSError, TimeoutError, *CUT):
                await asyncio.sleep(0.2)
                continue
            try:
                while not self.over.is_set():
                    await self._look(connection)
                    await asyncio.sleep(0.2)
            except (OSError, *CUT):
                connection.terminate()
            else:
                await connection.close()

    async def _look(self, connection: Any) -> None:
        self.looks += 1
        for service, found in (await of_each(connection, OFFSETS)).items():
            for topic, partition, offset in found:
                key = (service, topic, str(partition))
                if offset < self._known.get(key, 0):
                    self.wrong.append(f"{key} went from {self._known[key]} to {offset}")
                self._known[key] = offset


@dataclass
class Ground:
    """Everything a drill needs. Drills come one after the other on the same servers."""

    servers: MortalServers
    hub: Hub
    keeper: Keeper
    watch: OffsetWatch
    figures: dict[str, dict[str, int]] = field(default_factory=dict)
    drilled: set[str] = field(default_factory=set)
    """Services that were last started with a drill."""

    def street(self, run: str, seed: int) -> Street:
        """A street of its own for one drill; dead letters that are there are not its business."""
        street = Street(self.servers.kafka, run, seed)
        tables = asyncio.run(read_tables(self.servers.postgres_dsn))
        street.ledger.earlier = set(tables.dead)
        return street

    def restart(self, names: Iterable[str] = SERVICES, drill: dict[str, str] | None = None) -> None:
        """Bring services to rest in good order and start them with a drill, or without."""
        wanted = list(names)
        self.rest(wanted)
        self.begin(wanted, drill)

    def begin(self, names: Iterable[str], drill: dict[str, str] | None = None) -> None:
        """Start services that are at rest, with a drill or without."""
        wanted = list(names)
        with self.keeper.turn:
            for name in wanted:
                self.hub.launch(name, ENVIRONMENT | (drill or {}))
            self.keeper.away.difference_update(wanted)
        (self.drilled.update if drill else self.drilled.difference_update)(wanted)

    def rest(self, names: Sequence[str]) -> None:
        """End services in good order, and leave them so."""
        with self.keeper.turn:
            self.keeper.away.update(names)
        for name in names:
            self.hub.processes[name].terminate()
        for name in names:
            self.hub.processes[name].wait(30)

    def kill(self, name: str) -> None:
        """kill -9; the keeper starts it again."""
        self.hub.processes[name].send_signal(signal.SIGKILL)

    def all_ready(self) -> None:
        """Wait until all four say that they are."""
        for name in SERVICES:
            until(lambda name=name: self.hub.is_ready(name), 90.0, f"{name} is ready again")  # type: ignore[misc]

    def crashed(self, since: int) -> set[str]:
        """Which services a drill has ended since the keeper had noted so many ends."""
        return {name for name, status in self.keeper.ends[since:] if status == 137}

    def settle(self, ledger: Ledger, limit: float = SETTLE_LIMIT) -> bool:
        """Wait until everything has come to its end; False if it does not."""
        deadline = time.monotonic() + limit
        while time.monotonic() < deadline:
            if asyncio.run(self._is_settled(ledger)):
                return True
            time.sleep(0.5)
        return False

    def is_quiet(self) -> bool:
        """Whether nothing is on its way, whatever cases are open."""
        return asyncio.run(self._is_settled(None))

    async def _is_settled(self, ledger: Ledger | None) -> bool:
        connection = await asyncpg.connect(self.servers.postgres_dsn)
        try:
            if ledger and await connection.fetchval(UNFINISHED, list(ledger.threads)):
                return False
            waiting = await of_each(connection, WAITING)
            stored = await of_each(connection, OFFSETS)
        finally:
            await connection.close()
        at = {(topic, part): off for found in stored.values() for topic, part, off in found}
        end = await ends(self.servers.kafka)
        behind = [
            k
            for k, off in end.items()
            if off and k[0].startswith(("hub.", "up")) and at.get(k, 0) < off
        ]
        return not behind and not any(found[0][0] for found in waiting.values())

    def verdict(self, street: Street) -> Verdict:
        """What the checker says of a street."""
        found = asyncio.run(check(street.ledger, self.servers.kafka, self.servers.postgres_dsn))
        found.wrong += self.watch.wrong
        self.figures[street.source.run] = found.figures
        return found

    def all_is_well(self, street: Street) -> None:
        """Everything comes to its end, and the checker finds nothing wrong."""
        settled = self.settle(street.ledger)
        found = self.verdict(street)
        assert not found.wrong and settled, (settled, found.wrong, found.figures)
