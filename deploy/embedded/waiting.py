"""Two ways of waiting for several things at once."""

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")


async def unless(trouble: Coroutine[Any, Any, None], ready: Coroutine[Any, Any, None]) -> None:
    """Wait for `ready`; `trouble` only ever raises, and then that is what happened."""
    tasks = asyncio.create_task(ready), asyncio.create_task(trouble)
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        await (tasks[0] if tasks[0].done() else tasks[1])
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def together(*work: Coroutine[Any, Any, T]) -> list[T]:
    """The results in order; the first failure cancels the rest, waits for it, and is raised."""
    try:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(one) for one in work]
    except BaseExceptionGroup as failures:
        raise failures.exceptions[0] from None
    return [task.result() for task in tasks]
