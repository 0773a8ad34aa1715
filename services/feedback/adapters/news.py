"""The newsroom: reads what is new in the archive, once a process, for all who listen to it.

The archive is the one thing that all replicas share, and it is written anyway. It is read only
while somebody listens; LISTEN/NOTIFY would take a lock of the whole database at each commit.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import asyncpg
import structlog

from services.feedback import metrics
from services.feedback.domain.newsreel import Newsreel, Snapshot
from services.feedback.ports import News
from services.kernel.errors import Unavailable
from services.kernel.postgres import TRANSIENT, Pool, queries

log = structlog.get_logger(__name__)

SQL = queries(Path(__file__).parents[1] / "sql" / "news.sql")
PACE = 0.25
AT_ONCE = 1_000
LISTENERS = 200
QUEUE = 500
BACKLOG = 5_000
SILENCE = 15.0
SLOW = News(0, "dropped", {"reason": "接收太慢，已断开；请用 Last-Event-ID 重新连接"})
LEAVING = News(0, "dropped", {"reason": "服务正在停止或重启，请稍后重新连接"})
TOO_MUCH = {"reason": "错过的内容太多，请重新载入后继续"}
FAILURES = (asyncpg.PostgresError, *TRANSIENT)


@dataclass(eq=False)
class Listener:
    """Somebody who listens, with what waits for them."""

    queue: asyncio.Queue[News] = field(default_factory=lambda: asyncio.Queue(QUEUE))
    last: News | None = None
    """Why it is over, once it is."""

    def give(self, news: News) -> None:
        """Let them have it, if they keep up."""
        if self.last is not None:
            return
        try:
            self.queue.put_nowait(news)
        except asyncio.QueueFull:
            self.end(SLOW)

    def end(self, why: News) -> None:
        """Nothing more comes, and what waits is not worth the wait."""
        self.last = why
        while not self.queue.empty():
            self.queue.get_nowait()
        self.queue.put_nowait(why)


@dataclass
class Newsroom:
    """One a process; `silence` is the seconds after which a listener hears that all is well."""

    pool: Pool
    silence: float = SILENCE
    _listeners: set[Listener] = field(default_factory=set)
    _reel: Newsreel | None = None
    _heard: asyncio.Event = field(default_factory=asyncio.Event)
    _closed: bool = False

    async def run(self, stopping: asyncio.Event) -> None:
        """Read what is new while somebody listens, until told to stop; then all are told so."""
        while not stopping.is_set():
            try:
                is_full = await self._look()
            except FAILURES as error:
                is_full = False
                log.warning("live.no_news", problem=str(error)[:200])
            if not is_full:
                await _either(stopping, self._heard, PACE if self._listeners else None)
        self._closed = True
        for each in list(self._listeners):
            each.end(LEAVING)

    async def subscribe(self, after: int | None) -> AsyncIterator[News | None]:
        """Listen. Raises Unavailable when too many do, or the service is stopping."""
        if self._closed or len(self._listeners) >= LISTENERS:
            raise Unavailable(f"实时动态最多 {LISTENERS} 路同时收看，请稍后再试")
        reel = self._reel or await self._begin()
        listener, mark = Listener(), reel.mark
        self._listeners.add(listener)
        metrics.LISTENERS.set(len(self._listeners))
        try:
            missed = await self._missed(after, mark)
        except BaseException:
            self._leave(listener)
            raise
        return self._told(listener, missed, mark)

    async def _begin(self) -> Newsreel:
        """Stand at the end of the archive, from where nothing is missed."""
        row = await self.pool.fetchrow(SQL["mark"])
        if row is None:
            raise Unavailable("实时动态暂时不可用，请稍后再试")
        await self._until_over(row["next"])
        self._reel = self._reel or Newsreel(row["id"])
        self._heard.set()
        return self._reel

    async def _missed(self, after: int | None, mark: int) -> list[News]:
        """What happened behind the last event that somebody saw."""
        if after is None or after >= mark:
            return []
        rows = await self.pool.fetch(SQL["missed"], after, mark, BACKLOG + 1)
        is_known = 0 < len(rows) <= BACKLOG
        return _news(rows) if is_known else [News(mark, "reset", TOO_MUCH)]

    async def _until_over(self, number: int) -> None:
        """Until each transaction that ran then is over: what it wrote can be read by now."""
        began = time.monotonic()
        while time.monotonic() - began < 1.0:
            if await self.pool.fetchval(SQL["oldest"]) >= number:
                return
            await asyncio.sleep(0.02)

    async def _look(self) -> bool:
        """Read once; whether there may be more at once."""
        if not self._listeners:
            self._reel = None
            return False
        if self._reel is None:
            return False
        rows = await self.pool.fetch(SQL["news"], self._reel.mark, AT_ONCE)
        if not rows:
            return False
        seen = Snapshot(rows[0]["oldest"], rows[0]["next"])
        fresh = self._reel.settled([(row["id"], row) for row in rows], seen, time.monotonic())
        for each in _news(fresh):
            for listener in self._listeners:
                listener.give(each)
        self._listeners = {each for each in self._listeners if each.last is None}
        return len(rows) == AT_ONCE and bool(fresh)

    async def _told(
        self, listener: Listener, missed: list[News], mark: int
    ) -> AsyncIterator[News | None]:
        try:
            for each in missed or [News(mark, "hello")]:
                yield each
            news = None
            while news is None or news is not listener.last:
                news = await self._next(listener)
                yield news
        finally:
            self._leave(listener)

    async def _next(self, listener: Listener) -> News | None:
        try:
            return await asyncio.wait_for(listener.queue.get(), self.silence)
        except TimeoutError:
            return None

    def _leave(self, listener: Listener) -> None:
        self._listeners.discard(listener)
        metrics.LISTENERS.set(len(self._listeners))


async def _either(first: asyncio.Event, second: asyncio.Event, limit: float | None) -> None:
    """Until one of them is set, or the time is up."""
    waiting = [asyncio.ensure_future(first.wait()), asyncio.ensure_future(second.wait())]
    await asyncio.wait(waiting, timeout=limit, return_when=asyncio.FIRST_COMPLETED)
    for each in waiting:
        each.cancel()
    second.clear()


def _news(rows: Sequence[Any]) -> list[News]:
    """What is of a case that the ledger knows."""
    return [_told_of(dict(row)) for row in rows if row["state"] is not None]


def _told_of(row: dict[str, Any]) -> News:
    case = {name: row.pop(name) for name in ("area", "worker_id")}
    for name in ("oldest", "next"):
        row.pop(name, None)
    data = {**row, "area": case["area"]}
    return News(data.pop("id"), "case", data, case)
