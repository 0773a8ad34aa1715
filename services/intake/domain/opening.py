"""Who may see clear text, and why (脱敏解除): a role, a reason, and a trace of it."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime

from services.intake.domain.clear import Clear
from services.intake.domain.doors import doors_in

SHORTEST_REASON = 4
LONGEST_REASON = 500


@dataclass(frozen=True, slots=True)
class Asking:
    """Somebody who asks for clear text: in which role, who it is, and what for."""

    role: str
    who: str
    reason: str


@dataclass(frozen=True, slots=True)
class Opened:
    """The clear text of a thread, oldest first; `earlier` reports came from the same caller."""

    thread: str
    pseudonym: str
    earlier: int
    said: tuple[tuple[datetime, Clear], ...] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Doorstep:
    """Where exactly a worker has to go for one report of the incident."""

    thread: str
    address: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Lent:
    """A number that is lent until then, and reaches a caller without showing who it is."""

    number: str
    until: datetime


def door_of(clear: Clear) -> str:
    """Where exactly it is: the address that was given, else the doors that the words name."""
    return clear.address or doors_in(f"{clear.title}\n{clear.text}")


def refusal(asking: Asking, roles: Collection[str]) -> str | None:
    """Why clear text stays closed to somebody; None if it may be opened."""
    if asking.role not in roles:
        return f"角色 {asking.role[:32]!r} 无权查看原文，可用角色由 HUB_INTAKE_UNMASK_ROLES 配置"
    if not asking.who.strip():
        return "查看原文要写明经办人工号"
    if len(asking.reason.strip()) < SHORTEST_REASON:
        return f"查看原文要写明事由，至少 {SHORTEST_REASON} 个字"
    return None
