"""The folder that keeps one stack: data, logs, passwords, and the lock that one stack holds."""

import fcntl
import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from deploy.embedded.errors import AlreadyRunning, DiskFull, StackError
from deploy.embedded.passwords import Passwords

NEEDED_BYTES = 500_000_000
"""Free space without which the stack does not start."""


class Home:
    """The folders and files of a stack below `path`, which is absolute."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.kafka = path / "kafka"
        self.postgres = path / "postgres"
        self.logs = path / "logs"
        self.run = path / "run"
        self.state_file = self.run / "stack.json"
        self.lock_file = self.run / "lock"
        self.passwords = Passwords(path / "secrets.json")

    def make(self) -> None:
        """Make the folders; DiskFull where the disk has too little room."""
        try:
            for folder in (self.kafka, self.postgres, self.logs, self.run):
                folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StackError(
                f"cannot make {self.path} ({error.strerror}); "
                "set HUB_HOME to a folder that you may write to."
            ) from error
        require_space(self.path)

    @contextmanager
    def held(self) -> Iterator[None]:
        """Hold the home's lock; AlreadyRunning when another process has it."""
        with self.lock_file.open("a+") as lock:
            self._take(lock)
            yield

    def holder(self) -> int | None:
        """The process id of the stack that runs on this home, None when none does."""
        try:
            with self.lock_file.open("a+") as lock:
                return None if _took(lock) else _pid_in(lock)
        except OSError:
            return None

    def _take(self, lock: IO[str]) -> None:
        if not _took_in_time(lock):
            raise AlreadyRunning(
                f"a stack (pid {_pid_in(lock)}) already runs on {self.path}; stop it with "
                "'hub down', or set HUB_HOME to another folder and HUB_*_PORT to other ports."
            )
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()


def _took(lock: IO[str]) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _took_in_time(lock: IO[str]) -> bool:
    for _ in range(5):  # another process may just be looking whether it is held
        if _took(lock):
            return True
        time.sleep(0.05)
    return False


def _pid_in(lock: IO[str]) -> int:
    lock.seek(0)
    return int(lock.read() or 0)


def require_space(path: Path, needed: int = NEEDED_BYTES) -> None:
    """DiskFull unless the disk of `path` has `needed` bytes free."""
    free = shutil.disk_usage(path).free
    if free < needed:
        raise DiskFull(
            f"only {free // 1_000_000} MB are free at {path} and the stack needs "
            f"{needed // 1_000_000} MB; free some, or set HUB_HOME to a folder on a larger disk."
        )
