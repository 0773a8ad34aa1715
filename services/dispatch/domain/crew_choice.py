"""Who goes: the least loaded member of the lowest rung that answers for the place.

The ladder is 微网格员 → 网格长 → 社区 → 街道运行中心. Whoever was tried is not asked again
on the same rung; the duty desk of the street is always there, so that nobody is nowhere.
"""

from collections.abc import Callable, Mapping, Sequence

from schemas.dispatch import Assignee, Level
from schemas.place import Place
from services.dispatch.domain.handling import Handling

LADDER = (Level.MICRO_GRID, Level.GRID, Level.COMMUNITY, Level.STREET)
MEMBERS_OF_A_MICRO_GRID = (1, 2)
DUTY_DESK = "S-DUTY"
TITLES = {
    Level.MICRO_GRID: "微网格员",
    Level.GRID: "网格长",
    Level.COMMUNITY: "社区值班",
    Level.STREET: "街道运行中心",
    Level.DEPARTMENT: "部门",
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
    start: Level = LADDER[0],
) -> tuple[Assignee, str]:
    """The person, and why: of the lowest rung from `start` (above one, if given) with somebody."""
    first = max(LADDER.index(start), LADDER.index(above) + 1 if above in LADDER else 0)
    for level in LADDER[first:]:
        left = [worker for worker in rung(place, level) if worker not in tried]
        if left:
            chosen = min(left, key=lambda worker: (load.get(worker, 0), worker))
            why = _why(place, level, load.get(chosen, 0), is_passed_on=level is not LADDER[first])
            return _assignee(place, level, chosen), why
    return _assignee(place, Level.STREET, DUTY_DESK), "各级均已派过，由街道运行中心值班处理"


Choose = Callable[
    [Place, Mapping[str, int], Sequence[str], Level | None, Level], tuple[Assignee, str]
]
"""Chooses a person: by codes (`choose`), or by a roster."""


def assign(
    place: Place,
    handling: Handling,
    load: Mapping[str, int],
    tried: Sequence[str] = (),
    above: Level | None = None,
    pick: Choose = choose,
) -> tuple[Assignee, str]:
    """Whoever the rules want: a department, a duty desk, or a person from a rung upwards."""
    if above is None and handling.desk:
        return _desk(place, handling.desk == "community", tried)
    if above is None and handling.level is Level.DEPARTMENT:
        unit = handling.responsible_unit or handling.lead_unit
        if unit and department(unit).worker_id not in tried:
            return department(unit), f"由{unit}办理"
        why = f"{unit}已退单" if unit else "规则没有写明部门"
        return _assignee(place, Level.STREET, DUTY_DESK), f"{why}，由街道运行中心协调"
    start = Level.STREET if handling.level is Level.DEPARTMENT else handling.level
    return pick(place, load, tried, above, start)


def department(unit: str) -> Assignee:
    """The desk of a unit that is none of the grid's."""
    return Assignee(worker_id=f"D-{unit}", level=Level.DEPARTMENT, area="", desk=True)


def duty_desk(place: Place) -> Assignee:
    """The duty desk of the community, or of the street where that is not known."""
    return _desk(place, of_community=True, tried=())[0]


def _desk(place: Place, of_community: bool, tried: Sequence[str]) -> tuple[Assignee, str]:
    if of_community and place.community and f"C{place.community}" not in tried:
        desk = _assignee(place, Level.COMMUNITY, f"C{place.community}")
        return desk.model_copy(update={"desk": True}), f"由社区值班台 {place.community} 处理"
    return _assignee(place, Level.STREET, DUTY_DESK), "由街道运行中心值班处理"


def _assignee(place: Place, level: Level, worker_id: str) -> Assignee:
    desk = worker_id == DUTY_DESK
    return Assignee(worker_id=worker_id, level=level, area=area(place, level) or "", desk=desk)


def _why(place: Place, level: Level, open_now: int, *, is_passed_on: bool) -> str:
    if level is Level.STREET:
        below = "下级无人可派，" if is_passed_on else ""
        return f"{below if place.community else '地点不明，'}由街道运行中心值班处理"
    code = area(place, level)
    return f"{TITLES[level]}负责 {code}，手上在办 {open_now} 件，为同级最少"
