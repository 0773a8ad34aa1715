"""Each panel says what it means and what to do, in Chinese; dashboards follow from the code."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from grafana_foundation_sdk.models.dashboard import VariableHide

from deploy.grafana import links, map_layers
from deploy.grafana.build import stale
from deploy.grafana.query import SQL, UNPLACED
from schemas.flow import FLOW
from services.reference.ground import load_ground
from services.reference.ground.codes import Level
from services.reference.ground.map_file import map_file
from tests.dashboards import FOLDER, boards, panels

CHINESE = re.compile(r"[\u4e00-\u9fff]")
PROVISIONED = FOLDER.parent / "provisioning" / "datasources" / "hub.yaml"
MIGRATIONS = FOLDER.parents[2] / "services" / "feedback" / "sql" / "migrations"
BOARDS = boards()
PANELS = [panel for _, panel in panels()]
TITLES = {
    "overview": "运行总览",
    "rectification": "整改与三率",
    "map": "地图",
    "dispatching": "派单与人员",
    "recognition": "识别质量",
    "health": "枢纽健康",
    "road": "单案追踪",
}


def test_there_are_seven_and_they_are_fresh() -> None:
    assert {name: board["title"] for name, board in BOARDS.items()} == TITLES
    assert stale() == [], "run 'make dashboards'"


@pytest.mark.parametrize("name", TITLES)
def test_a_dashboard_is_in_beijing_time_and_leads_to_the_others(name: str) -> None:
    board = BOARDS[name]
    assert board["timezone"] == "Asia/Shanghai"
    (link,) = board["links"]
    assert (link["tags"], link["includeVars"], link["keepTime"]) == ([links.TAG], True, True)
    assert links.TAG in board["tags"] and board["uid"] == f"hub-{name}"


@pytest.mark.parametrize("panel", PANELS, ids=lambda panel: panel["title"])
def test_a_panel_says_what_it_means_and_what_to_do(panel: dict[str, Any]) -> None:
    means, _, to_do = panel["description"].partition("**怎么办**")
    assert CHINESE.search(panel["title"]) and CHINESE.search(means) and CHINESE.search(to_do)
    shown = panel["fieldConfig"]["defaults"]
    assert shown["unit"] and CHINESE.search(shown["noValue"]) and shown["thresholds"]["steps"]
    assert panel["targets"] and panel["datasource"]["uid"] in {"ledger", "prometheus"}


def test_data_sources_are_those_that_are_provisioned() -> None:
    wanted = {panel["datasource"]["uid"] for panel in PANELS}
    text = PROVISIONED.read_text(encoding="utf-8")
    assert wanted == set(re.findall(r"^ +uid: (\w+)$", text, re.MULTILINE))


@pytest.mark.parametrize("name", TITLES)
def test_panels_fill_their_rows_and_do_not_overlap(name: str) -> None:
    taken: set[tuple[int, int]] = set()
    for panel in BOARDS[name]["panels"]:
        at = panel["gridPos"]
        cells = {
            (x, y)
            for x in range(at["x"], at["x"] + at["w"])
            for y in range(at["y"], at["y"] + at["h"])
        }
        assert at["x"] + at["w"] <= 24 and not cells & taken, panel["title"]
        taken |= cells


def test_an_incident_in_a_table_leads_to_its_road_and_its_case() -> None:
    found = 0
    for panel in PANELS:
        if panel["type"] in {"table", "geomap"}:
            overrides = panel["fieldConfig"]["overrides"]
            of_incident = [e for e in overrides if e["matcher"]["options"] == links.INCIDENT]
            text = json.dumps(of_incident)
            assert "/d/hub-road?var-incident=" in text and "${page:raw}/?case=" in text
            found += 1
    assert found >= 10


@pytest.mark.parametrize("name", TITLES)
def test_no_address_can_say_where_the_page_for_tokens_is(name: str) -> None:
    (page,) = (each for each in BOARDS[name]["templating"]["list"] if each["name"] == "page")
    assert page["skipUrlSync"] and page["hide"] == VariableHide.HIDE_VARIABLE
    assert links.PAGE_SETTING in page["query"]


def test_every_event_has_a_name_in_chinese() -> None:
    """Else a road would show its type as it is."""
    text = "".join(path.read_text("utf-8") for path in sorted(MIGRATIONS.glob("*.sql")))
    named = dict(re.findall(r"\('event', '([\w.]+)', \d+, '([^']+)'\)", text))
    assert {each.ce_type for topic in FLOW for each in topic.events} == set(named)
    assert all(CHINESE.search(each) for each in named.values())


def test_every_query_says_in_chinese_what_it_means_and_none_is_left_over() -> None:
    used = json.dumps(BOARDS, ensure_ascii=False)
    for path in SQL.glob("*.sql"):
        first = path.read_text(encoding="utf-8").partition("\n")[0]
        assert re.match(r"-- .*[\u4e00-\u9fff]", first), path.name
        assert first in used, f"{path.name} is asked by no panel"


def test_queries_use_no_variable_that_its_dashboard_has_not() -> None:
    for name, board in BOARDS.items():
        known = {each["name"] for each in board["templating"]["list"]}
        for panel in board["panels"]:
            for target in panel.get("targets", ()):
                text = target.get("rawSql", "")
                named = set(re.findall(r"\$\{?(\w+)", text)) - {"__timeFilter", "__timeGroup"}
                assert named - {"__interval"} <= known, (name, panel["title"])


def test_the_map_needs_no_internet() -> None:
    (panel,) = (each for each in PANELS if each["type"] == "geomap")
    options = panel["options"]
    sources = [options["basemap"]["config"]["src"]]
    sources += [each["config"]["src"] for each in options["layers"] if "src" in each["config"]]
    assert sources == [map_layers.GRIDS] * 2
    assert "http" not in json.dumps(options)


def test_each_grid_of_the_map_bears_its_code() -> None:
    ground = load_ground()
    written = (FOLDER.parent / "maps" / "grids.geojson").read_text(encoding="utf-8")
    assert written == map_file(ground)
    features = json.loads(written)["features"]
    assert [each["id"] for each in features] == [each.code for each in ground.tree.at(Level.GRID)]
    assert UNPLACED not in written and Path(map_layers.GRIDS).name == "grids.geojson"
