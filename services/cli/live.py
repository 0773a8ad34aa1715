"""`hub live`: the whole hub on this machine, and a street that lives in front of it."""

import asyncio
import time
from collections.abc import Mapping
from contextlib import suppress
from typing import Annotated

import typer
from rich.console import Console
from rich.live import Live

from deploy.simulator.album import Album
from deploy.simulator.errands import STREET, Habits
from deploy.simulator.people import People
from deploy.simulator.street import Habit, Street
from deploy.simulator.townsfolk import Townsfolk
from schemas.flow import Service
from services.cli.desk import api_token
from services.cli.failures import one_sentence
from services.cli.interrupts import stop_on_signals
from services.cli.live_view import drawn, one_line
from services.cli.overview import Overview, Source
from services.cli.stack_commands import running_stack
from services.reference.ground import load_ground
from services.reference.ground.store import POINTER

REFRESH = 1.0
LINE_EVERY = 5.0

Seed = Annotated[int, typer.Option(min=0, help="The same seed makes the same street.")]
Rate = Annotated[float, typer.Option(min=0.01, help="Happenings a second.")]
Pace = Annotated[float, typer.Option(min=0, help="Seconds between two steps of a worker.")]


def register(app: typer.Typer) -> None:
    """Add the command to `hub`."""
    app.command()(live)


def live(seed: Seed = 1, rate: Rate = 1.0, pace: Pace = 6.0) -> None:
    """Start the hub and a street that lives (高空抛物、消防通道…), until Ctrl-C."""
    console = Console(highlight=False)
    with one_sentence():
        asyncio.run(_live(console, seed, rate, pace))


async def _live(console: Console, seed: int, rate: float, pace: float) -> None:
    with stop_on_signals(lambda: console.print("正在停止……")):
        async with running_stack(console) as application:
            known = application.addresses
            run = f"-{int(time.time()):x}"
            store = application.ground
            ground = load_ground(store if (store / POINTER).is_file() else None)
            street = Street(seed, ground, Habit(rate=rate), run)
            people = People(Habits(seed, **_likelihoods()), pace)
            token = api_token()
            album = Album(known[Service.FEEDBACK.value], token)
            async with Townsfolk(known["kafka"], street, people, album) as town:
                with suppress(asyncio.CancelledError):
                    await _until_interrupted(
                        console, town, Source(known, token), ground.communities
                    )


def _likelihoods() -> dict[str, float]:
    return {
        "false_alarm": STREET.false_alarm,
        "decline": STREET.decline,
        "failed_check": STREET.failed_check,
    }


async def _until_interrupted(
    console: Console, town: Townsfolk, source: Source, communities: Mapping[str, str]
) -> None:
    """Draw until somebody stops it; whatever fails in the street ends it, too."""
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(town.live())
        tasks.create_task(_draw(console, town, source, communities))


async def _draw(
    console: Console, town: Townsfolk, source: Source, communities: Mapping[str, str]
) -> None:
    if not console.is_terminal:
        await _print_lines(console, town, source)
    with Live(console=console, screen=False, auto_refresh=False, transient=False) as screen:
        while True:
            view = drawn(await source.look(), town, source, communities)
            screen.update(view, refresh=True)
            await asyncio.sleep(REFRESH)


async def _print_lines(console: Console, town: Townsfolk, source: Source) -> None:
    while True:
        overview: Overview = await source.look()
        console.print(one_line(overview, town), soft_wrap=True)
        await asyncio.sleep(LINE_EVERY)
