"""Versioned files in use (规则、目录、日历), in a process that does not stop when they change."""

import asyncio
import os
from collections.abc import Callable, Hashable, Sequence
from pathlib import Path
from typing import Generic, TypeVar

import structlog
from prometheus_client import Gauge

log = structlog.get_logger(__name__)

T = TypeVar("T")
LOOK_EVERY = 1.0
"""Seconds between two looks at sizes and times: one look costs some microseconds a file."""

FILE_REFUSED = Gauge(
    "hub_file_refused", "1 while files lie there that can not be used", ["service", "what"]
)


class FileWatch(Generic[T]):
    """Keeps the newest good reading of files or folders; a bad one is told of, the old one stays.

    `read` reads them all and raises what it likes where they can not be used: at the start that
    ends the process, later it is logged and shown by `hub_file_refused`.
    """

    def __init__(
        self, what: str, service: str, paths: Sequence[Path | None], read: Callable[[], T]
    ) -> None:
        self._what, self._service, self._read = what, service, read
        self._paths = [path for path in paths if path]
        self._seen = self._stamps()
        self.value = read()

    async def run(self, stopping: asyncio.Event) -> None:
        """Look for a change until told to stop."""
        while not stopping.is_set():
            await asyncio.to_thread(self.look)
            try:
                await asyncio.wait_for(stopping.wait(), LOOK_EVERY)
            except TimeoutError:
                continue

    def look(self) -> None:
        """Read anew if a file has changed; what can not be used is tried again when it changes."""
        try:
            seen = self._stamps()
        except OSError as error:
            seen = str(error)
        if seen == self._seen:
            return
        self._seen = seen
        refused = FILE_REFUSED.labels(self._service, self._what)
        try:
            self.value = self._read()
        except Exception as error:
            refused.set(1)
            log.error("file.refused", what=self._what, problem=str(error))  # noqa: TRY400
            return
        refused.set(0)
        log.info("file.taken", what=self._what)

    def _stamps(self) -> Hashable:
        """What would be different if a file were."""
        return tuple(
            (str(file), about.st_mtime_ns, about.st_size, about.st_ino)
            for path in self._paths
            for file in (sorted(path.iterdir()) if path.is_dir() else [path])
            if (about := _stat(file))
        )


def _stat(file: Path) -> os.stat_result | None:
    try:
        return file.stat()
    except OSError:
        return None
