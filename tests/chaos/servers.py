"""Kafka and PostgreSQL that can be killed and come back on the same ports and data."""

import asyncio
import threading
from collections.abc import Coroutine
from concurrent.futures import Future
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

from deploy.embedded.kafka import EmbeddedKafka
from deploy.embedded.postgres import EmbeddedPostgres
from deploy.embedded.stack import Stack, temporary_stack
from tests.harness import Servers

LIMIT = 180.0


class MortalServers(Servers):
    """Servers of our own, in a thread that lives as long as they should."""

    def __init__(self) -> None:
        super().__init__()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="servers", daemon=True)
        self._exits = AsyncExitStack()
        self._stack: Stack | None = None

    def start(self) -> "MortalServers":
        """Start both and wait until they serve."""
        self._thread.start()
        self.wait_for(self._start())
        return self

    def stop(self) -> None:
        """Stop them and remove what they kept."""
        self.wait_for(self._exits.aclose())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()
        super().stop()

    async def _start(self) -> None:
        self._stack = await self._exits.enter_async_context(temporary_stack())
        found = await self._stack.start_servers()
        self.kafka, self.postgres_dsn = found.kafka, found.postgres_dsn

    @property
    def broker(self) -> EmbeddedKafka:
        """The Kafka that can be killed."""
        assert self._stack and self._stack.kafka
        return self._stack.kafka

    @property
    def database(self) -> EmbeddedPostgres:
        """The PostgreSQL that can be killed."""
        assert self._stack and self._stack.postgres
        return self._stack.postgres

    @property
    def logs(self) -> Path:
        """Where the services write."""
        return self.home

    def wait_for(self, work: Coroutine[Any, Any, Any]) -> Any:
        """Do this in the thread of the servers, and wait for its end."""
        done: Future[Any] = asyncio.run_coroutine_threadsafe(work, self._loop)
        return done.result(LIMIT)
