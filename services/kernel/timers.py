"""Durable timers: they live in PostgreSQL beside the state that wants them, and fire once."""

import asyncio
from datetime import UTC, datetime

from services.kernel.processor import Processor
from services.kernel.store import SQL

AT_ONCE = 500


async def run(processor: Processor, poll: float, stopping: asyncio.Event) -> None:
    """Fire timers as they come due until told to stop; `poll` seconds is the longest sleep."""
    while not stopping.is_set():
        processor.timers_changed.clear()
        if await processor.fire_timers(AT_ONCE) < AT_ONCE:
            await _sleep_until_next(processor, poll)


async def _sleep_until_next(processor: Processor, poll: float) -> None:
    due = await processor.pool.fetchval(SQL["next_timer"])
    pause = poll if due is None else (due - datetime.now(UTC)).total_seconds()
    try:
        await asyncio.wait_for(processor.timers_changed.wait(), min(max(pause, 0.005), poll))
    except TimeoutError:
        return
