"""One bar for long work, on a terminal only."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn


@contextmanager
def bar_of(screen: Console, label: str, total: float) -> Iterator[Callable[[float], None]]:
    """A bar; call what is given with how much of `total` is done."""
    bars = Progress(
        TextColumn("{task.description:<14}"),
        BarColumn(bar_width=40),
        TaskProgressColumn(),
        TimeElapsedColumn(),
        console=screen,
        disable=not screen.is_terminal,
    )
    with bars:
        task = bars.add_task(label, total=total)
        yield lambda done: bars.update(task, completed=done)
