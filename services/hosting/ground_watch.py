"""The ground in use, in a process that does not stop when its boundaries change."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import structlog
from prometheus_client import Gauge

from services.kernel.errors import Unavailable
from services.reference.ground import Ground, GroundError, GroundStore, load_ground
from services.reference.ground.files import MANIFEST

log = structlog.get_logger(__name__)

LOOK_EVERY = 1.0
"""Seconds between two looks at the store's pointer: one look costs some microseconds."""

GROUND_REFUSED = Gauge(
    "hub_ground_refused", "1 while the store names a ground that can not be used", ["service"]
)

Announce = Callable[[Ground, str], Awaitable[None]]
"""Told which ground came into use, and by which publishing; empty for one without a store."""


class GroundWatch:
    """Keeps the newest good ground; a bad one is told of and the old one stays in use.

    `path` is a store, whose newest version is used, or one ground, or None. As long as nothing
    was published in the store, the street that is shipped is in use. Raises GroundError if
    there is a ground to begin with and it can not be used.
    """

    def __init__(self, path: Path | None, service: str) -> None:
        self._service = service
        self._store = GroundStore(path) if path and not (path / MANIFEST).is_file() else None
        self._publishing = ""
        self._problem = ""
        if self._store and self._store.published_at:
            self.ground = self._store.current()
        else:
            self.ground = load_ground(None if self._store else path).warm()

    async def run(self, stopping: asyncio.Event, announce: Announce | None = None) -> None:
        """Look for a new version until told to stop; what is in use now is announced first."""
        announced = ""
        while not stopping.is_set():
            if self._store:
                await self._look(self._store)
            if announce and announced != self.ground.version:
                announced = await self._announced(announce) or announced
            try:
                await asyncio.wait_for(stopping.wait(), LOOK_EVERY)
            except TimeoutError:
                continue

    async def _announced(self, announce: Announce) -> str | None:
        """The version that was announced; None if that must be tried again."""
        ground = self.ground
        try:
            await announce(ground, self._publishing)
        except Unavailable as error:
            log.warning("ground.not_announced", problem=str(error))
            return None
        return ground.version

    async def _look(self, store: GroundStore) -> None:
        """Read the newest version in a thread of its own: a city takes seconds."""
        since = store.published_at
        if since is None:
            return
        try:
            ground = await asyncio.to_thread(store.current)
        except (GroundError, OSError) as error:
            log.warning("ground.unreadable", problem=str(error))
            return
        self._publishing = since.isoformat()
        if store.problem != self._problem:
            self._problem = store.problem
            GROUND_REFUSED.labels(self._service).set(bool(store.problem))
            if store.problem:
                log.error("ground.refused", problem=store.problem, kept=ground.version)
        if ground.version != self.ground.version:
            log.info("ground.taken", version=ground.version, before=self.ground.version)
            self.ground = ground
