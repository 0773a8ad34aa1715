"""Doors (门牌): the units and rooms in a text, for the one worker who must find them."""

from services.intake.domain.masking import BUILDINGS, FLOORS, NARROW, ROOMS, UNITS


def doors_in(text: str) -> str:
    """What masking hides of places, and nothing else of the text; empty if it names no door."""
    plain = text.translate(NARROW)
    found: list[str] = []
    for pattern in (BUILDINGS, UNITS, FLOORS, ROOMS):
        named = (each.group().strip(" ,，-") for each in pattern.finditer(plain))
        found += [door for door in named if not any(door in other for other in found)]
    return "；".join(found)
