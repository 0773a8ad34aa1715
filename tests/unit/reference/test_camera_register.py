"""The register of cameras: read with its line, checked against the tree, used for the place."""

import shutil
from pathlib import Path

import pytest

from services.intake.adapters.cameras.alarm import Alarm, Meaning, state
from services.intake.domain.reception import Arrival, Belongings, receive
from services.intake.domain.submission import Life
from services.reference.ground import DEMO, Ground, load_ground
from services.reference.ground.cameras import read_cameras
from services.reference.ground.errors import GroundError
from services.reference.ground.files import CAMERAS, GAZETTEER, OUTLINES, UNITS, write_ground
from tests.unit.intake.records import ESTATE, GROUND, NOON

HEADER = "device,channel,estate,code,longitude,latitude,building,height\n"
CODE = ESTATE.micro_grid


def register(folder: Path, *rows: str, header: str = HEADER) -> Path:
    """A file of cameras."""
    path = folder / CAMERAS
    path.write_text(header + "".join(f"{row}\n" for row in rows), encoding="utf-8")
    return path


def ground_with(folder: Path, *rows: str) -> Ground:
    """The demonstration street with other cameras."""
    files = {name: [(DEMO / name).read_bytes()] for name in (UNITS, OUTLINES, GAZETTEER)}
    files[CAMERAS] = [register(folder, *rows).read_bytes()]
    write_ground(folder / "ground", GROUND.manifest, files)
    return load_ground(folder / "ground")


def test_a_camera_knows_the_building_that_it_faces_and_how_high_it_sees(tmp_path: Path) -> None:
    ground = ground_with(tmp_path, f"C1,2,{ESTATE.name},{CODE},104.1,30.6,3栋,54.5")
    seen = ground.camera("C1", "2")
    assert seen is not None and (seen.estate, seen.building) == (ESTATE.name, "3")
    assert seen.address == f"{ESTATE.name}3栋" and seen.micro_grid == CODE
    camera = ground.registered("C1", "2")
    assert camera is not None and camera.view == "面向3栋，视野高54.5米"


def test_of_a_recorder_with_several_cameras_an_unknown_channel_is_nowhere(tmp_path: Path) -> None:
    rows = (f"N1,{channel},{ESTATE.name},{CODE},104.1,30.6,," for channel in (1, 2))
    ground = ground_with(tmp_path, *rows, f"C1,1,{ESTATE.name},{CODE},104.1,30.6,,")
    assert ground.camera("N1", "2") is not None
    assert ground.camera("N1", "9") is None and ground.camera("N1") is None
    assert ground.camera("C1", "001") is not None and ground.camera("C1") is not None


def test_who_judges_a_toss_is_told_what_the_camera_looks_at(tmp_path: Path) -> None:
    ground = ground_with(tmp_path, f"C1,,{ESTATE.name},{CODE},104.1,30.6,3,54")
    told = Alarm("v", "C1", "7", "x", "a1", Life.PULSE, None)
    said = state(told, {"x": Meaning("疑似高空抛物", "91001")})
    kept = receive(said, Arrival(NOON, NOON), "", ground, Belongings())
    assert kept.text.endswith("（面向3栋，视野高54米）") and kept.place.building == "3"


def test_columns_that_are_not_there_and_codes_of_14_digits_are_fine(tmp_path: Path) -> None:
    header = "device,channel,estate,code,longitude,latitude\n"
    (camera,) = read_cameras(register(tmp_path, "C,1,,51010800400301,104,30", header=header))
    assert (camera.code, camera.building, camera.height, camera.view) == (
        "510108004003001", "", None, "",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        (f",1,,{CODE},104,30,,", "第 2 行.*设备号"),
        (f"C,1,,{CODE},104,30,,-3", "第 2 行.*高度"),
        (f"C,1,,{CODE},104,30,,高", "第 2 行.*高度"),
        (f"C,1,,{CODE},east,30,,", "第 2 行.*坐标"),
        (f"C,1,,{CODE},104,30,3,", "第 2 行.*小区"),
        ("C,1,,5101,104,30,,", "第 2 行.*编码"),
        (f"C,1,,{CODE},104,30,,\nC,1,,{CODE},104,30,,", "第 3 行与第 2 行.*同一通道"),
    ],
)
def test_a_fault_names_its_line_and_what_to_do(tmp_path: Path, row: str, sentence: str) -> None:
    with pytest.raises(GroundError, match=sentence):
        read_cameras(register(tmp_path, row))


def test_a_unit_that_is_not_in_the_tree_is_found_before_the_ground_is_used(tmp_path: Path) -> None:
    ground = ground_with(tmp_path, "C,1,,510199999999,104,30,,")
    with pytest.raises(GroundError, match="不在网格树里"):
        ground.warm()


def test_another_height_is_another_version(tmp_path: Path) -> None:
    row = f"C1,2,{ESTATE.name},{CODE},104.1,30.6,3,"
    one = ground_with(tmp_path, row + "54").version
    shutil.rmtree(tmp_path / "ground")
    assert ground_with(tmp_path, row + "60").version != one
