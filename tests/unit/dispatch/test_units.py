"""Whose matter it is, from history: invented streets, communities and units."""

import csv
import json
import random
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from services.cli.main import app
from services.dispatch.adapters.units.history import (
    COLUMNS,
    TIME,
    UNIT,
    HistoryError,
    Matter,
    moment,
    read_matters,
)
from services.dispatch.adapters.units.model import UnitModel
from services.dispatch.adapters.units.naming import learn_manners, role_of, unit_of

STREETS = {"东溪街道": ("柳桥社区", "槐荫社区"), "西岭街道": ("石坊社区", "竹里社区")}
KINDS = {
    ("市容", "占道", "游商"): "{street}综合执法队",
    ("市容", "环境", "垃圾"): "{community}",
    ("环保", "噪声", "工地"): "环境局",
    ("交通", "道路", "破损"): "交通局",
}


def matter(day: int, street: str, community: str, kind: tuple[str, str, str], unit: str) -> Matter:
    of = dict.fromkeys(COLUMNS, "")
    of |= {TIME: f"2018-{1 + day // 28:02}-{1 + day % 28:02}", "street": street}
    of |= dict(zip(("type_l1", "type_l2", "type_l3"), kind, strict=True))
    of |= {"community": community, "source": "12345", "property": "投诉"}
    return Matter(of, unit, of | {UNIT: unit})


def history(count: int, renamed_after: int = 10**6) -> list[Matter]:
    chance = random.Random(7)
    found = []
    for number in range(count):
        street = chance.choice(list(STREETS))
        community, kind = chance.choice(STREETS[street]), chance.choice(list(KINDS))
        unit = KINDS[kind].format(street=street, community=community)
        if number > renamed_after and unit not in {"环境局", "交通局"}:
            unit += f"（{street}办事处）"
        found.append(matter(number // 5, street, community, kind, unit))
    return found


def test_a_unit_is_the_role_that_it_has_where_the_event_is() -> None:
    for unit, role in (
        ("东溪街道综合执法队", ("{street}综合执法队", "")),
        ("柳桥社区", ("{community}", "")),
        ("城管办（东溪街道办事处）", ("城管办", "{name}街道办事处")),
        ("交通局（城区）", ("交通局（城区）", "")),
    ):
        each = matter(0, "东溪街道", "柳桥社区", ("市容", "占道", "游商"), unit)
        assert role_of(each) == role and unit_of(*role, each) == unit


def test_what_was_learned_of_one_street_holds_for_another() -> None:
    kind = ("市容", "占道", "游商")
    learned = [
        each
        for each in history(400)
        if each.of["street"] == "东溪街道" or each.of["type_l3"] != "游商"
    ]
    asked = matter(99, "西岭街道", "石坊社区", kind, "")
    ((best, *_),) = UnitModel(learned).suggest([asked])
    assert best.unit == "西岭街道综合执法队"


def test_when_all_units_are_written_otherwise_those_not_seen_since_are_too() -> None:
    learned = history(400, renamed_after=330)
    manners = learn_manners(learned)
    likely = manners.likely("{street}综合执法队", "东溪街道")
    assert max(likely, key=lambda each: likely[each]) == "{name}街道办事处"
    assert manners.likely("环境局", "东溪街道") == {"": 1.0}


def records(count: int, noise: float) -> list[Matter]:
    """No unit is ever renamed; the 城管办 alone is written with a bracket."""
    chance = random.Random(11)
    kind, found = ("市容", "占道", "游商"), []
    for number in range(count):
        street = chance.choice(list(STREETS))
        bracket = f"城管办（{street}办事处）"
        unit = bracket if chance.random() < noise else f"{street}综合执法队"
        found.append(matter(number // 5, street, STREETS[street][0], kind, unit))
        found.append(matter(number // 5, street, "", ("市容", "环境", "垃圾"), bracket))
    return found


@pytest.mark.parametrize(("noise", "is_allowed_for"), [(0.0, False), (0.2, True)])
def test_another_way_of_writing_is_allowed_for_where_it_costs_nothing_that_can_be_measured(
    noise: float, is_allowed_for: bool
) -> None:
    asked = matter(99, "东溪街道", "柳桥社区", ("市容", "占道", "游商"), "")
    ((*suggested,),) = UnitModel(records(150, noise)).suggest([asked])
    shares = {each.unit: each.confidence for each in suggested}
    other = shares.get("东溪街道综合执法队（东溪街道办事处）", 0.0)
    assert max(shares, key=lambda unit: shares[unit]) == "东溪街道综合执法队"
    assert (other > 0.001) is is_allowed_for


def test_the_unit_of_an_event_that_is_asked_about_is_never_looked_at(tmp_path: Path) -> None:
    asked = read_matters(write(tmp_path / "new.csv", history(3)), with_units=False)
    assert [each.unit for each in asked] == ["", "", ""]


def test_the_confidence_is_a_share_and_the_best_comes_first() -> None:
    known = history(300)
    for suggested in UnitModel(known).suggest(known[:50]):
        shares = [each.confidence for each in suggested]
        assert shares == sorted(shares, reverse=True) and 0 < sum(shares) <= 1 + 1e-9
        assert len({each.unit for each in suggested}) == len(suggested)


def test_a_history_without_units_is_refused() -> None:
    with pytest.raises(HistoryError, match="没有一个写明处置单位"):
        UnitModel([matter(0, "东溪街道", "柳桥社区", ("市容", "占道", "游商"), "")])


def write(path: Path, matters: list[Matter]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, [*COLUMNS, UNIT])
        writer.writeheader()
        writer.writerows(each.row for each in matters)
    return path


def test_the_command_keeps_the_rows_and_adds_three_units_with_confidence(tmp_path: Path) -> None:
    known = history(330)
    past, new = write(tmp_path / "past.csv", known[:300]), write(tmp_path / "new.csv", known[300:])
    out = tmp_path / "out.csv"
    arguments = ["recommend-unit", "--history", str(past), "--csv", str(new), "--out", str(out)]
    done = CliRunner().invoke(app, [*arguments, "--json"])
    assert done.exit_code == 0, done.output
    assert json.loads(done.stdout)["rows"] == 30
    rows = list(csv.DictReader(out.read_text("utf-8").splitlines()))
    assert [row[TIME] for row in rows] == [each.of[TIME] for each in known[300:]]
    right = sum(row["unit_1"] == each.unit for row, each in zip(rows, known[300:], strict=True))
    assert right == 30 and all(0 < float(row["confidence_1"]) <= 1 for row in rows)
    assert {"unit_2", "unit_3", "confidence_3"} <= rows[0].keys() and UNIT not in rows[0]


def test_a_table_without_its_columns_is_refused_in_one_sentence(tmp_path: Path) -> None:
    bare = tmp_path / "bare.csv"
    bare.write_text("a,b\n1,2\n", "utf-8")
    arguments = ["--history", str(bare), "--csv", str(bare), "--out", str(tmp_path / "out.csv")]
    done = CliRunner().invoke(app, ["recommend-unit", *arguments])
    assert done.exit_code == 1 and "缺少列 create_time" in done.stderr


def asks_for(tmp_path: Path, past: Path, new: Path) -> Result:
    out = tmp_path / "out.csv"
    arguments = ["--history", str(past), "--csv", str(new), "--out", str(out)]
    return CliRunner().invoke(app, ["recommend-unit", *arguments])


@pytest.mark.parametrize(
    ("spoilt", "said"),
    [
        (lambda text: text.encode("gbk"), "past.csv 第 2 行起是 GBK 编码，不是 UTF-8：请另存为"),
        (lambda _: b"\xff\xfe\x00\xd8\x01", "past.csv 第 1 行起不是 UTF-8 文本：请确认"),
        (lambda text: f"{text}2018-01-01,东溪街道\n".encode(), "past.csv 第 4 行：列数比首行少"),
        (lambda text: text.replace("投诉", "投诉,急").encode(), "past.csv 第 2 行：列数比首行多"),
        (lambda text: text.replace("2018-01-01", "元旦").encode(), "第 2 行：create_time '元旦'"),
        (lambda text: f'{text}"2018'.encode(), "past.csv 第 4 行：引号没有配对"),
        (
            lambda text: text.replace("投诉", "投" * 140_000).encode(),
            "有一格超过 13 万字",
        ),
        (lambda _: b"", "past.csv 缺少列 create_time"),
    ],
)
def test_a_table_that_can_not_be_read_is_refused_with_its_line_and_what_to_do(
    tmp_path: Path, spoilt: Callable[[str], bytes], said: str
) -> None:
    past = write(tmp_path / "past.csv", history(2))
    past.write_bytes(spoilt(past.read_text("utf-8")))
    done = asks_for(tmp_path, past, write(tmp_path / "new.csv", history(1)))
    assert done.exit_code == 1 and said in done.stderr


def test_a_mark_at_the_beginning_and_no_rows_at_all_are_taken_as_they_are(tmp_path: Path) -> None:
    past, new = write(tmp_path / "past.csv", history(60)), write(tmp_path / "new.csv", [])
    past.write_text("\ufeff" + past.read_text("utf-8"), "utf-8")
    assert asks_for(tmp_path, past, new).exit_code == 0
    (header,) = (tmp_path / "out.csv").read_text("utf-8").splitlines()
    assert header.startswith("create_time,street") and header.endswith("unit_3,confidence_3")


def test_where_to_write_is_looked_at_before_minutes_are_spent(tmp_path: Path) -> None:
    past = write(tmp_path / "past.csv", history(60))
    arguments = ["--history", str(past), "--csv", str(past), "--out", str(tmp_path / "no/out.csv")]
    done = CliRunner().invoke(app, ["recommend-unit", *arguments])
    assert done.exit_code == 1 and "没有文件夹" in done.stderr


def test_days_as_spreadsheets_write_them_are_in_the_order_of_time() -> None:
    said = ["2018/10/1", "2018-02-08", "2018/2/9 8:05", "2018年2月9日", "2018-02-09T09:00:00+08:00"]
    assert sorted(map(moment, said)) == [
        "2018-02-08", "2018-02-09", "2018-02-09 08:05", "2018-02-09 09:00:00+08:00", "2018-10-01",
    ]  # fmt: skip
