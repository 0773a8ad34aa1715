"""What feedback keeps, as the owner sees it in one transaction."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import asyncpg

from services.cli.addresses import addresses


@asynccontextmanager
async def one_view() -> AsyncIterator[Any]:
    """A connection in a transaction: whatever is read of archive and ledger is of one moment."""
    settings = {"search_path": "feedback"}
    connection = await asyncpg.connect(addresses().postgres, server_settings=settings)
    try:
        async with connection.transaction(isolation="repeatable_read"):
            yield connection
    finally:
        await connection.close()
