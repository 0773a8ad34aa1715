"""Ctrl-C and SIGTERM: the first stops in order, the second at once."""

import asyncio
import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
AT_ONCE = 130
"""Exit code after the second signal; children die with us."""


@contextmanager
def stop_on_signals(told: Callable[[], None] = lambda: None) -> Iterator[None]:
    """Cancel the current task at the first signal, after `told()`; leave at the second."""
    loop, task = asyncio.get_running_loop(), asyncio.current_task()
    count = iter(range(1_000_000))

    def stop() -> None:
        if next(count) or task is None:
            os._exit(AT_ONCE)
        told()
        task.cancel()

    for number in SIGNALS:
        loop.add_signal_handler(number, stop)
    try:
        yield
    finally:
        for number in SIGNALS:
            loop.remove_signal_handler(number)
