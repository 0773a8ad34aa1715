"""`hub grid` and `hub route`, without any server."""

import csv
import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from services.cli.main import app
from services.reference.ground import DEMO, load_ground
from services.reference.ground.crs import Crs, from_wgs84

GROUND = load_ground()
ESTATE = GROUND.estates[0]
DISTRICT = [[104.0, 30.6], [104.03, 30.6], [104.03, 30.62], [104.0, 30.62], [104.0, 30.6]]
COMMUNITIES = """community_code,community,street_code,street,district_code,district
999001001001,甲社区,999001001,某街道,999001,某区
999001001002,乙社区,999001001,某街道,999001,某区
999001002001,丙社区,999001002,某镇,999001,某区
"""


def hub(*arguments: object, code: int = 0) -> str:
    result = CliRunner().invoke(app, [str(each) for each in arguments])
    assert result.exit_code == code, result.output
    return result.output


def told(*arguments: object, code: int = 0) -> Any:
    return json.loads(hub(*arguments, "--json", code=code))


@pytest.fixture
def sources(tmp_path: Path) -> list[object]:
    """--districts and --communities of a small invented district."""
    geometry = {"type": "Polygon", "coordinates": [DISTRICT]}
    properties = {"code": "999001", "name": "某区"}
    feature = {"type": "Feature", "properties": properties, "geometry": geometry}
    whole = {"type": "FeatureCollection", "features": [feature]}
    (tmp_path / "d.geojson").write_text(json.dumps(whole), encoding="utf-8")
    (tmp_path / "c.csv").write_text(COMMUNITIES, encoding="utf-8")
    return ["--districts", tmp_path / "d.geojson", "--communities", tmp_path / "c.csv"]


def test_districts_and_communities_become_a_ground_that_says_it_is_synthetic(
    sources: list[object], tmp_path: Path
) -> None:
    made = told("grid", "import", *sources, "--out", tmp_path / "g")
    assert made["ok"] and made["ground"]["synthetic"]
    assert made["ground"]["levels"]["community"] == 3
    assert made["ground"]["levels"]["micro_grid"] == 3 * 56
    ground = load_ground(tmp_path / "g")
    assert ground.version == made["ground"]["version"]
    assert "合成" in ground.manifest.source
    assert ground.route(104.01, 30.61).part is not None
    assert told("grid", "check", tmp_path / "g")["findings"] == []


def test_the_same_seed_imports_the_same_version(sources: list[object], tmp_path: Path) -> None:
    versions = [
        told("grid", "import", *sources, "--seed", 5, "--out", tmp_path / out)["ground"]["version"]
        for out in ("a", "b")
    ]
    assert versions[0].isalnum() and len(versions[0]) == 12
    assert load_ground(tmp_path / "a").manifest.files == load_ground(tmp_path / "b").manifest.files


def test_what_is_wrong_is_told_and_the_ground_in_use_stays(
    sources: list[object], tmp_path: Path
) -> None:
    out = tmp_path / "g"
    before = told("grid", "import", *sources, "--out", out)["ground"]["version"]
    shifted = [[float(v) for v in from_wgs84(x, y, Crs.GCJ02)] for x, y in DISTRICT]
    text = Path(str(sources[1])).read_text(encoding="utf-8")
    Path(str(sources[1])).write_text(text.replace(json.dumps(DISTRICT), json.dumps(shifted)))
    answer = told("grid", "import", *sources, "--out", out, code=1)
    assert [each["flaw"] for each in answer["findings"]] == ["wrong_crs"]
    assert "GCJ-02" in answer["findings"][0]["what"] and answer["ground"] is None
    assert load_ground(out).version == before
    assert "原有的地面不变" in hub("grid", "import", *sources, "--out", out, code=1)
    assert told("grid", "import", *sources, "--crs", "GCJ-02", "--out", out)["ok"]


def test_a_street_is_synthesised_with_its_237_grids(tmp_path: Path) -> None:
    out = tmp_path / "street"
    made = told("grid", "synthesise", "--size", "street", "--seed", 7, "--out", out)
    assert (made["levels"]["grid"], made["levels"]["micro_grid"]) == (237, 1_166)
    assert made["synthetic"] and "虚构" in made["source"]


def test_a_street_is_synthesised_inside_a_given_district(
    sources: list[object], tmp_path: Path
) -> None:
    out = tmp_path / "street"
    made = told("grid", "synthesise", *sources, "--of", "999001002", "--out", out)
    assert made["levels"] == {
        "district": 1,
        "street": 1,
        "community": 1,
        "grid": 237,
        "micro_grid": 1_166,
    }


def test_points_and_addresses_of_a_table_are_routed(tmp_path: Path) -> None:
    source, out = tmp_path / "in.csv", tmp_path / "out.csv"
    x, y = from_wgs84(ESTATE.longitude, ESTATE.latitude, Crs.BD09)
    rows = [
        "lon,lat,crs,address",
        f"{ESTATE.longitude},{ESTATE.latitude},,",
        f"{x},{y},BD-09,",
        f",,,{ESTATE.name}2栋",
        "0,0,,",
    ]
    source.write_text("\n".join(rows), encoding="utf-8")
    found = told("route", "--ground", DEMO, "--csv", source, "--out", out)
    assert found["rows"] == 4 and found["levels"] == {"micro_grid": 3, "desk": 1}
    with out.open(encoding="utf-8", newline="") as lines:
        answers = list(csv.DictReader(lines))
    assert [each["microgrid"] for each in answers] == [ESTATE.micro_grid] * 3 + [""]
    assert all(each["why"] for each in answers)


def test_a_table_in_gbk_is_refused_in_a_sentence(tmp_path: Path) -> None:
    source = tmp_path / "in.csv"
    source.write_text("address\n双林社区\n", encoding="gbk")
    output = hub("route", "--csv", source, "--out", tmp_path / "out.csv", code=1)
    assert "第 2 行起是 GBK 编码" in output


def test_a_point_is_explained_level_by_level() -> None:
    found = told("route", "explain", "--lon", ESTATE.longitude, "--lat", ESTATE.latitude)
    assert found["code"] == ESTATE.micro_grid
    assert found["why"][-1].startswith("结论：点在微网格")
    assert f"微网格 {ESTATE.micro_grid} 第1微网格" in found["why"]
    found = told("route", "explain", "--address", f"{ESTATE.name}门口")
    assert found["code"] == ESTATE.micro_grid


def test_the_outlines_for_a_map_bear_the_codes_of_the_units(tmp_path: Path) -> None:
    written = tmp_path / "grids.geojson"
    assert told("grid", "map", DEMO, "--level", "micro_grid", "--out", written)["units"] == 160
    features = json.loads(written.read_text(encoding="utf-8"))["features"]
    assert len(features) == 160 and all(len(each["id"]) == 18 for each in features)


def test_an_exported_ground_can_be_imported_again(tmp_path: Path) -> None:
    hub("grid", "export", DEMO, "--crs", "GCJ-02", "--out", tmp_path / "e")
    files = ["--units", tmp_path / "e/units.csv", "--outlines", tmp_path / "e/outlines.geojson"]
    again = told("grid", "import", *files, "--reference", DEMO, "--out", tmp_path / "g")
    assert [each["flaw"] for each in again["findings"]] == ["converted"]
    assert not again["ground"]["synthetic"]
    changes = told("grid", "diff", DEMO, tmp_path / "g")
    assert (changes["added"], changes["removed"], changes["renamed"]) == ([], [], [])


def test_a_ground_is_shown_and_drawn(tmp_path: Path) -> None:
    assert "双林社区" in hub("grid", "show", DEMO, "--out", tmp_path / "map.svg")
    assert (tmp_path / "map.svg").read_text(encoding="utf-8").startswith("<svg")
    hub("grid", "show", DEMO, "--out", tmp_path / "map.png")
    assert (tmp_path / "map.png").read_bytes().startswith(b"\x89PNG")
    assert "name the file .svg or .png" in hub("grid", "show", DEMO, "--out", "map.bmp", code=1)


def test_an_update_of_the_register_is_a_version_with_a_record(tmp_path: Path) -> None:
    updates = tmp_path / "u.csv"
    updates.write_text(f"code,field,value\n{ESTATE.micro_grid},households,66\n", encoding="utf-8")
    who = ["--updates", updates, "--who", "W1", "--out", tmp_path / "g"]
    made = told("grid", "update", DEMO, *who)
    (record,) = made["audit"]
    assert (record["who"], record["before"], record["after"]) == ("W1", 0, 66)
    assert told("grid", "diff", DEMO, tmp_path / "g")["recounted"] == [ESTATE.micro_grid]


def test_the_record_of_updates_only_grows_and_goes_with_the_ground(tmp_path: Path) -> None:
    updates, ground = tmp_path / "u.csv", DEMO
    for number in (66, 67):
        updates.write_text(
            f"code,field,value\n{ESTATE.micro_grid},households,{number}\n", encoding="utf-8"
        )
        out = tmp_path / f"g{number}"
        told("grid", "update", ground, "--updates", updates, "--who", "W1", "--out", out)
        ground = out
    lines = (ground / "register_audit.csv").read_text(encoding="utf-8").splitlines()
    assert lines[0] == "who,when,code,field,before,after"
    assert [line.rpartition(",")[2] for line in lines[1:]] == ["66", "67"]
    assert load_ground(ground).version != load_ground(tmp_path / "g66").version


def test_a_published_ground_is_what_the_store_gives(tmp_path: Path) -> None:
    version = told("grid", "publish", DEMO, "--store", tmp_path / "store")["version"]
    assert load_ground(tmp_path / "store").version == version == GROUND.version


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["route"], "say what and where to"),
        (["route", "explain"], "say where"),
        (["route", "explain", "--lon", "1", "--lat", "1", "--crs", "西安80"], "不认识"),
        (["grid", "import", "--out", "x"], "there is nothing to import"),
        (["grid", "check", "nowhere"], "不是目录"),
        (["grid", "synthesise", "--of", "999001", "--out", "x"], "together, or neither"),
    ],
)
def test_what_can_not_be_done_is_one_sentence(arguments: list[str], sentence: str) -> None:
    result = CliRunner().invoke(app, arguments)
    assert result.exit_code == 1
    assert result.stderr.startswith("error: ") and sentence in result.stderr


def exported(folder: Path) -> list[object]:
    """The demonstration street as files of others, and its gazetteer."""
    hub("grid", "export", DEMO, "--out", folder)
    return [
        *("--units", folder / "units.csv", "--outlines", folder / "outlines.geojson"),
        *("--gazetteer", folder / "gazetteer.csv"),
    ]


def test_a_gazetteer_goes_out_and_in_again_and_its_changes_are_told(tmp_path: Path) -> None:
    files, out = exported(tmp_path / "e"), tmp_path / "g"
    assert told("grid", "import", *files, "--out", out)["ok"]
    assert told("grid", "diff", DEMO, out)["relisted"] == []
    listed = tmp_path / "e/gazetteer.csv"
    text = listed.read_text(encoding="utf-8")
    listed.write_text(text.replace("拂晓广场", "拂晓中心"), encoding="utf-8")
    assert told("grid", "import", *files, "--out", tmp_path / "h")["ok"]
    assert told("grid", "diff", DEMO, tmp_path / "h")["relisted"] == ["拂晓中心", "拂晓广场"]


@pytest.mark.parametrize(
    ("row", "flaw", "told_of"),
    [
        ("estate,苑,,,,,,,,,,,", "file", "名称 '苑' 太短"),
        ("estate,朝雨苑,,,,,,,510108004099,,,,", "orphan", "510108004099 不在网格树里"),
        (
            "estate,朝雨苑,,,,,104.1194,30.65175,510108004003,,,,",
            "misplaced",
            "编码是 510108004003，坐标却在三街坊社区第4网格第5微网格",
        ),
    ],
)
def test_what_is_wrong_with_a_gazetteer_stops_an_import_and_names_the_line(
    row: str, flaw: str, told_of: str, tmp_path: Path
) -> None:
    files = exported(tmp_path / "e")
    listed = tmp_path / "e/gazetteer.csv"
    lines = listed.read_text(encoding="utf-8").count("\n")
    with listed.open("a", encoding="utf-8") as more:
        more.write(row + "\n")
    answer = told("grid", "import", *files, "--out", tmp_path / "g", code=1)
    (finding,) = answer["findings"]
    assert finding["flaw"] == flaw and told_of in finding["what"]
    assert str(lines + 1) in finding["where"] + finding["what"]
    assert not (tmp_path / "g").exists()


def test_an_address_is_explained_by_what_was_recognised_and_what_else_it_may_be() -> None:
    found = told("route", "explain", "--address", "机床厂宿舍3栋门口")
    assert "认出：云栖一期3栋（楼栋），可信度 0.93" in found["why"]
    assert found["why"][-1].startswith("结论：用的是旧名“机床厂宿舍”")
    found = told("route", "explain", "--address", "云栖小区")
    assert found["level"] is None and "可能是：云栖一期、云栖二期" in found["why"]
