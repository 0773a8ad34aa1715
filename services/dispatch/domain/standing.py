"""What people have ordered and what holds until it ends by itself: silences, absences, modes."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from schemas.dispatch import ModeDeclared, ModeEnded
from schemas.event import Event
from schemas.incident import Alertness, Severity
from services.dispatch.domain.orders import (
    LiftSilence,
    OrderSilence,
    TapOff,
    TapOn,
)


@dataclass(frozen=True, slots=True)
class Silence:
    """Nothing that it covers goes out before it ends (静默、检修窗口); danger to life does."""

    silence_id: str
    what: Literal["silence", "maintenance"]
    categories: tuple[str, ...]
    areas: tuple[str, ...]
    sources: tuple[str, ...]
    reason: str
    by: str
    until: datetime

    def covers(
        self, category: str, severity: Severity, area: str, source: str, now: datetime
    ) -> bool:
        """Whether an incident waits behind it."""
        return (
            now < self.until
            and severity is not Severity.DANGER
            and (not self.categories or category.startswith(self.categories))
            and (not self.areas or area.startswith(self.areas))
            and (not self.sources or source in self.sources)
        )


@dataclass(frozen=True, slots=True)
class Absence:
    """Somebody has tapped off duty (临时离岗)."""

    worker_id: str
    off_since: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class EmergencyMode:
    """An emergency mode, until it ends or expires."""

    mode_id: str
    expires_at: datetime
    is_over: bool = False
    area: str = ""
    level: Alertness = Alertness.BLUE
    trigger: str = ""

    def holds(self, area: str, now: datetime) -> bool:
        """Whether it is in force where an incident is; a place that is not known is nowhere."""
        return not self.is_over and now < self.expires_at and area.startswith(self.area)

    @property
    def said(self) -> str:
        """For the reasons of a dispatch."""
        return f"应急模式（{COLOURS[self.level]}：{self.trigger}）"


COLOURS = {
    Alertness.RED: "红色",
    Alertness.ORANGE: "橙色",
    Alertness.YELLOW: "黄色",
    Alertness.BLUE: "蓝色",
}
GRAVEST_FIRST = tuple(Alertness)


def graver(modes: Iterable[EmergencyMode], area: str, now: datetime) -> EmergencyMode | None:
    """The gravest mode that holds where an incident is."""
    there = (each for each in modes if each.holds(area, now))
    return min(there, key=lambda each: GRAVEST_FIRST.index(each.level), default=None)


Standing = Silence | Absence | EmergencyMode


def evolve(state: Standing | None, event: Event) -> Standing | None:
    """The next state of what was ordered."""
    match state, event:
        case _, OrderSilence():
            return Silence(
                event.silence_id,
                event.what,
                event.categories,
                event.areas,
                event.sources,
                event.reason,
                event.by,
                event.until,
            )
        case Silence(), LiftSilence():
            return replace(state, until=min(state.until, event.at))
        case _, TapOff():
            return Absence(event.worker_id, event.at, event.until)
        case Absence(), TapOn():
            return replace(state, until=min(state.until, event.at))
        case _, ModeDeclared():
            return EmergencyMode(
                event.mode_id,
                event.expires_at,
                area=event.area,
                level=event.level,
                trigger=event.trigger,
            )
        case EmergencyMode(), ModeEnded():
            return replace(state, is_over=True)
    return state


EXPIRES = "expires"


def deadlines(state: Standing) -> dict[str, datetime]:
    """A mode ends by itself; silences and absences are read with the time they hold until."""
    if isinstance(state, EmergencyMode) and not state.is_over:
        return {EXPIRES: state.expires_at}
    return {}
