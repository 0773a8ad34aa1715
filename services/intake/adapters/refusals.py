"""Rows of a table that were refused: a file in the format of the table, with a column 原因."""

import csv
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path

from openpyxl import Workbook

from services.intake.adapters.spreadsheets import Row, Table

REASON = "原因"
Refuse = Callable[[Row, str], None]
"""Writes one row as it was, and why it was refused."""
Write = Callable[[Sequence[str]], object]


@contextmanager
def refusing(path: Path, table: Table) -> Iterator[Refuse]:
    """Where refused rows of a table go; the file is made with the first of them."""
    with ExitStack() as closing:
        writing: list[Write] = []

        def refuse(row: Row, reason: str) -> None:
            if not writing:
                opened = _csv(path, table, closing) if table.encoding else _excel(path, closing)
                writing.append(opened)
                opened(_behind(table, table.header, REASON))
            writing[0](_behind(table, row.cells, reason))

        yield refuse


def _csv(path: Path, table: Table, closing: ExitStack) -> Write:
    file = closing.enter_context(path.open("w", encoding=table.encoding, newline=""))
    return csv.writer(file).writerow


def _excel(path: Path, closing: ExitStack) -> Write:
    book = Workbook(write_only=True)
    closing.callback(partial(book.save, path))
    append: Write = book.create_sheet("未导入").append
    return append


def _behind(table: Table, cells: Sequence[str], reason: str) -> list[str]:
    """The cells, and behind all columns the reason."""
    return [*cells, *[""] * (len(table.header) - len(cells)), reason]
