"""The ledger of a grid, kept up from below."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from services.reference.ground import GroundError, Tree
from services.reference.ground.files import csv_lines
from services.reference.ground.register import (
    COLUMNS,
    Audit,
    Entry,
    Update,
    apply,
    read_register,
    read_updates,
    rows,
)
from tests.unit.reference.ground.outlined import GRID, tree_of

CODE = f"{GRID}001"
TREE = Tree(tree_of(CODE, f"{GRID}002"))
ENTRY = Entry(CODE, 60, 150, 2, 1, {"党员": 3}, {"灭火器": 4})
NOW = datetime(2026, 11, 22, tzinfo=UTC)


def table(folder: Path, *lines: str) -> Path:
    path = folder / "table.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    path = tmp_path / "register.csv"
    path.write_bytes(b"".join(csv_lines(COLUMNS, rows([ENTRY]))))
    assert read_register(path, TREE) == {CODE: ENTRY}


def test_an_update_changes_one_number_and_leaves_a_record(tmp_path: Path) -> None:
    path = table(tmp_path, "编码,项目,数值", f"{CODE},户数,61", f"{CODE},志愿者.医护,2")
    before = {CODE: ENTRY}
    after, audit = apply(before, read_updates(path), "W1", NOW, TREE)
    assert after[CODE].households == 61
    assert after[CODE].volunteers == {"党员": 3, "医护": 2}
    assert audit == [
        Audit("W1", NOW, CODE, "households", 60, 61),
        Audit("W1", NOW, CODE, "volunteers.医护", 0, 2),
    ]
    assert before == {CODE: ENTRY}


def test_an_update_that_changes_nothing_leaves_no_record() -> None:
    after, audit = apply({CODE: ENTRY}, [Update(CODE, "units", 2)], "W1", NOW, TREE)
    assert after == {CODE: ENTRY} and audit == []


def test_a_unit_without_an_entry_gets_one() -> None:
    after, _ = apply({}, [Update(CODE, "stock.急救包", 1)], "W1", NOW, TREE)
    assert after == {CODE: Entry(CODE, stock={"急救包": 1})}


@pytest.mark.parametrize(
    ("update", "sentence"),
    [
        (Update("999001001001001009", "households", 60, 2), "第 2 行：.*不在网格树里"),
        (Update(CODE, "population", 9_999, 3), "第 3 行：.*平均每户超过 20 人"),
    ],
)
def test_what_can_not_be_true_is_refused_and_nothing_is_taken(
    update: Update, sentence: str
) -> None:
    register = {CODE: ENTRY}
    with pytest.raises(GroundError, match=sentence):
        apply(register, [Update(CODE, "exits", 2), update], "W1", NOW, TREE)
    assert register == {CODE: ENTRY}


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        (f"{CODE},households,六十", "第 2 行：households 是 '六十'：请写 0 到"),
        (f"{CODE},phone,1", "第 2 行：项目 'phone' 不认识"),
        (f"{CODE},volunteers,1", "不认识"),
        ("123,households,1", "第 2 行：编码 '123' 有 3 位"),
    ],
)
def test_a_line_that_can_not_be_read_is_named(line: str, sentence: str, tmp_path: Path) -> None:
    with pytest.raises(GroundError, match=sentence):
        read_updates(table(tmp_path, "code,field,value", line))


def test_all_wrong_lines_of_a_register_are_named_at_once(tmp_path: Path) -> None:
    path = table(tmp_path, "code,households", f"{CODE},60", f"{CODE},61", f"{GRID}003,5")
    with pytest.raises(GroundError, match="第 3 行：.*出现了两次(.|\n)*第 4 行：.*不在网格树里"):
        read_register(path, TREE)


def test_there_is_no_field_for_a_person() -> None:
    assert not {"name", "phone", "person", "id_card"} & set(COLUMNS)
