"""The street in a thread of its own: it sends, its people act, and it notes what was accepted."""

import asyncio
import threading
import time
from collections.abc import Coroutine, Iterable
from concurrent.futures import Future
from typing import Any, Self

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer

from deploy.simulator.follower import seen
from deploy.simulator.people import People, step_record
from tests.chaos.checker import Ledger
from tests.chaos.evidence import partitions
from tests.chaos.traffic import HUB_TOPICS, Outgoing, Source

LIMIT = 120.0


class Street:
    """`speak` sends reports, `poison` poison; the people act on what the hub says."""

    def __init__(self, bootstrap: str, run: str, seed: int = 1) -> None:
        self.source = Source(run, seed)
        self.ledger = Ledger()
        self.steps = self.copies = 0
        self.twice = 0.05
        """How many of the people's steps are sent twice, with the same id."""
        self._bootstrap = bootstrap
        self._people = People()
        self._working = threading.Event()
        self._working.set()
        self._over = threading.Event()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="street", daemon=True)
        self._producer: AIOKafkaProducer | None = None
        self._living: Future[Any] | None = None

    def __enter__(self) -> Self:
        self._thread.start()
        self._do(self._begin()).result(LIMIT)
        self._living = self._do(self._live())
        return self

    def __exit__(self, *reason: object) -> None:
        self._over.set()
        if self._living:
            self._living.result(LIMIT)
        self._do(self._end()).result(LIMIT)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def speak(self, number: int, rate: float = 100.0) -> "Future[Any]":
        """Begin to send so many reports, so many a second; the future ends when Kafka has them."""
        return self._do(self._send(self.source.reports(number), rate))

    def poison(self) -> None:
        """Put every kind of poison on every topic."""
        self._do(self._send(self.source.poison(), 400.0)).result(LIMIT)

    def rest(self) -> None:
        """The people stop acting; what they would have done waits."""
        self._working.clear()

    def work(self) -> None:
        """The people act again."""
        self._working.set()

    def _do(self, work: Coroutine[Any, Any, Any]) -> "Future[Any]":
        return asyncio.run_coroutine_threadsafe(work, self._loop)

    async def _begin(self) -> None:
        self._producer = AIOKafkaProducer(
            bootstrap_servers=self._bootstrap, enable_idempotence=True, max_request_size=4_000_000
        )
        await self._producer.start()

    async def _end(self) -> None:
        if self._producer:
            await self._producer.stop()

    async def _send(self, records: Iterable[Outgoing], rate: float) -> None:
        began = time.monotonic()
        waiting = []
        for number, each in enumerate(records):
            await asyncio.sleep(max(0.0, began + number / rate - time.monotonic()))
            waiting.append(asyncio.create_task(self._accepted(each)))
        await asyncio.gather(*waiting)

    async def _accepted(self, each: Outgoing) -> None:
        """Only what Kafka has acknowledged was accepted, and is owed an end."""
        place = await self._put(each.topic, each.value, each.key, each.headers)
        self.ledger.sent += 1
        if each.thread:
            self.ledger.threads.add(each.thread)
        else:
            self.ledger.poison.add((place.topic, place.partition, place.offset))

    async def _put(self, topic: str, value: Any, key: Any, headers: Any) -> Any:
        assert self._producer
        return await self._producer.send_and_wait(topic, value, key, headers=list(headers))

    async def _live(self) -> None:
        """Hear what the hub says; act on it; and say 2% of it again, as a producer might."""
        places = await partitions(self._bootstrap, HUB_TOPICS)
        async with AIOKafkaConsumer(
            bootstrap_servers=self._bootstrap,
            enable_auto_commit=False,
            auto_offset_reset="earliest",
        ) as consumer:
            consumer.assign(places)
            await consumer.seek_to_end()
            while not self._over.is_set():
                for batch in (await consumer.getmany(timeout_ms=50)).values():
                    for record in batch:
                        await self._hear(record)
                if self._working.is_set():
                    await self._act()

    async def _hear(self, record: Any) -> None:
        if not record.key or not record.value or record.key.startswith(b"poison"):
            return
        heard = seen(record)
        self._people.observe(heard)
        is_copy = any(name == "copy" for name, _ in record.headers)
        if not is_copy and self.source.chance.random() < 0.02:
            self.copies += 1
            headers = [*record.headers, ("copy", b"1")]
            await self._put(record.topic, record.value, record.key, headers)

    async def _act(self) -> None:
        for step in self._people.due(time.monotonic()):
            record = step_record(step)
            for _ in range(2 if self.source.chance.random() < self.twice else 1):
                await self._put(record.topic, record.value, record.key, record.headers)
                self.steps += 1
