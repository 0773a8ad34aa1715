"""`hub import`: what is taken from a file, what is refused, and how it says so."""

import csv
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook
from typer.testing import CliRunner

from services.cli.main import app

WHEN = datetime(2026, 3, 2, 11, 25, tzinfo=UTC).replace(tzinfo=None)
HEADER = ["工单编号", "诉求主题", "诉求内容", "派发时间", "一列别的"]
GOOD = [
    ["T1", "路灯不亮", "门口,路灯不亮", "2026/3/2 11:25:05", ""],
    ["T2", "【催单】路灯", "还没来", "", ""],
    ["T3", "水管", "漏水\n三天了", "", ""],
]
BAD = [
    ["", "没有编号", "漏水", "", "保留"],
    ["2.026E+12", "a", "b", "", ""],
    ["T6", "", "", "", ""],
]


def table(path: Path, rows: list[list[str]], encoding: str = "utf-8-sig") -> Path:
    """A CSV file."""
    with path.open("w", encoding=encoding, newline="") as file:
        csv.writer(file).writerows(rows)
    return path


def imported(path: Path, *more: str) -> tuple[int, dict[str, Any]]:
    """Exit code and summary of a check without servers."""
    ran = CliRunner().invoke(app, ["import", str(path), "--dry-run", "--json", *more])
    return ran.exit_code, json.loads(ran.stdout)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_table_is_read_in_the_encodings_of_offices(tmp_path: Path, encoding: str) -> None:
    code, found = imported(table(tmp_path / "a.csv", [HEADER, *GOOD], encoding))
    assert (code, found["rows"], found["valid"], found["sent"]) == (0, 3, 3, 0)
    assert found["lives"] == {"new": 2, "urge": 1} and found["refused_file"] is None
    assert not (tmp_path / "a.refused.csv").exists()


def test_refused_rows_come_back_as_they_were_with_the_reason(tmp_path: Path) -> None:
    code, found = imported(table(tmp_path / "a.csv", [HEADER, *GOOD, *BAD], "gb18030"))
    assert (code, found["valid"], found["refused"]) == (1, 3, 3)
    with (tmp_path / "a.refused.csv").open(encoding="gb18030", newline="") as file:
        header, *rows = list(csv.reader(file))
    assert header == [*HEADER, "原因"] and [each[:-1] for each in rows] == BAD
    reasons = ("没有工单编号", "科学计数法", "没有内容")
    assert all(told in row[-1] for told, row in zip(reasons, rows, strict=True))


def test_a_corrected_file_of_refusals_can_be_imported(tmp_path: Path) -> None:
    imported(table(tmp_path / "a.csv", [HEADER, *BAD[:1]]))
    path = tmp_path / "a.refused.csv"
    path.write_text(path.read_text(encoding="utf-8-sig").replace("\n,没有", "\nT9,没有"))
    assert imported(path)[1]["valid"] == 1


def test_a_workbook_with_a_title_above_its_header_is_read_and_answered_as_one(
    tmp_path: Path,
) -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["某市热线工单导出"])
    sheet.append(HEADER)
    sheet.append([20260001, "路灯不亮", "门口", WHEN, None])
    sheet.append([None, "没有编号", "漏水", None, None])
    book.save(tmp_path / "a.xlsx")
    code, found = imported(tmp_path / "a.xlsx", "--refused", str(tmp_path / "no.xlsx"))
    assert (code, found["rows"], found["valid"], found["encoding"]) == (1, 2, 1, "xlsx")
    answer = load_workbook(tmp_path / "no.xlsx").worksheets[0]
    assert [each.value for each in next(answer.iter_rows(min_row=1, max_row=1))][-1] == "原因"
    assert answer["B2"].value == "没有编号" and "没有工单编号" in str(answer["F2"].value)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"a,b\n1,2\n", "认不出表头"),
        (b"", "认不出表头"),
        (b"\xff\xff\xff", "GB18030"),
        ('工单编号,诉求内容\n"没有结尾'.encode() + b"x" * 200_000, "不是 CSV"),
    ],
)
def test_a_file_that_is_no_table_of_tickets_is_refused_in_one_sentence(
    tmp_path: Path, content: bytes, sentence: str
) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(content)
    ran = CliRunner().invoke(app, ["import", str(path), "--dry-run"])
    assert ran.exit_code == 1 and sentence in ran.stderr and "Traceback" not in ran.output


def test_a_broken_workbook_is_refused_in_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "a.xlsx").write_bytes(b"PK\x03\x04 no zip")
    ran = CliRunner().invoke(app, ["import", str(tmp_path / "a.xlsx"), "--dry-run"])
    assert ran.exit_code == 1 and "XLSX" in ran.stderr
