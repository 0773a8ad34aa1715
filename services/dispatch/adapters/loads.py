"""Who has what, what people ordered, and what each worker did this week, in PostgreSQL."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from pydantic import TypeAdapter

from schemas.dispatch import IncidentDispatched
from schemas.incident import IncidentClassified
from schemas.place import Place
from services.dispatch import metrics
from services.dispatch.adapters.hours import SQL, keep_hours, week_of
from services.dispatch.domain.crew_choice import everyone
from services.dispatch.domain.inhibition import Cause, Inhibition
from services.dispatch.domain.on_duty import NOBODY, Crew
from services.dispatch.domain.plan import Plan
from services.dispatch.domain.roster.duty import Roster
from services.dispatch.domain.situation import Situation
from services.dispatch.domain.standing import Absence, EmergencyMode, Silence, Standing
from services.kernel.domain import Outcome
from services.kernel.postgres import Connection, columns
from services.kernel.record import Message

STANDING: TypeAdapter[Standing] = TypeAdapter(Standing)


@dataclass
class Around:
    """What PostgreSQL knows that decisions need."""

    load: dict[str, int] = field(default_factory=dict)
    week: dict[str, int] = field(default_factory=dict)
    silences: tuple[Silence, ...] = ()
    modes: tuple[EmergencyMode, ...] = ()
    off: frozenset[str] = frozenset()
    causes: dict[str, Cause] = field(default_factory=dict)


async def look_around(
    connection: Connection,
    messages: Sequence[Message],
    roster: Roster | None,
    inhibitions: Sequence[Inhibition],
) -> Around:
    """What a batch may need."""
    now = datetime.now(UTC)
    around = Around()
    standing = [
        STANDING.validate_json(row["body"]) for row in await connection.fetch(SQL["standing"])
    ]
    around.silences = tuple(each for each in standing if isinstance(each, Silence))
    around.modes = tuple(each for each in standing if isinstance(each, EmergencyMode))
    around.off = frozenset(each.worker_id for each in standing if isinstance(each, Absence))
    places = [each.event.place for each in messages if isinstance(each.event, IncidentClassified)]
    if roster:
        others = [
            each.subject for each in messages if not isinstance(each.event, IncidentClassified)
        ]
        rows = await connection.fetch(SQL["places_of"], others) if others else []
        places += (Place(**dict(row)) for row in rows)
    if workers := {worker for place in places for worker in _near(place, roster, now)}:
        for row in await connection.fetch(SQL["load_of"], sorted(workers), week_of(now)):
            around.load[row["worker_id"]] = row["open"]
            around.week[row["worker_id"]] = row["week"]
    if wanted := {code for each in inhibitions for code in each.cause}:
        rows = await connection.fetch(SQL["causes"], sorted(wanted))
        around.causes = {row["incident_id"]: Cause(*row) for row in rows}
    return around


def _near(place: Place, roster: Roster | None, now: datetime) -> Iterator[str]:
    yield from Crew(roster, now).near(place) if roster else everyone(place)


async def project(connection: Connection, outcome: Outcome) -> None:
    """Keep the tables as plans and orders are now."""
    await _keep_assignments(connection, outcome)
    orders = {k: s for k, s in outcome.states.items() if s and not isinstance(s, Plan)}
    if orders:
        rows = [
            (subject, STANDING.dump_json(each).decode(), _until(each))
            for subject, each in orders.items()
        ]
        await connection.execute(SQL["stand"], *columns(rows))
    await keep_hours(connection, outcome)
    sent = [each.event for each in outcome.emitted if isinstance(each.event, IncidentDispatched)]
    for each in sent:
        if each.assignee.desk and any(NOBODY in reason for reason in each.reasons):
            metrics.NOBODY.inc()
    if sent and isinstance(outcome.world, Situation) and outcome.world.roster:
        count = Counter((each.assignee.worker_id, week_of(each.dispatched_at)) for each in sent)
        weeks = sorted((worker, week, number) for (worker, week), number in count.items())
        await connection.execute(SQL["add_week"], *columns(weeks))


async def _keep_assignments(connection: Connection, outcome: Outcome) -> None:
    plans = {key: plan for key, plan in outcome.states.items() if isinstance(plan, Plan)}
    await keep_plans(connection, plans)
    if over := [key for key, plan in plans.items() if plan.is_over]:
        await connection.execute(SQL["unassign"], over)


async def keep_plans(connection: Connection, plans: Mapping[str, Plan]) -> None:
    """Write down of each open plan who has it, or what it waits behind."""
    rows = [
        (
            key,
            "" if plan.held_until else plan.holder,
            plan.round,
            plan.is_accepted,
            plan.category.code,
            plan.area,
            plan.behind if plan.held_until else "",
            plan.held_until,
            plan.occupies and not (plan.is_put_down or plan.held_until),
            plan.sent_at,
        )
        for key, plan in plans.items()
        if not plan.is_over
    ]
    if rows:
        await connection.execute(SQL["assign"], *columns(rows))


def _until(each: Standing) -> datetime:
    if isinstance(each, EmergencyMode):
        return datetime.min.replace(tzinfo=UTC) if each.is_over else each.expires_at
    return each.until
