"""Merging over a table, without servers."""

import csv
import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from services.cli.main import app

ROWS = """id,text,time,lon,lat,community
a,试验苑3栋消防通道被车堵死了，消防车进不去,2026-03-02 09:00:00,104.06,30.66,
b,3栋消防通道又遭车堵了，有没有人管,2026/3/2 09:40,104.06005,30.66002,
c,消防通道被面包车堵了,2026-03-02T10:00:00+08:00,104.09,30.66,
d,消防通道堵了，白色面包车，3栋,2026-03-02 11:00:00,104.06002,30.66,
e,3栋电梯坏了，一直没人修,2026-03-02 09:10:00,104.06,30.66,
"""


def run(tmp_path: Path, rows: str) -> tuple[dict[str, dict[str, str]], dict[str, int]]:
    source, out = tmp_path / "in.csv", tmp_path / "out.csv"
    source.write_text(rows, encoding="utf-8")
    result = CliRunner().invoke(
        app, ["merge-check", "--csv", str(source), "--out", str(out), "--json"]
    )
    assert result.exit_code == 0, result.output
    with out.open(encoding="utf-8", newline="") as file:
        return {row["id"]: row for row in csv.DictReader(file)}, json.loads(result.stdout)


def test_reports_about_one_matter_near_each_other_are_one_incident_and_a_hot_spot(
    tmp_path: Path,
) -> None:
    found, told = run(tmp_path, ROWS)
    assert found["a"]["incident"] == found["b"]["incident"] == found["d"]["incident"]
    assert found["a"]["hotspot"] == found["d"]["hotspot"] != ""
    assert len({found[each]["incident"] for each in "ace"}) == 3
    assert found["c"]["hotspot"] == found["e"]["hotspot"] == ""
    assert (told["rows"], told["incidents"], told["hotspots"]) == (5, 3, 1)


def test_letters_without_a_point_are_grouped_by_what_they_say(tmp_path: Path) -> None:
    letters = (
        "id,text,time\n"
        '1,"青禾新城旁边建搅拌站，粉尘大，噪音扰民",2026-03-02\n'
        '2,"投诉青禾新城搅拌站，粉尘落满阳台",2026-03-30\n'
        '3,"青禾新城的搅拌站半夜加工，粉尘噪音都大",2026-04-20\n'
        '4,"人才购房补贴什么时候发放",2026-03-02\n'
    )
    found, _ = run(tmp_path, letters)
    assert found["1"]["hotspot"] == found["2"]["hotspot"] == found["3"]["hotspot"] != ""
    assert found["4"]["hotspot"] == ""
    assert len({found[each]["incident"] for each in "1234"}) == 4


@pytest.mark.parametrize(
    ("rows", "sentence"),
    [
        ("id,text\n1,x\n", "has no column 'time'"),
        ("id,text,time\n1,x,gestern\n", "row 2: 'gestern' is no time"),
        ("id,text,time\n1,x,2026-03-02\n1,y,2026-03-02\n", "row 3: id 1 stands there twice"),
        ("id,text,time,lon,lat\n1,x,2026-03-02,a,b\n", "row 2: 'a, b' is no point"),
        ("id,text,time,lon,lat\n1,x,2026-03-02,200,30\n", "row 2: 200.0, 30.0 is no point"),
    ],
)
def test_a_fault_in_the_table_is_one_sentence(tmp_path: Path, rows: str, sentence: str) -> None:
    source = tmp_path / "in.csv"
    source.write_text(rows, encoding="utf-8")
    result = CliRunner().invoke(
        app, ["merge-check", "--csv", str(source), "--out", str(tmp_path / "out.csv")]
    )
    assert result.exit_code == 1 and sentence in result.stderr
