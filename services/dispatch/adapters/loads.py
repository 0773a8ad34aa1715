"""How much each worker has in hand, in PostgreSQL."""

from collections.abc import Sequence
from pathlib import Path

from schemas.incident import IncidentClassified
from services.dispatch.domain.crew_choice import everyone
from services.dispatch.domain.plan import Plan
from services.kernel.domain import Outcome
from services.kernel.postgres import Connection, queries
from services.kernel.record import Message

SQL = queries(Path(__file__).parents[1] / "sql" / "queries.sql")


async def load_near(connection: Connection, messages: Sequence[Message]) -> dict[str, int]:
    """The load of all who could be asked for the new incidents of a batch."""
    new = [each.event for each in messages if isinstance(each.event, IncidentClassified)]
    workers = {worker for incident in new for worker in everyone(incident.place)}
    if not workers:
        return {}
    rows = await connection.fetch(SQL["load_of"], sorted(workers))
    return {row["worker_id"]: row["open"] for row in rows}


async def project(connection: Connection, outcome: Outcome) -> None:
    """Keep the table of assignments as the plans are now."""
    plans = {key: plan for key, plan in outcome.states.items() if isinstance(plan, Plan)}
    held = {key: plan.holder for key, plan in plans.items() if plan.holder and not plan.is_over}
    over = [key for key, plan in plans.items() if plan.is_over]
    if held:
        await connection.execute(SQL["assign"], list(held), list(held.values()))
    if over:
        await connection.execute(SQL["unassign"], over)
