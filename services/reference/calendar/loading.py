"""The file of the working calendar: hours, and days that the state's arrangement lacks."""

from collections.abc import Iterator
from datetime import date, time
from functools import cache
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from services.reference.calendar.days import Days, published_years
from services.reference.calendar.working import Hours, WorkCalendar
from services.reference.rule_files import (
    At,
    Fault,
    RuleFileError,
    Written,
    read_rules,
    rule_text,
    understood,
)

SHIPPED = Path(__file__).parents[1] / "data" / "calendar.yaml"


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid", coerce_numbers_to_str=True)

    hours: Annotated[tuple[str, ...], Field(min_length=1)] = ("08:00-12:00", "14:00-18:00")
    complete_years: tuple[int, ...] = ()
    rest_days: Annotated[tuple[date, ...], BeforeValidator(lambda days: days or ())] = ()
    work_days: Annotated[tuple[date, ...], BeforeValidator(lambda days: days or ())] = ()


def load_calendar(path: Path | None = None) -> WorkCalendar:
    """The calendar of a file, the shipped one if none is given.

    Raises RuleFileError with file, line and what to do.
    """
    return _shipped() if path is None else read_calendar(rule_text(path), path.name)


@cache
def _shipped() -> WorkCalendar:
    return read_calendar(SHIPPED.read_text("utf-8"), SHIPPED.name)


def read_calendar(text: str, file: str) -> WorkCalendar:
    """The calendar that a text says; raises RuleFileError."""
    written = read_rules(text, file)
    said = understood(_File, written)
    faults = list(_faults(said, written))
    if faults:
        raise RuleFileError(faults)
    exceptions = dict.fromkeys(said.rest_days, False) | dict.fromkeys(said.work_days, True)
    days = Days(exceptions, frozenset(said.complete_years))
    return WorkCalendar(days, _hours(said.hours), written.version)


def _hours(said: tuple[str, ...]) -> Hours:
    spans = (each.split("-") for each in said)
    return tuple((time.fromisoformat(since), time.fromisoformat(until)) for since, until in spans)


def _faults(said: _File, written: Written) -> Iterator[Fault]:
    try:
        ends = [moment for span in _hours(said.hours) for moment in span]
    except ValueError:
        ends = []
    if not ends or ends != sorted(set(ends)):
        remedy = "请写成从早到晚、互不重叠的时段，如 08:00-12:00。"
        yield written.fault(("hours",), f"工作时段 {'、'.join(said.hours)} 不能用。", remedy)
    for day in set(said.rest_days) & set(said.work_days):
        problem = f"{day} 既写为休息日，又写为工作日。"
        yield written.fault(("work_days",), problem, "请删去其中一个。")
    for name in ("rest_days", "work_days"):
        for index, day in enumerate(getattr(said, name)):
            yield from _unknown_year(day, said, written, (name, index))


def _unknown_year(day: date, said: _File, written: Written, at: At) -> Iterator[Fault]:
    if day.year not in published_years() and day.year not in said.complete_years:
        problem = f"{day} 所在的 {day.year} 年没有全年安排，只写几天会算错其余日子。"
        remedy = f"请写全该年的放假和调休，并把 {day.year} 加入 complete_years。"
        yield written.fault(at, problem, remedy)
