"""Contents that no case owns (无主文件): the hub died between keeping and entering them.

They are counted, listed, and deleted after a time of grace by somebody's order, with a row in the
chain. After a restore none is: the rows that are missing then are those of good evidence.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from services.feedback import metrics
from services.feedback.adapters.evidence_chain import SQL
from services.feedback.adapters.evidence_clerk import opened
from services.feedback.domain.evidence import Entry, What
from services.hosting.objects import Objects
from services.hosting.rounds import rounds
from services.kernel.errors import Unprocessable
from services.kernel.postgres import Pool

GRACE = timedelta(days=7)
PACE = timedelta(hours=6).total_seconds()
"""Seconds between two counts: each lists the whole store."""
AFTER_RESTORE = (
    "数据库是从备份恢复的，恢复之后收到的证据此刻看起来都像无主文件："
    "请先核对，取回有用的，再运行 hub restore --forget"
)


@dataclass(frozen=True)
class Orphans:
    """Those of a store, for the chain that the pool leads to."""

    pool: Pool
    objects: Objects
    grace: timedelta = GRACE

    async def run(self, stopping: asyncio.Event) -> None:
        """Count them now and then until told to stop."""

        async def count() -> None:
            metrics.ORPHANS.set(len(await self.found(datetime.now(UTC))))

        await rounds(count, PACE, stopping)

    async def found(self, now: datetime) -> list[str]:
        """The digests of those that have lain long enough."""
        return [each async for portion in self._portions(now) for each in portion]

    async def sweep(self, now: datetime, who: str) -> int:
        """Delete them, each with a row in the chain; returns how many. Raises Unprocessable.

        What is handed in again meanwhile stays, and so does what a held incident ever had.
        """
        if await self.pool.fetchval(SQL["is_restored"]):
            raise Unprocessable(AFTER_RESTORE)
        return sum([await self._swept(each, who) async for each in self._portions(now)])

    async def _portions(self, now: datetime) -> AsyncIterator[Sequence[str]]:
        async for digests in self.objects.older_than(now - self.grace):
            rows = await self.pool.fetch(SQL["ownerless"], list(digests))
            if rows:
                yield [row["digest"] for row in rows]

    async def _swept(self, digests: Sequence[str], who: str) -> int:
        reason = f"无主文件：入库中断，已过 {self.grace.days} 天宽限"
        async with opened(self.pool) as book:
            rows = await book.connection.fetch(SQL["ownerless"], list(digests))
            still = [row["digest"] for row in rows]
            await book.append(*(Entry(What.DELETED, "", who, each, reason) for each in still))
            for each in still:
                await self.objects.delete(each)
        return len(still)
