"""The dashboard's queries run on a real PostgreSQL as hub_dashboard; their figures are right."""

import random
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg
import pytest

from deploy.grafana.macros import filled
from deploy.grafana.query import SQL, sql
from services.cli.prepare import folders_of
from services.hosting.migrations import migrate

pytestmark = pytest.mark.integration

NOW = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
FROM, TO = NOW - timedelta(days=7), NOW + timedelta(hours=2)
HOUR = timedelta(hours=1)
SEED = 20_260_703

Row = dict[str, Any]


def asked(name: str, **chosen: str) -> str:
    """The SQL of a panel as Grafana would send it."""
    return filled(sql(name), FROM, TO, **chosen)


def incident(number: int, chance: random.Random) -> Row:
    """An invented incident somewhere on its road."""
    opened = NOW - chance.randint(1, 400) * HOUR
    due = opened + chance.randint(2, 100) * HOUR + timedelta(minutes=30)
    outcome = chance.choice(
        ["rectified"] * 4 + ["answered", "withdrawn", "false_alarm"] + [None] * 5
    )
    closed = min(opened + chance.randint(1, 150) * HOUR, NOW) if outcome else None
    return {
        "incident_id": f"incident-{number:04}",
        "community": chance.choice(["510108004003", "510108004007", None]),
        "micro_grid": f"51010800400300100{chance.randint(1, 3)}",
        "category_code": chance.choice(["99001", "06001"]),
        "category_name": "堵塞消防通道",
        "scene": "社区安全",
        "severity": chance.choice(["low", "medium", "high", "danger"]),
        "kind": chance.choice(["hazard"] * 5 + ["request", "recurrence"]),
        "source": chance.choice(["hotline_12345", "camera", "wechat_group"]),
        "state": "closed" if outcome else chance.choice(["handling", "pending_check"]),
        "opened_at": opened,
        "dispatched_at": opened,
        "disposed_at": closed,
        "closed_at": closed,
        "recurred_at": closed + HOUR
        if closed and outcome == "rectified" and chance.random() < 0.2
        else None,
        "due_at": chance.choice([due, due, due, None]),
        "rounds": 1,
        "voices": chance.randint(1, 3),
        "rework": chance.randint(0, 2),
        "on_time": bool(closed and closed <= due) if outcome else None,
        "outcome": outcome,
        "overdue": False,
    }


ROWS = [incident(number, random.Random(SEED + number)) for number in range(600)]


def counted_at(row: Row) -> datetime:
    """When an incident counts: its time is up, or it was done before that."""
    moments: list[datetime] = [each for each in (row["due_at"], row["closed_at"]) if each]
    opened: datetime = row["opened_at"]
    return min(moments, default=opened)


def due(rows: list[Row]) -> list[Row]:
    """The hazards that were due to be rectified in the time shown."""
    now = datetime.now(UTC)
    return [
        row
        for row in rows
        if row["kind"] != "request"
        and row["outcome"] not in {"withdrawn", "false_alarm"}
        and (row["outcome"] == "rectified" or (row["due_at"] and row["due_at"] <= now))
        and FROM <= counted_at(row) <= min(TO, now)
    ]


def rectified(rows: list[Row]) -> list[Row]:
    """Those of them that were."""
    return [row for row in rows if row["outcome"] == "rectified"]


def still_open(rows: list[Row]) -> list[Row]:
    """What is not closed."""
    return [row for row in rows if row["state"] != "closed"]


@pytest.fixture
async def ledger(database: str) -> AsyncIterator[asyncpg.Connection]:
    """A connection as hub_dashboard to a ledger with invented rows."""
    await migrate(database, "feedback", folders_of("feedback"), None)
    connection = await asyncpg.connect(database)
    names = list(ROWS[0])
    slots = ", ".join(f"${place}" for place in range(1, len(names) + 1))
    await connection.executemany(
        f"INSERT INTO feedback.ledger ({', '.join(names)}) VALUES ({slots})",
        [list(row.values()) for row in ROWS],
    )
    await connection.execute("SET ROLE hub_dashboard")
    yield connection
    await connection.close()


async def test_the_rate_is_that_of_the_rows(ledger: asyncpg.Connection) -> None:
    row = await ledger.fetchrow(asked("rectification_rate"))
    wanted = due(ROWS)
    done = rectified(wanted)
    assert (row["已整改"], row["应整改"]) == (len(done), len(wanted))
    assert row["整改率"] == pytest.approx(len(done) / len(wanted))
    lasting = [each for each in done if not each["recurred_at"]]
    assert 0 < len(lasting) < len(done), "the rows should show both"
    assert row["净整改率"] == pytest.approx(len(lasting) / len(wanted))
    in_time = [each for each in done if each["due_at"] and each["disposed_at"] <= each["due_at"]]
    assert row["按期整改率"] == pytest.approx(len(in_time) / len(wanted))


async def test_the_rate_over_time_adds_up(ledger: asyncpg.Connection) -> None:
    rows = await ledger.fetch(asked("rectification_over_time", period="hour"))
    assert len(rows) > 24
    assert [row["time"] for row in rows] == sorted({row["time"] for row in rows})
    assert sum(row["应整改"] for row in rows) == len(due(ROWS))
    assert sum(row["已整改"] for row in rows) == len(rectified(due(ROWS)))


async def test_every_community_has_its_own_rate(ledger: asyncpg.Connection) -> None:
    told = {
        row["区域"]: row
        for row in await ledger.fetch(asked("rectification_by_area", level="community"))
    }
    assert set(told) == {"510108004003", "510108004007", "未定位"}
    for name, row in told.items():
        wanted = due([each for each in ROWS if (each["community"] or "未定位") == name])
        assert (row["已整改"], row["应整改"]) == (len(rectified(wanted)), len(wanted))
        assert row["返工件数"] == sum(
            bool(each["rework"] and each["disposed_at"]) for each in wanted
        )


async def test_one_community_can_be_chosen(ledger: asyncpg.Connection) -> None:
    row = await ledger.fetchrow(asked("rectification_rate", community="'510108004003'"))
    assert row["应整改"] == len(due([each for each in ROWS if each["community"] == "510108004003"]))


async def test_open_incidents_are_counted(ledger: asyncpg.Connection) -> None:
    row = await ledger.fetchrow(asked("open_now"))
    wanted = still_open(ROWS)
    assert row["未结"] == len(wanted)
    assert row["危及生命"] == sum(each["severity"] == "danger" for each in wanted)
    states = {row["状态"]: row for row in await ledger.fetch(asked("open_by_state"))}
    assert list(states) == ["处置中", "待核查"]
    handling = [each for each in wanted if each["state"] == "handling"]
    assert states["处置中"]["高"] == sum(each["severity"] == "high" for each in handling)


async def test_the_latest_overdue_incident_is_first(ledger: asyncpg.Connection) -> None:
    rows = await ledger.fetch(asked("overdue"))
    late = [
        each for each in still_open(ROWS) if each["due_at"] and each["due_at"] < datetime.now(UTC)
    ]
    wanted = sorted(late, key=lambda each: (each["due_at"], each["incident_id"]))
    assert [row["事件"] for row in rows] == [each["incident_id"] for each in wanted[:50]]
    assert rows[0]["已超时"] > 0


async def test_the_flow_is_counted_by_source(ledger: asyncpg.Connection) -> None:
    rows = await ledger.fetch(asked("flow_by_source"))
    assert {row["metric"] for row in rows} == {"12345 热线", "摄像头", "微信群"}
    assert sum(row["value"] for row in rows) == sum(
        FROM <= each["opened_at"] <= TO for each in ROWS
    )


async def test_every_query_runs_on_an_empty_ledger(database: str) -> None:
    await migrate(database, "feedback", folders_of("feedback"), None)
    connection = await asyncpg.connect(database)
    await connection.execute("SET ROLE hub_dashboard")
    rows = {path.stem: await connection.fetch(asked(path.stem)) for path in SQL.glob("*.sql")}
    await connection.close()
    assert tuple(rows["rectification_rate"][0].values()) == (None, None, None, 0, 0)
    assert rows["case_road"] == [] and tuple(rows["open_now"][0].values()) == (0, 0, 0)


async def test_dashboards_see_what_names_nobody_and_nothing_else(
    ledger: asyncpg.Connection,
) -> None:
    for table in ("ledger", "archive", "subject", "voice", "v_judgements", "v_steps"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await ledger.fetch(f"SELECT * FROM feedback.{table}")
