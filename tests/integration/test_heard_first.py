"""After a start clocks wait until what lies in the topics is read, and not for ever."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from schemas.flow import UPSTREAM, Topic
from services.hosting.heard_first import heard_first
from tests.integration.kernel.kafkaland import consuming, make_topics, send
from tests.integration.kernel.test_lanes import said
from tests.integration.kernel.toyland import Toy, toyland
from tests.unit.kernel.toy import Added

pytestmark = pytest.mark.integration


@pytest.fixture
async def toy(database: str) -> AsyncIterator[Toy]:
    """Fresh tables."""
    async with toyland(database) as made:
        yield made


async def test_clocks_wait_for_what_lies_unread_as_long_as_that_is_worth_it(
    toy: Toy, kafka_bootstrap: str
) -> None:
    names = await make_topics(kafka_bootstrap, "added", "empty")
    topics = [Topic(name, (), UPSTREAM, ()) for name in names]
    processor, stopping = toy.another(topics=names), asyncio.Event()
    await asyncio.wait_for(heard_first(processor, topics, kafka_bootstrap, stopping), 20)
    records = [said(names[0], Added(subject_id=f"灯-{n}")) for n in range(9)]
    await send(kafka_bootstrap, records)
    impatient = heard_first(processor, topics, kafka_bootstrap, stopping, patience=1)
    await asyncio.wait_for(impatient, 20)
    assert await toy.count("effect") == 0, "nobody reads: it gave up"
    waits = asyncio.create_task(
        heard_first(processor, topics, kafka_bootstrap, stopping, patience=60)
    )
    async with consuming(kafka_bootstrap, processor, *names):
        await waits
        assert await toy.count("effect") == 9
