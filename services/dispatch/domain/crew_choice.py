"""Who goes: the least loaded member of the lowest rung that answers for the place.

The ladder is 微网格员 → 网格长 → 社区 → 街道运行中心. Whoever was tried is not asked again
on the same rung; the duty desk of the street is always there, so that nobody is nowhere.
"""

from collections.abc import Mapping, Sequence

from schemas.dispatch import Assignee, Level
from schemas.place import Place

LADDER = (Level.MICRO_GRID, Level.GRID, Level.COMMUNITY, Level.STREET)
MEMBERS_OF_A_MICRO_GRID = (1, 2)
DUTY_DESK = "S-DUTY"
TITLES = {
    Level.MICRO_GRID: "微网格员",
    Level.GRID: "网格长",
    Level.COMMUNITY: "社区值班",
    Level.STREET: "街道运行中心",
}


def area(place: Place, level: Level) -> str | None:
    """The code of the area that a rung answers for; empty: the street; None: not known so far."""
    match level:
        case Level.MICRO_GRID:
            return place.micro_grid
        case Level.GRID:
            return place.grid
        case Level.COMMUNITY:
            return place.community
        case Level.STREET | Level.DEPARTMENT:
            return ""


def rung(place: Place, level: Level) -> list[str]:
    """The staff numbers of a rung for a place; empty where the place is not known that far."""
    code = area(place, level)
    if level is Level.STREET:
        return [DUTY_DESK]
    if not code:
        return []
    if level is Level.MICRO_GRID:
        return [f"W{code}-{number}" for number in MEMBERS_OF_A_MICRO_GRID]
    return [f"{'G' if level is Level.GRID else 'C'}{code}"]


def everyone(place: Place) -> list[str]:
    """All staff numbers that could be asked for a place."""
    return [worker for level in LADDER for worker in rung(place, level)]


def choose(
    place: Place,
    load: Mapping[str, int],
    tried: Sequence[str] = (),
    above: Level | None = None,
) -> tuple[Assignee, str]:
    """The person, and why: of the lowest rung (above one, if given) that has somebody left."""
    start = LADDER.index(above) + 1 if above in LADDER else 0
    for level in LADDER[start:]:
        left = [worker for worker in rung(place, level) if worker not in tried]
        if left:
            chosen = min(left, key=lambda worker: (load.get(worker, 0), worker))
            return _assignee(place, level, chosen), _why(place, level, load.get(chosen, 0))
    return _assignee(place, Level.STREET, DUTY_DESK), "各级均已派过，由街道运行中心值班处理"


def _assignee(place: Place, level: Level, worker_id: str) -> Assignee:
    return Assignee(worker_id=worker_id, level=level, area=area(place, level) or "")


def _why(place: Place, level: Level, open_now: int) -> str:
    if level is Level.STREET:
        known = "地点不明" if not place.community else "下级无人可派"
        return f"{known}，由街道运行中心值班处理"
    code = area(place, level)
    return f"{TITLES[level]}负责 {code}，手上在办 {open_now} 件，为同级最少"
