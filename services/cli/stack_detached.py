"""Starts the stack in the background and follows its start."""

import contextlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from typing import IO, Any

from deploy.embedded.errors import StackError, StartFailed
from deploy.embedded.home import Home
from deploy.embedded.process import set_aside
from deploy.embedded.progress import Step

INTERRUPTED_LIMIT = 25.0


def start_detached(home: Home, show: Callable[[Step], None]) -> dict[str, str]:
    """Return the addresses once everything is ready; StackError with the reason otherwise."""
    home.make()
    daemon, reader = _spawn(home)
    try:
        with reader:
            return _follow(reader, show, home)
    except KeyboardInterrupt:
        daemon.send_signal(signal.SIGTERM)
        with contextlib.suppress(subprocess.TimeoutExpired):
            daemon.wait(INTERRUPTED_LIMIT)
        raise


def _spawn(home: Home) -> tuple[subprocess.Popen[bytes], IO[str]]:
    log_file = home.logs / "stack.log"
    set_aside(log_file)
    receiving, sending = os.pipe()
    command = [sys.executable, "-m", "services.cli.stack_daemon", str(sending)]
    with log_file.open("ab") as log:
        daemon = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            pass_fds=(sending,),
            start_new_session=True,
        )
    os.close(sending)
    return daemon, os.fdopen(receiving)


def _follow(reader: IO[str], show: Callable[[Step], None], home: Home) -> dict[str, str]:
    for message in _messages(reader):
        match message:
            case {"step": step}:
                show(Step(**step))
            case {"ready": addresses}:
                return dict(addresses)
            case {"error": sentence}:
                raise StackError(sentence)
    raise StartFailed(f"the stack ended without a word; see {home.logs / 'stack.log'}.")


def _messages(reader: IO[str]) -> Iterator[dict[str, Any]]:
    yield from map(json.loads, reader)
