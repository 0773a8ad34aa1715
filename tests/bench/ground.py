"""`python -m tests.bench.ground [DIR]`: the ground of a city: points a second, and memory.

Without DIR the synthetic city (126,449 micro-grids) and the district (6,293) are made first.
Each size is measured in a process of its own, in which intake is imported as it runs.
"""

import json
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import psutil

from services.cli.ground_files import Chosen, made_up
from services.reference.ground import Ground, Route, load_ground
from services.reference.ground.areas import Size
from services.reference.ground.crs import Floats
from services.reference.ground.outlines import MICRO

POINTS = 1_000_000
ALONE = 20_000
SEED = 7


def measure(directory: Path) -> dict[str, object]:
    """What one process needs that holds this ground."""
    import services.intake.main  # noqa: F401, PLC0415

    before, began = _megabytes(), time.perf_counter()
    ground = load_ground(directory)
    _ = ground.router
    loaded = time.perf_counter() - began
    index = _megabytes()
    x, y = points(ground)
    routes, seconds = _routed(ground, x, y)
    kept = sum(1 for route in routes if route.why and route.code) / len(routes)
    alone = _alone(ground, x, y)
    del routes
    ground.warm()
    return {
        "micro_grids": ground.tree.counts()["微网格"],
        "load_seconds": round(loaded, 1),
        "points_a_second_with_reason": round(POINTS / seconds),
        "found": round(kept, 4),
        "one_point_us": round(alone, 1),
        "rss_mb": {
            "before": before,
            "with_index": index,
            "with_gazetteer_and_cameras": _megabytes(),
            "peak": _peak(),
        },
    }


def points(ground: Ground) -> tuple[Floats, Floats]:
    """Random points over the box of the ground, in degrees."""
    outlines = ground.outlines()
    (west, south), (east, north) = outlines.points.min(axis=0), outlines.points.max(axis=0)
    dice = np.random.default_rng(SEED)
    x, y = dice.uniform(west, east, POINTS) / MICRO, dice.uniform(south, north, POINTS) / MICRO
    return x, y


def _routed(ground: Ground, x: Floats, y: Floats) -> tuple[list[Route], float]:
    began = time.process_time()
    routes = ground.router.routes(x, y)
    return routes, time.process_time() - began


def _alone(ground: Ground, x: Floats, y: Floats) -> float:
    pairs = list(zip(x[:ALONE].tolist(), y[:ALONE].tolist(), strict=True))
    began = time.process_time()
    for each in pairs:
        ground.route(*each)
    return (time.process_time() - began) / ALONE * 1e6


def _megabytes() -> int:
    return round(psutil.Process().memory_info().rss / 1e6)


def _peak() -> int:
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return round(int(status.split("VmHWM:")[1].split()[0]) * 1024 / 1e6)


def main(arguments: list[str]) -> None:
    """Measure the named ground in this process, or both sizes in processes of their own."""
    if arguments:
        print(json.dumps(measure(Path(arguments[0]))))
        return
    with TemporaryDirectory() as folder:
        for size in (Size.DISTRICT, Size.CITY):
            began = time.perf_counter()
            made_up(Chosen(), Path(folder) / size, size, SEED, "", lambda *_: None)
            print(size, "made in", round(time.perf_counter() - began, 1), "s")
            own = [sys.executable, "-m", "tests.bench.ground", str(Path(folder) / size)]
            subprocess.run(own, check=True)


if __name__ == "__main__":
    main(sys.argv[1:])
