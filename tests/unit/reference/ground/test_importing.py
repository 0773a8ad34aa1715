"""From the files of a city to a ground: whatever is wrong is named with its place."""

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from services.reference.ground.crs import Crs, from_wgs84
from services.reference.ground.findings import Finding, Flaw, blocking
from services.reference.ground.importing import Sources, read_sources, without_outline
from services.reference.ground.outlines import MICRO, Ring
from tests.unit.reference.ground.outlined import COMMUNITY, GRID, square

HEADER = "community_code,community,street_code,street,district_code,district"
ROW = f"{COMMUNITY},双林社区居委会,999001001,某街道,999001,某区"
DISTRICT = square(0, 0, 40, 40)


def degrees(ring: Ring) -> list[list[float]]:
    return [[x / MICRO, y / MICRO] for x, y in ring]


def feature(code: str, *rings: Sequence[Sequence[float]], **more: str) -> dict[str, Any]:
    geometry = {"type": "Polygon", "coordinates": list(rings)}
    return {"type": "Feature", "properties": {"code": code, **more}, "geometry": geometry}


def geojson(folder: Path, *features: dict[str, Any], name: str = "map.geojson") -> Path:
    path = folder / name
    whole = {"type": "FeatureCollection", "features": list(features)}
    path.write_text(json.dumps(whole, indent=1), encoding="utf-8")
    return path


def csv(folder: Path, *rows: str, encoding: str = "utf-8") -> Path:
    path = folder / "table.csv"
    path.write_text("\n".join(rows) + "\n", encoding=encoding)
    return path


def shifted(ring: Ring, crs: Crs) -> list[list[float]]:
    """The ring as someone has it who gives no word of the system."""
    return [[float(each) for each in from_wgs84(x, y, crs)] for x, y in degrees(ring)]


def flaws(findings: Sequence[Finding]) -> list[Flaw]:
    return [finding.flaw for finding in findings]


def test_districts_and_communities_are_read_without_a_finding(tmp_path: Path) -> None:
    draft = read_sources(
        Sources(
            districts=geojson(tmp_path, feature("999001", degrees(DISTRICT), name="某区")),
            communities=csv(tmp_path, HEADER, ROW),
            zones={"999001001": "高新区"},
        )
    )
    assert draft.findings == []
    assert draft.units[COMMUNITY].aliases == ("双林社区",)
    assert draft.units["999001"].name == "某区"
    assert draft.units["999001001"].zone == "高新区"


BOW = [(0, 0), (4, 4), (4, 0), (0, 4), (0, 0)]


def drawn(folder: Path, *features: dict[str, Any]) -> list[Finding]:
    return read_sources(Sources(outlines=[geojson(folder, *features)])).findings


def test_an_outline_that_crosses_itself_is_named_with_feature_line_and_spot(
    tmp_path: Path,
) -> None:
    bow = [[104.1 + x / 1000, 30.6 + y / 1000] for x, y in BOW]
    (found,) = drawn(tmp_path, feature("999001", bow))
    assert found.flaw is Flaw.SELF_CROSSING
    assert (found.file, found.where) == ("map.geojson", "第 1 个要素（第 5 行）")
    assert "约在 104.102000, 30.602000" in found.what and "修复" in found.what


def test_a_hole_that_nobody_fills_is_named(tmp_path: Path) -> None:
    holed = feature("999001", degrees(DISTRICT), degrees(square(5, 5)))
    (found,) = drawn(tmp_path, holed)
    assert found.flaw is Flaw.HOLE and "平方米的洞" in found.what
    assert drawn(tmp_path, holed, feature("999002", degrees(square(5, 5)))) == []


@pytest.mark.parametrize(("code", "digits"), [("9990010", 7), ("9990010010010010011", 19)])
def test_a_code_of_the_wrong_length_is_named(tmp_path: Path, code: str, digits: int) -> None:
    found = drawn(tmp_path, feature(code, degrees(DISTRICT)))
    assert flaws(found) == [Flaw.CODE]
    assert f"有 {digits} 位" in found[0].what and "map.geojson 第 1 个要素" in found[0].told()


def test_a_micro_grid_that_is_written_into_two_communities_is_named(tmp_path: Path) -> None:
    other = "999001001002"
    rows = (f"{GRID}001,{COMMUNITY}", f"{GRID}001,{other}")
    found = read_sources(Sources(units=csv(tmp_path, "code,parent", *rows))).findings
    assert Flaw.TWO_COMMUNITIES in flaws(found)
    told = next(each for each in found if each.flaw is Flaw.TWO_COMMUNITIES)
    assert told.where == "第 3 行" and other in told.what and "第 2 行" in told.what


def test_a_micro_grid_that_lies_in_two_communities_is_named(tmp_path: Path) -> None:
    found = drawn(
        tmp_path,
        feature("999001", degrees(square(0, 0, 20, 10))),
        feature("999001001", degrees(square(0, 0, 20, 10))),
        feature(COMMUNITY, degrees(square(0, 0, 10, 10))),
        feature("999001001002", degrees(square(10, 0, 10, 10))),
        feature(GRID, degrees(square(0, 0, 10, 10))),
        feature(f"{GRID}001", degrees(square(8, 2, 4, 4))),
    )
    assert Flaw.TWO_COMMUNITIES in flaws(found)
    told = next(each for each in found if each.flaw is Flaw.TWO_COMMUNITIES)
    assert told.others == ("999001001002",) and "50%" in told.what


def test_an_orphan_is_named_with_the_unit_that_is_missing(tmp_path: Path) -> None:
    (found,) = drawn(tmp_path, feature(GRID, degrees(square(0, 0))))
    assert found.flaw is Flaw.ORPHAN and f"上级 {COMMUNITY} 不在网格树里" in found.what


def test_an_overlap_and_a_gap_are_named_with_their_size(tmp_path: Path) -> None:
    found = drawn(
        tmp_path,
        feature("999001", degrees(square(0, 0, 10, 10))),
        feature("999001001", degrees(square(0, 0, 6, 10))),
        feature("999001002", degrees(square(5, 0, 4, 10))),
    )
    assert flaws(found) == [Flaw.OVERLAP, Flaw.GAP]
    assert "与 999001002 重叠" in found[0].what and "没有街道" in found[1].what


def test_a_unit_outside_of_the_one_above_is_named(tmp_path: Path) -> None:
    found = drawn(
        tmp_path,
        feature("999001", degrees(square(0, 0, 10, 10))),
        feature("999001001", degrees(square(0, 0, 10, 12))),
    )
    assert flaws(found) == [Flaw.OUTSIDE]
    assert "17%" in found[0].what


@pytest.mark.parametrize(("crs", "wind"), [(Crs.GCJ02, "东南"), (Crs.BD09, "东北")])
def test_another_system_is_found_out_and_named_with_shift_and_direction(
    tmp_path: Path, crs: Crs, wind: str
) -> None:
    right = geojson(tmp_path, feature("999001", degrees(DISTRICT)), name="right.geojson")
    wrong = geojson(tmp_path, feature("999001", shifted(DISTRICT, crs)))
    (found,) = read_sources(Sources(districts=wrong, reference=right)).findings
    assert found.flaw is Flaw.WRONG_CRS
    assert f"向{wind}偏移约" in found.what and f"请加 --crs {crs} 重新导入" in found.what
    assert read_sources(Sources(districts=right, reference=right)).findings == []


def test_another_system_of_lower_outlines_is_found_out_by_those_above(tmp_path: Path) -> None:
    found = drawn(
        tmp_path,
        feature("999001", degrees(DISTRICT)),
        *(
            feature(
                f"99900100{n + 1}", shifted(square(20 * (n % 2), 20 * (n // 2), 20, 20), Crs.GCJ02)
            )
            for n in range(4)
        ),
    )
    assert flaws(found) == [Flaw.WRONG_CRS]
    assert "街道轮廓（对照上级边界）" in found[0].what and "GCJ-02" in found[0].what


def test_what_was_turned_back_though_it_was_right_is_told(tmp_path: Path) -> None:
    right = geojson(tmp_path, feature("999001", degrees(DISTRICT)), name="right.geojson")
    (*_, found) = read_sources(Sources(districts=right, reference=right, crs=Crs.GCJ02)).findings
    assert found.flaw is Flaw.WRONG_CRS and "再纠偏一次" in found.what


def test_a_system_that_the_file_states_is_turned_and_told(tmp_path: Path) -> None:
    right = geojson(tmp_path, feature("999001", degrees(DISTRICT)), name="right.geojson")
    stated = geojson(tmp_path, feature("999001", shifted(DISTRICT, Crs.GCJ02), crs="GCJ02"))
    findings = read_sources(Sources(districts=stated, reference=right)).findings
    assert flaws(findings) == [Flaw.CONVERTED]
    assert blocking(findings) == []


def test_a_table_in_gbk_is_named_with_line_and_what_to_do(tmp_path: Path) -> None:
    path = csv(tmp_path, HEADER, ROW, encoding="gbk")
    (found,) = read_sources(Sources(communities=path)).findings
    assert found.flaw is Flaw.FILE
    assert "第 2 行起是 GBK 编码" in found.what and "iconv -f GB18030 -t UTF-8" in found.what


WRONG_FILES: list[tuple[Callable[[Path], Sources], str]] = [
    (lambda p: Sources(communities=p / "none.csv"), "不存在：请检查路径"),
    (lambda p: Sources(communities=csv(p, "code,name", "1,2")), "缺少列 community_code"),
    (lambda p: Sources(communities=csv(p, HEADER, ROW, ROW)), "已在第 2 行出现"),
    (
        lambda p: Sources(
            communities=csv(p, HEADER, ROW.replace("某街道,999001", "某街道,999002"))
        ),
        "不一致",
    ),
    (lambda p: Sources(units=csv(p, "code,kind", f"{GRID},微网格")), "请写 一般网格、专属网格"),
    (lambda p: Sources(outlines=[csv(p, "{")]), "不是 JSON"),
    (lambda p: Sources(outlines=[csv(p, "{}")]), "不是 GeoJSON 的 FeatureCollection"),
    (lambda p: Sources(outlines=[geojson(p, feature("999001", [[30.6, 104.1]] * 4))]), "写反了"),
    (lambda p: Sources(outlines=[geojson(p, feature("999001", [[4e5, 3e6]] * 4))]), "投影坐标"),
    (
        lambda p: Sources(
            outlines=[geojson(p, feature("999001", degrees(DISTRICT), crs="西安80"))]
        ),
        "坐标系 '西安80' 不认识",
    ),
]


@pytest.mark.parametrize(("make", "sentence"), WRONG_FILES)
def test_what_can_not_be_read_is_told_with_what_to_do(
    make: Callable[[Path], Sources], sentence: str, tmp_path: Path
) -> None:
    findings = read_sources(make(tmp_path)).findings
    assert any(sentence in each.what for each in findings), [each.told() for each in findings]


def test_a_flaw_that_is_accepted_does_not_block(tmp_path: Path) -> None:
    found = drawn(tmp_path, feature("999001", degrees(DISTRICT), degrees(square(5, 5))))
    assert blocking(found) == found
    assert blocking(found, ["hole"]) == []


def test_a_district_without_an_outline_is_told(tmp_path: Path) -> None:
    draft = read_sources(
        Sources(
            districts=geojson(tmp_path, feature("999002", degrees(DISTRICT))),
            communities=csv(tmp_path, HEADER, ROW),
        )
    )
    (found,) = without_outline(draft)
    assert found.where == "第 2 行" and "999001 某区没有轮廓" in found.what
