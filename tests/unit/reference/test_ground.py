"""From a text, a point or a camera to a place."""

import json
from pathlib import Path

import pytest

from schemas.place import Place
from services.reference.ground import DEMO, load_ground
from services.reference.synthesise import street
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


def test_a_text_that_names_no_estate_is_nowhere() -> None:
    assert GROUND.find("3栋楼下") == Place()
    assert GROUND.find("") == Place()


def test_every_estate_is_found_by_its_name_and_by_its_middle() -> None:
    for estate in GROUND.estates:
        assert GROUND.find(estate.name).micro_grid == estate.micro_grid
        assert GROUND.locate(estate.longitude, estate.latitude).micro_grid == estate.micro_grid


def test_the_west_and_south_borders_belong_to_a_square_and_the_others_to_its_neighbours() -> None:
    for square in GROUND.squares:
        corner = GROUND.locate(square.west, square.south)
        assert corner.micro_grid == square.estate.micro_grid
        assert not square.holds(square.east, square.south)
        assert not square.holds(square.west, square.north)


def test_no_two_micro_grids_hold_the_same_point() -> None:
    for square in GROUND.squares:
        middle = (square.estate.longitude, square.estate.latitude)
        assert [each for each in GROUND.squares if each.holds(*middle)] == [square]


def test_a_located_point_keeps_its_own_degrees_and_names_no_building() -> None:
    square = GROUND.squares[0]
    place = GROUND.locate(square.west + 1e-5, square.south + 1e-5)
    assert (place.longitude, place.latitude) == (square.west + 1e-5, square.south + 1e-5)
    assert (place.estate, place.building) == (ESTATE.name, None)


def test_a_point_off_the_ground_is_that_point_alone() -> None:
    assert GROUND.locate(0.0, 0.0) == Place(longitude=0.0, latitude=0.0)
    west = GROUND.squares[0].west - 1e-6
    assert GROUND.locate(west, GROUND.squares[0].south).estate is None


def test_a_camera_looks_at_its_estate_whichever_channel_is_named() -> None:
    known = GROUND.cameras[0]
    for channel in (known.channel, "", "99"):
        place = GROUND.camera(known.device, channel)
        assert place is not None and place.estate == known.estate
        assert place.confidence == 1.0


def test_a_camera_of_two_channels_looks_at_two_estates(tmp_path: Path) -> None:
    tree = street()
    first, second = tree["communities"][0]["grids"][0]["micro_grids"][:2]
    first["cameras"] = [{"device": "D", "channel": "1"}]
    second["cameras"] = [{"device": "D", "channel": "2"}]
    path = tmp_path / "street.json"
    path.write_text(json.dumps(tree), encoding="utf-8")
    seen = [load_ground(path).camera("D", channel) for channel in ("1", "2")]
    assert [each and each.estate for each in seen] == [first["estate"], second["estate"]]


def test_a_camera_that_is_not_registered_looks_nowhere() -> None:
    assert GROUND.camera("no such device", "1") is None


def test_the_version_follows_the_content(tmp_path: Path) -> None:
    copy, other = tmp_path / "copy.json", tmp_path / "other.json"
    copy.write_bytes(DEMO.read_bytes())
    other.write_bytes(DEMO.read_bytes() + b"\n")
    assert load_ground(copy) == GROUND
    assert load_ground(other).version != GROUND.version


def test_codes_of_the_ground_lie_in_one_another() -> None:
    for estate in GROUND.estates:
        assert estate.micro_grid.startswith(estate.grid) and len(estate.micro_grid) == 18
        assert estate.grid.startswith(estate.community) and len(estate.grid) == 15
        assert estate.community in GROUND.communities
        assert estate.community.startswith(GROUND.street)


def test_the_shipped_street_is_the_one_that_is_synthesised() -> None:
    assert json.loads(DEMO.read_bytes()) == street()
