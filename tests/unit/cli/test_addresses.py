import json
import os
from pathlib import Path

import pytest

from deploy.embedded.home import Home
from services.cli.addresses import addresses
from services.cli.failures import Failure

SERVERS = {"HUB_KAFKA_BOOTSTRAP": "kafka:1", "HUB_POSTGRES_DSN": "postgresql://there"}


def running(tmp_path: Path) -> Home:
    home = Home(tmp_path)
    home.run.mkdir()
    state = {
        "pid": os.getpid(),
        "phase": "ready",
        "since": 0.0,
        "addresses": {
            "kafka": "here:1",
            "postgres": "postgresql://here",
            "intake": "http://here:7",
        },
        "children": [],
    }
    home.state_file.write_text(json.dumps(state))
    return home


def test_the_environment_comes_first(tmp_path: Path) -> None:
    environment = {"HUB_HOME": str(tmp_path), "HUB_INTAKE_URL": "http://intake:7", **SERVERS}
    with running(tmp_path).held():
        known = addresses(environment)
    assert (known.kafka, known.postgres) == ("kafka:1", "postgresql://there")
    assert known.services["intake"] == "http://intake:7"


def test_else_the_stack_that_runs_here_is_asked(tmp_path: Path) -> None:
    with running(tmp_path).held():
        known = addresses({"HUB_HOME": str(tmp_path), "HUB_FEEDBACK_HTTP_PORT": "9"})
    assert (known.kafka, known.postgres) == ("here:1", "postgresql://here")
    assert known.services["intake"] == "http://here:7"
    assert known.services["dispatch"] == "http://127.0.0.1:8103"
    assert known.services["feedback"] == "http://127.0.0.1:9"


def test_the_state_of_a_stack_that_is_gone_is_not_believed(tmp_path: Path) -> None:
    running(tmp_path)
    with pytest.raises(Failure, match="start one with 'hub up'"):
        addresses({"HUB_HOME": str(tmp_path)})
