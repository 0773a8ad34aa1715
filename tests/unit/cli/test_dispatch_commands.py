"""`hub dispatch`: why, whether, and in which words."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from services.cli.main import app
from services.dispatch.adapters.rule_folder import texts
from tests.unit.dispatch.cases import incident

MICRO_GRID = "510108004003001002"


def said(*arguments: str, given: str = "") -> tuple[int, str, str]:
    done = CliRunner().invoke(app, ["dispatch", *arguments], input=given)
    return done.exit_code, done.stdout, done.stderr


def test_explain_says_in_chinese_which_rules_were_tried_who_gets_it_and_by_when() -> None:
    code, out, _ = said(
        "explain", "--category", "92001", "--area", MICRO_GRID, "--at", "2026-03-02T10:00:00"
    )
    assert code == 0
    for words in (
        "“危及人身安全”：严重程度不符",
        "“协调事项”：符合，由它决定",
        "派给：C510108004003（社区值班），协调办",
        "方案：三类办理/协调办",
        "任务 1.1：司法所",
        "处置 03-11 10:00:00",
    ):
        assert words in out


def test_explain_takes_an_incident_from_stdin_and_answers_machines_in_json() -> None:
    code, out, _ = said("explain", "--stdin", "--json", given=incident().model_dump_json())
    told = json.loads(out)
    assert code == 0 and told["dispatch"]["rule"] == told["tried"][-1]["rule"]
    assert told["tried"][-1]["failing"] == []


def test_explain_refuses_a_category_that_there_is_not() -> None:
    code, _, err = said("explain", "--category", "00000")
    assert code == 1 and "目录中没有类别" in err


def test_check_names_file_line_and_remedy_of_what_can_not_be_used(tmp_path: Path) -> None:
    text = texts(None)["routing.yaml"]
    (tmp_path / "routing.yaml").write_text(
        text.replace("usual: 协调办 }", "usual: 商量办 }"), "utf-8"
    )
    code, _, err = said("check", str(tmp_path))
    assert code == 1 and "routing.yaml:" in err and "只能是" in err
    assert "Traceback" not in err


def test_check_says_what_is_in_use_and_refuses_a_file_that_is_none_of_its_own(
    tmp_path: Path,
) -> None:
    (tmp_path / "routing.yaml").write_text(texts(None)["routing.yaml"], "utf-8")
    code, out, _ = said("check", str(tmp_path / "routing.yaml"), "--json")
    assert code == 0 and len(json.loads(out)["version"]) == 12
    (tmp_path / "other.yaml").write_text("a: 1", "utf-8")
    assert said("check", str(tmp_path / "other.yaml"))[0] == 1


def test_check_looks_at_every_file_that_the_service_reads(tmp_path: Path) -> None:
    file = tmp_path / "inhibitions.yaml"
    rule = '{name: 停电, cause: ["99999"], holds: ["91007"], within: grid, minutes: 9}'
    file.write_text(f"inhibitions:\n  - {rule}\n", "utf-8")
    code, _, err = said("check", str(file))
    assert code == 1 and "inhibitions.yaml:2: 目录中没有类别 99999" in err


@pytest.mark.parametrize("given", ["", "garbage", "{}", '{"incident_id": 1}'])
def test_explain_says_what_it_can_not_read_on_stdin(given: str) -> None:
    code, _, err = said("explain", "--stdin", given=given)
    assert code == 1 and "标准输入不是一个 IncidentClassified" in err


def test_explain_says_who_of_a_roster_would_go_or_that_nobody_is_there(tmp_path: Path) -> None:
    file = tmp_path / "roster.yaml"
    person = f'{{id: "1001", level: micro_grid, areas: ["{MICRO_GRID}"]}}'
    shift = '{name: 白班, hours: "08:00-20:00", people: ["1001"]}'
    file.write_text(f"people:\n  - {person}\nshifts:\n  - {shift}\n", "utf-8")
    asked = ("explain", "--category", "06010", "--area", MICRO_GRID, "--roster", str(file))
    _, by_day, _ = said(*asked, "--at", "2026-03-02T10:00:00")
    assert "派给：1001（微网格员）" in by_day and "时限（三个工作日）：" in by_day
    _, by_night, _ = said(*asked, "--at", "2026-03-02T23:00:00")
    assert "23:00 微网格员、网格长无人在岗，由社区值班台 510108004003 处理" in by_night


def test_explain_refuses_a_moment_that_is_too_far_away() -> None:
    code, _, err = said("explain", "--category", "06010", "--at", "9999-12-31T23:00:00")
    assert code == 1 and "日期太远" in err


def test_explain_shows_what_an_emergency_mode_would_change() -> None:
    told = CliRunner().invoke(
        app, ["dispatch", "explain", "--category", "09012", "--severity", "high", "--alert", "red"]
    )
    assert told.exit_code == 0, told.output
    assert "“应急模式下的严重事项”：符合，继续往下看" in told.output
    assert "应急模式（红色：假设）" in told.output


@pytest.mark.parametrize("what", ["silence", "maintenance"])
def test_what_is_held_back_must_have_an_end(what: str) -> None:
    told = CliRunner().invoke(app, ["dispatch", what, "--by", "L1", "--reason", "检修"])
    assert told.exit_code == 2 and "--until" in told.output
