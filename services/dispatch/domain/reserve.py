"""Who is kept back for danger to life (应急备勤): those who together reach the most of it in time.

Not merely how many: a member on an e-bike in a part of the street where danger is frequent and
nobody else is near is worth more than one on foot beside another.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from heapq import heapify, heappop, heapreplace

from services.dispatch.domain.surge import Expected, Member, SurgeRules


@dataclass(frozen=True, slots=True)
class Reserve:
    """Who is kept back, and what each of the others is worth beside them, as a share of danger."""

    kept: frozenset[str]
    worth: Mapping[str, float]


def keep_back(
    free: Sequence[Member], size: int, expected: Sequence[Expected], rules: SurgeRules
) -> Reserve:
    """Keep the member who adds most, again and again, until there are enough."""
    covers = _covers(free, expected, rules)
    left = [each.share for each in sorted(expected, key=_east)]
    queue = [
        (-sum(left[place] for place in covers[number]), -member.pace, member.worker_id, number)
        for number, member in enumerate(free)
    ]
    heapify(queue)
    kept: set[str] = set()
    while queue and len(kept) < size:
        worth, pace, worker, number = queue[0]
        now = -sum(left[place] for place in covers[number])
        if now > worth:
            heapreplace(queue, (now, pace, worker, number))
            continue
        heappop(queue)
        kept.add(worker)
        for place in covers[number]:
            left[place] *= rules.again
    return Reserve(
        frozenset(kept),
        {worker: sum(left[place] for place in covers[number]) for _, _, worker, number in queue},
    )


def _covers(
    free: Sequence[Member], expected: Sequence[Expected], rules: SurgeRules
) -> list[list[int]]:
    """Which of the places, ordered from west to east, each member reaches in time."""
    places = sorted(expected, key=_east)
    easts = [place.at.east for place in places]
    norths = [place.at.north for place in places]
    covers = []
    for member in free:
        radius, east, north = rules.radius(member), member.at.east, member.at.north
        near = range(bisect_left(easts, east - radius), bisect_right(easts, east + radius))
        covers.append(
            [at for at in near if abs(easts[at] - east) + abs(norths[at] - north) <= radius]
        )
    return covers


def _east(place: Expected) -> float:
    return place.at.east
