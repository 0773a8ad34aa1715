import pytest
from typer.testing import CliRunner

from services.cli.main import app

COMMANDS = (
    "up",
    "down",
    "status",
    "live",
    "replay",
    "trace",
    "unmask",
    "risk",
    "deadletters",
    "topics",
    "source",
    "doctor",
    "grid",
    "route",
)


@pytest.fixture(autouse=True)
def nothing_runs(tmp_path: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HUB_HOME", str(tmp_path))
    monkeypatch.delenv("HUB_KAFKA_BOOTSTRAP", raising=False)
    monkeypatch.delenv("HUB_POSTGRES_DSN", raising=False)


def test_every_command_is_there() -> None:
    told = CliRunner().invoke(app, ["--help"]).output
    assert [name for name in COMMANDS if name not in told] == []


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["topics"], "no hub is known here"),
        (["trace", "T1"], "no hub is known here"),
        (["risk", "list"], "no hub is known here"),
        (["risk", "explain", "0a"], "no hub is known here"),
        (["migrate"], "no hub is known here"),
        (["unmask", "--audit"], "no hub is known here"),
        (["unmask"], "请写明要查看哪条来件"),
        (["unmask", "hotline_12345:T1"], "没有原文密钥"),
        (["replay"], "there is nothing to replay"),
        (["deadletters", "redrive"], "say which"),
        (["deadletters", "list"], "no hub is known here"),
        (["source", "list"], "no hub is known here"),
        (["source", "check", "/no/such/register.yaml"], ""),
        (["source", "maintain", "cameras"], "检修必须写明经办人和原因"),
    ],
)
def test_a_failure_is_one_sentence_and_an_exit_code(arguments: list[str], sentence: str) -> None:
    result = CliRunner().invoke(app, arguments)
    assert result.exit_code == 1
    assert result.stdout == ""
    assert result.stderr.startswith(f"error: {sentence}")
    assert result.stderr.count("\n") == 1
