"""Without settings Kafka is reached in the open; with them by TLS and a login of one's own."""

from pathlib import Path

import pytest

from deploy.secure import kafka
from deploy.secure.acls import acls
from schemas.flow import Service, consumed_by, produced_by
from services.cli.secret_files import take_in
from services.hosting.kafka import broker_login, client_login


def test_in_the_open_nothing_is_said() -> None:
    assert client_login() == {} and broker_login() is None


def test_a_login_is_taken_from_the_settings(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    kafka.make(tmp_path, ("kafka",))
    monkeypatch.setenv("HUB_KAFKA_SECURITY", "SASL_SSL")
    monkeypatch.setenv("HUB_KAFKA_USERNAME", "hub_intake")
    monkeypatch.setenv("HUB_KAFKA_PASSWORD", (tmp_path / "kafka_hub_intake").read_text())
    monkeypatch.setenv("HUB_KAFKA_CA", str(tmp_path / "kafka_ca.pem"))
    login = client_login()
    assert login["sasl_mechanism"] == "SCRAM-SHA-512"
    assert login["ssl_context"].check_hostname
    assert broker_login() is not None


def test_a_service_reads_and_writes_what_the_flow_says_and_no_more() -> None:
    for service in Service:
        may = {
            (operation, kind, name)
            for each in acls()
            if each.login == f"hub_{service}"
            for operation in each.operations
            for kind, name in zip(each.what[::2], each.what[1::2], strict=True)
        }
        groups = {("Read", "--group", name) for name in (service, f"{service}.express")}
        reads = {("Read", "--topic", name) for each in consumed_by(service) for name in each.names}
        writes = {
            ("Write", "--topic", name) for each in produced_by(service) for name in each.names
        }
        assert may == groups | reads | writes


def test_secrets_as_files_count_as_the_environment_which_comes_first(tmp_path: Path) -> None:
    (tmp_path / "HUB_API_TOKEN").write_text("from a file\n")
    (tmp_path / "HUB_LOG_LEVEL").write_text("DEBUG")
    (tmp_path / "other").write_text("not ours")
    environment = {"HUB_LOG_LEVEL": "INFO"}
    take_in(environment, tmp_path)
    assert environment == {"HUB_LOG_LEVEL": "INFO", "HUB_API_TOKEN": "from a file"}
