"""What is left without anybody (空岗): found ahead, so that it can be filled."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from schemas.dispatch import Level
from services.dispatch.domain.roster.duty import A_DAY, Roster
from services.reference.calendar import BEIJING
from services.reference.rule_files import Fault

AHEAD = 14
"""Days that are looked through by default."""


@dataclass(frozen=True, slots=True)
class Gap:
    """Nobody is there for an area on a rung, from one moment until another."""

    level: Level
    area: str
    begins: datetime
    ends: datetime

    def told(self) -> dict[str, Any]:
        """For machines."""
        return {
            "level": self.level,
            "area": self.area,
            "from": self.begins.isoformat(),
            "until": self.ends.isoformat(),
        }


def gaps(roster: Roster, first: date, days: int = AHEAD) -> Iterator[Gap]:
    """Every gap of every area that the roster names, in the order of areas and time."""
    begin = datetime.combine(first, time(), BEIJING)
    end = begin + days * A_DAY
    spans: dict[str, list[tuple[datetime, datetime]]] = {}
    for duty in roster.duties(first - A_DAY, days + 1):
        spans.setdefault(duty.holder, []).append((duty.begins, duty.ends))
    for (level, area), holders in sorted(roster.by_area.items()):
        covered = sorted(span for holder in holders for span in spans.get(holder, ()))
        for begins, ends in _between(covered, begin, end):
            yield Gap(level, area, begins, ends)


def _between(
    covered: list[tuple[datetime, datetime]], begin: datetime, end: datetime
) -> Iterator[tuple[datetime, datetime]]:
    """What lies between these spans, which are in the order of their beginnings."""
    reached = begin
    for begins, ends in covered:
        if begins > reached:
            yield reached, min(begins, end)
        reached = max(reached, ends)
        if reached >= end:
            return
    yield reached, end


def idle(roster: Roster, file: str) -> Iterator[Fault]:
    """One note for each who is in no shift and works for nobody else: they are never sent."""
    into = {each.substitute for leaves in roster.leave.values() for each in leaves}
    for person in roster.people.keys() - roster.shifts_of.keys() - {*roster.swaps.values(), *into}:
        problem = f"{person} 不在任何班次中，不会被派单。"
        yield Fault(file, roster.lines.get(person, 1), problem, "请排班，或从 people 中删去。")


def holes(roster: Roster, first: date, file: str) -> Iterator[Fault]:
    """One note for each area that is not always covered in the next days: its first gap."""
    told: set[tuple[Level, str]] = set()
    for gap in gaps(roster, first):
        if (gap.level, gap.area) not in told:
            told.add((gap.level, gap.area))
            holder = roster.by_area[gap.level, gap.area][0]
            yield Fault(
                file,
                roster.lines.get(holder, 1),
                f"{gap.area} 自 {gap.begins:%m-%d %H:%M} 至 {gap.ends:%m-%d %H:%M} 无人在岗。",
                "请排班；届时事件转上一级或社区值班台。",
            )
