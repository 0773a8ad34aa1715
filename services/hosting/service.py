"""One service as a process: put together, run, and brought to rest."""

import asyncio
import gc
import signal
import sys
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass
from typing import Any, TypeVar

import asyncpg
import structlog
import uvloop
from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError
from fastapi import APIRouter
from faststream.kafka import KafkaBroker

from schemas.event import Event
from schemas.flow import EXPRESS, Service, Topic, consumed_by, produced_by
from services.hosting import logging
from services.hosting.heard_first import heard_first
from services.hosting.http import Health, make_app, make_server
from services.hosting.kafka import broker_login, client_login
from services.hosting.settings import ServiceSettings, SharedSettings, WrongSettings
from services.hosting.watchdog import Watchdog
from services.kernel import timers
from services.kernel.consumer import Lane, make_broker
from services.kernel.domain import Domain
from services.kernel.postgres import TRANSIENT, Pool, connect, connect_once
from services.kernel.processor import Processor
from services.kernel.record import Reader, Readers, cloudevents
from services.kernel.relay import Relay
from services.reference.catalogue import CatalogueError
from services.reference.ground import GroundError
from services.reference.rule_files import RuleFileError

log = structlog.get_logger(__name__)

T = TypeVar("T")
Companion = Coroutine[Any, Any, None]
LONGEST_PAUSE = 5.0
GARBAGE_THRESHOLDS = (50_000, 20, 50)
"""A batch makes many objects that die with it: the collector need not look at them midway."""


TO_PUT_RIGHT = (WrongSettings, RuleFileError, CatalogueError, GroundError)
"""What an operator set, or a file of theirs, can not be used; the message says what to do."""


@dataclass(frozen=True)
class Blueprint:
    """What a service is made of: its rules, and readers for topics with formats of their own."""

    name: Service
    settings: ServiceSettings
    domain: Callable[[Pool], Domain[Any]]
    readers: Mapping[str, Reader]
    routers: Callable[[Processor], Sequence[APIRouter]] = lambda processor: ()
    companions: Callable[[Processor, asyncio.Event], Sequence[Companion]] = (
        lambda processor, stopping: ()
    )
    """What runs beside the rules until the service stops; its end is the end of the process."""
    before_clocks: Sequence[Topic] = ()
    """What lies in these at the start is read before a clock rings."""


def run(make: Callable[[], Blueprint]) -> None:
    """Run a service until SIGTERM or SIGINT; whatever goes wrong inside ends the process.

    What an operator has to put right is one sentence in the log, not a traceback.
    """
    try:
        uvloop.run(_Process(make(), SharedSettings()).run())
    except TO_PUT_RIGHT as error:
        sys.exit(f"settings: {error}")


def readers_of(service: Service, own: Mapping[str, Reader], limit: int) -> Readers:
    """A reader for each topic that a service consumes, both lanes."""
    by_topic: dict[str, Reader] = {}
    ranks: dict[str, int] = {}
    for rank, topic in enumerate(consumed_by(service)):
        for name in topic.names:
            express = name.endswith(EXPRESS)
            by_topic[name] = own.get(topic.name) or cloudevents(topic.events, express=express)
            ranks[name] = rank
    return Readers(by_topic, limit, ranks)


def outlet_of(service: Service) -> dict[type[Event], Topic]:
    """Which topic each event of a service goes to."""
    return {event: topic for topic in produced_by(service) for event in topic.events}


class _Process:
    """The life of one service: connect, work, come to rest."""

    def __init__(self, blueprint: Blueprint, settings: SharedSettings) -> None:
        self.blueprint = blueprint
        self.settings = settings
        self.health = Health(blueprint.name)
        self.stopping = asyncio.Event()
        self.dsn = blueprint.settings.postgres_dsn or settings.postgres_dsn
        self.app = make_app(self.health)
        self.tasks: list[asyncio.Task[None]] = []

    async def run(self) -> None:
        """Work until a signal comes; raises what ended it otherwise."""
        logging.configure(self.blueprint.name)
        self._listen_to_signals()
        server, listener = make_server(
            self.app, self.settings.http_host, self.blueprint.settings.http_port
        )
        serving = asyncio.create_task(server.serve(sockets=[listener]))
        try:
            async with AsyncExitStack() as at_rest:
                if await self._connect(at_rest):
                    await self._until_stopped(serving)
        finally:
            server.should_exit = True
            await serving
        log.info("service.at_rest")

    async def _connect(self, at_rest: AsyncExitStack) -> bool:
        """Put everything together; what is undone at the end is undone in reverse order."""
        name, settings = self.blueprint.name.value, self.settings
        pool = await self._until_answered(
            "postgres", lambda: connect(self.dsn, name), (*TRANSIENT, asyncpg.PostgresError)
        )
        if pool is None:
            return False
        at_rest.push_async_callback(pool.close)
        processor = self._processor(pool)
        await processor.recall()
        for router in self.blueprint.routers(processor):
            self.app.include_router(router)
        producer = await self._until_answered("kafka", self._producer, (KafkaError, OSError))
        if producer is None:
            return False
        at_rest.push_async_callback(producer.stop)
        mailer = await connect_once(self.dsn, name)
        at_rest.push_async_callback(mailer.close)
        relay = asyncio.create_task(
            Relay(processor, producer, mailer, settings.relay_poll).run(self.stopping)
        )
        at_rest.push_async_callback(_ended, relay)
        lanes, broker = self._lanes(processor)
        await broker.start()
        at_rest.push_async_callback(self._stop_reading, broker, lanes)
        watchdog = Watchdog(
            processor,
            lanes,
            self.health,
            settings.watchdog_limit,
            settings.inbox_days,
            settings.kafka_bootstrap,
        )
        self.tasks = [
            relay,
            asyncio.create_task(self._ring(processor)),
            asyncio.create_task(watchdog.run(self.stopping)),
            *map(asyncio.create_task, self.blueprint.companions(processor, self.stopping)),
        ]
        gc.collect()
        gc.freeze()
        gc.set_threshold(*GARBAGE_THRESHOLDS)
        self.health.report("start", None)
        log.info("service.ready")
        return True

    async def _until_stopped(self, serving: asyncio.Task[None]) -> None:
        """Wait for a signal; a task that ends before it is an error that ends the process."""
        stopped = asyncio.create_task(self.stopping.wait())
        done, _ = await asyncio.wait(
            [stopped, serving, *self.tasks], return_when=asyncio.FIRST_COMPLETED
        )
        self.stopping.set()
        for task in done - {stopped}:
            log.error("service.part_ended", part=str(task.get_coro()), error=repr(task.exception()))
            task.result()

    async def _ring(self, processor: Processor) -> None:
        """Clocks ring once that is heard which was said while nobody listened."""
        if self.blueprint.before_clocks:
            bootstrap = self.settings.kafka_bootstrap
            topics = self.blueprint.before_clocks
            await heard_first(processor, topics, bootstrap, self.stopping)
        await timers.run(processor, self.settings.timer_poll, self.stopping)

    def _processor(self, pool: Pool) -> Processor:
        name = self.blueprint.name.value
        return Processor(
            service=name,
            domain=self.blueprint.domain(pool),
            pool=pool,
            readers=readers_of(
                self.blueprint.name, self.blueprint.readers, self.settings.record_bytes
            ),
            outlet=outlet_of(self.blueprint.name),
            shards=self.settings.outbox_shards,
            retry_limit=self.settings.retry_limit,
        )

    async def _producer(self) -> AIOKafkaProducer:
        producer = AIOKafkaProducer(
            bootstrap_servers=self.settings.kafka_bootstrap,
            client_id=f"hub-{self.blueprint.name}",
            enable_idempotence=True,
            max_batch_size=500_000,
            max_request_size=1_000_000,
            **client_login(),
        )
        try:
            await producer.start()
        except BaseException:
            await producer.stop()
            raise
        return producer

    async def _until_answered(
        self, part: str, attempt: Callable[[], Awaitable[T]], errors: tuple[type[Exception], ...]
    ) -> T | None:
        """Try with growing pauses until a part answers; None if told to stop before."""
        pause = 0.1
        while not self.stopping.is_set():
            try:
                answer = await attempt()
            except errors as error:
                self.health.report(part, f"does not answer: {str(error)[:120]}")
                log.warning("unavailable", part=part, error=str(error)[:200], again_in=pause)
                await asyncio.sleep(pause)
                pause = min(pause * 2, LONGEST_PAUSE)
            else:
                self.health.report(part, None)
                return answer
        return None

    def _lanes(self, processor: Processor) -> tuple[list[Lane], KafkaBroker]:
        """One consumer for the ordinary topics, one for the express ones."""
        name, settings = self.blueprint.name.value, self.settings
        broker, router = make_broker(
            settings.kafka_bootstrap, name, settings.shutdown_limit, broker_login()
        )
        names = list(processor.readers.by_topic)
        express = [each for each in names if each.endswith(EXPRESS)]
        lanes = [
            Lane(
                processor,
                [each for each in names if each not in express],
                name,
                settings.batch_pause,
            )
        ]
        if express:
            lanes.append(Lane(processor, express, f"{name}{EXPRESS}", 0.0))
        for lane in lanes:
            lane.subscribe(router, settings.batch_records)
        broker.include_router(router)
        return lanes, broker

    async def _stop_reading(self, broker: KafkaBroker, lanes: Sequence[Lane]) -> None:
        """The batch at hand ends first; then the relay may send what it left."""
        for lane in lanes:
            with suppress(Exception):
                await asyncio.wait_for(lane.commit(), 1.0)
        await broker.stop()

    def _listen_to_signals(self) -> None:
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self.stopping.set)


async def _ended(task: asyncio.Task[None]) -> None:
    """Wait for the relay to send what is left, unless it failed."""
    with suppress(Exception):
        await asyncio.wait_for(task, 5.0)
