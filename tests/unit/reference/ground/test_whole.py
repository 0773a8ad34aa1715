"""From a text, a point or a camera to a place."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from schemas.place import Place
from services.reference.ground import DEMO, GroundError, demo, load_ground
from services.reference.ground.files import write_ground
from services.reference.ground.places import CAMERA_COLUMNS
from tests.unit.reference.cases import ESTATE, GROUND


def test_a_text_that_names_an_estate_is_in_its_micro_grid() -> None:
    place = GROUND.find(f"今天{ESTATE.name}门口有人吵架")
    assert (place.estate, place.building, place.address) == (ESTATE.name, None, ESTATE.name)
    assert (place.micro_grid, place.grid) == (ESTATE.micro_grid, ESTATE.grid)
    assert (place.longitude, place.latitude) == (ESTATE.longitude, ESTATE.latitude)


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("3栋", "3"),
        ("３号楼", "3"),
        ("03幢", "3"),
        ("三座", "3"),
        ("12 栋", "12"),
        ("十栋", "10"),
        ("十二栋", "12"),
        ("二十栋", "20"),
        ("二十一号楼", "21"),
        ("一二栋", "12"),
        ("十十栋", "10"),
    ],
)
def test_a_building_is_the_same_however_its_number_is_written(written: str, number: str) -> None:
    place = GROUND.find(f"{ESTATE.name}{written}楼下")
    assert (place.building, place.address) == (number, f"{ESTATE.name}{number}栋")


def test_a_building_is_looked_for_behind_the_name_and_makes_the_place_surer() -> None:
    before, behind = GROUND.find(f"3栋{ESTATE.name}"), GROUND.find(f"{ESTATE.name}3栋")
    assert before.building is None
    assert before.confidence < behind.confidence


def test_a_building_that_the_gazetteer_has_is_at_its_own_point() -> None:
    first, last = (GROUND.find(f"{ESTATE.name}{number}栋") for number in (1, ESTATE.buildings))
    assert first.longitude is not None and last.longitude is not None
    assert first.longitude < ESTATE.longitude < last.longitude
    assert GROUND.find(f"{ESTATE.name}99栋").longitude == ESTATE.longitude


def test_a_text_that_names_no_estate_is_nowhere() -> None:
    assert GROUND.find("3栋楼下") == Place()
    assert GROUND.find("") == Place()


def test_every_estate_is_found_by_its_name_and_by_its_middle() -> None:
    for estate in GROUND.estates:
        assert GROUND.find(estate.name).micro_grid == estate.micro_grid
        assert GROUND.locate(estate.longitude, estate.latitude).micro_grid == estate.micro_grid


def test_a_located_point_keeps_its_own_degrees_and_names_no_building() -> None:
    place = GROUND.locate(ESTATE.longitude + 1e-5, ESTATE.latitude)
    assert (place.longitude, place.latitude) == (ESTATE.longitude + 1e-5, ESTATE.latitude)
    assert (place.estate, place.building) == (ESTATE.name, None)


def test_a_point_off_the_ground_is_that_point_alone() -> None:
    nowhere = Place(longitude=0.0, latitude=0.0, ground=GROUND.version)
    assert GROUND.locate(0.0, 0.0) == nowhere


def test_every_place_says_by_which_version_of_the_ground_it_was_found() -> None:
    found = [
        GROUND.find(ESTATE.name),
        GROUND.locate(ESTATE.longitude, ESTATE.latitude),
        GROUND.camera(GROUND.cameras[0].device),
    ]
    assert [place and place.ground for place in found] == [GROUND.version] * 3


def test_a_camera_looks_at_its_estate_whichever_channel_is_named() -> None:
    known = GROUND.cameras[0]
    for channel in (known.channel, "", "99"):
        place = GROUND.camera(known.device, channel)
        assert place is not None and place.estate == known.estate
        assert place.confidence == 1.0


def with_cameras(folder: Path, *rows: str) -> Path:
    """The demonstration street with other cameras."""
    files = {name: [(DEMO / name).read_bytes()] for name in GROUND.manifest.files}
    files["cameras.csv"] = ["\n".join((",".join(CAMERA_COLUMNS), *rows, "")).encode()]
    write_ground(folder / "ground", demo.ABOUT, files)
    return folder / "ground"


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
