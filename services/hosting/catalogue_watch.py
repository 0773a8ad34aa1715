"""The catalogue in use, in a process that does not stop when its file changes."""

import asyncio
from collections.abc import Callable
from pathlib import Path

import structlog
from prometheus_client import Gauge

from services.reference.catalogue import SHIPPED, Catalogue, CatalogueError, load_catalogue

log = structlog.get_logger(__name__)

LOOK_EVERY = 1.0
"""Seconds between two looks at the file."""

CATALOGUE_REFUSED = Gauge(
    "hub_catalogue_refused", "1 while the catalogue's file can not be used", ["service"]
)

Take = Callable[[Catalogue], None]
"""Told of a version before it is used; raises one of `refusals` if it can not go by it."""


class CatalogueWatch:
    """Keeps the newest good catalogue; a bad one is told of and the old one stays in use.

    Raises CatalogueError if there is none to begin with.
    """

    def __init__(self, path: Path | None, service: str) -> None:
        self._path = path or SHIPPED
        self._service = service
        self._stamp = self._stamped()
        self.catalogue = load_catalogue(self._path)

    async def run(
        self,
        stopping: asyncio.Event,
        take: Take = lambda catalogue: None,
        refusals: tuple[type[Exception], ...] = (),
    ) -> None:
        """Look for another version until told to stop."""
        while not stopping.is_set():
            self.look(take, refusals)
            try:
                await asyncio.wait_for(stopping.wait(), LOOK_EVERY)
            except TimeoutError:
                continue

    def look(self, take: Take, refusals: tuple[type[Exception], ...] = ()) -> None:
        """Read the file if it has changed; some milliseconds, and only then."""
        stamp = self._stamped()
        if stamp == self._stamp:
            return
        self._stamp = stamp
        known: tuple[type[Exception], ...] = (CatalogueError, OSError, *refusals)
        try:
            catalogue = load_catalogue(self._path)
            if catalogue.version != self.catalogue.version:
                take(catalogue)
        except known as error:
            CATALOGUE_REFUSED.labels(self._service).set(1)
            log.warning("catalogue.refused", problem=str(error), kept=self.catalogue.version)
            return
        CATALOGUE_REFUSED.labels(self._service).set(0)
        if catalogue.version != self.catalogue.version:
            log.info("catalogue.taken", version=catalogue.version, before=self.catalogue.version)
            self.catalogue = catalogue

    def _stamped(self) -> tuple[int, int]:
        """When the file was written and how large it is; zeros while it is not there."""
        try:
            stat = self._path.stat()
        except OSError:
            return 0, 0
        return stat.st_mtime_ns, stat.st_size
