"""The stack in the background: `python -m services.cli.stack_daemon FD`.

Says how its start goes on the file descriptor FD, one JSON object a line: {"step": …} any number
of times, then {"ready": addresses} or {"error": sentence}. SIGTERM stops it.
"""

import asyncio
import contextlib
import json
import os
import sys
from dataclasses import asdict
from typing import Any

from deploy.embedded.application import Application, running
from deploy.embedded.errors import StackError, sentence
from deploy.embedded.progress import Step
from deploy.embedded.stack import Stack
from services.cli.interrupts import stop_on_signals
from services.cli.prepare import prepare
from services.cli.stack_display import death_line


class Pipe:
    """The way to the command that started us; it may be gone."""

    def __init__(self, descriptor: int) -> None:
        self._file = os.fdopen(descriptor, "w", buffering=1)

    def say(self, **message: Any) -> None:
        """Send one message."""
        with contextlib.suppress(OSError, ValueError):
            self._file.write(json.dumps(message) + "\n")

    def step(self, step: Step) -> None:
        """Send one step of the start."""
        self.say(step=asdict(step))

    def close(self) -> None:
        """Say that nothing more comes."""
        with contextlib.suppress(OSError):
            self._file.close()


async def serve(pipe: Pipe) -> None:
    """Run the stack until a signal comes."""
    stack = Stack(progress=pipe.step)
    with stop_on_signals():
        died = lambda death: print(death_line(death), file=sys.stderr, flush=True)
        async with running(Application(stack, prepare, died=died)) as application:
            pipe.say(ready=application.addresses)
            pipe.close()
            await asyncio.Event().wait()


def main() -> None:
    """Run, and turn a failure into one sentence for the other end."""
    pipe = Pipe(int(sys.argv[1]))
    try:
        asyncio.run(serve(pipe))
    except (StackError, OSError) as error:
        pipe.say(error=sentence(error))
        sys.exit(sentence(error))
    except asyncio.CancelledError:
        pipe.say(error="the start was interrupted.")


if __name__ == "__main__":
    main()
