"""What an operator set wrongly is one sentence that names the variable, and never its value."""

import os
import socket
import subprocess
import sys

import pytest

from services.feedback.settings import FeedbackSettings
from services.hosting.http import Health, make_app, make_server
from services.hosting.settings import SharedSettings, WrongSettings
from services.intake.settings import IntakeSettings

GIVEN = {
    "HUB_KAFKA_BOOTSTRAP": "127.0.0.1:1",
    "HUB_POSTGRES_DSN": "postgresql://hub:hidden@127.0.0.1:1/hub",
    "HUB_BATCH_RECORDS": "hidden",
}


def test_each_variable_is_called_as_it_is_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in GIVEN.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(WrongSettings, match=r"^HUB_BATCH_RECORDS: ") as raised:
        SharedSettings()
    assert "hidden" not in str(raised.value)
    monkeypatch.delenv("HUB_KAFKA_BOOTSTRAP")
    with pytest.raises(WrongSettings, match="HUB_KAFKA_BOOTSTRAP: Field required"):
        SharedSettings()
    monkeypatch.setenv("HUB_FEEDBACK_PICTURE_BYTES", "-1")
    with pytest.raises(WrongSettings, match="HUB_FEEDBACK_PICTURE_BYTES: .*greater than 0"):
        FeedbackSettings()


def test_what_is_no_json_is_told_by_its_field(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HUB_INTAKE_ROLE_TOKENS", "auditor=hidden")
    with pytest.raises(WrongSettings, match="role_tokens") as raised:
        IntakeSettings()
    assert "hidden" not in str(raised.value)


def test_a_port_that_is_taken_is_told_with_what_to_do() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(WrongSettings, match=f"port {port} .*end the program"):
            make_server(make_app(Health("feedback")), "127.0.0.1", port)


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({}, "settings: HUB_BATCH_RECORDS: "),
        ({"HUB_ACCESS": "/no/such.yaml"}, "settings: such.yaml:1: 无法读取"),
    ],
)
def test_a_service_ends_with_one_sentence(given: dict[str, str], told: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "services.feedback.main"],
        capture_output=True, text=True, check=False, env=os.environ | GIVEN | given,
    )  # fmt: skip
    assert done.returncode == 1
    assert done.stderr.startswith(told)
    assert done.stderr.count("\n") == 1
