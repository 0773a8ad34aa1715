"""What a service does every few seconds beside its rules, until it stops."""

import asyncio
from collections.abc import Awaitable, Callable

import asyncpg
import structlog

from services.kernel.errors import HubError
from services.kernel.postgres import TRANSIENT

log = structlog.get_logger(__name__)

FAILURES = (HubError, asyncpg.PostgresError, *TRANSIENT)
"""What spoils one round, and must not end the service."""


async def rounds(go: Callable[[], Awaitable[None]], pace: float, stopping: asyncio.Event) -> None:
    """Go round every `pace` seconds until told to stop."""
    while not stopping.is_set():
        try:
            await go()
        except FAILURES as error:
            log.warning("rounds.spoilt", what=go.__qualname__, problem=str(error)[:200])
        try:
            await asyncio.wait_for(stopping.wait(), pace)
        except TimeoutError:
            continue
