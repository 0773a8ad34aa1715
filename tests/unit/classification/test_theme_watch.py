"""The watch over themes goes on whatever becomes of one look."""

import asyncio

import asyncpg

from services.classification.adapters.theme_watch import watch_themes
from services.classification.main import make_domain
from services.kernel.processor import Processor
from services.kernel.record import Readers
from tests.unit.classification.cases import RECOGNISER

LOOKS = 3


async def test_a_look_without_postgresql_is_spoilt_and_the_next_one_is_taken() -> None:
    asked, stopping = asyncio.Semaphore(0), asyncio.Event()

    async def hang_up(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.release()
        writer.close()

    server = await asyncio.start_server(hang_up, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    dsn = f"postgresql://nobody@127.0.0.1:{port}/gone?sslmode=disable"
    async with server, asyncpg.create_pool(dsn, min_size=0) as pool:
        domain, readers = make_domain(RECOGNISER), Readers({}, 1)
        processor = Processor("classification", domain, pool, readers, {}, shards=1)
        watching = asyncio.create_task(watch_themes(processor, 0.001, stopping))
        for _ in range(LOOKS):
            waiting = asyncio.create_task(asked.acquire())
            await asyncio.wait({waiting, watching}, return_when=asyncio.FIRST_COMPLETED)
            assert not watching.done()
        stopping.set()
        await watching
