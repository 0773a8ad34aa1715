"""Whose matter it may be, as history suggests (责任单位建议): for who coordinates, no order."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from schemas.dispatch import Mode
from services.dispatch.domain.handling import Handling

SURE = 0.5
"""From this confidence on the first unit is taken where the rules name none."""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A unit, and how sure it is that it handles the matter."""

    unit: str
    confidence: float


def advised(handling: Handling, suggested: Sequence[Suggestion]) -> Handling:
    """What several do together says whose matter the like was; the rules come first."""
    if handling.mode is not Mode.COORDINATED or not suggested:
        return handling
    first = suggested[0]
    taken = not handling.responsible_unit and first.confidence >= SURE
    said = "、".join(f"{each.unit}（{each.confidence:.0%}）" for each in suggested)
    how = f"，取 {first.unit} 为责任单位" if taken else "，供牵头单位参考"
    return replace(
        handling,
        responsible_unit=first.unit if taken else handling.responsible_unit,
        reasons=(*handling.reasons, f"按历史相似事件建议责任单位：{said}{how}"),
    )
