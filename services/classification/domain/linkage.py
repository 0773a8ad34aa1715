"""Groups by average linkage over a sparse graph of likenesses: two groups join while the mean
likeness between their members, pairs without one counted as nothing, is high enough.

A chain of messages, each a little like the next, is held together by single links only, so it
falls apart; a group about one matter holds.
"""

import heapq
from collections.abc import Iterable

Edge = tuple[int, int, float]


def average_linkage(size: int, edges: Iterable[Edge], threshold: float) -> list[int]:
    """The group of each of `size` items, numbered by its first item. Edges: i < j, likeness."""
    groups = _Groups(size)
    for one, other, likeness in edges:
        groups.link(one, other, likeness)
        if likeness >= threshold:
            groups.offer(one, other, likeness)
    while groups.heap:
        _, one, other = heapq.heappop(groups.heap)
        if groups.size[one] and groups.size[other]:
            groups.join(one, other, threshold)
    return groups.firsts(size)


class _Groups:
    def __init__(self, size: int) -> None:
        self.size = [1] * size
        self.parent = list(range(size))
        self.links: list[dict[int, float]] = [{} for _ in range(size)]
        self.heap: list[tuple[float, int, int]] = []

    def link(self, one: int, other: int, total: float) -> None:
        """Note the sum of likenesses between two groups."""
        self.links[one][other] = self.links[other][one] = total

    def offer(self, one: int, other: int, mean: float) -> None:
        """Two groups may be joined."""
        heapq.heappush(self.heap, (-mean, one, other))

    def join(self, one: int, other: int, threshold: float) -> None:
        """Make one group of two, with a number of its own; size 0 marks those that are gone."""
        new, members = len(self.size), self.size[one] + self.size[other]
        self.size.append(members)
        self.size[one] = self.size[other] = 0
        self.parent += [new]
        self.parent[one] = self.parent[other] = new
        totals = self.links[one]
        for group, total in self.links[other].items():
            totals[group] = totals.get(group, 0.0) + total
        self.links.append({})
        self.links[one] = self.links[other] = {}
        for group, total in totals.items():
            if group in {one, other}:
                continue
            theirs = self.links[group]
            theirs.pop(one, None)
            theirs.pop(other, None)
            self.link(new, group, total)
            if (mean := total / (members * self.size[group])) >= threshold:
                self.offer(new, group, mean)

    def firsts(self, size: int) -> list[int]:
        """The first member of the group of each item."""
        first: dict[int, int] = {}
        return [first.setdefault(self._root(item), item) for item in range(size)]

    def _root(self, item: int) -> int:
        while self.parent[item] != item:
            self.parent[item] = item = self.parent[self.parent[item]]
        return item
