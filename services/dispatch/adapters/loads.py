"""How much each worker has in hand, in PostgreSQL."""

from collections.abc import Sequence
from pathlib import Path

from schemas.case import CaseAccepted
from schemas.dispatch import IncidentDispatched
from schemas.incident import IncidentClassified
from services.dispatch.domain.crew_choice import everyone
from services.dispatch.domain.decide import is_load_gone
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
    """Keep the table of assignments as it was just decided."""
    emitted = [each.event for each in outcome.emitted]
    sent = {
        e.incident_id: e.assignee.worker_id for e in emitted if isinstance(e, IncidentDispatched)
    }
    events = [*emitted, *(each.event for each in outcome.consumed)]
    sent |= {each.incident_id: each.worker_id for each in events if isinstance(each, CaseAccepted)}
    gone = [e.subject for e in events if is_load_gone(e) and e.subject not in sent]
    if sent:
        await connection.execute(SQL["assign"], list(sent), list(sent.values()))
    if gone:
        await connection.execute(SQL["unassign"], gone)
