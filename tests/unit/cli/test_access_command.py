"""Tokens by command: made, read, refused."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from services.cli.main import app
from services.hosting.access import Identity, Office, read_ring
from tests.unit.hosting.tokens import bearer, ring_file

RUN = CliRunner()


def issued(path: Path, *more: str) -> dict[str, str]:
    argv = ["access", "issue", "--role", "desk", "--holder", "D-1", "--keys", str(path), "--json"]
    done = RUN.invoke(app, [*argv, *more])
    assert done.exit_code == 0, done.output
    found: dict[str, str] = json.loads(done.output)
    return found


def test_a_token_that_is_issued_is_read_as_it_was_meant(tmp_path: Path) -> None:
    path = ring_file(tmp_path)
    token = issued(path, "--scope", "510108004")["token"]
    shown = RUN.invoke(app, ["access", "show", token, "--keys", str(path), "--json"])
    said = json.loads(shown.output)
    assert (said["holder"], said["office"], said["scope"]) == ("D-1", "desk", "510108004")


def test_a_revoked_token_proves_nothing(tmp_path: Path) -> None:
    path = ring_file(tmp_path)
    made = issued(path)
    path.write_text(path.read_text().replace("[void]", f"[void, {made['id']}]"), encoding="utf-8")
    shown = RUN.invoke(app, ["access", "show", made["token"], "--keys", str(path)])
    assert shown.exit_code == 1 and "已作废" in shown.output


@pytest.mark.parametrize(
    ("more", "told"),
    [(["--scope", "锦江"], "不是网格代码"), (["--role", "system"], "HUB_API_TOKEN")],
)
def test_what_can_not_be_is_told(tmp_path: Path, more: list[str], told: str) -> None:
    argv = ["access", "issue", "--role", "desk", "--holder", "D-1"]
    done = RUN.invoke(app, [*argv, *more, "--keys", str(ring_file(tmp_path))])
    assert done.exit_code == 1 and told in done.output


def test_without_a_file_it_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("HUB_ACCESS", raising=False)
    done = RUN.invoke(app, ["access", "show", "x"])
    assert done.exit_code == 1 and "hub access key" in done.output


def test_a_new_key_is_one_that_the_file_takes(tmp_path: Path) -> None:
    path = tmp_path / "access.yaml"
    path.write_text(RUN.invoke(app, ["access", "key"]).output, encoding="utf-8")
    who = Identity("W-1", Office.WORKER, "510108")
    assert read_ring(path).keys and bearer(path, who)


def test_the_system_s_token_is_printed_where_it_is_known(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("HUB_HOME", str(tmp_path))
    monkeypatch.delenv("HUB_API_TOKEN", raising=False)
    done = RUN.invoke(app, ["access", "system"])
    assert done.exit_code == 1 and "hub up" in done.output
    monkeypatch.setenv("HUB_API_TOKEN", "of-this-test")
    assert RUN.invoke(app, ["access", "system"]).output == "of-this-test\n"
