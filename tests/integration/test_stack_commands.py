"""`hub up`, `status` and `down` as a person types them, with stand-ins for the four services."""

import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

import services

pytestmark = [pytest.mark.integration, pytest.mark.timeout(240)]

NAMES = ("intake", "classification", "dispatch", "feedback")
HUB = """
import typer
from services.cli import stack_commands
async def prepare(kafka, dsn, service_dsns):
    assert sorted(service_dsns) == ['classification', 'dispatch', 'feedback', 'intake']
stack_commands.prepare = prepare
app = typer.Typer()
stack_commands.register(app)
app()
"""
STAND_IN = """
import http.server, os, sys
name = __spec__.name.split('.')[1]
if os.environ.get('BROKEN') == name:
    sys.exit('cannot read the catalogue')
class Ready(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
port = int(os.environ[f'HUB_{name.upper()}_HTTP_PORT'])
http.server.HTTPServer(('127.0.0.1', port), Ready).serve_forever()
"""


class Hub:
    """The command in a project folder of its own, on free ports."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        free = dict.fromkeys(("HUB_KAFKA_PORT", "HUB_POSTGRES_PORT", "HUB_HTTP_PORT_BASE"), "0")
        here = f"{folder}{os.pathsep}{Path.cwd()}"
        self.environment = {**os.environ, **free, "PYTHONPATH": here, "HUB_HOME": ".hub"}

    def start(self, *arguments: str, **environment: str) -> subprocess.Popen[str]:
        """Begin a command."""
        return subprocess.Popen(
            [sys.executable, "-c", HUB, *arguments],
            cwd=self.folder,
            env=self.environment | environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, *arguments: str, **environment: str) -> tuple[int, str, str]:
        """Run a command to its end: exit code, output, errors."""
        command = self.start(*arguments, **environment)
        output, errors = command.communicate(timeout=120)
        return command.returncode, output, errors

    def status(self) -> dict[str, object]:
        """What `hub status --json` says."""
        return dict(json.loads(self.run("status", "--json")[1]))

    def processes(self) -> list[psutil.Process]:
        """The processes of the running stack, the stack's own first."""
        state = json.loads((self.folder / ".hub/run/stack.json").read_text())
        pids = [state["pid"], *(child["pid"] for child in state["children"])]
        return [psutil.Process(pid) for pid in pids]


def make_stand_ins(folder: Path) -> None:
    """A package `services` with stand-ins, and behind them the real one."""
    package = folder / "services"
    package.mkdir()
    (package / "__init__.py").write_text(f"__path__ += {list(services.__path__)!r}")
    for name in NAMES:
        (package / name).mkdir()
        (package / name / "__init__.py").touch()
        (package / name / "main.py").write_text(STAND_IN)


@pytest.fixture
def hub() -> Iterator[Hub]:
    with tempfile.TemporaryDirectory(prefix="hub-") as name:
        folder = Path(name)
        folder.chmod(0o755)  # so that root's PostgreSQL keeps its data in here
        make_stand_ins(folder)
        command = Hub(folder)
        yield command
        command.run("down")


def await_end(processes: list[psutil.Process]) -> None:
    """Wait until all have ended; one that nobody reaps has ended too."""
    for process in processes:
        while process.is_running() and process.status() != psutil.STATUS_ZOMBIE:
            psutil.wait_procs([process], timeout=0.05)


def test_up_returns_when_all_is_ready_and_down_leaves_nothing(hub: Hub) -> None:
    code, output, errors = hub.run("up", "--detach", "--json")
    assert (code, errors) == (0, "")
    addresses = json.loads(output)["addresses"]
    assert set(addresses) == {"kafka", "postgres", *NAMES}
    assert ":" not in addresses["postgres"].split("//")[1].split("@")[0], "a password is shown"
    assert hub.status()["ready"] is True
    code, _, errors = hub.run("up")
    assert code == 1 and "already runs" in errors and "hub down" in errors
    processes = hub.processes()
    assert hub.run("down")[0] == 0
    await_end(processes)
    assert hub.status()["running"] is False
    assert hub.run("status")[0] == 1


def test_ctrl_c_stops_everything_within_20_seconds(hub: Hub) -> None:
    command = hub.start("up", "--json")
    assert command.stdout and json.loads(command.stdout.readline())["ready"]
    processes = hub.processes()
    command.send_signal(signal.SIGINT)
    command.communicate(timeout=20)
    assert command.returncode == 0
    await_end(processes)


def test_what_a_killed_stack_leaves_ends_by_itself_and_the_next_one_starts(hub: Hub) -> None:
    assert hub.run("up", "--detach")[0] == 0
    processes = hub.processes()
    processes[0].kill()
    await_end(processes)
    assert hub.status()["running"] is False
    assert hub.run("up", "--detach")[0] == 0


@pytest.mark.parametrize("how", [("up",), ("up", "--detach")])
def test_a_service_that_cannot_start_is_said_in_words_and_nothing_stays(
    hub: Hub, how: tuple[str, ...]
) -> None:
    code, _, errors = hub.run(*how, BROKEN="dispatch")
    assert code == 1
    assert "error: dispatch ended 3 times in a row" in errors
    assert "cannot read the catalogue" in errors
    assert "Traceback" not in errors
    assert hub.status()["running"] is False
