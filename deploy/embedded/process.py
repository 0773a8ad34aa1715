"""One child process that dies with us, logs to a file and can be awaited in any event loop."""

import asyncio
import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from deploy.embedded.account import Account

TETHER = Path(__file__).with_name("tether.py")
LOG_LIMIT = 10_000_000
"""Bytes after which a log file is set aside as `<name>.1` when its process starts."""


@dataclass(frozen=True)
class ChildSpec:
    """How to run one process; `env` is added to ours, `account` is who it runs as (None: us)."""

    name: str
    argv: tuple[str, ...]
    log: Path
    env: Mapping[str, str] = field(default_factory=dict)
    cwd: Path | None = None
    account: Account | None = None
    stop_signal: signal.Signals = signal.SIGTERM
    death_signal: signal.Signals = signal.SIGKILL


class Process:
    """A started child; start it from a thread that lives as long as the child should."""

    def __init__(self, spec: ChildSpec) -> None:
        self.spec = spec
        set_aside(spec.log)
        with spec.log.open("ab") as log:
            self._log_start = log.tell()
            self._popen = subprocess.Popen(
                tethered(spec),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                env={**os.environ, **spec.env},
                cwd=spec.cwd,
                start_new_session=True,
            )

    @property
    def pid(self) -> int:
        """The process id, the same before and after the tether became the program."""
        return self._popen.pid

    @property
    def returncode(self) -> int | None:
        """The exit code, negative for a signal; None while it runs."""
        return self._popen.poll()

    def last_words(self) -> str:
        """The last lines that this life wrote to the log."""
        return last_lines(self.spec.log, self._log_start)

    def send(self, number: signal.Signals) -> None:
        """Send a signal, if it still runs."""
        self._popen.send_signal(number)

    async def wait(self) -> int:
        """Wait for the end; returns the exit code."""
        if self.returncode is None:
            await ended(self.pid)
        return self._popen.wait()

    async def kill(self) -> int:
        """kill -9 for it and whatever stayed in its process group, and wait for its end."""
        if self.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.pid, signal.SIGKILL)
        return await self.wait()

    async def stop(self, limit: float) -> int:
        """Ask it to stop; after `limit` seconds kill it. Returns the exit code."""
        self.send(self.spec.stop_signal)
        try:
            return await asyncio.wait_for(self.wait(), limit)
        except TimeoutError:
            return await self.kill()


def tethered(spec: ChildSpec) -> list[str]:
    """The command line that runs the spec's program under the tether."""
    account = f"{spec.account.uid}:{spec.account.gid}" if spec.account else "-"
    head = [sys.executable, "-I", "-S", str(TETHER)]
    return [*head, str(os.getpid()), str(int(spec.death_signal)), account, *spec.argv]


async def ended(pid: int) -> None:
    """Wait until our child `pid` ends, without reaping it."""
    if not hasattr(os, "pidfd_open"):
        return await _ended_by_polling(pid)
    loop, done = asyncio.get_running_loop(), asyncio.Event()
    descriptor = os.pidfd_open(pid)
    loop.add_reader(descriptor, done.set)
    try:
        await done.wait()
    finally:
        loop.remove_reader(descriptor)
        os.close(descriptor)


async def _ended_by_polling(pid: int) -> None:
    flags = os.WEXITED | os.WNOHANG | os.WNOWAIT
    while os.waitid(os.P_PID, pid, flags) is None:  # noqa: ASYNC222 - it returns at once
        await asyncio.sleep(0.05)


def set_aside(log: Path) -> None:
    """Make the log's folder, and rename a log that has grown beyond the limit."""
    log.parent.mkdir(parents=True, exist_ok=True)
    with contextlib.suppress(FileNotFoundError):
        if log.stat().st_size > LOG_LIMIT:
            log.replace(log.with_name(log.name + ".1"))


def last_lines(log: Path, start: int = 0, count: int = 8) -> str:
    """The last lines of a log after byte `start`; '' where there is none."""
    try:
        with log.open("rb") as file:
            file.seek(max(start, log.stat().st_size - 16_384))
            lines = file.read().decode(errors="replace").splitlines()
    except FileNotFoundError:
        return ""
    return "\n".join([line for line in lines if line.strip()][-count:])


async def gone(processes: Iterable[psutil.Process], limit: float) -> None:
    """Wait until none of the processes runs, at most `limit` seconds; an unreaped one is gone."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(limit):
            while any(map(_runs, processes)):
                await asyncio.sleep(0.02)


def _runs(process: psutil.Process) -> bool:
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
