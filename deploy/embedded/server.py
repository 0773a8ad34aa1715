"""What Kafka and PostgreSQL have in common here: prepared, run, waited for, stopped, killed."""

import asyncio
from abc import ABC, abstractmethod
from pathlib import Path

import psutil

from deploy.embedded.errors import StartFailed
from deploy.embedded.process import ChildSpec, Process, gone
from deploy.embedded.waiting import unless

START_LIMIT = 90.0
"""Seconds; 3 are usual, a loaded machine takes many times that."""
STOP_LIMIT = 6.0
WORKERS_LIMIT = 10.0
"""Seconds for the workers of a killed server to notice."""


class Server(ABC):
    """One server process of this machine, which keeps its port and data over restarts."""

    name: str
    log: Path
    port: int
    _process: Process | None = None

    @abstractmethod
    async def prepare(self) -> None:
        """Make what must be on disk before the first start; quick when it is there."""

    @abstractmethod
    def spec(self) -> ChildSpec:
        """How to run the server once it is prepared."""

    @abstractmethod
    async def answers(self) -> None:
        """Return once it serves clients; wait for ever else."""

    @property
    def pid(self) -> int | None:
        """The process id while `start` has it running."""
        return self._process.pid if self._process else None

    async def start(self, limit: float = START_LIMIT) -> None:
        """Run it until it serves clients; StartFailed when it ends or after `limit` seconds."""
        await self.prepare()
        self._process = process = Process(self.spec())
        try:
            await unless(self._end_of(process), self.wait_ready(limit))
        except BaseException:
            await self.kill()
            raise

    async def wait_ready(self, limit: float = START_LIMIT) -> None:
        """Wait until it serves clients, whoever runs it; StartFailed after `limit` seconds."""
        try:
            async with asyncio.timeout(limit):
                await self.answers()
        except TimeoutError:
            raise StartFailed(
                f"{self.name} did not become ready within {limit:.0f} s; see {self.log}."
            ) from None

    async def stop(self, limit: float = STOP_LIMIT) -> None:
        """Stop in order; after `limit` seconds, kill."""
        process, self._process = self._process, None
        if process:
            await process.stop(limit)

    async def kill(self) -> None:
        """kill -9, as when the power goes; returns when its workers are gone too."""
        process, self._process = self._process, None
        if process:
            workers = workers_of(process.pid)
            await process.kill()
            await gone(workers, WORKERS_LIMIT)

    async def restart(self) -> None:
        """Stop in order, then start on the same port and data."""
        await self.stop()
        await self.start()

    async def _end_of(self, process: Process) -> None:
        await process.wait()
        raise StartFailed(f"{self.name} ended while it started:\n{process.last_words()}")


def workers_of(pid: int) -> list[psutil.Process]:
    """The processes that `pid` has started, and theirs."""
    try:
        return psutil.Process(pid).children(recursive=True)
    except psutil.NoSuchProcess:
        return []
