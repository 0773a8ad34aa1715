"""A gazetteer that can not be used is refused, each problem with its line and a remedy."""

from dataclasses import replace
from pathlib import Path

import pytest

from services.reference.places import GazetteerError, load_gazetteer
from services.reference.places.entries import Numbers
from services.reference.places.loading import COLUMNS, row_of
from tests.bench.places import DATA

ROAD = "road,朝雨路,,,,,,,,,,,"
ESTATE = "estate,朝雨苑,雨苑,旧雨坊,,,100.01,30.02,990108001001,,,朝雨路,2-8双"


def written(folder: Path, *rows: str) -> Path:
    path = folder / "gazetteer.csv"
    path.write_text("\n".join((",".join(COLUMNS), *rows)) + "\n", encoding="utf-8")
    return path


def problems(folder: Path, *rows: str) -> list[str]:
    path = written(folder, *rows)
    with pytest.raises(GazetteerError) as raised:
        load_gazetteer(path)
    return [each.removeprefix(f"{path} 第 ") for each in raised.value.problems]


def test_a_row_becomes_an_entry(tmp_path: Path) -> None:
    estate = load_gazetteer(written(tmp_path, ROAD, "", ESTATE)).entries[1]
    assert (estate.name, estate.aliases, estate.old_names) == ("朝雨苑", ("雨苑",), ("旧雨坊",))
    assert (estate.longitude, estate.latitude, estate.line) == (100.01, 30.02, 4)
    assert (estate.roads, estate.numbers) == (("朝雨路",), (Numbers(2, 8, 2),))


@pytest.mark.parametrize(
    ("field", "numbers", "others"),
    [
        ("7", [7], [6, 8]),
        ("3-5", [3, 4, 5], [2, 6]),
        ("1-9单", [1, 9], [2, 8]),
        ("1-9双", [2, 8], [1, 9]),
        ("4|6", [4, 6], [5]),
    ],
)
def test_house_numbers_are_ranges_of_all_or_odd_or_even(
    tmp_path: Path, field: str, numbers: list[int], others: list[int]
) -> None:
    row = f"estate,朝雨苑,,,,,,,,,,朝雨路,{field}"
    entry = load_gazetteer(written(tmp_path, ROAD, row)).entries[1]
    assert all(any(each.holds(number) for each in entry.numbers) for number in numbers)
    assert not any(each.holds(number) for each in entry.numbers for number in others)


def test_the_version_follows_the_content(tmp_path: Path) -> None:
    one = load_gazetteer(written(tmp_path, ROAD)).version
    assert load_gazetteer(written(tmp_path, ROAD)).version == one
    assert load_gazetteer(written(tmp_path, ROAD, ESTATE)).version != one


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        ("house,朝雨苑,,,,,,,,,,,", "类型 'house' 不认识：请写 community、road"),
        ("estate,苑,,,,,,,,,,,", "名称 '苑' 太短，在文中找不准：请写全名"),
        (f"estate,{'雨' * 61},,,,,,,,,,,", "超过 60 个字：请缩短"),
        ("estate,朝雨苑,雨,,,,,,,,,,", "别名 '雨' 太短，到处都会命中"),
        ("building,,,,朝云苑,三栋,,,,,,,", "楼栋 '三栋' 不是数字或字母：请写 3 或 B"),
        ("building,,,,,3,,,,,,,", "楼栋要有所属小区：请在 estate 列写"),
        ("gate,北门,,,,,,,,,,,", "小区的门要有所属小区"),
        ("gate,北门,,,朝云苑,,,,,,,,", "小区 '朝云苑' 不在文件里：请补上它的一行"),
        ("crossing,朝雨路口,,,,,,,,,,朝雨路,", "路口要有两条路：请在 road 列"),
        ("estate,朝雨苑,,,,,100.01,,,,,,", "坐标 '100.01', '' 不是度：请都写成"),
        ("estate,朝雨苑,,,,,30.02,100.01,,,,,", "经度 30.02 与纬度 100.01 写反了"),
        ("estate,朝雨苑,,,,,0,0,,,,,", "坐标 0.0, 0.0 在境外：请写 WGS-84"),
        ("estate,朝雨苑,,,,,nan,30,,,,,", "坐标 nan, 30.0 在境外"),
        ("estate,朝雨苑,,,,,,,9901080,,,,", "community '9901080' 不是 12 位编码：请把该列"),
        (
            "estate,朝雨苑,,,,,,,990108001001,990108001002001,,,",
            "grid 990108001002001 不属于 990108001001：请改正其中一个编码",
        ),
        ("estate,朝雨苑,,,,,,,,,,朝雨路,8-2", "门牌 '8-2' 读不懂：请写 12、2-98"),
        ("estate,朝雨苑,,,,,,,,,,,12", "有门牌就要有一条路：请在 road 列写路名"),
        ("estate,朝雨苑,,,,,,,,,,朝云路,", "道路 '朝云路' 不在文件里：请补上它的一行"),
        (ROAD, "与第 2 行重复：请删去一行，或合并别名"),
    ],
)
def test_a_row_that_can_not_be_used_is_named_with_a_remedy(
    tmp_path: Path, row: str, problem: str
) -> None:
    found = problems(tmp_path, ROAD, row)
    assert any(each.startswith("3 行：") and problem in each for each in found)


def test_all_problems_of_a_file_are_told_at_once_in_its_order(tmp_path: Path) -> None:
    found = problems(tmp_path, "house,一二,,,,,,,,,,,", ROAD, "estate,苑,,,,,,,,,,,")
    assert [each[:3] for each in found] == ["2 行", "4 行"]


def test_a_file_in_gbk_is_named_with_its_line_and_how_to_save_it(tmp_path: Path) -> None:
    path = written(tmp_path, ROAD)
    path.write_bytes(path.read_text(encoding="utf-8").encode("gbk"))
    with pytest.raises(GazetteerError, match=r"第 2 行：这里起是 GBK 编码：请在 Excel"):
        load_gazetteer(path)


def test_a_file_that_is_no_text_is_named(tmp_path: Path) -> None:
    path = tmp_path / "gazetteer.csv"
    path.write_bytes(b"kind,name\n\xff\xff\xff")
    with pytest.raises(GazetteerError, match=r"第 2 行：不是 UTF-8 文本：请重新导出"):
        load_gazetteer(path)


def test_a_byte_order_mark_of_excel_is_no_problem(tmp_path: Path) -> None:
    path = written(tmp_path, ROAD)
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    assert load_gazetteer(path).entries[0].name == "朝雨路"


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ("", r"第 1 行：缺少列 kind、name"),
        ("kind,name\n", r"第 1 行：缺少列 aliases、old_names"),
        (",".join(COLUMNS) + "\nroad,朝雨路\n", r"第 2 行：有 2 个字段，应为 13 个：别名之间"),
        (",".join(COLUMNS) + '\nroad,"朝雨路\n', r"不是 CSV.*：含逗号的内容请加引号"),
    ],
)
def test_a_table_of_the_wrong_shape_is_named(tmp_path: Path, content: str, problem: str) -> None:
    path = tmp_path / "gazetteer.csv"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(GazetteerError, match=problem):
        load_gazetteer(path)


def test_namesakes_in_two_communities_are_two_estates(tmp_path: Path) -> None:
    rows = [f"estate,朝雨苑,,,,,,,99010800100{each},,,," for each in (1, 2)]
    assert len(load_gazetteer(written(tmp_path, *rows)).entries) == 2


def test_the_invented_town_loads() -> None:
    assert len(load_gazetteer(DATA / "gazetteer.csv").entries) == 180


def test_what_is_written_is_what_was_read(tmp_path: Path) -> None:
    town = load_gazetteer(DATA / "gazetteer.csv")
    rows = [",".join(row_of(each)) for each in town.entries]
    again = load_gazetteer(written(tmp_path, *rows))
    assert [replace(each, line=0) for each in again.entries] == [
        replace(each, line=0) for each in town.entries
    ]
