"""How the stack looks in a terminal: progress of the start, addresses, and the status table."""

from types import TracebackType
from typing import Self
from urllib.parse import urlsplit, urlunsplit

from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn
from rich.table import Table

from deploy.embedded.progress import Step
from deploy.embedded.supervisor import Death

LABELS = {
    "jars": "Kafka's jars",
    "postgres": "PostgreSQL",
    "kafka": "Kafka",
    "prepare": "Tables and topics",
    "services": "Services",
}


class StartDisplay:
    """Progress bars, one a step, in the order in which the steps begin."""

    def __init__(self, console: Console) -> None:
        self._bars = Progress(
            SpinnerColumn(finished_text="[green]✓[/]"),
            TextColumn("{task.description}"),
            BarColumn(bar_width=24),
            TextColumn("{task.fields[text]}"),
            TimeElapsedColumn(),
            console=console,
        )
        self._tasks: dict[str, TaskID] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._bars.stop()

    def show(self, step: Step) -> None:
        """Draw one step; may be called from any thread."""
        self._bars.start()
        if step.name not in self._tasks:
            label = LABELS.get(step.name, step.name)
            self._tasks[step.name] = self._bars.add_task(label, total=None, text="")
        # A step of one part has nothing to measure until it is done: the bar pulses.
        total = None if step.total == 1 and step.done == 0 else step.total
        task = self._tasks[step.name]
        self._bars.update(task, completed=step.done, total=total, text=text_of(step))


def text_of(step: Step) -> str:
    """What stands beside the bar."""
    if step.name == "jars":
        return f"{step.done / 1e6:.0f} of {step.total / 1e6:.0f} MB"
    return f"{step.done} of {step.total} ready" if step.name == "services" else step.text


def without_password(dsn: str) -> str:
    """The DSN as it may be shown."""
    parts = urlsplit(dsn)
    user, at, address = parts.netloc.rpartition("@")
    return urlunsplit(parts._replace(netloc=user.partition(":")[0] + at + address))


def address_table(addresses: dict[str, str]) -> Table:
    """Where to find what."""
    table = Table(show_header=False, box=None, padding=(0, 2, 0, 0))
    table.add_column()
    table.add_column(overflow="fold")
    for name, address in addresses.items():
        table.add_row(name, without_password(address))
    return table


def death_line(death: Death) -> str:
    """One line on a process that ended unasked."""
    how = f"signal {-death.code}" if death.code < 0 else f"code {death.code}"
    line = f"{death.name} ended ({how}); starting it again in {death.pause:.1f} s"
    if death.failures < 2:
        return line
    return f"{line} (time {death.failures} in a row). It said:\n{death.last_words}"
