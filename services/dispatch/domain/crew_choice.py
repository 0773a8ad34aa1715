"""Who goes: the least loaded member of the lowest rung that answers for the place.

The ladder is 微网格员 → 网格长 → 社区 → 街道运行中心. Whoever was tried is not asked again
on the same rung; the duty desk of the street is always there, so that nobody is nowhere.
"""

from collections.abc import Mapping, Sequence

from schemas.dispatch import Assignee, Level
from schemas.place import Place

LADDER = tuple(Level)
MEMBERS_OF_A_MICRO_GRID = 2
TITLES = {
    Level.MICRO_GRID: "微网格员",
    Level.GRID: "网格长",
    Level.COMMUNITY: "社区值班",
    Level.STREET: "街道运行中心",
}


def rung(place: Place, level: Level) -> list[Assignee]:
    """The staff numbers of a rung for a place; empty where the place is not known that far."""
    match level:
        case Level.MICRO_GRID if place.micro_grid:
            return [
                Assignee(worker_id=f"W{place.micro_grid}-{n + 1}", level=level, area=place.micro_grid)
                for n in range(MEMBERS_OF_A_MICRO_GRID)
            ]
        case Level.GRID if place.grid:
            return [Assignee(worker_id=f"G{place.grid}", level=level, area=place.grid)]
        case Level.COMMUNITY if place.community:
            return [Assignee(worker_id=f"C{place.community}", level=level, area=place.community)]
        case Level.STREET:
            return [Assignee(worker_id="S-DUTY", level=level, area="")]
    return []


def everyone(place: Place) -> list[str]:
    """All staff numbers that could be asked for a place."""
    return [each.worker_id for level in LADDER for each in rung(place, level)]


def choose(
    place: Place,
    load: Mapping[str, int],
    tried: Sequence[str] = (),
    above: Level | None = None,
) -> tuple[Assignee, str]:
    """The person, and why: of the lowest rung (above one, if given) that has somebody left."""
    start = LADDER.index(above) + 1 if above in LADDER else 0
    for level in LADDER[start:]:
        left = [each for each in rung(place, level) if each.worker_id not in tried]
        if left:
            chosen = min(left, key=lambda each: (load.get(each.worker_id, 0), each.worker_id))
            return chosen, _why(place, chosen, load)
    duty = rung(place, Level.STREET)[0]
    return duty, "各级均已派过，由街道运行中心值班处理"


def _why(place: Place, chosen: Assignee, load: Mapping[str, int]) -> str:
    if chosen.level is Level.STREET:
        known = "地点不明" if not place.community else "下级无人可派"
        return f"{known}，由街道运行中心值班处理"
    open_now = load.get(chosen.worker_id, 0)
    return f"{TITLES[chosen.level]}负责 {chosen.area}，手上在办 {open_now} 件，为同级最少"
