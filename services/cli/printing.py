"""What commands print: tables for people, or one JSON value and nothing else for machines."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Annotated, Any

import orjson
import typer
from rich.console import Console
from rich.table import Table

from services.reference.calendar import BEIJING

WIDTH = 180
"""Columns where there is no terminal that says how wide it is."""

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for machines.")]


def print_json(value: Any) -> None:
    """One JSON value on stdout."""
    options = orjson.OPT_INDENT_2 | orjson.OPT_NON_STR_KEYS | orjson.OPT_UTC_Z
    typer.echo(orjson.dumps(value, default=str, option=options).decode())


def console(as_json: bool = False) -> Console:
    """For tables and progress; with JSON it keeps off stdout."""
    screen = Console(stderr=as_json, highlight=False)
    if not screen.is_terminal:
        screen.width = WIDTH
    return screen


def table(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> Table:
    """A plain table; None is shown as a dash."""
    made = Table(box=None, padding=(0, 2, 0, 0), show_header=any(columns))
    for index, column in enumerate(columns):
        made.add_column(column, overflow="fold", no_wrap=index == 0)
    for row in rows:
        made.add_row(*("-" if each is None else str(each) for each in row))
    return made


def clock(when: datetime | None) -> str:
    """A moment as people here read it: Beijing time."""
    return when.astimezone(BEIJING).strftime("%m-%d %H:%M:%S") if when else "-"


def span(seconds: float) -> str:
    """A duration in the unit that suits it."""
    if abs(seconds) < 1:
        return f"{seconds * 1000:.0f} ms"
    if abs(seconds) < 120:
        return f"{seconds:.1f} s"
    minutes = seconds / 60
    return f"{minutes:.0f} min" if minutes < 120 else f"{minutes / 60:.1f} h"
