"""Bars for long work, on a terminal only."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    TaskProgressColumn,
    TextColumn,
    TimeElapsedColumn,
)


def bars_on(
    screen: Console, count: ProgressColumn | None = None, *, transient: bool = False
) -> Progress:
    """Bars with the time they take; `count` says how much is done, by default M of N."""
    return Progress(
        TextColumn("{task.description:<16}"),
        BarColumn(bar_width=40),
        count or MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=screen,
        disable=not screen.is_terminal,
        transient=transient,
    )


@contextmanager
def bar_of(screen: Console, label: str, total: float) -> Iterator[Callable[[float], None]]:
    """A bar; call what is given with how much of `total` is done."""
    with bars_on(screen, TaskProgressColumn()) as bars:
        task = bars.add_task(label, total=total)
        yield lambda done: bars.update(task, completed=done)
