"""What is taken home: harmless in a spreadsheet, with the meaning of each column."""

import csv
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from pyarrow import parquet

from services.feedback.adapters.exporting import WRITERS, Format, harmless
from services.feedback.domain.dictionary import SHEETS

SHEET = SHEETS["steps"]
WHEN = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)


def row(**given: Any) -> tuple[Any, ...]:
    """A row of the sheet: what is given, by its column."""
    return tuple(given.get(name) for name in SHEET.columns)


ROWS = [
    row(incident_id="i1", recorded_at=WHEN, what="case.accepted", said="=HYPERLINK(1)", round=1),
    row(incident_id="i2", recorded_at=WHEN, what="case.arrived", said="到了", distance=12.5),
]
SAID, DISTANCE = list(SHEET.columns).index("said"), list(SHEET.columns).index("distance")


def written(tmp_path: Path, kind: Format, rows: list[tuple[Any, ...]]) -> Path:
    path = tmp_path / f"out.{kind}"
    with WRITERS[kind](path, SHEET) as writer:
        writer.write(rows)
    return path


@pytest.mark.parametrize("text", ["=1+1", "+86", "-2", "@SUM(A1)", "\tx", "\rx", "\n=1", "＝1+1"])
def test_no_text_becomes_a_formula(text: str) -> None:
    assert harmless(text) == f"'{text}"


def test_no_text_is_too_much_for_a_workbook(tmp_path: Path) -> None:
    path = written(tmp_path, Format.XLSX, [row(said="通\x0b道" + "堵" * 40_000)])
    sheet = load_workbook(path)[SHEET.chinese]
    assert str(sheet.cell(2, SAID + 1).value) == "通道" + "堵" * 32_765


def test_numbers_and_plain_texts_stay_as_they_are() -> None:
    assert [harmless(each) for each in (-2, 1.5, None, True, "楼道")] == [
        -2,
        1.5,
        None,
        True,
        "楼道",
    ]


def test_a_csv_has_its_dictionary_beside_it(tmp_path: Path) -> None:
    path = written(tmp_path, Format.CSV, ROWS)
    with path.open(encoding="utf-8-sig", newline="") as file:
        header, first, _ = csv.reader(file)
    assert header == list(SHEET.columns) and first[SAID] == "'=HYPERLINK(1)"
    beside = path.with_suffix(".dictionary.csv").read_text(encoding="utf-8-sig")
    assert "人员工号" in beside


def test_a_workbook_has_the_rows_and_the_dictionary(tmp_path: Path) -> None:
    book = load_workbook(written(tmp_path, Format.XLSX, ROWS))
    assert book.sheetnames == ["环节", "数据字典"]
    rows = list(book["环节"].values)
    assert rows[1][SAID] == "'=HYPERLINK(1)" and rows[2][DISTANCE] == 12.5


def test_parquet_keeps_types_and_meanings(tmp_path: Path) -> None:
    table = parquet.read_table(written(tmp_path, Format.PARQUET, ROWS))
    assert table.column("recorded_at")[0].as_py() == WHEN
    assert table.column("said")[0].as_py() == "=HYPERLINK(1)", "no spreadsheet, no quoting"
    assert table.schema.field("round").metadata[b"meaning"] == "轮次".encode()


@pytest.mark.parametrize("kind", Format)
def test_nothing_to_take_home_is_an_empty_table(tmp_path: Path, kind: Format) -> None:
    assert written(tmp_path, kind, []).stat().st_size > 0
