"""Whatever dies, wherever it dies: nothing is lost, nothing is done twice, all stays in order."""

import asyncio
import random
import time

import asyncpg
import pytest

from services.kernel.drill import CRASH_POINTS
from tests.chaos.evidence import SERVICES
from tests.chaos.ground import Ground, until

pytestmark = [pytest.mark.chaos, pytest.mark.slow, pytest.mark.timeout(240)]
POINTS = [each for each in CRASH_POINTS if each != "in_timer"]
OVERDUE = "UPDATE {service}.timer SET due_at = now() - interval '1 s'"
DISPATCHED = """
SELECT count(*) FROM feedback.ledger
WHERE state IN ('pending_acceptance', 'pending_verification')"""


def test_in_calm_weather_with_duplicates_and_poison_all_is_well(ground: Ground) -> None:
    with ground.street("CALM", 1) as street:
        speaking = street.speak(250, 150.0)
        street.poison()
        speaking.result(60)
        ground.all_is_well(street)


@pytest.mark.parametrize("point", POINTS)
def test_all_services_die_at(point: str, ground: Ground) -> None:
    with ground.street(f"X{POINTS.index(point)}", 10 + POINTS.index(point)) as street:
        before = len(ground.keeper.ends)
        ground.restart(drill={"HUB_DRILL_CRASH": f"{point}:2"})
        speaking = street.speak(250, 25.0)
        until(lambda: ground.crashed(before) == set(SERVICES), 60.0, f"all have died {point}")
        street.poison()
        speaking.result(60)
        ground.drilled.clear()
        ground.all_is_well(street)


async def _sql(dsn: str, *statements: str) -> int:
    connection = await asyncpg.connect(dsn)
    try:
        return sum([int((await connection.execute(each)).split()[-1]) for each in statements])
    finally:
        await connection.close()


async def _ask(dsn: str, sql: str) -> int:
    connection = await asyncpg.connect(dsn)
    try:
        return int(await connection.fetchval(sql))
    finally:
        await connection.close()


def test_services_die_while_timers_fire_and_each_timer_has_fired_once(ground: Ground) -> None:
    dsn = ground.servers.postgres_dsn
    with ground.street("TIME", 20) as street:
        street.rest()
        street.speak(80).result(60)
        until(lambda: asyncio.run(_ask(dsn, DISPATCHED)) > 30, 60.0, "many wait for a worker")
        before = len(ground.keeper.ends)
        with_timers = ("intake", "feedback")
        ground.rest(with_timers)
        shifted = asyncio.run(_sql(dsn, *(OVERDUE.format(service=each) for each in with_timers)))
        ground.begin(with_timers, {"HUB_DRILL_CRASH": "in_timer:1"})
        until(lambda: ground.crashed(before) == set(with_timers), 60.0, "both have died in a timer")
        ground.drilled.clear()
        until(ground.is_quiet, 60.0, "all clocks have rung and everybody has heard of it")
        street.work()
        ground.all_is_well(street)
        assert shifted > 30
        figures = ground.figures["TIME"]
        assert figures["overdue"] >= 30, figures


def test_random_kills(ground: Ground) -> None:
    chance = random.Random(7)
    with ground.street("KILL", 30) as street:
        speaking = street.speak(400, 30.0)
        for _ in range(6):
            time.sleep(chance.uniform(0.5, 2.5))
            for name in chance.sample(SERVICES, chance.randint(1, 2)):
                ground.kill(name)
        street.poison()
        speaking.result(60)
        ground.all_is_well(street)
