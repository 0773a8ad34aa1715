"""From a text, a point or a camera to a place."""

import shutil
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

import pytest

from schemas.place import Place
from services.reference.ground import DEMO, GroundError, demo, load_ground
from services.reference.ground.cameras import COLUMNS as CAMERA_COLUMNS
from services.reference.ground.codes import Level
from services.reference.ground.files import write_ground
from services.reference.places import Entry, Match
from services.reference.places.loading import COLUMNS as GAZETTEER_COLUMNS
from tests.unit.reference.cases import ESTATE, GROUND


def found(text: str, near: str | None = None) -> Place:
    return GROUND.find(text, near).place


def test_a_text_that_names_an_estate_is_in_its_micro_grid() -> None:
    place = found(f"今天{ESTATE.name}门口有人吵架")
    assert (place.estate, place.building, place.address) == (ESTATE.name, None, ESTATE.name)
    assert (place.micro_grid, place.grid) == (ESTATE.micro_grid, ESTATE.grid)
    assert (place.longitude, place.latitude) == (ESTATE.longitude, ESTATE.latitude)


@pytest.mark.parametrize("written", ["3栋", "３号楼", "03幢", "三座"])
def test_a_building_is_the_same_however_its_number_is_written(written: str) -> None:
    place = found(f"{ESTATE.name}{written}楼下")
    assert (place.building, place.address) == ("3", f"{ESTATE.name}3栋")


def test_a_building_that_the_gazetteer_has_is_at_its_own_point() -> None:
    first, last = (found(f"{ESTATE.name}{number}栋") for number in (1, ESTATE.buildings))
    assert first.longitude is not None and last.longitude is not None
    assert first.longitude < ESTATE.longitude < last.longitude


def test_a_building_that_the_gazetteer_has_not_is_left_out_and_told() -> None:
    match = GROUND.find(f"{ESTATE.name}99栋")
    assert (match.place.building, match.place.longitude) == (None, ESTATE.longitude)
    assert match.confidence < 0.9 and "台账里没有99栋" in match.why


def test_a_text_that_names_no_place_is_nowhere() -> None:
    assert GROUND.find("3栋楼下") == GROUND.find("") == Match(Place())


def test_where_several_are_meant_only_what_they_share_is_known() -> None:
    match = GROUND.find("云栖小区")
    assert match.alternatives == ("云栖一期", "云栖二期") and not match.is_sure
    assert (match.place.ground, match.place.longitude) == (GROUND.version, None)
    assert match.confidence <= 0.4


def test_what_the_source_names_decides_between_equals() -> None:
    for near, name in (("510108004005", "扶摇店"), ("510108004009", "听雨店")):
        match = GROUND.find("好时邻超市门口", near)
        assert match.name == f"好时邻超市{name}" and "按来源所在社区取定" in match.why


@pytest.mark.parametrize("entry", [e for e in GROUND.gazetteer.entries if e.kind != "building"])
def test_every_place_of_the_street_is_found_in_its_unit(entry: Entry) -> None:
    match = GROUND.find(f"{entry.label}有人反映", entry.community)
    assert match.is_sure and match.name == entry.label
    unit = match.place.micro_grid or match.place.grid or match.place.community
    assert unit and unit.startswith(entry.code)
    assert match.place.ground == GROUND.version


def test_a_place_without_a_micro_grid_gets_the_one_that_holds_its_point() -> None:
    (school,) = (each for each in GROUND.gazetteer.entries if each.name == "揽星小学")
    place = found("揽星小学门口堵车")
    assert not school.micro_grid and place.micro_grid == "510108004003004001"
    assert place.estate is None and place.longitude == school.longitude


def test_the_code_of_an_entry_counts_more_than_its_point(tmp_path: Path) -> None:
    there = GROUND.estates[-1]
    row = f"estate,朝雨苑,,,,,{there.longitude},{there.latitude},{ESTATE.community},,,,"
    ground = load_ground(with_gazetteer(tmp_path, row))
    match = ground.find("朝雨苑")
    assert (match.place.community, match.place.micro_grid) == (ESTATE.community, None)
    assert "台账里的编码与坐标不在一处，按编码" in match.why


def test_a_community_of_the_tree_needs_no_row(tmp_path: Path) -> None:
    ground = load_ground(with_gazetteer(tmp_path))
    for unit in ground.tree.at(Level.COMMUNITY):
        assert ground.find(f"{unit.name}有人反映").place.community == unit.code


def test_a_community_is_known_by_its_name_with_and_without_its_ending() -> None:
    assert GROUND.community("双林") == GROUND.community("双林社区") == "510108004003"
    assert GROUND.community("双林社区", "双桥子街道") == "510108004003"
    assert GROUND.community("没有这个社区") == ""


def test_a_gazetteer_that_can_not_be_used_names_file_and_line(tmp_path: Path) -> None:
    ground = load_ground(with_gazetteer(tmp_path, "estate,苑,,,,,,,,,,,"))
    with pytest.raises(GroundError, match=r"gazetteer\.csv 第 2 行：名称 '苑' 太短"):
        ground.warm()


def test_every_estate_is_found_by_its_middle() -> None:
    for estate in GROUND.estates:
        assert GROUND.locate(estate.longitude, estate.latitude).micro_grid == estate.micro_grid


def test_a_located_point_keeps_its_own_degrees_and_names_no_building() -> None:
    place = GROUND.locate(ESTATE.longitude + 1e-5, ESTATE.latitude)
    assert (place.longitude, place.latitude) == (ESTATE.longitude + 1e-5, ESTATE.latitude)
    assert (place.estate, place.building) == (ESTATE.name, None)


def test_a_point_off_the_ground_is_that_point_alone() -> None:
    nowhere = Place(longitude=0.0, latitude=0.0, ground=GROUND.version)
    assert GROUND.locate(0.0, 0.0) == nowhere


def test_every_place_says_by_which_version_of_the_ground_it_was_found() -> None:
    places = [
        GROUND.find(ESTATE.name).place,
        GROUND.locate(ESTATE.longitude, ESTATE.latitude),
        GROUND.camera(GROUND.cameras[0].device),
    ]
    assert [place and place.ground for place in places] == [GROUND.version] * 3


def test_a_camera_looks_at_its_estate_whichever_channel_is_named() -> None:
    known = GROUND.cameras[0]
    for channel in (known.channel, "", "99"):
        place = GROUND.camera(known.device, channel)
        assert place is not None and place.estate == known.estate
        assert place.confidence == 1.0


def with_other(folder: Path, name: str, columns: Iterable[str], rows: Iterable[str]) -> Path:
    """The demonstration street with another file of this name."""
    files = {each: [(DEMO / each).read_bytes()] for each in GROUND.manifest.files}
    files[name] = ["\n".join((",".join(columns), *rows, "")).encode()]
    write_ground(folder / "ground", demo.ABOUT, files)
    return folder / "ground"


def with_cameras(folder: Path, *rows: str) -> Path:
    return with_other(folder, "cameras.csv", CAMERA_COLUMNS, rows)


def with_gazetteer(folder: Path, *rows: str) -> Path:
    return with_other(folder, "gazetteer.csv", GAZETTEER_COLUMNS, rows)


def test_a_camera_of_two_channels_looks_at_two_estates(tmp_path: Path) -> None:
    first, second = GROUND.estates[:2]
    rows = [f"D,{n},{e.name},{e.code},104,30" for n, e in enumerate((first, second), start=1)]
    ground = load_ground(with_cameras(tmp_path, *rows))
    seen = [ground.camera("D", channel) for channel in ("1", "2")]
    assert [each and each.estate for each in seen] == [first.name, second.name]


def test_a_camera_without_an_estate_looks_at_the_unit_of_its_registry(tmp_path: Path) -> None:
    ground = load_ground(with_cameras(tmp_path, f"D,1,,{ESTATE.grid},104,30"))
    place = ground.camera("D", "1")
    assert place is not None and (place.grid, place.micro_grid) == (ESTATE.grid, None)


def test_a_camera_that_is_not_registered_looks_nowhere() -> None:
    assert GROUND.camera("no such device", "1") is None


def test_the_version_follows_the_content(tmp_path: Path) -> None:
    shutil.copytree(DEMO, tmp_path / "copy")
    assert load_ground(tmp_path / "copy").version == GROUND.version
    assert load_ground(with_cameras(tmp_path)).version != GROUND.version


@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        (
            lambda ground: (ground / "units.csv").write_text("code\n"),
            "与 ground.json 里的校验值不符",
        ),
        (lambda ground: (ground / "outlines.geojsonl").unlink(), "不见了：请重新导入"),
        (lambda ground: (ground / "ground.json").unlink(), "没有 ground.json"),
        (lambda ground: (ground / "ground.json").write_text("{}"), "读不懂"),
        (shutil.rmtree, "不是目录"),
    ],
)
def test_a_ground_that_was_tampered_with_is_refused(
    spoil: object, sentence: str, tmp_path: Path
) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(DEMO, copy)
    spoil(copy)  # type: ignore[operator]
    with pytest.raises(GroundError, match=sentence):
        load_ground(copy)


def test_codes_of_the_ground_lie_in_one_another() -> None:
    for estate in GROUND.estates:
        assert estate.micro_grid.startswith(estate.grid) and len(estate.micro_grid) == 18
        assert estate.grid.startswith(estate.community) and len(estate.grid) == 15
        assert estate.community in GROUND.communities
        assert estate.community.startswith(GROUND.street)


def test_the_shipped_street_is_the_one_that_is_written_anew(tmp_path: Path) -> None:
    assert demo.write(tmp_path / "street").version == GROUND.version


def test_no_service_needs_what_only_imports_need() -> None:
    """Shapely costs memory and time at start: checks and synthesis load it, routing does not."""
    program = (
        "import sys, services.intake.main, services.dispatch.main;"
        "from services.reference.ground import load_ground; load_ground().warm();"
        "sys.exit('shapely' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
