"""The emergencies in force, as dispatch has declared them."""

from datetime import UTC, datetime
from pathlib import Path

from schemas.dispatch import ModeDeclared, ModeEnded
from schemas.incident import Alertness
from services.classification.domain.circumstances import Emergency
from services.kernel.domain import Outcome
from services.kernel.postgres import Connection, columns, queries

SQL = queries(Path(__file__).parents[1] / "sql" / "reviews.sql")


async def in_force(connection: Connection) -> tuple[Emergency, ...]:
    """Those that hold now."""
    rows = await connection.fetch(SQL["in_force"], datetime.now(UTC))
    return tuple(Emergency(row["area"], Alertness(row["level"]), row["trigger"]) for row in rows)


async def project(connection: Connection, outcome: Outcome) -> None:
    """Keep the list; a declaration and its end in one batch leave nothing."""
    declared: dict[str, tuple[str, str, str, str, datetime]] = {}
    ended: list[str] = []
    for event in (each.event for each in outcome.consumed):
        if isinstance(event, ModeDeclared):
            row = (event.mode_id, event.area, event.level.value, event.trigger, event.expires_at)
            declared[event.mode_id] = row
        elif isinstance(event, ModeEnded):
            ended.append(event.mode_id)
    if declared:
        await connection.execute(SQL["declare"], *columns(declared.values()))
    if ended:
        await connection.execute(SQL["end"], ended)
