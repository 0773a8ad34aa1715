"""Servers from Docker: the versions that the hub runs with, and clear words where Docker fails."""

from unittest.mock import Mock

import pytest
import yaml

from deploy.embedded.containers import (
    KAFKA_IMAGE,
    POSTGRES_IMAGE,
    _clear_errors,
    _stopped_on_failure,
    kafka_environment,
)
from deploy.embedded.errors import NotInstalled, StartFailed
from deploy.embedded.jars import LOCK_FILE
from deploy.embedded.kafka import SETTINGS

COMPOSE = yaml.safe_load((LOCK_FILE.parents[1] / "compose.yaml").read_text("utf-8"))["services"]


def test_all_ways_run_the_same_versions() -> None:
    assert COMPOSE["kafka"]["image"] == f"${{KAFKA_IMAGE:-{KAFKA_IMAGE}}}"
    assert COMPOSE["postgres"]["image"] == f"${{POSTGRES_IMAGE:-{POSTGRES_IMAGE}}}"
    assert LOCK_FILE.name == f"kafka-{KAFKA_IMAGE.partition(':')[2]}.lock.json"


def test_kafka_in_docker_has_the_settings_of_the_embedded_one() -> None:
    """All but its address outside, which is known only once the container runs."""
    found = kafka_environment()
    names = {line.partition("=")[0] for line in SETTINGS.splitlines() if not line.startswith("#")}
    wanted = {f"KAFKA_{name.replace('.', '_').upper()}" for name in names}
    assert set(found) == wanted - {"KAFKA_ADVERTISED_LISTENERS"}
    assert found["KAFKA_LISTENERS"].startswith("PLAINTEXT://:9092,")
    assert found["KAFKA_AUTO_CREATE_TOPICS_ENABLE"] == "false"


@pytest.mark.parametrize(
    ("error", "kind", "said"),
    [
        (
            ConnectionError("no socket"),
            StartFailed,
            r"\(ConnectionError: no socket\); start Docker",
        ),
        (ImportError("testcontainers"), NotInstalled, "install the extra 'dev'"),
        (StartFailed("its last words"), StartFailed, "^its last words$"),
    ],
)
def test_where_docker_fails_it_says_why_and_what_to_do(
    error: Exception, kind: type[Exception], said: str
) -> None:
    with pytest.raises(kind, match=said), _clear_errors():
        raise error


def test_a_container_that_does_not_become_ready_is_not_left_running() -> None:
    container = Mock()
    with pytest.raises(StartFailed), _stopped_on_failure(container):
        raise StartFailed
    container.stop.assert_called_once_with()
