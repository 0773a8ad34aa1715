"""`hub classify` and `hub model explain`, on their own."""

import csv
import json
from pathlib import Path

from typer.testing import CliRunner

from services.cli.main import app

RUNNER = CliRunner()


def test_a_table_of_texts_comes_back_with_what_they_are_about(tmp_path: Path) -> None:
    source, out = tmp_path / "in.csv", tmp_path / "out.csv"
    rows = [
        ("7", "wechat", "楼上往下丢烟头，把我晒的被子烧了个洞"),
        ("8", "hotline", "闻到好大一股煤气味，头晕，快来人"),
        ("9", "wechat", "大家早上好，今天降温了多穿点"),
        ("10", "", ""),
    ]
    with source.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([("id", "channel", "text"), *rows])
    done = RUNNER.invoke(app, ["classify", "--csv", str(source), "--out", str(out), "--json"])
    assert done.exit_code == 0, done.output
    assert json.loads(done.stdout)["rows"] == 4
    with out.open(encoding="utf-8", newline="") as file:
        thrown, gas, chat, empty = csv.DictReader(file)
    assert (thrown["id"], thrown["code"], thrown["is_hazard"]) == ("7", "91001", "1")
    assert (gas["danger_to_life"], gas["severity"]) == ("1", "danger")
    assert chat["is_hazard"] == "0" and "无需处置" in chat["reasons"]
    assert len(thrown["top3"].split("|")) == 3
    assert float(empty["confidence"]) < 0.5 and empty["danger_to_life"] == "0"


def test_a_table_without_texts_is_refused_with_a_sentence(tmp_path: Path) -> None:
    source = tmp_path / "in.csv"
    source.write_text("id,words\n1,漏水\n", encoding="utf-8")
    done = RUNNER.invoke(app, ["classify", "--csv", str(source), "--out", str(tmp_path / "out")])
    assert done.exit_code == 1
    assert "has no column 'text'" in done.stderr


def test_a_judgement_is_explained_in_words() -> None:
    done = RUNNER.invoke(app, ["model", "explain", "三单元电梯门关不上，里头困了两个人"])
    assert done.exit_code == 0 and "电梯困人或故障" in done.stdout


def test_a_model_that_is_none_is_refused_with_a_sentence(tmp_path: Path) -> None:
    path = tmp_path / "model.npz"
    path.write_text("nothing", encoding="utf-8")
    done = RUNNER.invoke(app, ["model", "explain", "漏水", "--model", str(path)])
    assert done.exit_code == 1 and "is no model of this hub" in done.stderr
