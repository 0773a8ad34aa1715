"""Pictures that follow their report (补图): fetched or looked at after the report went on.

What is wanted lies in PostgreSQL until it is kept or given up with a reason; whoever dies in
the middle leaves it to be taken again.
"""

import asyncio
from collections import defaultdict
from dataclasses import dataclass
from datetime import timedelta
from hashlib import blake2b
from typing import Any

import structlog

from schemas.report import Picture
from services.hosting.pictures import Fault, PictureRefused
from services.hosting.rounds import rounds
from services.intake import metrics
from services.intake.adapters.fetching import Fetcher
from services.intake.adapters.keeping import SQL
from services.intake.adapters.vault import VaultError
from services.intake.domain.looking import PictureLater
from services.intake.domain.submission import PicturesKept
from services.intake.ports import PictureDesk, Vault
from services.kernel.errors import Unavailable
from services.kernel.postgres import columns
from services.kernel.processor import Processor

log = structlog.get_logger(__name__)

SOURCE = "pictures"
AT_ONCE = 8
LEASE = timedelta(minutes=5)
FIRST_PAUSE, LONGEST_PAUSE = 5.0, 3_600.0
LOOK_EVERY = 1.0

Settled = tuple[str, str, str, str]
"""Thread, mark, state, reason."""


@dataclass(frozen=True)
class PictureRound:
    """Goes through what is wanted, again and again."""

    processor: Processor
    fetcher: Fetcher
    desk: PictureDesk
    vault: Vault
    attempts: int = 6

    async def run(self, stopping: asyncio.Event) -> None:
        """Work until told to stop; a database that is away is waited for."""

        async def until_none_is_due() -> None:
            while await self.once() == AT_ONCE and not stopping.is_set():
                pass

        await rounds(until_none_is_due, LOOK_EVERY, stopping)
        await self.fetcher.client.aclose()

    async def once(self) -> int:
        """Take what is due, tell what is kept, settle it; returns how many were taken."""
        rows = await self.processor.pool.fetch(SQL["claim_pictures"], AT_ONCE, LEASE)
        found = await asyncio.gather(*map(self._look, rows))
        kept: dict[str, dict[str, Picture]] = defaultdict(dict)
        settled: list[Settled] = []
        for row, (picture, reason) in zip(rows, found, strict=True):
            if picture:
                kept[row["thread"]][row["mark"]] = picture
            elif reason:
                settled.append((row["thread"], row["mark"], "refused", reason))
        for thread, pictures in kept.items():
            await self._tell(thread, pictures)
            settled += ((thread, mark, "kept", "") for mark in pictures)
        if settled:
            await self.processor.pool.execute(SQL["settle_pictures"], *columns(settled))
        return len(rows)

    async def _look(self, row: Any) -> tuple[Picture | None, str]:
        """The picture, or the reason why there will be none; neither: it is tried again."""
        try:
            content = self.vault.open(row["thread"], row["sealed"])
            if not row["embedded"]:
                content = await self._fetched(content.decode(errors="replace"))
            return await self.desk.keep(content), ""
        except PictureRefused as refused:
            return None, str(refused)
        except PictureLater as later:
            return None, await self._postponed(row, str(later))
        except VaultError as error:
            return None, await self._postponed(row, str(error), LONGEST_PAUSE)
        except Unavailable as error:
            await self._wait(row, FIRST_PAUSE, str(error))
            return None, ""
        except Exception as error:  # noqa: BLE001  # one picture must not stop the others
            log.warning("picture.failed", error=type(error).__name__)
            return None, await self._postponed(row, type(error).__name__)

    async def _fetched(self, address: str) -> bytes:
        try:
            return await self.fetcher.fetch(address)
        except PictureRefused as refused:
            metrics.PICTURES.labels(refused.fault).inc()
            raise

    async def _postponed(self, row: Any, why: str, first: float = FIRST_PAUSE) -> str:
        """Empty if it is tried again; else why it is given up."""
        if row["attempts"] >= self.attempts:
            metrics.PICTURES.labels(Fault.UNREACHABLE).inc()
            return f"取了 {row['attempts']} 次仍取不到，已放弃：{why}"
        await self._wait(row, min(first * 4 ** (row["attempts"] - 1), LONGEST_PAUSE), why)
        return ""

    async def _wait(self, row: Any, pause: float, why: str) -> None:
        await self.processor.pool.execute(
            SQL["postpone_picture"], row["thread"], row["mark"], timedelta(seconds=pause), why
        )

    async def _tell(self, thread: str, pictures: dict[str, Picture]) -> None:
        """The same pictures told twice are one: the command bears their marks."""
        marks = blake2b("".join(sorted(pictures)).encode(), digest_size=12).hexdigest()
        event = PicturesKept(thread=thread, pictures=tuple(pictures.values()))
        await self.processor.command(event, f"{SOURCE}/{thread}/{marks}", SOURCE)
