"""`hub model train`: it learns from answers of people, and tells their share and effect."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from services.classification.adapters.recogniser import corpus
from services.classification.adapters.recogniser.model import Text, load_model
from services.cli.main import app

HEAD = "text,channel,code,danger_to_life,is_hazard\n"
PLAIN = (("路灯不亮", "94006", 0), ("高空扔东西", "91001", 0), ("闻到煤气", "91005", 1))
CHAT = "大家早上好"
TOLD = "坝坝头有人甩坛子"


def written(path: Path, *rows: str) -> Path:
    path.write_text(HEAD + "\n".join(rows) + "\n", encoding="utf-8")
    return path


def test_answers_of_people_are_learned_and_their_effect_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    few = tmp_path / "corpus"
    few.mkdir()
    rows = [f"{text}{n},wechat,{code},{grave},1" for n in range(12) for text, code, grave in PLAIN]
    written(few / "everyday.csv", *rows, *(f"{CHAT}{n},wechat,,0,0" for n in range(12)))
    monkeypatch.setattr(corpus, "CORPUS", few)
    messages = tmp_path / "messages.csv"
    told = "\n".join(f"{word}{n},{word}" for n in range(12) for word in ("环境保护", "交通运输"))
    messages.write_text(f"text,label\n{told}\n", encoding="utf-8")
    answers = written(tmp_path / "answers.csv", *(f"{TOLD}{n},wechat,91001,0,1" for n in range(10)))
    out = tmp_path / "model.npz"
    given = ["model", "train", "--messages", str(messages), "--reviews", str(answers)]
    result = CliRunner().invoke(app, [*given, "--out", str(out), "--json"])
    assert result.exit_code == 0, result.output
    effect = json.loads(result.stdout)["reviews"]
    assert effect["answers"] == 10
    assert effect["share_of_weight"] == pytest.approx(20 / 68, abs=1e-4)
    assert effect["top1_after"] > 0.8
    (verdict,) = load_model(out).verdicts([Text(TOLD, channel="wechat")])
    assert verdict.candidates[0][0] == "91001"
