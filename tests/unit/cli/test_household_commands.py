"""`hub household`: closed without a key, opened for a purpose."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from services.cli.main import app

RUNNER = CliRunner()
HERE = "510108004003001001"


def test_without_a_key_the_register_stays_closed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("HUB_HOUSEHOLD_KEY", raising=False)
    asked = ["household", "open", HERE, "--purpose", "疏散", "--who", "W-1"]
    done = RUNNER.invoke(app, [*asked, "--store", str(tmp_path)])
    assert done.exit_code == 1 and "hub household key" in done.stderr


def test_what_was_imported_is_seen_by_an_evacuation(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HUB_HOUSEHOLD_KEY", RUNNER.invoke(app, ["household", "key"]).stdout.strip())
    source, store = tmp_path / "in.csv", ["--store", str(tmp_path / "store"), "--json"]
    source.write_text(f"code,door,size,care\n{HERE},3栋2单元501,1,独居老人\n", encoding="utf-8")
    taken = RUNNER.invoke(app, ["household", "import", "--csv", str(source), *store])
    assert json.loads(taken.stdout) == {"households": 1}
    asked = ["household", "open", HERE[:12], "--who", "W-1", *store]
    evacuated = RUNNER.invoke(app, [*asked, "--purpose", "疏散"])
    visited = RUNNER.invoke(app, [*asked, "--purpose", "关爱走访"])
    assert [each["door"] for each in json.loads(evacuated.stdout)] == ["3栋2单元501"]
    assert json.loads(visited.stdout) == []
