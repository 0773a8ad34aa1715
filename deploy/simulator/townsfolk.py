"""A street and its people in motion: what happens goes upstream, what the hub says is answered."""

import asyncio
import time
from contextlib import AsyncExitStack
from datetime import datetime
from typing import Self

from deploy.simulator.album import Album
from deploy.simulator.follower import Follower
from deploy.simulator.people import People, step_record
from deploy.simulator.sender import Sender, sender
from deploy.simulator.street import Street
from services.reference.calendar import BEIJING

POLL_MS = 200


class Townsfolk:
    """`sent` records and `steps` so far; `latest` is what happened last."""

    def __init__(self, kafka: str, street: Street, people: People, album: Album) -> None:
        self.sent = 0
        self.steps = 0
        self.latest = "还没有事情发生"
        self._kafka = kafka
        self._street = street
        self._people = people
        self._album = album
        self._resources = AsyncExitStack()
        self._follower: Follower
        self._sender: Sender

    async def __aenter__(self) -> Self:
        self._follower = await self._resources.enter_async_context(Follower(self._kafka))
        self._sender = await self._resources.enter_async_context(sender(self._kafka))
        await self._resources.enter_async_context(self._album)
        await self._remember()
        return self

    async def __aexit__(self, *reason: object) -> None:
        await self._resources.aclose()

    async def live(self) -> None:
        """Live until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._happen())
            tasks.create_task(self._act())

    async def _remember(self) -> None:
        """Hear of what is open from before, so that it does not lie for ever."""
        ends = dict(self._follower.next)
        await self._follower.rewind()
        while any(self._follower.next[each] < end for each, end in ends.items()):
            for seen in await self._follower.poll(POLL_MS):
                self._people.observe(seen)

    async def _happen(self) -> None:
        began = time.monotonic()
        for happening in self._street.happenings():
            await asyncio.sleep(max(0.0, began + happening.at - time.monotonic()))
            await self._sender.now([happening.make(datetime.now(BEIJING))])
            self.sent += 1
            self.latest = happening.what

    async def _act(self) -> None:
        while True:
            for seen in await self._follower.poll(POLL_MS):
                self._people.observe(seen)
            steps = await self._album.handed_in(self._people.due(time.monotonic()))
            await self._sender.now([step_record(step) for step in steps])
            self.steps += len(steps)
