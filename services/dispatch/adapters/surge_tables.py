"""What is kept of surges: where they are, where workers were last, where danger to life was."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import date, datetime

from schemas.case import CaseDisposed
from schemas.incident import IncidentClassified, Severity
from services.dispatch import metrics
from services.dispatch.adapters.hours import SQL
from services.dispatch.domain.plan import Plan
from services.dispatch.domain.situation import Situation
from services.kernel.domain import Outcome
from services.kernel.postgres import Connection, columns
from services.reference.calendar import BEIJING

GRID_DIGITS = 15


async def keep(connection: Connection, outcome: Outcome) -> None:
    """As one transaction has left it."""
    if isinstance(outcome.world, Situation):
        await keep_turned(connection, outcome.world.turned)
        for batch in outcome.world.batches.values():
            metrics.BATCHED.inc(sum(each.travel is not None for each in batch.verdicts.values()))
    await _see(connection, outcome)
    await _count_danger(connection, outcome)


async def keep_turned(connection: Connection, turned: Mapping[str, datetime | None]) -> None:
    """Surges that have begun, and those that are over."""
    if began := [(street, since) for street, since in sorted(turned.items()) if since]:
        await connection.execute(SQL["begin_surge"], *columns(began))
    if ended := sorted(street for street, since in turned.items() if since is None):
        await connection.execute(SQL["end_surge"], ended)


async def _see(connection: Connection, outcome: Outcome) -> None:
    """Whoever is done with something is where it was."""
    seen = {
        plan.holder: (plan.holder, plan.place.longitude, plan.place.latitude, each.event.at)
        for each in outcome.consumed
        if isinstance(each.event, CaseDisposed)
        and isinstance(plan := outcome.states.get(each.subject), Plan)
        and plan.occupies
        and plan.place.longitude is not None
    }
    if seen:
        await connection.execute(SQL["see"], *columns([seen[key] for key in sorted(seen)]))


async def _count_danger(connection: Connection, outcome: Outcome) -> None:
    """Where danger to life was, for those who are kept back for it."""
    sums: dict[tuple[str, date], list[float]] = defaultdict(lambda: [0, 0.0, 0.0])
    for each in outcome.consumed:
        event = each.event
        if not isinstance(event, IncidentClassified) or event.severity is not Severity.DANGER:
            continue
        place = event.place
        area = (place.micro_grid or place.grid or place.community or "")[:GRID_DIGITS]
        if not area or place.longitude is None or place.latitude is None:
            continue
        month = event.classified_at.astimezone(BEIJING).date().replace(day=1)
        at = sums[area, month]
        at[0], at[1], at[2] = at[0] + 1, at[1] + place.longitude, at[2] + place.latitude
    if sums:
        rows = [(*key, int(n), x, y) for key, (n, x, y) in sorted(sums.items())]
        await connection.execute(SQL["count_danger"], *columns(rows))
