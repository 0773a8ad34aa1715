"""An emergency mode stops the clocks of routine work (平战转换), and sets them going again.

The clocks stand still, not the work: whoever takes a step on such a case takes it, and what it
took counts as no time at all. A case that is grave, or that a leader watches, runs on.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from schemas.case import CaseResumed, CaseSuspended, Stage
from schemas.event import Event
from schemas.incident import Severity
from schemas.place import Place
from services.feedback.domain.case import Case, Pause, clock
from services.feedback.domain.clocks import RUNNING, due, rested
from services.reference.calendar import WorkCalendar

ROUTINE = frozenset({Severity.LOW, Severity.MEDIUM})
"""What can wait while there is an emergency."""


@dataclass(frozen=True, slots=True)
class PausingMode:
    """A mode that pauses routine work: where, for what, since when and until when at most."""

    mode_id: str
    area: str
    trigger: str
    since: datetime
    until: datetime
    ended_at: datetime | None = None

    def holds(self, now: datetime) -> bool:
        """Whether it is in force."""
        return self.since <= now < self.end

    @property
    def end(self) -> datetime:
        """When it was over, or will be at the latest."""
        return min(self.ended_at or self.until, self.until)

    def covers(self, place: Place) -> bool:
        """Whether a place lies in its area; an empty area is everywhere."""
        codes = (place.micro_grid, place.grid, place.community)
        return not self.area or any(code and code.startswith(self.area) for code in codes)


class StraightenClocks(Event):
    """An order of feedback to itself: look whether the clocks of these cases run as they should."""

    ce_type: ClassVar[str] = "clocks"
    about: ClassVar[str] = "name"

    name: str = "clocks"
    incidents: tuple[str, ...]


def is_routine(case: Case) -> bool:
    """Whether its clocks stand still in a mode that pauses routine work."""
    return (
        case.state in RUNNING
        and case.deadlines is not None
        and case.severity in ROUTINE
        and case.watch is None
    )


def paused(
    case: Case, incident_id: str, modes: Iterable[PausingMode], now: datetime
) -> Iterator[CaseSuspended]:
    """Its clocks stop for the first mode of which it has not heard.

    They stop as of when that mode began, or of when they were last set going. It may be over
    already, if it came and went while nobody looked: then they go on at once, by that much later.
    """
    if case.pause is not None or not is_routine(case):
        return
    running = _running_since(case)
    covering = ((max(each.since, running), each) for each in modes if each.covers(case.place))
    unheard = [(since, mode) for since, mode in covering if since <= now and since < mode.end]
    if unheard:
        since, mode = min(unheard, key=lambda each: each[0])
        reason = f"应急模式（{mode.trigger}）期间暂停常规工作计时"
        if called_rashly(case, since):
            reason += "；模式开始之后报出的超时不作数"
        yield _stopped(case, incident_id, Pause(mode.mode_id, since, mode.end, reason), now)


def called_rashly(case: Case, since: datetime) -> set[str]:
    """Of what was called late, the clocks that had stopped by then: nobody had heard of it yet."""
    if case.deadlines is None:
        return set()
    stopped_before = {clock(case, each) for each in Stage if due(case.deadlines, each) > since}
    return stopped_before.intersection(case.overdue)


def _running_since(case: Case) -> datetime:
    sent_at = case.sending.at if case.sending else None
    return max(at for at in (case.opened_at, sent_at, case.running_since) if at is not None)


def unpaused(
    case: Case,
    incident_id: str,
    now: datetime,
    calendar: WorkCalendar,
    reason: str,
    ended_at: datetime | None = None,
) -> Iterator[CaseResumed]:
    """Its clocks go on with what was left at `since`; the pause is over at `ended_at`, or now."""
    pause = case.pause
    if pause is not None and case.deadlines is not None:
        until = max(pause.since, min(ended_at or now, now, pause.until))
        yield CaseResumed(
            incident_id=incident_id,
            round=case.round,
            at=now,
            deadlines=rested(case.deadlines, pause.since, until, calendar),
            mode_id=pause.mode_id,
            until=until,
            reason=reason,
        )


def paused_again(case: Case, incident_id: str, pause: Pause, now: datetime) -> Iterator[Event]:
    """After a step on it the clocks stop again, unless there is none left to stop."""
    if is_routine(case) and now < pause.until:
        yield _stopped(case, incident_id, Pause(pause.mode_id, now, pause.until, pause.reason), now)


def straightened(
    case: Case,
    incident_id: str,
    modes: Sequence[PausingMode],
    now: datetime,
    calendar: WorkCalendar,
) -> Iterator[Event]:
    """Its clocks stand still or run as the modes say; nothing if they do already."""
    if case.pause is None:
        yield from paused(case, incident_id, modes, now)
        return
    mode = next((each for each in modes if each.mode_id == case.pause.mode_id), None)
    if mode is not None and not mode.holds(now):
        reason = "应急模式已结束，恢复计时"
        yield from unpaused(case, incident_id, now, calendar, reason, mode.ended_at)


def _stopped(case: Case, incident_id: str, pause: Pause, now: datetime) -> CaseSuspended:
    return CaseSuspended(
        incident_id=incident_id,
        round=case.round,
        at=now,
        until=pause.until,
        reason=pause.reason,
        mode_id=pause.mode_id,
        since=pause.since,
    )


def stopped(event: CaseSuspended) -> Pause:
    """The pause that an event tells of."""
    return Pause(event.mode_id, event.since or event.at, event.until, event.reason)
