"""The file in which a running stack says what it runs, for `hub status` and for the next start."""

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path

import psutil

from deploy.embedded.process import gone

LEFTOVER_LIMIT = 15.0
"""Seconds to wait for children of a stack that was killed; they end by themselves."""


@dataclass(frozen=True)
class ChildState:
    """One process: `since` is epoch seconds, `status` running, waiting, stopping or stopped."""

    name: str
    pid: int | None
    restarts: int
    since: float
    status: str
    address: str = ""
    last_words: str = ""


@dataclass(frozen=True)
class StackState:
    """The whole: `phase` is starting, ready or stopping; `addresses` are shown to people."""

    pid: int
    phase: str
    since: float
    addresses: dict[str, str] = field(default_factory=dict)
    children: tuple[ChildState, ...] = ()


def write_state(path: Path, state: StackState) -> None:
    """Replace the file as a whole, so that a reader never sees half of it."""
    fresh = path.with_suffix(".new")
    fresh.touch(mode=0o600)  # it holds the DSN
    fresh.write_text(json.dumps(asdict(state), indent=1))
    fresh.replace(path)


def read_state(path: Path) -> StackState | None:
    """What the file says; None when there is none."""
    try:
        raw = json.loads(path.read_text())
    except (FileNotFoundError, ValueError):
        return None
    children = tuple(ChildState(**child) for child in raw.pop("children"))
    return StackState(**raw, children=children)


async def leftovers_gone(path: Path, limit: float = LEFTOVER_LIMIT) -> None:
    """Wait for the children of an earlier stack that did not get to stop them."""
    state = read_state(path)
    if state is None:
        return
    alive = [process for child in state.children if (process := _same_process(child))]
    await gone(alive, limit)


def _same_process(child: ChildState) -> psutil.Process | None:
    try:
        process = psutil.Process(child.pid) if child.pid else None
    except psutil.NoSuchProcess:
        return None
    return process if process and process.create_time() == child.since else None
