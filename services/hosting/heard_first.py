"""After a start clocks wait until what was said meanwhile is heard (先听后报).

While a service is down, steps are taken and modes declared. A clock that ran out in that time must
not ring before they are read: they may well be what it waits for.
"""

import asyncio
from collections.abc import Mapping, Sequence

import structlog
from aiokafka import AIOKafkaConsumer
from aiokafka.errors import KafkaError

from schemas.flow import Topic
from services.hosting.kafka import client_login
from services.kernel.postgres import TRANSIENT
from services.kernel.processor import Processor

log = structlog.get_logger(__name__)

PATIENCE = 20.0
"""Seconds; a clock that rings too early is better than one that never rings."""
LOOK_EVERY = 0.1
Ends = Mapping[tuple[str, int], int]


async def heard_first(
    processor: Processor,
    topics: Sequence[Topic],
    bootstrap: str,
    stopping: asyncio.Event,
    patience: float = PATIENCE,
) -> None:
    """Wait until all is read that lies in these topics now, `patience` seconds at most."""
    names = [name for topic in topics for name in topic.names]
    try:
        async with asyncio.timeout(patience):
            ends = await _ends(bootstrap, names)
            while not stopping.is_set() and await _unread(processor, ends):
                await asyncio.sleep(LOOK_EVERY)
    except (TimeoutError, KafkaError, *TRANSIENT) as error:
        log.warning("clocks.wait_no_longer", problem=repr(error)[:200])


async def _unread(processor: Processor, ends: Ends) -> bool:
    stored = await processor.stored_offsets() if ends else {}
    return any(stored.get(place, 0) < end for place, end in ends.items())


async def _ends(bootstrap: str, names: Sequence[str]) -> Ends:
    """Where the partitions end that have any record at all."""
    async with AIOKafkaConsumer(
        *names, bootstrap_servers=bootstrap, enable_auto_commit=False, **client_login()
    ) as consumer:
        places = list(consumer.assignment())
        begins, ends = await consumer.beginning_offsets(places), await consumer.end_offsets(places)
    return {
        (each.topic, each.partition): ends[each] for each in places if begins[each] < ends[each]
    }
