"""Which kind of handling an incident gets: 马上办, 协调办 or 跟踪办."""

from schemas.dispatch import Mode
from schemas.incident import Category, Severity
from services.reference.catalogue import Catalogue


def handling_mode(category: Category, severity: Severity, catalogue: Catalogue) -> tuple[Mode, str]:
    """The mode, and why. Danger to life is always handled at once, whoever leads it later."""
    if severity is Severity.DANGER:
        return Mode.AT_ONCE, "涉及人身安全，马上办"
    entry = catalogue.entries.get(category.code)
    if entry is None:
        return Mode.AT_ONCE, f"目录中没有类别 {category.code}，先由网格马上办"
    return Mode(entry.mode), f"{entry.name}按目录为{entry.mode}，牵头单位：{entry.lead}"
