"""CPU and memory by process: the figures that a noisy neighbour moves least."""

from collections.abc import Mapping

import psutil


class Meter:
    """CPU seconds and resident bytes of named groups of processes."""

    def __init__(self, roots: Mapping[str, int]) -> None:
        self._roots = {name: psutil.Process(pid) for name, pid in roots.items()}
        self._began = self._seconds()

    def _seconds(self) -> dict[str, float]:
        return {name: sum(map(_cpu, _family(root))) for name, root in self._roots.items()}

    def cpu(self) -> dict[str, float]:
        """CPU seconds since the meter was made, by name."""
        return {name: now - self._began[name] for name, now in self._seconds().items()}

    def memory(self) -> dict[str, int]:
        """Resident bytes (proportional where the system tells) by name."""
        return {name: sum(map(_bytes, _family(root))) for name, root in self._roots.items()}


def servers(parent: int) -> dict[str, int]:
    """The pids of Kafka and PostgreSQL among the children of the process that started them."""
    found: dict[str, int] = {}
    for process in psutil.Process(parent).children(recursive=True):
        name = _name(process)
        if "java" in name:
            found["kafka"] = process.pid
        elif "postgres" in name:
            found.setdefault("postgres", process.pid)
    return found


def _name(process: psutil.Process) -> str:
    try:
        return process.name()
    except psutil.NoSuchProcess:
        return ""


def _family(root: psutil.Process) -> list[psutil.Process]:
    return [root, *root.children(recursive=True)]


def _cpu(process: psutil.Process) -> float:
    try:
        times = process.cpu_times()
    except psutil.NoSuchProcess:
        return 0.0
    return float(times.user + times.system)


def _bytes(process: psutil.Process) -> int:
    try:
        full = process.memory_full_info()
        return int(getattr(full, "pss", full.rss))
    except (psutil.NoSuchProcess, psutil.AccessDenied):
        return 0
