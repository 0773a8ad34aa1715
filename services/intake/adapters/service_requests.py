"""Requests that came by Open311: kept masked, with what intake is told of their end."""

from datetime import datetime

from schemas.report import ReportReceived, ReportUpdated, ReportWithdrawn
from services.intake.adapters.source_book import SQL
from services.intake.domain.registered import Channel, Register
from services.intake.ports import OTHER_SERVICE, ServiceRequest, Wanted
from services.kernel.domain import Outcome
from services.kernel.postgres import Connection, Pool, columns

Progress = tuple[str, bool, str, datetime]
"""Of a request: its id, whether it is closed, a sentence, and since when."""


class ServiceRequests:
    """The table of requests."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def find(self, origin: str, wanted: Wanted) -> list[ServiceRequest]:
        """Those of one source, newest first, at most 1,000."""
        rows = await self._pool.fetch(
            SQL["find_requests"],
            origin,
            None if wanted.ids is None else list(wanted.ids),
            None if wanted.codes is None else list(wanted.codes),
            wanted.since,
            wanted.until,
            wanted.is_closed,
        )
        return [ServiceRequest(**dict(row)) for row in rows]


async def project(connection: Connection, outcome: Outcome, register: Register) -> None:
    """Keep new requests, and what intake itself decides of old ones."""
    opened, moved = [], []
    for event in (each.event for each in outcome.emitted):
        match event:
            case ReportReceived() if _is_public(event, register):
                opened.append(_row(event))
            case ReportUpdated(change="amended" | "urged"):
                moved.append((event.report_id, False, "", event.updated_at))
            case ReportWithdrawn():
                moved.append((event.report_id, True, "已撤回", event.withdrawn_at))
    if opened:
        await connection.execute(SQL["open_requests"], *columns(opened))
    if moved:
        await note_progress(connection, moved)


async def note_progress(connection: Connection, progress: list[Progress]) -> None:
    """Note what has become of reports; those that are no requests are passed over."""
    await connection.execute(SQL["progress_requests"], *columns(progress))


def _is_public(event: ReportReceived, register: Register) -> bool:
    origin = register.named(event.origin)
    return origin is not None and origin.channel is Channel.OPEN311


def _row(event: ReportReceived) -> tuple[object, ...]:
    place = event.place
    return (
        event.report_id,
        event.thread,
        event.origin,
        event.hint or OTHER_SERVICE,
        event.text,
        place.address,
        place.longitude,
        place.latitude,
        event.reported_at,
    )
