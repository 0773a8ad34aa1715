"""`python -m tests.bench.surge`: ways of dispatching on simulated days, side by side.

All policies meet the same streets and the same incidents. The rules' defaults were chosen on
seeds from 1001 on; the seeds that are reported begin at 1.
"""

import argparse
import json
import os
import sys
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict
from itertools import product
from pathlib import Path
from typing import Any

from schemas.incident import Severity
from services.dispatch.domain.surge import SurgeRules
from tests.bench.surge.figures import Figures, difference, estimate, figures, longer
from tests.bench.surge.picture import draw
from tests.bench.surge.policies import ALWAYS, OURS, PARTS, POLICIES
from tests.bench.surge.street import Day
from tests.bench.surge.town import Parameters, make_town

BETTER_BY, LONGER_AT_MOST = 5.0, 10.0
ORDINARY = frozenset({Severity.LOW, Severity.MEDIUM})
EVERY = {**POLICIES, **PARTS}
Results = Mapping[float, Mapping[str, Sequence[Figures]]]


def main() -> None:
    """Simulate, and print a table or JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=20, help="how many days of each kind")
    parser.add_argument("--first", type=int, default=1, help="the first seed")
    parser.add_argument("--loads", type=float, nargs="+", default=[1.0, 2.0, 4.0])
    parser.add_argument("--parts", action="store_true", help="ours without each of its parts")
    parser.add_argument("--interrupt", action="store_true", help="light work may be left")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--json", action="store_true", help="print JSON alone")
    parser.add_argument("--svg", type=Path, help="where to draw the picture")
    options = parser.parse_args()
    began = time.monotonic()
    results = simulate(options)
    if options.svg:
        options.svg.write_text(picture(results), encoding="utf-8")
    print(json.dumps(as_json(results), indent=1) if options.json else as_markdown(results))
    print(f"{time.monotonic() - began:.0f} s", file=sys.stderr)


def simulate(options: Any) -> Results:
    """By load and policy, the figures of each seed."""
    names = list(PARTS if options.parts else POLICIES)
    seeds = range(options.first, options.first + options.seeds)
    days = list(product(options.loads, names, seeds, [options.interrupt]))
    with ProcessPoolExecutor(options.jobs) as pool:
        done = dict(zip(days, pool.map(one_day, days, chunksize=4), strict=True))
    return {
        load: {
            name: [done[load, name, seed, options.interrupt] for seed in seeds] for name in names
        }
        for load in options.loads
    }


def one_day(task: tuple[float, str, int, bool]) -> Figures:
    """One policy on one day."""
    load, name, seed, interrupts = task
    rules = SurgeRules(interruptible=ORDINARY if interrupts else frozenset())
    parameters = Parameters()
    town = make_town(seed, load, parameters)
    return figures(Day(town, EVERY[name](rules), parameters).run())


def as_json(results: Results) -> dict[str, Any]:
    """Means with the halves of their 95% confidence intervals, and the verdict by load."""
    return {
        f"{load:g}x": {
            "policies": {
                name: {key: asdict(estimate([day[key] for day in days])) for key in days[0]}
                for name, days in by_name.items()
            },
            "ours_against": against(by_name),
        }
        for load, by_name in results.items()
    }


def against(by_name: Mapping[str, Sequence[Figures]]) -> dict[str, Any]:
    """Ours less each other one, on the same days."""
    ours = by_name[OURS]
    return {
        name: {
            "in_time_points": asdict(difference(ours, days, "in_time_percent")),
            "wait_longer_percent": asdict(longer(ours, days, "wait_minutes")),
        }
        for name, days in by_name.items()
        if name != OURS
    }


COLUMNS = {
    "emergencies in 3 min, %": "in_time_percent",
    "emergencies, min": "danger_minutes",
    "ordinary waits, min": "wait_minutes",
    "its p95": "wait_p95_minutes",
    "grave ordinary": "wait_high_minutes",
    "travel, min": "travel_minutes",
    "its p95 ": "travel_p95_minutes",
    "hours a person": "hours_per_person",
    "spread (σ)": "hours_spread",
    "not reached, %": "not_reached_percent",
}


def as_markdown(results: Results) -> str:
    """The tables of the README."""
    lines = []
    for load, by_name in results.items():
        lines += [f"\n**{load:g}× load**\n", "| | " + " | ".join(COLUMNS) + " |"]
        lines.append("|---" * (len(COLUMNS) + 1) + "|")
        for name, days in by_name.items():
            means = {key: estimate([day[key] for day in days]) for key in COLUMNS.values()}
            cells = [
                f"{each.mean:.1f} ± {each.half:.1f}" if key in WITH_INTERVAL else f"{each.mean:.1f}"
                for key, each in means.items()
            ]
            lines.append(f"| {name} | {' | '.join(cells)} |")
        lines += ["", *verdicts(by_name)]
    return "\n".join(lines)


WITH_INTERVAL = {"in_time_percent", "wait_minutes"}


def verdicts(by_name: Mapping[str, Sequence[Figures]]) -> list[str]:
    """Whether ours is better by enough than the best of the others, and what it costs."""
    others = {name: days for name, days in by_name.items() if name not in {OURS, ALWAYS}}
    best = max(others, key=lambda name: sum(day["in_time_percent"] for day in others[name]))
    soonest = min(others, key=lambda name: sum(day["wait_minutes"] for day in others[name]))
    ours = by_name[OURS]
    points = difference(ours, others[best], "in_time_percent")
    surely = "at least" if points.mean - points.half >= BETTER_BY else "NOT surely at least"
    better = f"{points.mean:+.1f} ± {points.half:.1f} points ({surely} {BETTER_BY:g})"
    lines = [f"Against {best}, the best of the others in emergencies: {better}."]
    for name in dict.fromkeys((best, soonest)):
        more = longer(ours, others[name], "wait_minutes")
        held = "within" if more.mean + more.half <= LONGER_AT_MOST else "NOT surely within"
        lines.append(
            f"Ordinary work waits {more.mean:+.1f}% ± {more.half:.1f} against {name} "
            f"({held} {LONGER_AT_MOST:g}%)."
        )
    return lines


def picture(results: Results) -> str:
    """Waiting against emergencies, one panel for each load."""
    return draw(
        {
            load: {
                name: (
                    estimate([day["wait_minutes"] for day in days]),
                    estimate([day["in_time_percent"] for day in days]),
                )
                for name, days in by_name.items()
            }
            for load, by_name in results.items()
        }
    )


if __name__ == "__main__":
    main()
