"""Hours of work over the week, in PostgreSQL: of who accepted an incident, and of who helps."""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from schemas.case import CaseAccepted
from services.dispatch.domain.plan import Plan
from services.kernel.domain import Outcome
from services.kernel.postgres import Connection, columns, queries
from services.reference.calendar import BEIJING

SQL = queries(Path(__file__).parents[1] / "sql" / "queries.sql")


def week_of(now: datetime) -> date:
    """The Monday of a moment's week in Beijing."""
    today = now.astimezone(BEIJING).date()
    return today - timedelta(today.weekday())


async def keep_hours(connection: Connection, outcome: Outcome) -> None:
    """Count the expected time of what was accepted, and of what somebody began to help with."""
    plans = {key: each for key, each in outcome.states.items() if isinstance(each, Plan)}
    if not plans:
        return
    minutes = Counter(dict(_accepted(outcome, plans)))
    helping = [(key, worker) for key, plan in plans.items() for worker in _helpers(plan)]
    pairs = columns(helping) if helping else ([], [])
    for row in await connection.fetch(SQL["help"], list(plans), *pairs):
        plan = plans[row["incident_id"]]
        minutes[row["worker_id"], week_of(datetime.now(UTC))] += plan.minutes
    if minutes:
        rows = sorted((worker, week, number) for (worker, week), number in minutes.items())
        await connection.execute(SQL["add_minutes"], *columns(rows))


def _accepted(outcome: Outcome, plans: dict[str, Plan]) -> Iterator[tuple[tuple[str, date], int]]:
    found: Counter[tuple[str, date]] = Counter()
    for event in (each.event for each in outcome.consumed):
        plan = plans.get(event.incident_id) if isinstance(event, CaseAccepted) else None
        if plan and isinstance(event, CaseAccepted) and plan.holder == event.worker_id:
            found[event.worker_id, week_of(event.at)] += plan.minutes
    return iter(found.items())


def _helpers(plan: Plan) -> Iterator[str]:
    """Who helps, desks aside, while there is something to help with."""
    return (each.worker_id for each in plan.helpers if not (plan.is_over or each.desk))
