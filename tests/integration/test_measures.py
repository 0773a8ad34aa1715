"""Each rate on seventeen invented incidents, counted by hand; told the same wherever it is told."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg
import pytest

from deploy.grafana.macros import filled
from deploy.grafana.query import sql
from services.cli.prepare import folders_of
from services.feedback.adapters.exporting import rows_of
from services.feedback.adapters.readings import PostgresReadings
from services.feedback.domain.dictionary import SHEETS
from services.feedback.domain.measures import MEASURES, Axis
from services.hosting.migrations import migrate
from services.kernel.postgres import connect

pytestmark = pytest.mark.integration

OPENED = datetime.now(UTC).replace(microsecond=0) - timedelta(days=3)
SINCE, UNTIL = OPENED - timedelta(days=1), datetime.now(UTC) + timedelta(days=1)
HERE, THERE = "510108004003001001", "510108007001001001"
Row = dict[str, Any]


def at(minutes: float) -> datetime:
    """So many minutes after it was opened."""
    return OPENED + timedelta(minutes=minutes)


def case(name: str, **more: Any) -> Row:
    """Dispatched after 1 minute; accepting is due after 15, disposing 120, checking 240."""
    area = more.pop("area", HERE)
    return {
        "incident_id": name,
        "opened_at": OPENED,
        "community": area[:12],
        "grid": area[:15],
        "micro_grid": area,
        "source": "hotline_12345",
        "category_code": "91001",
        "category_name": "堵塞消防通道",
        "scene": "社区安全",
        "kind": "hazard",
        "severity": "medium",
        "state": "handling",
        "mode": "马上办",
        "dispatched_at": at(1),
        "accept_by": at(15),
        "due_at": at(120),
        "check_by": at(240),
        "rounds": 1,
        "voices": 1,
        "rework": 0,
        "overdue": False,
        "suspicion": False,
    } | more


def done(name: str, outcome: str = "rectified", **more: Any) -> Row:
    """Accepted after 5 minutes, there after 20, disposed after 60, checked and closed after 90."""
    times = {"accepted_at": at(5), "arrived_at": at(20), "disposed_at": at(60), "closed_at": at(90)}
    return case(name, **{"state": "closed", "outcome": outcome, **times, **more})


LATE: Row = {"accepted_at": at(30), "disposed_at": at(180), "closed_at": at(300)}
QUICK: Row = {"accepted_at": at(1 + 50 / 60), "arrived_at": at(3.5), "disposed_at": at(5)}
SLOW: Row = {"accepted_at": at(3), "arrived_at": at(5), "disposed_at": at(11)}
MICRO: Row = {"accepted_level": "micro_grid", "level": "micro_grid"}

CASES = [
    done("A in time", **MICRO),
    done("B late, reworked", **LATE, rework=1, accepted_level="grid", level="community"),
    case("C nobody came", state="pending_acceptance", declines=1),
    case("D rests", state="suspended", accepted_at=at(5), **MICRO),
    case("E birds", outcome="false_alarm", closed_at=at(11), source="camera", suspicion=True),
    done("F a question", "answered", kind="request"),
    done("G came back", recurred_at=at(9_000)),
    done("H opened again", reopened=1),
    done("I danger, quick", severity="danger", area=THERE, **QUICK),
    done("J danger, slow", severity="danger", area=THERE, **SLOW),
    done("K a warning", "looked_into", kind="warning", source="hub"),
    done("L a warning of nothing", "false_alarm", kind="warning", source="hub"),
    case("M taken back", state="closed", outcome="withdrawn", dispatched_at=None, due_at=None),
    case("N nobody sent", state="pending_dispatch", dispatched_at=None, due_at=None),
    done("O late, excused", **LATE, excused=True),
    done("P seen by a camera", source="camera", suspicion=True, **MICRO),
    done("Q a broken camera", kind="maintenance", source="camera"),
]
RATINGS = [
    ("t:1", "A in time", True, "满意"),
    ("t:2", "A in time", False, "不满意"),
    ("t:3", "B late, reworked", None, "基本满意"),
    ("t:4", "F a question", True, "无法判断"),
]

BY_HAND: dict[str, tuple[str, str]] = {
    # rate: (whose letters are in the numerator, whose in the denominator)
    "rectification": ("ABGHIJOP", "ABCGHIJOP"),
    "net_rectification": ("ABIJOP", "ABCGHIJOP"),
    "disposal": ("ABFGHIJKOPQ", "ABCFGHIJKOPQ"),
    "disposal_on_time": ("AFGHIJKPQ", "ABCFGHIJKPQ"),
    "closing": ("ABFGHIJKOPQ", "ABCFGHIJKOPQ"),
    "closing_on_time": ("AFGHIJKPQ", "ABCFGHIJKPQ"),
    "rework": ("B", "ABFGHIJKOPQ"),
    "dispatch_accuracy": ("ABDEFGHIJKLOPQ", "ABCDEFGHIJKLOPQ"),
    "dispatch_on_time": ("ABCDFGHIJKOPQ", "ABCDFGHIJKNOPQ"),
    "valid_report": ("ABCDFGHIJNOPQ", "ABCDEFGHIJMNOPQ"),
    "response": ("ADFGHIJKPQ", "ABCDFGHIJKPQ"),
    "solution": ("AF", "AAF"),
    "satisfaction": ("AB", "AAB"),
    "within_grid": ("AP", "ABDP"),
    "recurrence": ("G", "ABGHIJOP"),
    "one_minute": ("I", "IJ"),
    "three_minutes": ("I", "IJ"),
    "five_minutes": ("I", "IJ"),
    "false_alarm": ("E", "EP"),
    "unfounded_warning": ("L", "KL"),
}


@pytest.fixture
async def readings(database: str) -> AsyncIterator[PostgresReadings]:
    """What the API reads, over the invented incidents."""
    await migrate(database, "feedback", folders_of("feedback"), None)
    pool = await connect(database, "feedback")
    for row in CASES:
        slots = ", ".join(f"${place}" for place in range(1, len(row) + 1))
        await pool.execute(f"INSERT INTO ledger ({', '.join(row)}) VALUES ({slots})", *row.values())
    text = "INSERT INTO rating VALUES ($1, $2, $3, $4, now())"
    await pool.executemany(text, RATINGS)
    yield PostgresReadings(pool)
    await pool.close()


def counts(row: Row) -> dict[str, tuple[float, float]]:
    """Numerator and denominator of each rate."""
    rates = row["rates"]
    return {name: (each["numerator"], each["denominator"]) for name, each in rates.items()}


async def test_every_rate_is_as_counted_by_hand(readings: PostgresReadings) -> None:
    assert set(BY_HAND) == {each.name for each in MEASURES}
    (row,) = await readings.measures(Axis.ALL, "", SINCE, UNTIL)
    told = counts(row)
    for name, (numerator, denominator) in BY_HAND.items():
        assert told[name] == (len(numerator), len(denominator)), name
    assert (row["incidents"], row["suspended"]) == (17, 1)
    assert row["rates"]["net_rectification"]["rate"] == pytest.approx(6 / 9)


async def test_every_axis_adds_up_and_every_level_of_the_grid_is_its_own_filter(
    readings: PostgresReadings,
) -> None:
    whole = {name: (len(n), len(d)) for name, (n, d) in BY_HAND.items()}
    for axis in Axis:
        rows = [counts(row) for row in await readings.measures(axis, "", SINCE, UNTIL)]
        for name, (numerator, denominator) in whole.items():
            summed = sum(row[name][0] for row in rows), sum(row[name][1] for row in rows)
            assert summed == (numerator, denominator), (axis, name)
    levels = (Axis.DISTRICT, Axis.STREET, Axis.COMMUNITY, Axis.GRID, Axis.MICRO_GRID)
    for axis in levels:
        for row in await readings.measures(axis, "", SINCE, UNTIL):
            (alone,) = await readings.measures(Axis.ALL, row["key"], SINCE, UNTIL)
            assert counts(alone) == counts(row), (axis, row["key"])
    by_camera = await readings.measures(Axis.SOURCE, "", SINCE, UNTIL)
    camera = next(row for row in by_camera if row["key"] == "camera")
    assert counts(camera)["false_alarm"] == (1, 2)


async def test_it_is_the_same_number_wherever_it_is_told(
    readings: PostgresReadings, database: str
) -> None:
    (row,) = await readings.measures(Axis.ALL, "", SINCE, UNTIL)
    told = counts(row)
    connection = await asyncpg.connect(database, server_settings={"search_path": "feedback"})
    sheet, taken = SHEETS["measures"], []
    async with connection.transaction():
        async for rows in rows_of(connection, sheet, "", SINCE, UNTIL):
            taken += [dict(zip(sheet.columns, each, strict=True)) for each in rows]
    for name, (numerator, denominator) in told.items():
        assert sum(each[f"{name}_is"] or 0 for each in taken) == numerator, name
        assert sum(each[f"{name}_of"] or 0 for each in taken) == denominator, name
    await connection.execute("SET ROLE hub_dashboard")
    shown = await connection.fetchrow(filled(sql("rectification_rate"), SINCE, UNTIL))
    await connection.close()
    assert (shown["已整改"], shown["应整改"]) == told["rectification"]
    assert shown["净整改率"] == pytest.approx(row["rates"]["net_rectification"]["rate"])


async def test_ratings_are_weighed_as_the_table_says(readings: PostgresReadings) -> None:
    await readings._pool.execute(
        "UPDATE satisfaction SET weight = 0.8 WHERE satisfied = '基本满意'"
    )
    (row,) = await readings.measures(Axis.ALL, "", SINCE, UNTIL)
    assert counts(row)["satisfaction"] == (1.8, 3)


async def test_half_and_nine_of_ten_are_told_by_stage(readings: PostgresReadings) -> None:
    await readings._pool.execute("DELETE FROM ledger")
    for minute in range(1, 11):
        row = done(f"{minute}", accepted_at=at(1 + minute))
        slots = ", ".join(f"${place}" for place in range(1, len(row) + 1))
        text = f"INSERT INTO ledger ({', '.join(row)}) VALUES ({slots})"
        await readings._pool.execute(text, *row.values())
    (row,) = await readings.measures(Axis.ALL, "", SINCE, UNTIL)
    assert row["seconds"]["to_accept"] == {"chinese": "派单到接单", "p50": 330.0, "p90": 546.0}
    assert row["seconds"]["to_close"]["p90"] == 1_800.0


async def test_a_period_takes_what_was_due_or_done_in_it(readings: PostgresReadings) -> None:
    (before,) = await readings.measures(Axis.ALL, "", SINCE, at(90))
    assert before["incidents"] == 3, "the birds, what was taken back, and what nobody was sent to"
    (after,) = await readings.measures(Axis.ALL, "", at(120), UNTIL)
    assert after["incidents"] == 4, "B, C, D and O: their time was up before they were done"
