"""What the ledger's memory costs: making it again from the archive, and a district's month.

`python -m tests.bench.ledger` starts a PostgreSQL of its own, fills it with invented cases, and
prints events a second of `hub ledger rebuild` and seconds of the measures at a million incidents.
"""

import asyncio
import json
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg

from schemas.event import Event
from schemas.worker import Action
from services.cli.prepare import folders_of
from services.feedback.adapters import rebuilding
from services.feedback.adapters.memory import ARCHIVE
from services.feedback.domain.decide import decide_opened, decide_step
from services.feedback.domain.evolve import evolve
from services.feedback.domain.measures import Axis, query
from services.feedback.domain.refusals import LIMITS
from services.hosting.migrations import migrate
from tests.harness import Servers
from tests.unit.feedback.cases import by, did, incident, sent, voice

CASES = 20_000
INCIDENTS = 1_000_000
STEPS = (Action.ACCEPT, Action.ARRIVE, Action.DISPOSE, Action.CHECK)

FILL = """
INSERT INTO feedback.ledger (incident_id, opened_at, community, grid, micro_grid, source, suspicion,
    category_code, category_name, scene, kind, severity, state, mode, level, accepted_level,
    dispatched_at, accepted_at, arrived_at, disposed_at, checked_at, closed_at, accept_by, due_at,
    check_by, rounds, voices, rework, declines, overdue, on_time, outcome, satisfied, solved)
SELECT 'i' || n, opened, community, community || '001', community || '001001',
    (ARRAY['hotline_12345', 'camera', 'wechat_group'])[1 + n % 3], n % 30 = 1,
    '9' || lpad((n % 140)::text, 4, '0'), '类别', '社区安全', 'hazard',
    (ARRAY['low', 'medium', 'high', 'danger'])[1 + n % 4],
    CASE WHEN n % 50 = 0 THEN 'handling' ELSE 'closed' END,
    '马上办', 'micro_grid', 'micro_grid', opened + interval '1 s',
    opened + interval '5 min' * random(), opened + interval '30 min' * random(),
    opened + interval '2 h' * random(), opened + interval '3 h',
    CASE WHEN n % 50 > 0 THEN opened + interval '3 h' END, opened + interval '15 min',
    opened + interval '2 h', opened + interval '4 h', 1, 1,
    (n % 40 = 0)::int, (n % 25 = 0)::int, false, true,
    CASE WHEN n % 50 = 0 THEN NULL WHEN n % 30 = 1 THEN 'false_alarm' ELSE 'rectified' END,
    (ARRAY['满意', '基本满意', '不满意', NULL])[1 + n % 4], n % 9 > 0
FROM (SELECT n, now() - interval '365 days' * n / {rows} AS opened,
             '510108' || lpad((n % 15)::text, 3, '0') || lpad((n % 90)::text, 3, '0') AS community
      FROM generate_series(1, {rows}) AS n) AS made
"""


def life(number: int) -> Iterator[Event]:
    """All that is recorded of one invented case, as feedback would record it."""
    name = f"i{number}"
    opened = incident(voice(number, ticket=f"T{number}")).model_copy(update={"incident_id": name})
    events: list[Event] = [opened, *decide_opened(opened, None, opened.classified_at)]
    events.append(sent().model_copy(update={"incident_id": name}))
    case = None
    for event in events:
        case = evolve(case, event)
    yield from events
    for action in STEPS:
        if case is None:
            return
        step = did(action, by(action)).model_copy(update={"incident_id": name})
        for event in (step, *decide_step(step, case, LIMITS, step.at)):
            case = evolve(case, event)
            yield event


def recorded(number: int) -> Iterator[tuple[Any, ...]]:
    """The rows of the archive for one case."""
    for index, event in enumerate(life(number)):
        yield (
            "bench",
            "bench",
            f"{number}:{index}",
            event.ce_type,
            event.subject,
            getattr(event, "incident_id", None),
            f"{number}",
            index,
            event.model_dump_json(exclude_defaults=True),
        )


async def rebuild_speed(connection: Any) -> dict[str, Any]:
    """Events a second from the archive to the rows."""
    rows = [row for number in range(CASES) for row in recorded(number)]
    await connection.copy_records_to_table("archive", records=rows, columns=ARCHIVE)
    async with connection.transaction():
        began = time.perf_counter()
        rebuilt = await rebuilding.replay(connection)
        played = time.perf_counter() - began
        await rebuilding.lay_out(connection, rebuilt)
        await rebuilding.replace_ledger(connection)
        whole = time.perf_counter() - began
    return {
        "events": rebuilt.events,
        "incidents": len(rebuilt.cases),
        "events_a_second": round(rebuilt.events / whole),
        "of_it_written_s": round(whole - played, 2),
    }


RATE = """
INSERT INTO feedback.rating (thread, incident_id, solved, satisfied, rated_at)
SELECT 't' || n, 'i' || n, n % 9 > 0, (ARRAY['满意', '基本满意', '不满意'])[1 + n % 3], now()
FROM generate_series(1, {rows}, 4) AS n
"""


async def month_speed(connection: Any) -> dict[str, Any]:
    """Seconds for the measures of a district's month, whole and by street and by day."""
    await connection.execute("DELETE FROM ledger")
    await connection.execute(FILL.format(rows=INCIDENTS))
    await connection.execute(RATE.format(rows=INCIDENTS))
    await connection.execute("ANALYZE ledger, rating")
    until = datetime.now(UTC)
    since = until - timedelta(days=30)
    told = {}
    for axis in (Axis.ALL, Axis.STREET, Axis.DAY):
        times = [await _timed(connection, query(axis), since, until) for _ in range(3)]
        told[f"month_by_{axis}_s"] = round(min(times), 3)
    told["year_s"] = round(
        await _timed(connection, query(Axis.ALL), until - timedelta(days=366), until), 3
    )
    return {"incidents": INCIDENTS, **told}


async def _timed(connection: Any, text: str, since: datetime, until: datetime) -> float:
    began = time.perf_counter()
    await connection.fetch(text, "510108", since, until)
    return time.perf_counter() - began


async def measured(dsn: str) -> dict[str, Any]:
    """Both, on an empty database."""
    await migrate(dsn, "feedback", folders_of("feedback"), None)
    connection = await asyncpg.connect(dsn, server_settings={"search_path": "feedback"})
    try:
        return {
            "rebuild": await rebuild_speed(connection),
            "measures": await month_speed(connection),
        }
    finally:
        await connection.close()


def main() -> None:
    """Measure and print JSON."""
    servers = Servers().start()
    try:
        sys.stdout.write(json.dumps(asyncio.run(measured(servers.postgres_dsn)), indent=2) + "\n")
    finally:
        servers.stop()


if __name__ == "__main__":
    main()
