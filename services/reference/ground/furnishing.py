"""What stands on a synthetic ground: invented estates, cameras and counts of households."""

from collections.abc import Iterator, Mapping
from itertools import groupby
from typing import Any

import numpy as np
from numpy.typing import NDArray

from services.reference.ground.codes import Level, at_level
from services.reference.ground.outlines import MICRO
from services.reference.ground.register import Entry as Counts
from services.reference.ground.synthesise import Synthetic
from services.reference.places import Entry

HOUSEHOLDS = (50, 80)
"""The fewest and the most households of a micro-grid."""
FIRST = "云松岚晴禾枫霁棠澄桐锦兰竹溪星月朝晓知和"
SECOND = "栖澜屿川芷蘅岸映宁悦泽朗庐岭汐韵庭沐安嘉"
THIRD = ("苑", "园", "里", "湾", "台", "阁", "府", "汀", "舍", "居", "坊", "邻")
SERIES = len(FIRST) * len(SECOND) * len(THIRD)

Row = tuple[object, ...]


def estate_names() -> Iterator[str]:
    """Names that no two estates share."""
    for number in range(SERIES * 100):
        series, index = divmod(number, SERIES)
        third, rest = divmod(index, len(FIRST) * len(SECOND))
        name = FIRST[rest % len(FIRST)] + SECOND[rest // len(FIRST)] + THIRD[third]
        yield name if not series else f"{name}{series + 1}期"


def gazetteer(made: Synthetic) -> Iterator[Entry]:
    """One estate a general grid: the estate, then a building in each of its micro-grids."""
    for name, (grid, leaves) in zip(estate_names(), _grids(made), strict=False):
        points = np.array([made.seeds[code] for code in leaves])
        home = grid if len(leaves) > 1 else leaves[0]
        yield Entry("estate", name, (), (), "", "", *_degrees(points.mean(axis=0)), *_units(home))
        for number, code in enumerate(leaves, start=1):
            at = _degrees(np.array(made.seeds[code]))
            yield Entry("building", "", (), (), name, str(number), *at, *_units(code))


def _units(code: str) -> tuple[str, str, str]:
    """The community, grid and micro-grid of a code."""
    return code[:12], code[:15], at_level(code, Level.MICRO_GRID)


def cameras(made: Synthetic) -> Iterator[Row]:
    """One camera an estate, at its first building."""
    named = zip(estate_names(), _grids(made), strict=False)
    for number, (name, (_, leaves)) in enumerate(named):
        at = np.array(made.seeds[leaves[0]])
        yield f"CAM-{number:06d}", "1", name, leaves[0], *_degrees(at)


def register(made: Synthetic, seed: int) -> Iterator[Counts]:
    """Counts of each micro-grid."""
    chance = np.random.default_rng([seed, 0])
    codes = sorted(code for code in made.seeds if len(code) == 18)
    households = chance.integers(HOUSEHOLDS[0], HOUSEHOLDS[1] + 1, len(codes))
    people = np.rint(households * chance.uniform(2.1, 2.9, len(codes))).astype(int)
    units = chance.integers(1, 5, len(codes))
    for code, homes, persons, stairs in zip(
        codes, households.tolist(), people.tolist(), units.tolist(), strict=True
    ):
        yield Counts(code, homes, persons, stairs, 1 + stairs % 2, _helpers(homes), STOCK)


STOCK: Mapping[str, int] = {"灭火器": 4, "急救包": 1}


def _helpers(households: int) -> Mapping[str, int]:
    return {"党员": 1 + households % 3, "楼栋长": 1, "志愿者": households % 5}


def _grids(made: Synthetic) -> Iterator[tuple[str, list[str]]]:
    """Each general grid and its micro-grids, sorted."""
    micro = sorted(code for code in made.seeds if len(code) == 18)
    for grid, leaves in groupby(micro, key=lambda code: code[:15]):
        yield grid, list(leaves)


def _degrees(point: NDArray[Any]) -> tuple[float, float]:
    x, y = np.rint(point).tolist()
    return x / MICRO, y / MICRO
