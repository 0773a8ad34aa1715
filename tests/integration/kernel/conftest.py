"""The toy on a database of the test's own."""

from collections.abc import AsyncIterator

import pytest

from tests.integration.kernel.toyland import Toy, toyland


@pytest.fixture
async def toy(database: str) -> AsyncIterator[Toy]:
    """Fresh tables, and a processor over them."""
    async with toyland(database) as made:
        yield made
