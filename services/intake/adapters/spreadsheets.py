"""Tables of tickets from files, CSV or XLSX: read row by row, whatever their size.

CSV is UTF-8 or GB 18030 (GBK, GB 2312). The header is the first row that names fields which are
known: exports often have a title above it.
"""

import csv
import zipfile
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from io import TextIOWrapper
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from services.kernel.errors import Unprocessable

EXCEL = frozenset({".xlsx", ".xlsm"})
HEADER_WITHIN = 10
"""Rows from the top among which the header is looked for."""
CHUNK = 1 << 20
ENCODINGS = ("utf-8-sig", "gb18030")
LONGEST_CELL = 131_072


class Row(NamedTuple):
    """A row as it stands in the file: its number there, from 1, and its cells as text."""

    number: int
    cells: Sequence[str]


@dataclass(frozen=True)
class Table:
    """An open table: its header, then its rows; `done()` says how much of `total` was read."""

    header: Sequence[str]
    rows: Iterator[Row]
    total: int
    done: Callable[[], int]
    encoding: str = ""

    def fields(self, row: Row) -> dict[str, str]:
        """What a row says, by the names of the header; empty cells are left out.

        Raises Unprocessable if it has more cells than the header has names.
        """
        if any(row.cells[len(self.header) :]):
            raise Unprocessable(
                f"有 {len(row.cells)} 格，表头只有 {len(self.header)} 列：内容里的逗号要用引号括起"
            )
        told = zip(self.header, row.cells, strict=False)
        return {name: cell for name, cell in told if name and cell}


@contextmanager
def open_table(path: Path, names: Collection[str]) -> Iterator[Table]:
    """The table of a file. Raises Unprocessable where none of its first rows names known fields."""
    opened = _excel(path, names) if path.suffix.lower() in EXCEL else _csv(path, names)
    with opened as table:
        yield table


@contextmanager
def _csv(path: Path, names: Collection[str]) -> Iterator[Table]:
    encoding = _encoding_of(path)
    csv.field_size_limit(LONGEST_CELL)
    with path.open("rb") as raw, TextIOWrapper(raw, encoding, newline="") as lines:
        header, rows = _headed(_csv_rows(csv.reader(lines), path), names, path)
        yield Table(header, rows, path.stat().st_size, raw.tell, encoding)


def _csv_rows(reader: Any, path: Path) -> Iterator[Row]:
    try:
        for cells in reader:
            yield Row(reader.line_num, [each.strip() for each in cells])
    except csv.Error as error:
        raise Unprocessable(f"{path.name} 第 {reader.line_num} 行不是 CSV（{error}）") from None


def _encoding_of(path: Path) -> str:
    """The encoding in which the whole file can be read."""
    for encoding in ENCODINGS:
        try:
            with path.open(encoding=encoding, newline="") as text:
                while text.read(CHUNK):
                    pass
        except UnicodeDecodeError:
            continue
        return encoding
    raise Unprocessable(f"{path.name} 既不是 UTF-8，也不是 GB18030：请另存为 CSV UTF-8")


@contextmanager
def _excel(path: Path, names: Collection[str]) -> Iterator[Table]:
    try:
        book = load_workbook(path, read_only=True, data_only=True)
    except (InvalidFileException, zipfile.BadZipFile, KeyError, ValueError) as error:
        told = type(error).__name__
        raise Unprocessable(f"{path.name} 不是可读的 XLSX（{told}）：请重新另存") from None
    try:
        sheet = book.worksheets[0]
        read = 0

        def rows() -> Iterator[Row]:
            nonlocal read
            for read, cells in enumerate(sheet.iter_rows(values_only=True), start=1):
                yield Row(read, [_as_text(each) for each in cells])

        header, rest = _headed(rows(), names, path)
        yield Table(header, rest, sheet.max_row or 0, lambda: read)
    finally:
        book.close()


def _as_text(cell: Any) -> str:
    """A cell as a person sees it: whole numbers without a point, times without a T."""
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, datetime):
        return cell.strftime("%Y-%m-%d %H:%M:%S")
    return cell.isoformat() if isinstance(cell, date) else str(cell).strip()


def _headed(
    rows: Iterator[Row], names: Collection[str], path: Path
) -> tuple[Sequence[str], Iterator[Row]]:
    first: Sequence[str] = ()
    for row in islice(rows, HEADER_WITHIN):
        header = [each.lstrip("\ufeff") for each in row.cells]
        first = first or header
        if len(set(header) & set(names)) >= 2:
            return header, (each for each in rows if any(each.cells))
    told = "、".join(filter(None, first)) or "没有内容"
    raise Unprocessable(
        f"{path.name} 认不出表头（第一行：{told[:200]}）：应有 工单编号、诉求内容 等列"
    )
