"""A replay: records go upstream, people act, and each record is followed to its end."""

import asyncio
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass
from typing import Self

import asyncpg
from aiokafka.errors import KafkaError

from deploy.simulator.album import Album
from deploy.simulator.books import Books, books, positions_behind
from deploy.simulator.errands import ALWAYS_WILLING
from deploy.simulator.fates import Wait, root
from deploy.simulator.follower import Follower, Position, Seen
from deploy.simulator.ledger import Ledger
from deploy.simulator.people import People, step_record
from deploy.simulator.records import Upstream
from deploy.simulator.reviewers import Reviewers
from deploy.simulator.sender import Sender, sender
from schemas.flow import Service
from schemas.incident import ReportMerged

PASSING = (KafkaError, asyncpg.PostgresError, asyncpg.InterfaceError, OSError)
"""What a server says while it is away: asked again later."""
STALL_LIMIT = 60.0
TICK = 0.25


@dataclass(frozen=True)
class Plan:
    """`rate` is records a second, 0 for as fast as possible; `stall` seconds without progress."""

    records: Sequence[Upstream]
    rate: float = 0.0
    wait: Wait = Wait.CLOSED
    with_people: bool = True
    stall: float = STALL_LIMIT


Progress = Callable[[int, int], None]
"""Told how many records were sent and how many have ended."""


def unseen(sent: int, ended: int) -> None:
    """For replays that nobody watches."""


class Replay:
    """Run once; `ledger`, `people` and `seconds` then say what happened."""

    def __init__(
        self,
        kafka: str,
        postgres: str,
        plan: Plan,
        progress: Progress = unseen,
        reviewers: Reviewers | None = None,
        album: Album | None = None,
    ) -> None:
        self._album = album
        self._reviewers = reviewers if plan.with_people else None
        self.ledger = Ledger(reviews_are_answered=self._reviewers is not None)
        self.people = People(ALWAYS_WILLING, mine=self.ledger.is_ours)
        self.seconds = 0.0
        self._kafka, self._postgres = kafka, postgres
        self._plan = plan
        self._progress = progress
        self._heard = 0
        self._open: set[str] = set()
        self._known = 0
        self._told_at = 0.0
        self._resources = AsyncExitStack()
        self._follower: Follower
        self._sender: Sender
        self._books: Books

    async def __aenter__(self) -> Self:
        self._books = await self._resources.enter_async_context(books(self._postgres))
        self._follower = await self._resources.enter_async_context(Follower(self._kafka))
        self._sender = await self._resources.enter_async_context(sender(self._kafka))
        if self._album:
            await self._resources.enter_async_context(self._album)
        return self

    async def __aexit__(self, *reason: object) -> None:
        await self._resources.aclose()

    async def run(self) -> None:
        """Send everything and wait for its end, or until nothing moves any more."""
        began = time.monotonic()
        async with asyncio.TaskGroup() as tasks:
            sending = tasks.create_task(self._send())
            others = [tasks.create_task(self._listen()), tasks.create_task(self._read_letters())]
            await sending
            others.append(tasks.create_task(self._find_silent()))
            await self._until_ended()
            for task in others:
                task.cancel()
        self.seconds = time.monotonic() - began
        self._progress(len(self.ledger.sent), len(self.ledger.sent) - len(self.lost()))

    def lost(self) -> list[str]:
        """The origins of the records that have not come to an end."""
        return [
            each for each in self.ledger.sent if not self.ledger.has_ended(each, self._plan.wait)
        ]

    async def _send(self) -> None:
        plan = self._plan
        await self._sender.at_rate(plan.records, plan.rate, self.ledger.send)

    async def _listen(self) -> None:
        while True:
            for seen in await self._follower.poll(50):
                self.ledger.observe(seen)
                self.people.observe(seen)
                if self._reviewers and self._is_ours(seen):
                    self._reviewers.observe(seen)
                self._heard += self._is_ours(seen)
            if self._plan.with_people:
                steps = self.people.due(time.monotonic())
                if self._album:
                    steps = await self._album.handed_in(steps)
                await self._sender.now([step_record(step) for step in steps])
            if self._reviewers:
                await self._reviewers.answer()
            self._tell()

    def _is_ours(self, seen: Seen) -> bool:
        return root(seen.correlation) in self.ledger.sent or self.ledger.is_ours(seen.subject)

    async def _read_letters(self) -> None:
        while True:
            with suppress(*PASSING):
                await self._bury()
            await asyncio.sleep(1.0)

    async def _bury(self) -> None:
        for letter in await self._books.new_letters():
            self.ledger.bury(letter)

    async def _until_ended(self) -> None:
        """Return when everything has ended and stays ended, or after `stall` without progress."""
        mark, moved = self._progress_mark(), time.monotonic()
        while time.monotonic() - moved < self._plan.stall:
            if not self._still_open() and await self._is_final():
                return
            await asyncio.sleep(TICK)
            if mark != self._progress_mark():
                mark, moved = self._progress_mark(), time.monotonic()

    async def _is_final(self) -> bool:
        """Once feedback has taken every merge, none can be refused any more."""
        merged = {
            (seen.topic, seen.partition): seen.offset + 1
            for seen in self.ledger.positions.values()
            if seen.type == ReportMerged.ce_type and root(seen.correlation) in self.ledger.sent
        }
        try:
            async with asyncio.timeout(self._plan.stall):
                await self._heard_out(Service.FEEDBACK, merged)
        except TimeoutError:
            return True
        except PASSING:
            return False
        self._known = 0
        self._open = set()
        return not self._still_open()

    def _progress_mark(self) -> tuple[int, int]:
        return self._heard, len(self._open)

    def _still_open(self) -> set[str]:
        """The records that have not ended; what has ended is not asked again."""
        fresh = list(self.ledger.sent)[self._known :]
        self._known += len(fresh)
        candidates = self._open.union(fresh)
        wait = self._plan.wait
        self._open = {each for each in candidates if not self.ledger.has_ended(each, wait)}
        return self._open

    def _tell(self) -> None:
        """Count and show, a few times a second: counting everything takes its time."""
        now = time.monotonic()
        if now - self._told_at > TICK:
            self._told_at = now
            still_open = len(self._still_open())
            self._progress(len(self.ledger.sent), len(self.ledger.sent) - still_open)

    async def _find_silent(self) -> None:
        while True:
            with suppress(*PASSING):
                await self._look_for_silent()
            await asyncio.sleep(1.0)

    async def _look_for_silent(self) -> None:
        """Records of which intake rightly says nothing: still there, heartbeats, repetitions."""
        quiet = [each for each in self.ledger.sent if not self.ledger.spoke(each)]
        if quiet:
            await self._heard_out(Service.INTAKE, positions_behind(quiet))
            await self._bury()
            parked = await self._books.parked(Service.INTAKE)
            silent = (each for each in quiet if not self.ledger.spoke(each) and each not in parked)
            self.ledger.silent.update(silent)

    async def _heard_out(self, service: Service, positions: Mapping[Position, int]) -> None:
        """Return when a service has taken these records and all that it said of them was seen."""
        while not await self._books.passed(service, positions):
            await asyncio.sleep(TICK)
        mark = await self._books.newest_mail(service)
        while not await self._books.sent_up_to(service, mark):
            await asyncio.sleep(TICK)
        ends = await self._follower.ends()
        while any(self._follower.next[each] < end for each, end in ends.items()):
            await asyncio.sleep(TICK / 5)
