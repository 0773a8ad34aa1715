"""However many ask, what takes long is counted seldom; what is quick is as fresh as can be."""

import asyncio
from itertools import count

from services.feedback.adapters.slow import Slow


class Counted:
    """Takes `cost` seconds of a clock that it moves itself."""

    def __init__(self, cost: float) -> None:
        self.time, self.cost, self.numbers = 0.0, cost, count(1)

    async def __call__(self) -> int:
        await asyncio.sleep(0)
        self.time += self.cost
        return next(self.numbers)


async def test_all_who_ask_meanwhile_hear_of_one_count() -> None:
    counted = Counted(3.0)
    slow = Slow(counted, lambda: counted.time)
    assert await asyncio.gather(*(slow.now() for _ in range(50))) == [1] * 50


async def test_it_stands_ten_times_as_long_as_it_took() -> None:
    counted = Counted(3.0)
    slow = Slow(counted, lambda: counted.time)
    told = []
    for at in (0.0, 5.0, 32.0, 33.0, 40.0):
        counted.time = max(counted.time, at)
        told.append(await slow.now())
    assert told == [1, 1, 1, 2, 2]
