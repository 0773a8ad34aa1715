"""Incidents of the hub as events of a history: the same columns for learning and for asking."""

from collections.abc import Mapping
from datetime import datetime

from schemas.incident import Category
from services.dispatch.adapters.units.history import TIME, Matter
from services.reference.calendar import BEIJING
from services.reference.ground import Ground
from services.reference.ground.codes import Level, at_level

GROUP = 2
"""So many digits of a category's code name its group."""


def columns_of(
    category: Category, community: str, source: str, at: datetime, ground: Ground
) -> Mapping[str, str]:
    """`community` is a code of the grid tree; what is not known is empty."""
    return {
        TIME: at.astimezone(BEIJING).isoformat(timespec="seconds"),
        "street": _name(at_level(community, Level.STREET), ground) if community else "",
        "community": _name(community, ground),
        "type_l1": category.scene,
        "type_l2": category.code[:GROUP],
        "type_l3": category.name,
        "source": source,
        "property": "",
    }


def matter_of(
    category: Category, community: str, source: str, at: datetime, ground: Ground
) -> Matter:
    """An incident whose unit is asked for."""
    of = columns_of(category, community, source, at, ground)
    return Matter(of, "", of)


def _name(code: str, ground: Ground) -> str:
    unit = ground.tree.unit(code) if code else None
    return unit.name if unit else code
