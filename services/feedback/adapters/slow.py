"""What takes long to count is counted at most a tenth of the time, however many pages ask."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

T = TypeVar("T")
SHARE = 10.0
"""It stands for so many times as long as it took."""


class Slow(Generic[T]):
    """Counts when somebody asks, once for all who ask meanwhile, and keeps it for a while."""

    def __init__(
        self, count: Callable[[], Awaitable[T]], clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._count, self._clock = count, clock
        self._counting = asyncio.Lock()
        self._found: tuple[float, T] | None = None

    async def now(self) -> T:
        """As it was when it was counted last."""
        async with self._counting:
            began = self._clock()
            if self._found is None or began >= self._found[0]:
                counted = await self._count()
                ended = self._clock()
                self._found = ended + SHARE * (ended - began), counted
            return self._found[1]
