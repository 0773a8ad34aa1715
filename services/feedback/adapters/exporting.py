"""The ledger and its facts as files: CSV, XLSX or Parquet, each with its data dictionary."""

import csv
from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

from services.feedback.domain.dictionary import Sheet, query
from services.kernel.postgres import Connection

PORTION = 5_000
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""What a spreadsheet would take for the beginning of a formula, in either width."""
CELL = 32_767
"""Characters of the longest text that a workbook takes."""


class Format(StrEnum):
    """What kind of file."""

    CSV = "csv"
    XLSX = "xlsx"
    PARQUET = "parquet"


async def rows_of(
    connection: Connection, sheet: Sheet, area: str, since: datetime, until: datetime
) -> AsyncIterator[list[tuple[Any, ...]]]:
    """The rows in portions, within the open transaction."""
    cursor = await connection.cursor(query(sheet), area, since, until)
    while rows := await cursor.fetch(PORTION):
        yield [tuple(row.values()) for row in rows]


def harmless(value: Any) -> Any:
    """A text that a spreadsheet would take for a formula is quoted; times are in ISO 8601."""
    if isinstance(value, datetime):
        return value.isoformat(timespec="milliseconds")
    if isinstance(value, str) and value.startswith(FORMULA):
        return f"'{value}"
    return value


def _in_a_cell(value: Any) -> Any:
    """A text as a workbook takes it: without control characters, and no longer than a cell."""
    return ILLEGAL_CHARACTERS_RE.sub("", value)[:CELL] if isinstance(value, str) else value


class CsvWriter:
    """UTF-8 with a mark, as spreadsheets here expect it; the dictionary lies beside it."""

    def __init__(self, path: Path, sheet: Sheet) -> None:
        self._path, self._sheet = path, sheet

    def __enter__(self) -> Self:
        self._file = self._path.open("w", encoding="utf-8-sig", newline="")
        self._writer = csv.writer(self._file)
        self._writer.writerow(self._sheet.columns)
        return self

    def write(self, rows: Sequence[Sequence[Any]]) -> None:
        """Append rows."""
        self._writer.writerows([harmless(each) for each in row] for row in rows)

    def __exit__(self, *raised: object) -> None:
        self._file.close()
        beside = self._path.with_suffix(".dictionary.csv")
        with beside.open("w", encoding="utf-8-sig", newline="") as file:
            csv.writer(file).writerows([("列", "含义"), *self._sheet.columns.items()])


class XlsxWriter:
    """A workbook of two sheets: the rows, and the dictionary. Written as a stream."""

    def __init__(self, path: Path, sheet: Sheet) -> None:
        self._path, self._sheet = path, sheet
        self._book = Workbook(write_only=True)

    def __enter__(self) -> Self:
        self._rows = self._book.create_sheet(self._sheet.chinese)
        self._rows.append(list(self._sheet.columns))
        return self

    def write(self, rows: Sequence[Sequence[Any]]) -> None:
        """Append rows."""
        for row in rows:
            self._rows.append([_in_a_cell(harmless(each)) for each in row])

    def __exit__(self, *raised: object) -> None:
        meanings = self._book.create_sheet("数据字典")
        for line in (("列", "含义"), *self._sheet.columns.items()):
            meanings.append(list(line))
        self._book.save(self._path)


class ParquetWriter:
    """Typed columns; each field carries its meaning as metadata. Needs the extra `export`."""

    def __init__(self, path: Path, sheet: Sheet) -> None:
        self._path, self._sheet = path, sheet
        self._held: list[Sequence[Any]] = []

    def __enter__(self) -> Self:
        return self

    def write(self, rows: Sequence[Sequence[Any]]) -> None:
        """Hold rows until all are there: the types of the columns follow from all of them."""
        self._held += rows

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        if error is not None:
            return
        import pyarrow as pa  # noqa: PLC0415  # large, and only wanted here
        from pyarrow import parquet  # noqa: PLC0415

        names = list(self._sheet.columns)
        columns = zip(*self._held, strict=True) if self._held else ([] for _ in names)
        table = pa.table(dict(zip(names, map(list, columns), strict=True)))
        fields = [
            field.with_metadata({"meaning": self._sheet.columns[field.name]})
            for field in table.schema
        ]
        parquet.write_table(table.cast(pa.schema(fields)), self._path)


WRITERS: Mapping[Format, type[CsvWriter] | type[XlsxWriter] | type[ParquetWriter]] = {
    Format.CSV: CsvWriter,
    Format.XLSX: XlsxWriter,
    Format.PARQUET: ParquetWriter,
}
