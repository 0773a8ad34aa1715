"""The tables of sources: when each was heard, when it may be silent, what it has signed."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from schemas.place import Place
from schemas.report import Source
from schemas.source import SourceRecovered, SourceSilenced
from services.intake.adapters.ears import HeardCamera
from services.intake.domain.hearing import Maintenance, SourceHeard, SourceMissed
from services.intake.domain.registered import Register
from services.kernel.domain import Outcome
from services.kernel.postgres import Connection, Pool, columns, queries

SQL = queries(Path(__file__).parents[1] / "sql" / "queries.sql")
AT_ONCE = 500


class SourceBook:
    """The tables, over a pool or over one connection."""

    def __init__(self, book: Connection | Pool) -> None:
        self._book = book

    async def register(self, known: Register) -> None:
        """Write down who is registered, and how patient to be with each."""
        rows = [
            (
                each.id,
                each.name,
                each.kind.value,
                each.heartbeat.slow if each.heartbeat else None,
                each.heartbeat.expired if each.heartbeat else None,
            )
            for each in known.sources
        ]
        gateways = [
            (
                each.id,
                each.cameras.slow if each.cameras else None,
                each.cameras.expired if each.cameras else None,
            )
            for each in known.sources
        ]
        if rows:
            await self._book.execute(SQL["register_sources"], *columns(rows))
            await self._book.execute(SQL["pace_cameras"], *columns(gateways))
        await self._book.execute(SQL["strike_sources"], list(known.by_id))

    async def hear(self, at: Mapping[str, datetime], met: Sequence[HeardCamera]) -> None:
        """Write down when sources were heard; cameras met for the first time come in."""
        if met:
            rows = [
                (
                    e.id,
                    e.name,
                    e.gateway,
                    _unit(e.place),
                    e.place.model_dump_json(),
                    e.slow,
                    e.patience,
                )
                for e in met
            ]
            await self._book.execute(SQL["meet_cameras"], *columns(rows))
        if at:
            await self._book.execute(SQL["hear"], *columns(at.items()))

    async def listen(self, longest_gap: float) -> None:
        """Say that this process listens; `longest_gap` seconds are no gap yet."""
        await self._book.execute(SQL["listen"], longest_gap)

    async def edges(self) -> list[SourceMissed | SourceHeard]:
        """Who fell silent or is heard again, as far as nobody has said so."""
        return [_edge(row) for row in await self._book.fetch(SQL["edges"], AT_ONCE)]

    async def conditions(self) -> dict[str, int]:
        """How many sources do how."""
        return {
            row["condition"]: row["number"] for row in await self._book.fetch(SQL["conditions"])
        }

    async def listed(self) -> list[dict[str, Any]]:
        """Every registered source and watched camera, and how it does."""
        return [dict(row) for row in await self._book.fetch(SQL["list_sources"])]

    async def is_known(self, source_id: str) -> bool:
        """Whether there is such a source, or a camera in such a unit of the ground."""
        return bool(await self._book.fetchval(SQL["is_source"], source_id))

    async def maintain(self, window: Maintenance) -> int:
        """Open a window; returns its number."""
        return int(
            await self._book.fetchval(
                SQL["maintain"],
                window.source_id,
                window.author,
                window.reason,
                window.starts_at,
                window.ends_at,
            )
        )

    async def end_maintenance(self, source_id: str) -> None:
        """End the windows of a source before their time."""
        await self._book.execute(SQL["end_maintenance"], source_id)

    async def windows(self) -> list[dict[str, Any]]:
        """The windows that have not ended yet."""
        return [dict(row) for row in await self._book.fetch(SQL["list_maintenance"])]

    async def use_signature(self, digest: bytes) -> bool:
        """Take a signature; False if it was used before."""
        return await self._book.fetchval(SQL["use_signature"], digest) is not None

    async def forget_signatures(self, seconds: float) -> None:
        """Forget those that are too old to be accepted anyway."""
        await self._book.execute(SQL["forget_signatures"], seconds)


async def project(connection: Connection, outcome: Outcome) -> None:
    """Note what was said of sources, in the transaction that says it."""
    events = [each.event for each in outcome.emitted]
    silenced = sorted(
        (each.source_id, each.silenced_at) for each in events if isinstance(each, SourceSilenced)
    )
    recovered = sorted(each.source_id for each in events if isinstance(each, SourceRecovered))
    if silenced:
        await connection.execute(SQL["silence"], *columns(silenced))
    if recovered:
        await connection.execute(SQL["recover"], recovered)


def _edge(row: Any) -> SourceMissed | SourceHeard:
    if row["silenced_at"]:
        return SourceHeard(source_id=row["source_id"], heard_at=row["heard_at"])
    return SourceMissed(
        source_id=row["source_id"],
        source=Source(row["kind"]),
        name=row["name"],
        place=Place.model_validate_json(row["place"]),
        heard_at=row["heard_at"],
        patience=row["patience"],
    )


def _unit(place: Place) -> str:
    return place.micro_grid or place.grid or place.community or ""
