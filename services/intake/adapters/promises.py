"""When a hotline ticket is promised to be done (承诺完成时间), in the forms that hotlines write."""

import re
from datetime import datetime, time, timedelta
from functools import lru_cache

from chinese_calendar import is_workday

from services.reference.calendar import BEIJING
from services.reference.written import read_time

BEHIND = re.compile(r"\s*(?:之前|以前|前|内|办结|完成|截止|止)+\s*$")
A_DAY = re.compile(r"\d{4}[-/.年]\d{1,2}[-/.月]\d{1,2}日?")
THIS_YEAR = re.compile(r"(\d{1,2})月(\d{1,2})[日号](?:\s*(\d{1,2})[:：时点](\d{1,2})?分?)?")
SPAN = re.compile(r"(\d{1,3})\s*(?:个)?\s*(工作日|自然日|小时|分钟|日|天)")
SPANS = {"自然日": "days", "日": "days", "天": "days", "小时": "hours", "分钟": "minutes"}
END_OF_DAY = time(23, 59, 59)
MOST_WORKING_DAYS = 400
LONGEST = 64
"""Characters of a promise that are read."""


def read_promise(written: str, began: datetime | None) -> datetime | None:
    """The moment by which it is promised; None if the words are no promise of one.

    A day without a time is promised until its end. A span (3个工作日, 24小时) counts from
    `began`; in working days to the end of the last one. A year that the official calendar
    does not know yet gives None: dispatch then counts by its own rules.
    """
    words, moment = _read(written[:LONGEST])
    return moment or _of_this_year(words, began) or _span(words, began)


@lru_cache(maxsize=4_096)
def _read(written: str) -> tuple[str, datetime | None]:
    """What is promised, in its own words, and when that is if they say it by themselves."""
    words = BEHIND.sub("", written.strip())
    moment = read_time(words)
    if moment and A_DAY.fullmatch(words):
        return words, datetime.combine(moment, END_OF_DAY, BEIJING)
    return words, moment


def _of_this_year(words: str, began: datetime | None) -> datetime | None:
    """A day without its year is the first such day since the ticket began."""
    found = THIS_YEAR.fullmatch(words)
    if not found or began is None:
        return None
    local = began.astimezone(BEIJING)
    for year in (local.year, local.year + 1):
        month, day, hour, minute = (int(each) if each else None for each in found.groups())
        clock = "23:59:59" if hour is None else f"{hour}:{minute or 0:02}"
        moment = read_time(f"{year}-{month}-{day} {clock}")
        if moment and moment >= began:
            return moment
    return None


def _span(words: str, began: datetime | None) -> datetime | None:
    found = SPAN.fullmatch(words)
    if not found or began is None:
        return None
    number, unit = int(found[1]), found[2]
    if unit != "工作日":
        return began + timedelta(**{SPANS[unit]: number})
    last = _working_days_after(began.astimezone(BEIJING).date().isoformat(), number)
    return datetime.combine(datetime.fromisoformat(last), END_OF_DAY, BEIJING) if last else None


@lru_cache(maxsize=4_096)
def _working_days_after(first: str, number: int) -> str:
    """The day that is so many working days after a day; empty if the calendar ends before."""
    day, left = datetime.fromisoformat(first).date(), min(number, MOST_WORKING_DAYS)
    try:
        while left:
            day += timedelta(days=1)
            left -= is_workday(day)
    except NotImplementedError:
        return ""
    return day.isoformat()
