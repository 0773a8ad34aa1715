"""What `hub status` knows: the processes of the running stack, and whether each is ready."""

import asyncio
import time
from dataclasses import asdict, dataclass
from typing import Any
from urllib.parse import urlsplit

from rich.table import Table

from deploy.embedded.home import Home
from deploy.embedded.services import accepts, is_ready
from deploy.embedded.state import ChildState, StackState, read_state
from services.cli.stack_display import without_password


@dataclass(frozen=True)
class Status:
    """`pid` is the stack's, None when nothing runs; `ready` answers for each child by name."""

    home: str
    pid: int | None
    state: StackState | None
    ready: dict[str, bool]

    @property
    def all_ready(self) -> bool:
        """Whether the stack runs and every process answers."""
        return self.pid is not None and bool(self.ready) and all(self.ready.values())

    def as_json(self) -> dict[str, Any]:
        """For machines; no password in it."""
        children = self.state.children if self.state else ()
        addresses = self.state.addresses if self.state else {}
        return {
            "home": self.home,
            "running": self.pid is not None,
            "pid": self.pid,
            "phase": self.state.phase if self.state else None,
            "ready": self.all_ready,
            "addresses": {name: without_password(dsn) for name, dsn in addresses.items()},
            "processes": [asdict(child) | {"ready": self.ready[child.name]} for child in children],
        }


async def look(home: Home) -> Status:
    """Read the state and ask every process whether it is ready."""
    pid = home.holder()
    state = read_state(home.state_file) if pid else None
    children = state.children if state else ()
    answers = await asyncio.gather(*(_answers(child) for child in children))
    ready = {child.name: answer for child, answer in zip(children, answers, strict=True)}
    return Status(str(home.path), pid, state, ready)


async def _answers(child: ChildState) -> bool:
    if child.pid is None:
        return False
    url = urlsplit(child.address if "//" in child.address else f"//{child.address}")
    probe = is_ready if url.scheme == "http" else accepts
    return await probe(url.port or 0)


def status_table(status: Status) -> Table:
    """The processes, one a row."""
    table = Table("process", "pid", "restarts", "up", "status", "ready", "address", box=None)
    for child in status.state.children if status.state else ():
        ready = status.ready[child.name]
        table.add_row(
            child.name,
            str(child.pid or "-"),
            str(child.restarts),
            _for_people(time.time() - child.since) if child.pid else "-",
            child.status,
            "[green]yes[/]" if ready else "[red]no[/]",
            child.address,
        )
    return table


def _for_people(seconds: float) -> str:
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return (
        f"{hours} h {minutes} min"
        if hours
        else f"{minutes} min {rest} s"
        if minutes
        else f"{rest} s"
    )
