"""Crashes at every boundary, by seed: two services in a row, in memory, with the real rules.

A failure names its seed; `HUB_SIMULATION_SEED=n` runs that one alone.
"""

import asyncio
import os
import random
import secrets
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import asyncpg
import pytest

from schemas.event import Event
from services.kernel.domain import Domain, Handlers
from services.kernel.fence import OffsetGap
from services.kernel.processor import Processor
from services.kernel.record import Emitted, Readers, Record, cloudevents
from services.kernel.store import Position
from tests.unit.kernel.memory import MemoryDatabase, MemoryStore, Tables, state_of
from tests.unit.kernel.toy import Added, Tally, Told, domain, headers_of, outlet, record, soon

SUBJECTS = tuple(f"井盖-{number}" for number in range(5))
PARTITIONS = 2
SENT = 60
SEEDS = (
    [int(os.environ["HUB_SIMULATION_SEED"])]
    if "HUB_SIMULATION_SEED" in os.environ
    else [
        *range(24),
        secrets.randbelow(1_000_000),
    ]
)


class Crash(BaseException):
    """The process is gone."""


def heard(state: Tally | None, event: Event) -> Tally | None:
    """The second service only listens; its counter is not idempotent."""
    known = state or Tally()
    if isinstance(event, Told):
        return replace(known, told=known.told + 1, amounts=(*known.amounts, event.total))
    return known


@dataclass
class Log:
    """Kafka: partitions of records, appended to by key."""

    partitions: dict[Position, list[Record]] = field(default_factory=dict)

    def append(self, topic: str, made: Record) -> None:
        assert made.key is not None
        key = (topic, sum(made.key) % PARTITIONS)
        lying = self.partitions.setdefault(key, [])
        lying.append(replace(made, topic=topic, partition=key[1], offset=len(lying)))

    def topics(self, topic: str) -> Iterator[tuple[Position, list[Record]]]:
        return ((key, each) for key, each in self.partitions.items() if key[0] == topic)


class Simulation:
    """The street, two services, and a chance that decides when something dies."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        self.log = Log()
        self.danger = 0.0
        self.crashes = self.failures = 0
        self.sent: dict[str, list[int]] = {each: [] for each in SUBJECTS}
        self.poison = 0
        self.services = {
            "first": self._service("first", "toy.added", domain(), Added),
            "second": self._service("second", "toy.told", Domain(Tally, heard, Handlers()), Told),
        }
        self.positions: dict[str, dict[Position, int]] = {name: {} for name in self.services}
        self.noted: dict[str, set[Position]] = {name: set() for name in self.services}

    def _service(self, name: str, topic: str, rules: Domain[Any], event: type[Event]) -> Processor:
        database: Any = MemoryDatabase(self.boundary)
        readers = Readers({topic: cloudevents([event])}, 10_000)
        made = Processor(name, rules, database, readers, outlet(), shards=4)
        store: Any = MemoryStore(rules, database)
        made.store = store
        return made

    def tables(self, name: str) -> Tables:
        pool: Any = self.services[name].pool
        return pool.tables  # type: ignore[no-any-return]

    def boundary(self, place: str) -> None:
        """Die here, or let the database fail, as chance will have it."""
        drawn = self.chance.random()
        if drawn < self.danger:
            self.crashes += 1
            raise Crash(place)
        if drawn < self.danger * 1.2:
            self.failures += 1
            raise asyncpg.DeadlockDetectedError(place)

    def speak(self) -> None:
        """The street sends a report, a duplicate of an earlier one, or poison."""
        subject = self.chance.choice(SUBJECTS)
        number = len(self.sent[subject]) + 1
        made = record(
            0, Added(subject_id=subject, amount=number, needs=0), ce_id=f"{subject}/{number}"
        )
        if self.chance.random() < 0.08:
            self.poison += 1
            self.log.append(
                "toy.added", replace(made, headers=headers_of("x", subject, ce_type=b"\xff"))
            )
            return
        self.sent[subject].append(number)
        self.log.append("toy.added", made)
        if self.chance.random() < 0.3:
            again = self.chance.choice(self.sent[subject])
            repeated = record(
                0, Added(subject_id=subject, amount=again), ce_id=f"{subject}/{again}"
            )
            self.log.append("toy.added", repeated)

    async def step(self, name: str, topic: str) -> bool:
        """A polled batch; whoever dies comes back at an offset that Kafka made up."""
        batch = self._poll(name, topic)
        if not batch:
            return False
        try:
            await self.services[name].batch(batch)
        except OffsetGap as gap:
            first = {(each.topic, each.partition): each.offset for each in reversed(batch)}
            self.positions[name] |= first | dict(gap.wanted)
        except Crash:
            self._rebalanced(name)
        else:
            self.noted[name].update((each.topic, each.partition) for each in batch)
        return True

    def _poll(self, name: str, topic: str) -> list[Record]:
        batch: list[Record] = []
        for key, lying in self.log.topics(topic):
            start = self.positions[name].get(key, 0)
            taken = lying[start : start + self.chance.randint(1, 6)]
            self.positions[name][key] = start + len(taken)
            batch += taken
        return batch

    def _rebalanced(self, name: str) -> None:
        """Kafka may have noted less than was done, or more; nothing of the first batch."""
        for key in self.positions[name]:
            end = len(self.log.partitions[key])
            claimed = self.chance.choice((0, end, self.chance.randint(0, end)))
            self.positions[name][key] = claimed if key in self.noted[name] else 0

    async def relay(self, name: str) -> bool:
        """Send the outbox and delete it, unless it dies in between."""
        mail: list[Emitted] = list(self.tables(name).outbox)
        for each in mail:
            self.log.append("toy.told", _mailed(each))
        try:
            self.boundary("between send and delete")
        except (Crash, asyncpg.DeadlockDetectedError):
            return True
        del self.tables(name).outbox[: len(mail)]
        return bool(mail)

    async def run(self) -> None:
        """A stormy part, then calm until nothing moves."""
        self.danger = 0.02
        for _ in range(SENT):
            self.speak()
            for work in (
                self.step("first", "toy.added"),
                self.relay("first"),
                self.step("second", "toy.told"),
            ):
                await work
        self.danger = 0.0
        self._seek_to_the_fence()
        while await self._moves():
            pass

    def _seek_to_the_fence(self) -> None:
        for name in self.services:
            self.positions[name] |= self.tables(name).offsets

    async def _moves(self) -> bool:
        moved = await self.step("first", "toy.added")
        moved |= await self.relay("first")
        moved |= await self.step("second", "toy.told")
        for each in self.services.values():
            await each.sweep_parked()
        return moved


def _mailed(each: Emitted) -> Record:
    headers = [(name, value.encode()) for name, value in each.headers.items()]
    return Record("toy.told", 0, 0, 0, each.event.subject.encode(), each.payload, headers)


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    """Retries back off by the clock; here time costs nothing."""
    sleep = asyncio.sleep
    monkeypatch.setattr(asyncio, "sleep", lambda seconds: sleep(0))


@pytest.mark.parametrize("seed", SEEDS)
async def test_nothing_is_lost_or_doubled_or_out_of_order_wherever_it_crashes(seed: int) -> None:
    street = Simulation(seed)
    await street.run()
    assert street.crashes > 5, "the storm was too quiet to show anything"
    first, second = street.tables("first"), street.tables("second")
    for subject, numbers in street.sent.items():
        sums = tuple(sum(numbers[: count + 1]) for count in range(len(numbers)))
        assert state_of(first, subject).amounts == tuple(numbers), (seed, subject)
        assert state_of(second, subject).amounts == sums, (seed, subject)
    assert sorted(first.effects) == sorted(
        f"{s}/{n}" for s, all_ in street.sent.items() for n in all_
    )
    assert len(second.effects) == len(set(second.effects)) == sum(map(len, street.sent.values()))
    assert len(first.dead) == street.poison and not second.dead
    assert not first.outbox and not first.parked and not second.parked


@pytest.mark.parametrize("seed", range(8))
async def test_a_timer_fires_once_wherever_it_crashes(seed: int) -> None:
    street = Simulation(seed)
    for number, subject in enumerate(SUBJECTS):
        event = Added(subject_id=subject, ring_at=soon(-1), amount=1)
        street.log.append("toy.added", record(number, event, ce_id=f"ring-{subject}"))
    while await street.step("first", "toy.added"):
        pass
    street.danger = 0.2
    for _ in range(30):
        try:
            await street.services["first"].fire_timers(limit=2)
        except Crash:
            continue
    street.danger = 0.0
    while await street.services["first"].fire_timers():
        pass
    assert [state_of(street.tables("first"), each).rung for each in SUBJECTS] == [1] * len(SUBJECTS)
    assert street.crashes


@pytest.mark.parametrize("safeguard", ["fence", "inbox"])
def test_without_a_safeguard_the_simulation_turns_red(safeguard: str) -> None:
    """The control: what it would miss, it can see."""
    env = os.environ | {"HUB_DRILL_WITHOUT": safeguard}
    argv = [sys.executable, "-m", "pytest", "-q", "-k", "nothing_is_lost", __file__]
    done = subprocess.run(argv, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 1 and " failed" in done.stdout, done.stdout[-500:]
