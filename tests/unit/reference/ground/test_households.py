"""The household register: sealed, minimal, opened for a purpose only."""

import csv
from datetime import UTC, datetime
from pathlib import Path

import pytest

from services.reference.ground.errors import GroundError
from services.reference.ground.households import (
    ACCESS,
    Household,
    HouseholdRegister,
    Purpose,
    new_key,
    read_households,
)

HERE, THERE = "510108004003001001", "510108004003001002"
COMMUNITY = HERE[:12]
NOW = datetime(2026, 7, 3, tzinfo=UTC)
ALONE = Household(HERE, "3栋2单元501", 1, ("独居老人",), consent=True)
QUIET = Household(HERE, "3栋2单元502", 2, ("行动不便",), consent=False)
FAMILY = Household(THERE, "1栋1单元101", 4)


@pytest.fixture
def register(tmp_path: Path) -> HouseholdRegister:
    made = HouseholdRegister(tmp_path / "households", new_key())
    made.replace([ALONE, QUIET, FAMILY])
    return made


def test_an_evacuation_sees_every_household_of_its_area(register: HouseholdRegister) -> None:
    assert register.open(COMMUNITY, Purpose.EVACUATION, "W-1", NOW) == [ALONE, QUIET, FAMILY]
    assert register.open(THERE, Purpose.EVACUATION, "W-1", NOW) == [FAMILY]


def test_a_visit_sees_only_who_agreed_and_needs_care(register: HouseholdRegister) -> None:
    assert register.open(COMMUNITY, Purpose.VISIT, "W-1", NOW) == [ALONE]


def test_every_opening_is_written_down_without_what_was_seen(
    register: HouseholdRegister, tmp_path: Path
) -> None:
    register.open(COMMUNITY, Purpose.VISIT, "W-1", NOW)
    register.open(HERE, Purpose.EVACUATION, "W-2", NOW)
    with (tmp_path / "households" / ACCESS).open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(row["who"], row["purpose"], row["households"]) for row in rows] == [
        ("W-1", "关爱走访", "1"),
        ("W-2", "疏散", "2"),
    ]


def test_nobody_opens_it_without_a_number_or_a_whole_street(register: HouseholdRegister) -> None:
    with pytest.raises(GroundError, match="经办人工号"):
        register.open(COMMUNITY, Purpose.EVACUATION, " ", NOW)
    with pytest.raises(GroundError, match="范围太大"):
        register.open("510108004", Purpose.EVACUATION, "W-1", NOW)


def test_nothing_of_it_can_be_read_on_the_disk(register: HouseholdRegister, tmp_path: Path) -> None:
    for path in (tmp_path / "households").iterdir():
        content = path.read_bytes()
        assert "单元".encode() not in content and "独居".encode() not in content
        assert path.stat().st_mode & 0o077 == 0


def test_another_key_or_another_name_does_not_open_it(
    register: HouseholdRegister, tmp_path: Path
) -> None:
    folder = tmp_path / "households"
    with pytest.raises(GroundError, match="密钥不对，或文件被改过"):
        HouseholdRegister(folder, new_key()).open(COMMUNITY, Purpose.EVACUATION, "W-1", NOW)
    (folder / f"{COMMUNITY}.sealed").rename(folder / "510108004004.sealed")
    with pytest.raises(GroundError, match="换过名"):
        register.open("510108004004", Purpose.EVACUATION, "W-1", NOW)
    with pytest.raises(GroundError, match="hub household key"):
        HouseholdRegister(folder, "no key")


def test_a_micro_grid_is_replaced_whole_and_its_neighbours_stay(
    register: HouseholdRegister,
) -> None:
    moved_in = Household(HERE, "3栋2单元503", 3)
    assert register.replace([moved_in]) == 2
    assert register.open(COMMUNITY, Purpose.EVACUATION, "W-1", NOW) == [moved_in, FAMILY]


def test_a_file_is_read_with_chinese_columns(tmp_path: Path) -> None:
    path = tmp_path / "in.csv"
    path.write_text(
        f"编码,门牌,人数,照护需要,同意走访\n{HERE},3栋2单元501,1,独居老人,是\n", encoding="utf-8"
    )
    assert read_households(path) == [ALONE]


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (f"{COMMUNITY},1栋,2,,0", "第 2 行：510108004003 不是微网格"),
        (f"{HERE},1栋 13800008000,2,,0", "不写姓名、电话和证件号"),
        (f"{HERE},,2,,0", "门牌只写"),
        (f"{HERE},1栋,0,,0", "人数是 '0'"),
        (f"{HERE},1栋,2,胖,0", "照护需要 '胖' 不认识"),
        (f"{HERE},1栋,2,,maybe", "同意走访是 'maybe'"),
    ],
)
def test_a_row_that_is_wrong_is_named_with_its_line(tmp_path: Path, row: str, said: str) -> None:
    path = tmp_path / "in.csv"
    path.write_text(f"code,door,size,care,consent\n{row}\n", encoding="utf-8")
    with pytest.raises(GroundError, match=said):
        read_households(path)
