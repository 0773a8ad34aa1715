"""Fire drills: die at a named point, or run without one safeguard, to show what it is for.

`HUB_DRILL_CRASH=after_commit:3` ends the process, as kill -9 would, at the third pass of
that point. `HUB_DRILL_WITHOUT=fence,inbox` switches safeguards off. Never set in production.
"""

import os
from collections import Counter

CRASH_POINTS = (
    "after_parse",
    "before_commit",
    "after_commit",
    "between_send_and_delete",
    "in_timer",
)
SAFEGUARDS = ("fence", "inbox", "parser")

_passes: Counter[str] = Counter()
_point, _, _pass = os.environ.get("HUB_DRILL_CRASH", "").partition(":")
_without = frozenset(filter(None, os.environ.get("HUB_DRILL_WITHOUT", "").split(",")))


def checkpoint(point: str) -> None:
    """End the process here, without any clean-up, if a drill asks for it."""
    if point == _point:
        _passes[point] += 1
        if _passes[point] == int(_pass or 1):
            os._exit(137)


def without(safeguard: str) -> bool:
    """Whether a drill has switched this safeguard off."""
    return safeguard in _without
