"""The ledger made again from the archive, in the archive's order and without a clock.

What was recorded is played through the same rules that wrote the ledger the first time:
rebuilt, it is equal, row by row; up to a moment, it is the ledger as recorded at that moment.
"""

import gc
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from schemas import flow
from schemas.event import Event
from services.feedback.adapters import ledger, ratings
from services.feedback.adapters.memory import SQL
from services.feedback.domain.case import Case
from services.feedback.domain.evolve import evolve
from services.kernel.postgres import Connection, copy

PORTION = 5_000
MOVING: dict[str, type[Event]] = {
    event.ce_type: event
    for topic in flow.FLOW
    for event in topic.events
    if "incident_id" in event.model_fields
}
"""Whatever says something of an incident; the rules leave alone what does not matter to them."""

Progress = Callable[[int], Any]
"""Told of each portion: how many events it had."""


def _silent(events: int) -> None:
    return None


@dataclass
class Rebuilt:
    """The cases as the archive tells them, and how many events that took."""

    cases: dict[str, Case] = field(default_factory=dict)
    events: int = 0

    def take(self, incident_id: str, ce_type: str, payload: str) -> None:
        """Play one event."""
        event = MOVING[ce_type].model_validate_json(payload, extra="ignore")
        case = evolve(self.cases.get(incident_id), event)
        if case is not None:
            self.cases[incident_id] = case

    def rows(self) -> list[tuple[Any, ...]]:
        """The rows of the ledger."""
        return [ledger.opened(key, case) for key, case in self.cases.items()]


async def replay(
    connection: Connection, until: datetime | None = None, progress: Progress = _silent
) -> Rebuilt:
    """Play the archive, as far as it was recorded by `until`, within the open transaction."""
    rebuilt = Rebuilt()
    with uncollected():
        await _play(connection, until, rebuilt, progress)
    return rebuilt


@contextmanager
def uncollected() -> Iterator[None]:
    """Many objects are made and none is garbage: the collector would look at all in vain."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


async def _play(
    connection: Connection, until: datetime | None, rebuilt: Rebuilt, progress: Progress
) -> None:
    async for rows in _portions(connection, until):
        for row in rows:
            rebuilt.take(row["incident_id"], row["ce_type"], row["payload"])
        rebuilt.events += len(rows)
        progress(len(rows))


async def _portions(connection: Connection, until: datetime | None) -> AsyncIterator[list[Any]]:
    cursor = await connection.cursor(SQL["archived"], list(MOVING), until)
    while rows := await cursor.fetch(PORTION):
        yield rows


async def lay_out(connection: Connection, rebuilt: Rebuilt) -> None:
    """Put the rebuilt rows beside the ledger, until the transaction ends."""
    await connection.execute(SQL["make_rebuilt"])
    await copy(connection, "rebuilt", ledger.COLUMNS, rebuilt.rows())


async def differences(connection: Connection, shown: int) -> tuple[int, list[str]]:
    """How many incidents are not as the archive tells them, and the first of them.

    What was opened before the archive begins (its months were dropped) stays as it is.
    """
    found = [row["incident_id"] for row in await connection.fetch(SQL["different"])]
    return len(found) + await ratings.different(connection), found[:shown]


async def replace_ledger(connection: Connection) -> None:
    """Put the rebuilt rows in the place of those that are there, in the open transaction."""
    await connection.execute(SQL["empty_ledger"])
    await connection.execute(SQL["fill_ledger"])
    await ratings.replace(connection)
