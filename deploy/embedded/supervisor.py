"""Runs named processes, starts dead ones again with growing pauses, and stops them in order."""

import asyncio
import contextlib
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import psutil

from deploy.embedded.back_off import BackOff
from deploy.embedded.errors import StartFailed
from deploy.embedded.process import ChildSpec, Process
from deploy.embedded.state import ChildState

HOPELESS = 3
"""Deaths in a row after which a start is given up."""
UNSTARTED = 127
"""The code of a life that the system did not let begin."""


@dataclass(frozen=True)
class Death:
    """One end that nobody asked for; `code` is negative for a signal, `pause` in seconds."""

    name: str
    code: int
    failures: int
    pause: float
    last_words: str


class Child:
    """One supervised process over all its lives."""

    def __init__(self, spec: ChildSpec, address: str) -> None:
        self.spec = spec
        self.address = address
        self.status = "waiting"
        self.restarts = 0
        self.failures = 0
        self.since = time.time()
        self.process: Process | None = None
        self.keeper: asyncio.Task[None] | None = None
        self.hopeless = asyncio.Event()

    def spawn(self) -> Process:
        """Begin one life."""
        self.process = Process(self.spec)
        self.since = psutil.Process(self.process.pid).create_time()
        self.status = "running"
        return self.process

    def last_words(self) -> str:
        """The last lines of its latest life."""
        return self.process.last_words() if self.process else ""

    def state(self) -> ChildState:
        """What `hub status` shows of it."""
        pid = self.process.pid if self.process and self.status != "waiting" else None
        words = self.last_words() if self.status == "waiting" else ""
        return ChildState(
            self.spec.name, pid, self.restarts, self.since, self.status, self.address, words
        )


class Supervisor:
    """Keeps children alive; `changed` is called after every change, `died` after every death."""

    def __init__(
        self,
        changed: Callable[[], None] = lambda: None,
        died: Callable[[Death], None] = lambda death: None,
        back_off: BackOff | None = None,
    ) -> None:
        self.children: list[Child] = []
        self._listeners = changed, died
        self._back_off = back_off or BackOff()

    def run(self, spec: ChildSpec, address: str = "") -> Child:
        """Start a process and keep it alive until `stop`."""
        child = Child(spec, address)
        process = child.spawn()
        self.children.append(child)
        child.keeper = asyncio.create_task(self._keep(child, process))
        self._changed()
        return child

    async def stop(self, children: Iterable[Child], limit: float) -> None:
        """Stop the children side by side; who still runs after `limit` seconds is killed."""
        await asyncio.gather(*(self._stop_one(child, limit) for child in children))

    def _changed(self) -> None:
        # A full disk or a closed terminal must not keep us from watching.
        with contextlib.suppress(OSError):
            self._listeners[0]()

    def _died(self, death: Death) -> None:
        with contextlib.suppress(OSError):
            self._listeners[1](death)

    async def _stop_one(self, child: Child, limit: float) -> None:
        child.status = "stopping"
        self._changed()
        if child.keeper:
            child.keeper.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await child.keeper
        if child.process:
            await child.process.stop(limit)
        child.status = "stopped"
        self._changed()

    async def _keep(self, child: Child, process: Process | None) -> None:
        while True:
            code = await process.wait() if process else UNSTARTED
            await self._after_death(child, code)
            process = self._next_life(child)
            self._changed()

    def _next_life(self, child: Child) -> Process | None:
        child.restarts += 1
        with contextlib.suppress(OSError):
            return child.spawn()
        return None

    async def _after_death(self, child: Child, code: int) -> None:
        child.failures = self._back_off.failures(child.failures, time.time() - child.since)
        child.status = "waiting"
        if child.failures >= HOPELESS:
            child.hopeless.set()
        self._changed()
        pause = self._back_off.pause(child.failures)
        words = child.last_words()
        self._died(Death(child.spec.name, code, child.failures, pause, words))
        await asyncio.sleep(pause)


async def hopeless(child: Child) -> None:
    """Raise StartFailed once the child has died too often in a row."""
    await child.hopeless.wait()
    raise StartFailed(
        f"{child.spec.name} ended {child.failures} times in a row while it started; its log "
        f"({child.spec.log}) says:\n{child.last_words()}"
    )
