"""By when each stage is due, by a table of limits and the working calendar.

Accept, arrive and dispose count from the dispatch; the check counts from the due disposal.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from schemas.dispatch import Deadlines
from schemas.incident import Severity
from services.dispatch.domain.limits.published import Published
from services.reference.amounts import Amount
from services.reference.calendar import WorkCalendar
from services.reference.catalogue import Entry


@dataclass(frozen=True, slots=True)
class Limits:
    """How long each stage may take; `name` is what rules call it.

    `takes` is how many minutes of work it usually is.
    """

    name: str
    accept: Amount
    arrive: Amount
    dispose: Amount
    check: Amount
    takes: int = 30

    @property
    def amounts(self) -> tuple[Amount, ...]:
        """Of all stages, in their order."""
        return (self.accept, self.arrive, self.dispose, self.check)

    @property
    def in_working_time(self) -> tuple[str, ...]:
        """The times of `Deadlines` that count working time alone."""
        names = ("accept_by", "arrive_by", "dispose_by", "check_by")
        return tuple(
            name for name, each in zip(names, self.amounts, strict=True) if each.unit.is_work
        )


@dataclass(frozen=True)
class LimitTable:
    """Limits by name and by severity; `published` holds a city's own table, by category name."""

    named: Mapping[str, Limits]
    by_severity: Mapping[Severity, str]
    remind_at: float
    published: Mapping[str, Sequence[Published]]

    def limits(self, name: str | None, severity: Severity, entry: Entry | None) -> Limits:
        """What holds: what a rule names, else what is published, else by severity."""
        usual = self.named[self.by_severity[severity]]
        if name:
            return self.named[name]
        if severity is Severity.DANGER or entry is None or entry.name not in self.published:
            return usual
        rows = self.published[entry.name]
        pick = min if severity is Severity.HIGH else max
        row = pick(rows, key=lambda each: each.rough)
        return Limits(row.name, usual.accept, usual.arrive, row.limit, usual.check, usual.takes)

    def deadlines(
        self, limits: Limits, now: datetime, calendar: WorkCalendar
    ) -> tuple[Deadlines, tuple[str, ...]]:
        """The due times of an incident that is dispatched now, and what must be said of them."""
        dispose_by = calendar.due(now, limits.dispose)
        check_by = calendar.due(dispose_by, limits.check)
        due = Deadlines(
            accept_by=min(calendar.due(now, limits.accept), dispose_by),
            arrive_by=min(calendar.due(now, limits.arrive), dispose_by),
            dispose_by=dispose_by,
            check_by=check_by,
            remind_at=calendar.due(now, limits.dispose.times(self.remind_at)),
            rule=limits.name,
            dispose_limit=str(limits.dispose),
            calendar_version=calendar.version,
            in_working_time=limits.in_working_time,
        )
        return due, tuple(_doubts(limits, now, check_by, calendar))


def _doubts(
    limits: Limits, now: datetime, until: datetime, calendar: WorkCalendar
) -> Sequence[str]:
    if not any(each.unit.is_work for each in limits.amounts):
        return ()
    return [
        f"工作日历没有 {year} 年的放假安排，暂按周一至周五计算时限"
        for year in calendar.unknown_years(now, until)
    ]
