"""The evidence desk (证据台): what is handed in is looked at, kept by its hash, held, forgotten.

Whatever is done to evidence is a link of the chain, in the transaction in which it is done.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson

from services.feedback.adapters.evidence_chain import SQL
from services.feedback.adapters.evidence_clerk import Book, Clerk, opened
from services.feedback.adapters.evidence_file import Looked, look
from services.feedback.domain.evidence import Entry, What
from services.feedback.domain.retention import Retention
from services.feedback.ports import EvidenceRefused, Handed, Kept, Unheard
from services.hosting.objects import Objects
from services.hosting.pictures import Limits
from services.kernel.errors import Unprocessable
from services.kernel.postgres import Connection, Pool

AT_ONCE = 2
PORTION = 50


@dataclass
class EvidenceDesk:
    """Works over the pool of feedback and a store of contents; without one, nothing is taken."""

    pool: Pool
    objects: Objects | None
    retention: Retention
    limits: Limits
    largest_clip: int

    def __post_init__(self) -> None:
        self._looking = asyncio.Semaphore(AT_ONCE)
        self._clerk = Clerk(self.pool)

    async def take(self, handed: Handed) -> Kept:
        """Keep a picture or a clip of a case.

        Raises EvidenceRefused, of which a trace is left, Unheard for an unknown incident.
        """
        case = await self.pool.fetchrow(SQL["case_of"], handed.incident_id)
        if case is None:
            raise Unheard(handed.incident_id)
        try:
            return await self._kept(handed, case["category_code"], case["reached"])
        except EvidenceRefused as refused:
            await self.refuse(handed.incident_id, handed.who, str(refused))
            raise

    async def refuse(self, incident_id: str, who: str, why: str) -> None:
        """Leave a trace of what was not taken."""
        refused = Entry(What.REFUSED, incident_id, who, "", why)
        await self._clerk.does(lambda book: book.append(refused))

    async def show(self, incident_id: str, digest: str) -> tuple[bytes, str] | None:
        """The content and its media type; None if it is not kept for this incident."""
        about = await self.pool.fetchval(SQL["kept_here"], incident_id, digest)
        content = await self.objects.get(digest) if about and self.objects else None
        return None if content is None else (content, orjson.loads(about)["media_type"])

    async def story(self, incident_id: str) -> list[dict[str, Any]]:
        """Who did what to the evidence of an incident, the first first."""
        rows = await self.pool.fetch(SQL["links_of"], incident_id)
        return [{**row, "about": orjson.loads(row["about"])} for row in rows]

    async def hold(self, incident_id: str, who: str, reason: str) -> None:
        """Nothing of an incident may be deleted from now on. Raises Unprocessable."""
        await self._turn(Entry(What.HELD, incident_id, who, "", reason), "已在保全中")

    async def release(self, incident_id: str, who: str, reason: str) -> None:
        """It may be deleted again when its time comes. Raises Unprocessable."""
        await self._turn(Entry(What.RELEASED, incident_id, who, "", reason), "没有在保全")

    async def due(self, now: datetime, most: int = 10_000) -> list[dict[str, Any]]:
        """What has been kept long enough."""
        async with self.pool.acquire() as connection:
            return await self._due(connection, now, most)

    async def retain(self, now: datetime, who: str) -> int:
        """Delete what has been kept long enough, a portion at a time; returns how much it was.

        A content goes when no incident has it any more; its row in the chain stays for ever.
        """
        deleted = 0
        while portion := await self._retained(now, who):
            deleted += portion
        return deleted

    async def contents(self) -> list[str]:
        """The digest of each content that is kept, once."""
        return [row["digest"] for row in await self.pool.fetch(SQL["everything"])]

    async def fault_of(self, digest: str) -> str | None:
        """Why a content that should be kept can not be read; None if it can."""
        try:
            content = await self._store.get(digest)
        except Unprocessable as damaged:
            return str(damaged)
        return None if content else f"对象 {digest[:12]} 不在存储中，请从备份恢复"

    @property
    def _store(self) -> Objects:
        if self.objects is None:
            raise EvidenceRefused("没有配置 HUB_OBJECTS，证据无处保存")
        return self.objects

    async def _kept(self, handed: Handed, category: str, reached: int) -> Kept:
        """`reached`: where the chain ended before; what was deleted since is put there again."""
        store = self._store
        async with self._looking:
            looked = await asyncio.to_thread(look, handed, self.limits, self.largest_clip)
        digest = await store.put(looked.content)

        async def enter(book: Book) -> Kept:
            stands = await book.connection.fetchrow(
                SQL["stands"], handed.incident_id, digest, reached
            )
            if stands["is_deleted"]:
                await store.put(looked.content)
            added = () if stands["about"] else _added(handed, looked, digest, stands["elsewhere"])
            turned = self._held_by_rule(handed.incident_id, category, stands["last_turn"])
            await book.append(*added, *turned)
            held = bool(turned) or stands["last_turn"] == What.HELD
            about = orjson.loads(stands["about"]) if stands["about"] else looked.about
            return Kept(digest, looked.kind, looked.media_type, held, about)

        return await self._clerk.does(enter)

    def _held_by_rule(self, incident_id: str, category: str, last: str | None) -> Sequence[Entry]:
        """At the first evidence of an incident the rule of its category decides."""
        rule = self.retention.of(category)
        if last is not None or not rule.hold:
            return ()
        reason = f"{rule.hold}（规则“{rule.name}”，版本 {self.retention.version}）"
        return (Entry(What.HELD, incident_id, "hub", "", reason),)

    async def _turn(self, entry: Entry, already: str) -> None:
        if not entry.reason.strip() or not entry.who.strip():
            raise Unprocessable("保全和解除保全必须写明经办人和理由")
        if not await self.pool.fetchval(SQL["case_of"], entry.incident_id):
            raise Unprocessable(f"没有事件 {entry.incident_id}")

        async def turn(book: Book) -> None:
            last = await book.connection.fetchval(SQL["last_turn"], entry.incident_id)
            if (last or What.RELEASED) == entry.what:
                raise Unprocessable(f"事件 {entry.incident_id} {already}")
            await book.append(entry)

        await self._clerk.does(turn)

    async def _due(self, connection: Connection, now: datetime, most: int) -> list[dict[str, Any]]:
        days = {code: rule.keep_days for code, rule in self.retention.by_category.items()}
        general = self.retention.default.keep_days
        rows = await connection.fetch(
            SQL["due"], list(days), list(days.values()), general, now, most
        )
        return [{**row, "reason": self.retention.over(row["category_code"])} for row in rows]

    async def _retained(self, now: datetime, who: str) -> int:
        async with opened(self.pool) as book:
            due = await self._due(book.connection, now, PORTION)
            await book.append(
                *(
                    Entry(What.DELETED, each["incident_id"], who, each["digest"], each["reason"])
                    for each in due
                )
            )
            for digest in {each["digest"] for each in due}:
                if not await book.connection.fetchval(SQL["elsewhere"], digest, ""):
                    await self._store.delete(digest)
        return len(due)


def _added(handed: Handed, looked: Looked, digest: str, elsewhere: str | None) -> Sequence[Entry]:
    """A picture proves one case: the same one for another is refused."""
    if looked.kind == "picture" and elsewhere is not None:
        raise EvidenceRefused(f"这张照片已用于事件 {elsewhere}，不能再用于本案，请重新拍摄")
    about = orjson.dumps(looked.about).decode()
    return (Entry(What.ADDED, handed.incident_id, handed.who, digest, handed.note, about),)
