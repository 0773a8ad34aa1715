"""What citizens said last at the call-back (回访): a row each voice, for the three rates."""

from pathlib import Path

from schemas.case import CaseRated
from services.kernel.domain import Outcome
from services.kernel.postgres import Connection, columns, queries

SQL = queries(Path(__file__).parents[1] / "sql" / "ratings.sql")


async def keep(connection: Connection, outcome: Outcome) -> None:
    """Keep the ratings of one transaction; of a thread that is rated twice, the last."""
    events = (each.event for each in outcome.emitted)
    rated = {each.thread: each for each in events if isinstance(each, CaseRated)}
    if rated:
        rows = [(e.thread, e.incident_id, e.solved, e.satisfied, e.at) for e in rated.values()]
        await connection.execute(SQL["keep"], *columns(rows))


async def different(connection: Connection) -> int:
    """How many ratings are not as the archive tells them."""
    count: int = await connection.fetchval(SQL["different"])
    return count


async def replace(connection: Connection) -> None:
    """Put what the archive tells in the place of what is there, in the open transaction."""
    await connection.execute(SQL["empty"])
    await connection.execute(SQL["remake"])
