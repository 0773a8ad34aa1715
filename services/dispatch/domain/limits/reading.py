"""From the file of limits to a table that can be trusted."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from schemas.incident import Severity
from services.dispatch.domain.limits.published import Published, by_name, read_published
from services.dispatch.domain.limits.table import Limits, LimitTable
from services.reference.amounts import Amount, amount
from services.reference.calendar import NeverDue, WorkCalendar
from services.reference.rule_files import (
    Fault,
    RuleFileError,
    Written,
    read_rules,
    understood,
)

Limit = Annotated[Amount, BeforeValidator(lambda value: amount(str(value)))]
Other = Callable[[str], str]
"""The text of another file of the same folder."""


class _Limits(BaseModel):
    model_config = ConfigDict(
        extra="forbid", coerce_numbers_to_str=True, arbitrary_types_allowed=True
    )

    name: Annotated[str, Field(min_length=1, max_length=100)]
    accept: Limit
    arrive: Limit
    dispose: Limit
    check: Limit
    takes: Annotated[int, Field(ge=1, le=10_000)] = 30


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid", coerce_numbers_to_str=True)

    remind_at: Annotated[float, Field(gt=0, lt=1)] = 0.75
    limits: tuple[_Limits, ...]
    by_severity: dict[Severity, str]
    published: str | None = None


def read_limits(
    text: str, file: str, other: Other, calendar: WorkCalendar, now: datetime
) -> tuple[LimitTable, list[Fault]]:
    """The table, and what an operator should know of it; raises RuleFileError."""
    written = read_rules(text, file)
    said = understood(_File, written)
    faults = list(_faults(said, written))
    if faults:
        raise RuleFileError(faults)
    rows: tuple[Published, ...] = ()
    if said.published:
        rows = _published(said.published, other, written)
    named = {each.name: Limits(**dict(each)) for each in said.limits}
    table = LimitTable(named, said.by_severity, said.remind_at, by_name(rows))
    if never := list(_never_due(table, written, calendar, now)):
        raise RuleFileError(never)
    return table, list(_beyond(table, written, calendar, now))


def _published(name: str, other: Other, written: Written) -> tuple[Published, ...]:
    try:
        text = other(name)
    except OSError as error:
        problem = f"读不到 {name}：{error.strerror or error}。"
        fault = written.fault(("published",), problem, "请把文件放在同一文件夹中。")
        raise RuleFileError([fault]) from None
    return read_published(text, name)


def _faults(said: _File, written: Written) -> Iterator[Fault]:
    names = [each.name for each in said.limits]
    for index, name in enumerate(names):
        if name in names[:index]:
            problem = f"时限“{name}”写了两次。"
            yield written.fault(("limits", index), problem, "请改名或删去其中一个。")
    for severity in Severity:
        at = ("by_severity", severity)
        if severity not in said.by_severity:
            yield written.fault(at, f"by_severity 缺少 {severity}。", "请补上该严重程度的时限。")
        elif said.by_severity[severity] not in names:
            problem = f"没有名为“{said.by_severity[severity]}”的时限。"
            yield written.fault(at, problem, f"请改为 {'、'.join(names)} 之一。")


def _never_due(
    table: LimitTable, written: Written, calendar: WorkCalendar, now: datetime
) -> Iterator[Fault]:
    """Limits for which the calendar never has time enough."""
    for index, limits in enumerate(table.named.values()):
        try:
            table.deadlines(limits, now, calendar)
        except NeverDue as error:
            problem = f"时限“{limits.name}”永远不会到期。"
            yield written.fault(("limits", index), problem, str(error))


def _beyond(
    table: LimitTable, written: Written, calendar: WorkCalendar, now: datetime
) -> Iterator[Fault]:
    """The limits whose due times, from now on, may fall into a year that the calendar lacks."""
    for index, limits in enumerate(table.named.values()):
        work = [each for each in limits.amounts if each.unit.is_work]
        until = max((calendar.due(now, each) for each in work), default=now)
        for year in calendar.unknown_years(now, until + timedelta(days=1)) if work else ():
            problem = f"时限“{limits.name}”会算到 {year} 年，工作日历没有该年的放假安排。"
            remedy = f"请在 calendar.yaml 补上 {year} 年；在此之前按周一至周五计算并注明。"
            yield written.fault(("limits", index), problem, remedy)
