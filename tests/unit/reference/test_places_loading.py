"""A gazetteer that can not be used is refused, each problem with its line and a remedy."""

from pathlib import Path

import pytest

from services.reference.places import GazetteerError, load_gazetteer
from services.reference.places.entries import Numbers
from services.reference.places.loading import COLUMNS
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
    return [each.removeprefix(f"{path}:") for each in raised.value.problems]


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
        ("house,朝雨苑,,,,,,,,,,,", "kind 'house' is not known: use one of community, road"),
        ("estate,苑,,,,,,,,,,,", "name '苑' is too short to be found in a text: write the full"),
        (f"estate,{'雨' * 61},,,,,,,,,,,", "is longer than 60 characters: shorten it"),
        ("estate,朝雨苑,雨,,,,,,,,,,", "alias '雨' is too short, it would be found everywhere"),
        ("building,,,,朝云苑,三栋,,,,,,,", "building '三栋' is no number or letter: write 3 or B"),
        ("building,,,,,3,,,,,,,", "a building needs its estate: name the estate in the column"),
        ("gate,北门,,,,,,,,,,,", "a gate needs its estate"),
        ("gate,北门,,,朝云苑,,,,,,,,", "estate '朝云苑' is not in the file: add its row"),
        ("crossing,朝雨路口,,,,,,,,,,朝雨路,", "a crossing needs two roads: write them in the"),
        ("estate,朝雨苑,,,,,100.01,,,,,,", "'100.01', '' are no degrees: write both"),
        ("estate,朝雨苑,,,,,30.02,100.01,,,,,", "longitude 30.02 and latitude 100.01 are swapped"),
        ("estate,朝雨苑,,,,,0,0,,,,,", "0.0, 0.0 lies outside of China: write longitude and"),
        ("estate,朝雨苑,,,,,nan,30,,,,,", "nan, 30.0 lies outside of China"),
        ("estate,朝雨苑,,,,,,,9901080,,,,", "community '9901080' is no code of 12 digits: format"),
        (
            "estate,朝雨苑,,,,,,,990108001001,990108001002001,,,",
            "grid 990108001002001 does not lie in 990108001001: correct one of the two codes",
        ),
        ("estate,朝雨苑,,,,,,,,,,朝雨路,8-2", "numbers '8-2' can not be read: write 12, 2-98"),
        ("estate,朝雨苑,,,,,,,,,,,12", "numbers need one road: name it in the column road"),
        ("estate,朝雨苑,,,,,,,,,,朝云路,", "road '朝云路' is not in the file: add its row"),
        (ROAD, "is the same as line 2: remove one, or join their aliases"),
    ],
)
def test_a_row_that_can_not_be_used_is_named_with_a_remedy(
    tmp_path: Path, row: str, problem: str
) -> None:
    found = problems(tmp_path, ROAD, row)
    assert any(each.startswith("3: ") and problem in each for each in found)


def test_all_problems_of_a_file_are_told_at_once_in_its_order(tmp_path: Path) -> None:
    found = problems(tmp_path, "house,一二,,,,,,,,,,,", ROAD, "estate,苑,,,,,,,,,,,")
    assert [each[:2] for each in found] == ["2:", "4:"]


def test_a_file_in_gbk_is_named_with_its_line_and_how_to_save_it(tmp_path: Path) -> None:
    path = written(tmp_path, ROAD)
    path.write_bytes(path.read_text(encoding="utf-8").encode("gbk"))
    with pytest.raises(GazetteerError, match=r":2: is written in GBK: save it as UTF-8"):
        load_gazetteer(path)


def test_a_file_that_is_no_text_is_named(tmp_path: Path) -> None:
    path = tmp_path / "gazetteer.csv"
    path.write_bytes(b"kind,name\n\xff\xff\xff")
    with pytest.raises(GazetteerError, match=r":2: is not text in UTF-8: export the table again"):
        load_gazetteer(path)


def test_a_byte_order_mark_of_excel_is_no_problem(tmp_path: Path) -> None:
    path = written(tmp_path, ROAD)
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    assert load_gazetteer(path).entries[0].name == "朝雨路"


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ("", r":1: lacks the columns kind, name"),
        ("kind,name\n", r":1: lacks the columns aliases, old_names"),
        (",".join(COLUMNS) + "\nroad,朝雨路\n", r":2: has 2 fields instead of 13: separate"),
        (",".join(COLUMNS) + '\nroad,"朝雨路\n', r" is no CSV .*: put quotes around fields"),
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
