"""The street: its grids, its people and one day of incidents. No policy has a hand in it.

All figures are assumptions, in the units that their names say; they were set before any policy
was tried, and each seed makes another street.
"""

import math
import random
from dataclasses import dataclass, field

from schemas.incident import Severity
from services.dispatch.domain.surge import Expected, Spot

HOUR = 3600.0
DAY = 24 * HOUR


@dataclass(frozen=True, slots=True)
class Parameters:
    """One street."""

    grids_east: int = 16
    grids_north: int = 15
    grid_metres: float = 205.0
    """3.3 km × 3.1 km, 240 general grids: about a street of Chengdu's size."""
    crowding: float = 0.8
    """How unevenly people live: σ of the logarithm of a grid's weight; danger again as much."""
    shifts: tuple[tuple[float, int], ...] = ((0.0, 26), (8.0, 80), (16.0, 68))
    """From which hour how many members are on duty, eight hours each."""
    e_bikes: float = 0.4
    """The share of members on an e-bike."""
    walk: tuple[float, float] = (1.3, 0.1)
    """Metres a second on foot: mean and σ between people."""
    ride: tuple[float, float] = (4.2, 0.4)
    """The same on an e-bike, lights and crossings included (15 km/h)."""
    walk_start_seconds: float = 20.0
    ride_start_seconds: float = 45.0
    """To finish what one does; to unlock, park and go in."""
    patrol_share: float = 0.6
    """How fast a member returns to their grid when nothing is to be done, against full pace."""
    break_minutes: float = 40.0
    """A meal in every shift, three to five hours after its beginning; put off when busy."""
    visits: int = 2
    visit_minutes: float = 20.0
    """Visits to households in every shift, during which nobody can be sent; dropped when busy."""
    incidents_a_day: float = 1000.0
    """At 1× load: with these people two fifths of all time on duty."""
    by_hour: tuple[float, ...] = (
        *(0.25,) * 6, 0.5, 1.0, 1.6, 1.6, 1.6, 1.2, 0.9, 1.0, 1.2, 1.2, 1.2,
        1.5, 1.5, 1.5, 1.1, 1.1, 0.7, 0.4,
    )  # fmt: skip
    """Arrivals: a peak in the morning and one when people come home."""
    mix: dict[Severity, float] = field(
        default_factory=lambda: {
            Severity.LOW: 0.50,
            Severity.MEDIUM: 0.35,
            Severity.HIGH: 0.12,
            Severity.DANGER: 0.03,
        }
    )
    service_minutes: dict[Severity, float] = field(
        default_factory=lambda: {
            Severity.LOW: 15.0,
            Severity.MEDIUM: 25.0,
            Severity.HIGH: 40.0,
            Severity.DANGER: 30.0,
        }
    )
    """On the spot, on average; σ of the logarithm 0.6."""
    answer_seconds: tuple[float, float] = (20.0, 60.0)
    """Mean time until the member sets off: danger (the phone rings), ordinary work."""
    drag: float = 0.15
    """σ of the logarithm by which a way takes longer or shorter than reckoned."""
    history_days: int = 90
    """How many past days at 1× load tell where danger is frequent."""


@dataclass(frozen=True, slots=True)
class Person:
    """One member: when and how they work."""

    worker_id: str
    home: Spot
    pace: float
    start: float
    on: float
    off: float
    away: tuple[tuple[float, float, bool], ...]
    """From when, for how long, and whether it is put off (a meal) rather than dropped."""


@dataclass(frozen=True, slots=True)
class Happening:
    """One incident, with all that chance decides of it, whoever is sent."""

    incident_id: str
    severity: Severity
    at: Spot
    when: float
    service: float
    answer: float
    drag: float


@dataclass(frozen=True, slots=True)
class Town:
    """One street on one day."""

    people: tuple[Person, ...]
    happenings: tuple[Happening, ...]
    expected: tuple[Expected, ...]


def make_town(seed: int, load: float, parameters: Parameters) -> Town:
    """A street and its day. The street is the same under any load."""
    chance = random.Random(f"street {seed}")
    crowds = [chance.lognormvariate(0, parameters.crowding) for _ in range(_grids(parameters))]
    dangers = [crowd * chance.lognormvariate(0, parameters.crowding) for crowd in crowds]
    return Town(
        tuple(_people(chance, parameters)),
        tuple(_day(random.Random(f"day {seed} {load:g}"), load, crowds, dangers, parameters)),
        tuple(_history(random.Random(f"past {seed}"), dangers, parameters)),
    )


def _grids(parameters: Parameters) -> int:
    return parameters.grids_east * parameters.grids_north


def _somewhere(chance: random.Random, grid: int, parameters: Parameters) -> Spot:
    north, east = divmod(grid, parameters.grids_east)
    size = parameters.grid_metres
    return Spot((east + chance.random()) * size, (north + chance.random()) * size)


def _people(chance: random.Random, parameters: Parameters) -> list[Person]:
    people: list[Person] = []
    for hour, number in parameters.shifts:
        for grid in chance.sample(range(_grids(parameters)), number):
            rides = chance.random() < parameters.e_bikes
            pace = max(chance.gauss(*(parameters.ride if rides else parameters.walk)), 0.8)
            on = hour * HOUR
            meal = on + chance.uniform(3, 5) * HOUR
            visits = sorted(on + chance.uniform(0.2, 7.5) * HOUR for _ in range(parameters.visits))
            people.append(
                Person(
                    f"P{len(people):03}",
                    _somewhere(chance, grid, parameters),
                    pace,
                    parameters.ride_start_seconds if rides else parameters.walk_start_seconds,
                    on,
                    on + 8 * HOUR,
                    (
                        (meal, parameters.break_minutes * 60, True),
                        *((visit, parameters.visit_minutes * 60, False) for visit in visits),
                    ),
                )
            )
    return people


def _day(
    chance: random.Random,
    load: float,
    crowds: list[float],
    dangers: list[float],
    parameters: Parameters,
) -> list[Happening]:
    happenings: list[Happening] = []
    levels, shares = list(parameters.mix), list(parameters.mix.values())
    scale = load * parameters.incidents_a_day / sum(parameters.by_hour)
    for hour, weight in enumerate(parameters.by_hour):
        moments = _poisson(chance, scale * weight)
        for when in sorted(hour * HOUR + chance.random() * HOUR for _ in range(moments)):
            severity = chance.choices(levels, shares)[0]
            weights = dangers if severity is Severity.DANGER else crowds
            grid = chance.choices(range(len(weights)), weights)[0]
            minutes = parameters.service_minutes[severity]
            happenings.append(
                Happening(
                    f"I{len(happenings):05}",
                    severity,
                    _somewhere(chance, grid, parameters),
                    when,
                    60 * chance.lognormvariate(math.log(minutes) - 0.18, 0.6),
                    chance.expovariate(
                        1 / parameters.answer_seconds[severity is not Severity.DANGER]
                    ),
                    chance.lognormvariate(0, parameters.drag),
                )
            )
    return happenings


def _history(chance: random.Random, dangers: list[float], parameters: Parameters) -> list[Expected]:
    """What was counted in past months, and one more in every grid: none is quite safe."""
    days = parameters.history_days * parameters.incidents_a_day * parameters.mix[Severity.DANGER]
    counts = [1 + _poisson(chance, days * weight / sum(dangers)) for weight in dangers]
    size, row = parameters.grid_metres, parameters.grids_east
    return [
        Expected(Spot((grid % row + 0.5) * size, (grid // row + 0.5) * size), count / sum(counts))
        for grid, count in enumerate(counts)
    ]


def _poisson(chance: random.Random, mean: float) -> int:
    """How many happen where `mean` are expected: exponential gaps until the time is over."""
    number, passed = 0, chance.expovariate(1)
    while passed < mean:
        number += 1
        passed += chance.expovariate(1)
    return number
