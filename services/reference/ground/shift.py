"""Whether outlines are in the coordinate system that they are said to be in.

GCJ-02 and BD-09 taken for WGS-84 lie some hundreds of metres off. Compared with outlines that
are known to be right, each system is tried: the one under which both agree best is named, with
the shift as it was measured.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import shapely

from services.reference.ground.crs import Crs, Floats, from_wgs84, metres, to_wgs84
from services.reference.ground.outlines import MICRO

BETTER = 0.6
"""Another system is named if under it so little, or less, of the disagreement is left."""
MATTERS = 100.0
"""Metres; a smaller shift is the drawing, not the system."""
FIRST_STEP, LAST_STEP = 320.0, 10.0
"""Metres; how finely a shift is measured."""
WINDS = ("东", "东北", "北", "西北", "西", "西南", "南", "东南")

Turn: TypeAlias = Callable[[Floats], Floats]
Disagreement: TypeAlias = Callable[[Turn], float]


@dataclass(frozen=True, slots=True)
class Shift:
    """How far outlines lie off, where to, and the system that explains it, if one does."""

    metres: float
    wind: str
    crs: Crs | None
    is_overcorrected: bool = False
    """They were turned back although they had been right."""

    def told(self) -> str:
        """In a sentence, with what to do."""
        moved = f"实测整体向{self.wind}偏移约 {self.metres:.0f} 米"
        if self.crs is None:
            return f"{moved}，不像已知坐标系的偏移：请核对数据来源和投影。"
        if self.is_overcorrected:
            return (
                f"{moved}，与把 WGS-84 当作 {self.crs} 再纠偏一次相符：请用未纠偏的原始数据，"
                "或去掉 --crs。"
            )
        return f"{moved}，与 {self.crs} 相符，不是 WGS-84：请加 --crs {self.crs} 重新导入。"


def shift_from_same(mine: Mapping[str, Any], right: Mapping[str, Any]) -> Shift | None:
    """How far outlines lie off those of the same units that are right; None if they do not."""
    codes = sorted(mine.keys() & right.keys())
    if not codes:
        return None
    ours = shapely.make_valid([mine[code] for code in codes])
    theirs = shapely.make_valid([right[code] for code in codes])
    whole = float(shapely.area(theirs).sum())

    def disagreement(turn: Turn) -> float:
        turned = shapely.transform(ours, turn)
        return float(shapely.area(shapely.symmetric_difference(turned, theirs)).sum()) / whole

    middle = _middle(shapely.union_all(theirs))
    return _explained(disagreement, _measured(disagreement, middle), middle)


def shift_from_parents(children: Sequence[tuple[Any, Any]]) -> Shift | None:
    """How far outlines lie off the parents that should hold them; None if they do not."""
    if not children:
        return None
    ours = np.array([child for child, _ in children], dtype=object)
    theirs = np.array([parent for _, parent in children], dtype=object)
    whole = float(shapely.area(ours).sum())

    def disagreement(turn: Turn) -> float:
        turned = shapely.transform(ours, turn)
        return float(shapely.area(shapely.difference(turned, theirs)).sum()) / whole

    return _explained(disagreement, None, _middle(shapely.union_all(theirs)))


def _explained(
    disagreement: Disagreement, measured: tuple[float, float] | None, middle: tuple[float, float]
) -> Shift | None:
    """The system under which least disagreement is left, if that is much less."""
    as_it_is = disagreement(lambda at: at)
    tried = [
        (disagreement(_turn(crs, back=back)), crs, back)
        for crs in (Crs.GCJ02, Crs.BD09)
        for back in (False, True)
    ]
    least, crs, back = min(tried, key=lambda each: each[0])
    if least < BETTER * as_it_is:
        shift = measured or _expected(crs, middle, back=back)
        far = float(np.hypot(*shift))
        return Shift(far, wind_of(*shift), crs, back) if far > MATTERS else None
    if measured and np.hypot(*measured) > MATTERS:
        return Shift(float(np.hypot(*measured)), wind_of(*measured), None)
    return None


def _turn(crs: Crs, *, back: bool) -> Turn:
    """What would put outlines right that are in a system, or that were turned back wrongly."""
    change = from_wgs84 if back else to_wgs84

    def turn(at: Floats) -> Floats:
        x, y = change(at[:, 0] / MICRO, at[:, 1] / MICRO, crs)
        return np.column_stack((x, y)) * MICRO

    return turn


def _expected(crs: Crs, middle: tuple[float, float], *, back: bool) -> tuple[float, float]:
    """Metres east and north by which a system is off at a place."""
    x, y = from_wgs84(*middle, crs)
    east, north = metres(*middle, float(x) - middle[0], float(y) - middle[1])
    return (-east, -north) if back else (east, north)


def _measured(disagreement: Disagreement, middle: tuple[float, float]) -> tuple[float, float]:
    """Metres east and north that outlines must be moved back by to agree best: a descent."""
    east, north = metres(*middle, 1 / MICRO, 1 / MICRO)
    at, least = (0.0, 0.0), disagreement(lambda points: points)
    step = FIRST_STEP
    while step >= LAST_STEP:
        around = [(at[0] + x * step, at[1] + y * step) for x in (-1, 0, 1) for y in (-1, 0, 1)]
        tried = [(disagreement(_moved(x / east, y / north)), (x, y)) for x, y in around]
        best, where = min(tried)
        if best < least:
            at, least = where, best
        else:
            step /= 2
    return at


def _moved(x: float, y: float) -> Turn:
    return lambda points: points - (x, y)


def _middle(shape: Any) -> tuple[float, float]:
    middle = shapely.centroid(shape)
    return middle.x / MICRO, middle.y / MICRO


def wind_of(east: float, north: float) -> str:
    """The direction of a shift, in eighths."""
    return WINDS[round(float(np.arctan2(north, east)) / (np.pi / 4)) % 8]
