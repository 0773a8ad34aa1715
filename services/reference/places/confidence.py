"""How sure a match is: how often what was recognised in this way turned out to be meant.

The confidence is that of the way of recognition, times a factor for each doubt; a second,
independent statement that agrees halves what is missing to certainty.
"""

WAYS = {
    "name": (0.97, "写明“{label}”"),
    "alias": (0.95, "用的是别名“{spelling}”"),
    "old": (0.93, "用的是旧名“{spelling}”"),
    "house": (0.95, "{said}是{label}的门牌"),
    "stem": (0.85, "只写了“{spelling}”"),
    "kind": (0.85, "{said}是{label}"),
    "core": (0.75, "只写了“{spelling}”"),
    "sound": (0.80, "写的字与“{spelling}”同音或形近"),
    "slip": (0.75, "与“{spelling}”只差一个字"),
    "near": (0.70, "{said}，附近只有{label}"),
    "absent": (0.30, "写了“{spelling}”"),
}
"""Way → (confidence, what is said of it)."""

DOUBT = 0.85
"""For each doubt: a building that is not registered, another place in the text, a twin in sound."""

TIE_BROKEN = 0.85
"""For a choice among equals that only the community or the point near by made."""

MIXED = 0.4
"""The most that several candidates share among them."""


def confidence(
    how: str, doubts: int, *, confirmed: bool = False, tie_broken: bool = False
) -> float:
    """From 0 to 1, for one candidate."""
    sure = WAYS[how][0]
    if confirmed:
        sure = 1 - (1 - sure) / 2
    return round(sure * DOUBT**doubts * (TIE_BROKEN if tie_broken else 1.0), 2)


def shared(candidates: int) -> float:
    """From 0 to 1, for what several candidates have in common: none of them is surely meant."""
    return round(min(MIXED, 1 / (candidates + 1)), 2)
