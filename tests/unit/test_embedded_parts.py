"""The stack's pure parts: settings, ports, lock, passwords, back-off, state and addresses."""

import os
import socket
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from deploy.embedded.back_off import BackOff
from deploy.embedded.errors import AlreadyRunning, DiskFull, PortTaken, StackError, StartFailed
from deploy.embedded.home import Home, require_space
from deploy.embedded.kafka import cluster_id
from deploy.embedded.passwords import Passwords
from deploy.embedded.ports import HOST, Port, free_port
from deploy.embedded.process import last_lines
from deploy.embedded.services import with_login
from deploy.embedded.settings import settings_from
from deploy.embedded.state import ChildState, StackState, read_state, write_state
from services.cli.stack_display import without_password

HOLD = "import sys; from pathlib import Path; from deploy.embedded.home import Home\n"
HOLD += "with Home(Path(sys.argv[1])).held(): print('held', flush=True); sys.stdin.read()"


def test_a_taken_port_is_named_with_its_holder_and_the_variable() -> None:
    with socket.create_server((HOST, 0)) as server:
        number = server.getsockname()[1]
        with pytest.raises(PortTaken) as caught:
            Port(number, "Kafka", "HUB_KAFKA_PORT").claim()
    said = str(caught.value)
    assert f"port {number}, wanted for Kafka, is taken by" in said
    assert f"pid {os.getpid()}" in said
    assert "HUB_KAFKA_PORT" in said


def test_free_ports_differ_and_can_be_listened_on() -> None:
    ports = {free_port() for _ in range(20)}
    assert len(ports) == 20
    with socket.create_server((HOST, ports.pop())):
        pass


@pytest.mark.parametrize("text", ["abc", "-1", "70000", "1.5"])
def test_a_port_that_is_none_is_refused_by_name(text: str) -> None:
    with pytest.raises(StackError, match="HUB_KAFKA_PORT"):
        settings_from({"HUB_KAFKA_PORT": text})


def test_settings_have_defaults_and_take_the_environment() -> None:
    assert settings_from({}).kafka_port == 19092
    given = settings_from(
        {"HUB_HOME": "/x", "HUB_KAFKA_BOOTSTRAP": "k:1", "HUB_POSTGRES_PORT": "0"}
    )
    assert (given.home, given.given_kafka, given.postgres_port) == (Path("/x"), "k:1", 0)


def test_pauses_grow_from_a_fast_first_restart_to_a_limit() -> None:
    back_off = BackOff(first=0.1, factor=2, longest=1.0)
    assert [back_off.pause(n) for n in (1, 2, 3, 4, 5, 6)] == [0.1, 0.2, 0.4, 0.8, 1.0, 1.0]
    assert back_off.pause(10_000) == 1.0


def test_a_long_life_forgives_earlier_deaths() -> None:
    back_off = BackOff(healthy_after=10)
    assert back_off.failures(before=4, lived=0.1) == 5
    assert back_off.failures(before=4, lived=11) == 1


def test_passwords_stay_the_same_and_only_the_owner_reads_them(tmp_path: Path) -> None:
    path = tmp_path / "secrets.json"
    first = Passwords(path).of("hub_intake")
    assert Passwords(path).of("hub_intake") == first != Passwords(path).of("hub_dispatch")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_damaged_passwords_are_never_replaced_silently(tmp_path: Path) -> None:
    (tmp_path / "secrets.json").write_text("{")
    with pytest.raises(StartFailed, match="damaged"):
        Passwords(tmp_path / "secrets.json").of("postgres")


def test_two_stacks_on_one_home_refuse_each_other(tmp_path: Path) -> None:
    home = Home(tmp_path)
    home.run.mkdir()
    command = [sys.executable, "-c", HOLD, str(tmp_path)]
    other = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert other.stdout and other.stdout.readline() == b"held\n"
    assert home.holder() == other.pid
    with pytest.raises(AlreadyRunning, match=rf"pid {other.pid}.*hub down"), home.held():
        pass
    other.communicate()
    with home.held():
        assert home.holder() is not None
    assert home.holder() is None


def test_too_little_space_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(DiskFull, match="MB are free at .* HUB_HOME"):
        require_space(tmp_path, needed=10**18)


def test_the_state_file_is_private_and_comes_back_as_it_was(tmp_path: Path) -> None:
    child = ChildState("kafka", 7, 2, 1.5, "running", "127.0.0.1:1")
    state = StackState(6, "ready", 1.0, {"kafka": "127.0.0.1:1"}, (child,))
    write_state(tmp_path / "stack.json", state)
    assert read_state(tmp_path / "stack.json") == state
    assert stat.S_IMODE((tmp_path / "stack.json").stat().st_mode) == 0o600


def test_a_missing_or_broken_state_file_is_no_state(tmp_path: Path) -> None:
    assert read_state(tmp_path / "none.json") is None
    (tmp_path / "bad.json").write_text("{")
    assert read_state(tmp_path / "bad.json") is None


@pytest.mark.parametrize(
    ("dsn", "expected"),
    [
        ("postgresql://hub:pw@127.0.0.1:1/hub", "postgresql://r:p@127.0.0.1:1/hub"),
        ("postgresql://hub:pw@/hub?host=%2Ftmp&port=1", "postgresql://r:p@/hub?host=%2Ftmp&port=1"),
        ("postgresql://db.example/hub", "postgresql://r:p@db.example/hub"),
    ],
)
def test_a_dsn_is_turned_into_another_login(dsn: str, expected: str) -> None:
    assert with_login(dsn, "r", "p") == expected


def test_a_shown_dsn_has_no_password() -> None:
    assert without_password("postgresql://hub:pw@h:1/d") == "postgresql://hub@h:1/d"
    assert without_password("http://127.0.0.1:8101") == "http://127.0.0.1:8101"


def test_last_lines_are_those_of_this_life(tmp_path: Path) -> None:
    log = tmp_path / "log"
    log.write_text("old life\n")
    start = log.stat().st_size
    log.write_text("old life\nnew\n\nlife\n")
    assert last_lines(log, start) == "new\nlife"
    assert last_lines(tmp_path / "none") == ""


def test_a_cluster_id_never_starts_with_a_dash() -> None:
    assert not any(cluster_id().startswith("-") or len(cluster_id()) != 22 for _ in range(500))
