"""Processes under supervision: started again, stopped for sure, never outliving their parent."""

import asyncio
import errno
import signal
import sys
from pathlib import Path

import psutil
import pytest

from deploy.embedded.back_off import BackOff
from deploy.embedded.errors import StartFailed
from deploy.embedded.process import ChildSpec, Process
from deploy.embedded.supervisor import Death, Supervisor, hopeless
from deploy.embedded.waiting import together

pytestmark = [pytest.mark.integration, pytest.mark.asyncio]

SLEEPER = (sys.executable, "-c", "import time; time.sleep(600)")
STUBBORN = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
STUBBORN += "print('deaf', flush=True); time.sleep(600)"
PARENT = """
import asyncio, sys
from pathlib import Path
from deploy.embedded.process import ChildSpec, Process
sleeper = (sys.executable, '-c', 'import time; time.sleep(600)')
child = Process(ChildSpec('c', sleeper, Path(sys.argv[1])))
print(child.pid, flush=True)
sys.stdin.read()
"""


def spec(tmp_path: Path, *argv: str) -> ChildSpec:
    return ChildSpec("child", argv, tmp_path / "child.log")


class Deaths:
    """Collects deaths, and lets a test wait for the next one."""

    def __init__(self) -> None:
        self.queue: asyncio.Queue[Death] = asyncio.Queue()

    async def next(self) -> Death:
        """The next death, within 20 s."""
        async with asyncio.timeout(20):
            return await self.queue.get()


async def test_a_killed_child_is_started_again(tmp_path: Path) -> None:
    deaths, changed = Deaths(), asyncio.Event()
    supervisor = Supervisor(changed.set, deaths.queue.put_nowait)
    child = supervisor.run(spec(tmp_path, *SLEEPER))
    try:
        assert child.process
        first = child.process.pid
        child.process.send(signal.SIGKILL)
        assert (await deaths.next()).code == -signal.SIGKILL
        while child.restarts == 0:
            changed.clear()
            await asyncio.wait_for(changed.wait(), 20)
        assert child.process.pid != first
        assert child.state().status == "running"
    finally:
        await supervisor.stop([child], 5)
    assert child.state().status == "stopped"


async def test_a_child_that_dies_at_once_waits_longer_each_time_and_its_words_are_told(
    tmp_path: Path,
) -> None:
    deaths = Deaths()
    supervisor = Supervisor(died=deaths.queue.put_nowait, back_off=BackOff(first=0.01))
    child = supervisor.run(spec(tmp_path, sys.executable, "-c", "import sys; sys.exit('no wires')"))
    seen = [await deaths.next() for _ in range(3)]
    with pytest.raises(StartFailed, match="3 times in a row"):
        await hopeless(child)
    await supervisor.stop([child], 5)
    assert [death.pause for death in seen] == [0.01, 0.02, 0.04]
    assert {death.last_words for death in seen} == {"no wires"}


async def test_a_full_disk_does_not_end_the_watch(tmp_path: Path) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "full")

    supervisor = Supervisor(full, full, BackOff(first=0.01))
    child = supervisor.run(spec(tmp_path, sys.executable, "-c", ""))
    async with asyncio.timeout(20):
        await child.hopeless.wait()
    await supervisor.stop([child], 5)


async def test_a_missing_program_is_said_in_the_log(tmp_path: Path) -> None:
    process = Process(spec(tmp_path, "/nowhere/program"))
    assert await process.wait() != 0
    assert process.last_words() == "cannot run /nowhere/program: No such file or directory"


async def test_a_child_deaf_to_sigterm_is_killed_after_the_limit(tmp_path: Path) -> None:
    process = Process(spec(tmp_path, sys.executable, "-c", STUBBORN))
    while "deaf" not in process.last_words():
        await asyncio.sleep(0.01)
    assert await process.stop(0.2) == -signal.SIGKILL


async def test_children_die_with_a_parent_that_is_killed(tmp_path: Path) -> None:
    pipe = asyncio.subprocess.PIPE
    command = (sys.executable, "-c", PARENT, str(tmp_path / "log"))
    parent = await asyncio.create_subprocess_exec(*command, stdin=pipe, stdout=pipe)
    assert parent.stdout
    child = psutil.Process(int(await parent.stdout.readline()))
    parent.kill()
    await parent.wait()
    async with asyncio.timeout(10):
        while child.is_running() and child.status() != psutil.STATUS_ZOMBIE:
            await asyncio.sleep(0.01)


async def test_the_first_failure_cancels_what_runs_beside_it() -> None:
    cancelled = asyncio.Event()

    async def slow() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            cancelled.set()

    async def failing() -> None:
        raise StartFailed("broken")

    with pytest.raises(StartFailed, match="broken"):
        await together(slow(), failing())
    assert cancelled.is_set()
