"""What strangers write into their fields, read alike in all services: texts and times."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, timezone
from functools import lru_cache
from typing import Any

from services.reference.calendar import BEIJING

LONGEST_FIELD = 20_000
FIRST_YEAR, LAST_YEAR = 2000, 2100
MILLISECONDS_FROM = 100_000_000_000
MICROSECONDS_FROM = 100_000_000_000_000

WRITTEN = re.compile(
    r"\s*(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?:[T\s]*(\d{1,2})[:：时点](\d{1,2})(?:[:：分](\d{1,2}))?"
    r"(?:[.,](\d{1,6})\d*)?秒?分?)?\s*(Z|[+-]\d{2}(?::?\d{2})?)?\s*"
)
COMPACT = re.compile(
    r"(\d{4})(\d\d)(\d\d)(?:T?(\d\d)(\d\d)(\d\d)(?:\.(\d{1,6})\d*)?)?(Z|[+-]\d{2}(?::?\d{2})?)?"
)
COMPACT_LENGTHS = (8, 14)
DECIMAL = re.compile(r"\d{9,13}\.\d{1,9}")
HALF_DAY = re.compile(r"\s*(凌晨|早上|上午|中午|下午|傍晚|晚上)\s*(?=\d)")
LATER = {"凌晨": False, "下午": True, "傍晚": True, "晚上": True}
NOON = re.compile(r"(?<=\d)\s*([AaPp])[Mm]$")


def text(content: Mapping[str, Any], *names: str) -> str:
    """The first of these fields that holds something, as text without blanks around it."""
    for name in names:
        if name not in content:
            continue
        value = content[name]
        if type(value) is not str:
            if value is None or isinstance(value, bool | dict | list):
                continue
            value = str(value).removesuffix(".0")
        if found := value.strip():
            return found[:LONGEST_FIELD]
    return ""


def read_time(value: object) -> datetime | None:
    """A time in any of the forms that sources use; None if it is none.

    Without a zone it is Beijing time. Numbers are seconds, milliseconds or microseconds since 1970.
    """
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, int | float):
        return _since_1970(float(value))
    text = str(value).strip()[:64]
    is_number = text.isascii() and text.isdigit() and len(text) not in COMPACT_LENGTHS
    if is_number or ("." in text and DECIMAL.fullmatch(text)):
        return _since_1970(float(text))
    return _written(text)


def _since_1970(number: float) -> datetime | None:
    seconds = number / 1000 if number >= MILLISECONDS_FROM else number
    if number >= MICROSECONDS_FROM:
        seconds = number / 1_000_000
    if not 946_684_800 <= seconds < 4_102_444_800:
        return None
    return datetime.fromtimestamp(seconds, UTC)


@lru_cache(maxsize=8_192)
def _written(text: str) -> datetime | None:
    plain, is_later = _in_24_hours(text)
    match = COMPACT.fullmatch(plain) or WRITTEN.fullmatch(plain)
    if match is None:
        return None
    *fields, fraction, zone = match.groups()
    year, month, day, hour, minute, second = (int(each or 0) for each in fields)
    if is_later is not None and hour <= 12:
        hour = hour % 12 + 12 * is_later
    if not (FIRST_YEAR <= year <= LAST_YEAR and 1 <= month <= 12 and 1 <= day <= 31):
        return None
    if minute > 59 or second > 59 or hour > 24 or (hour == 24 and minute + second):
        return None
    micro = int((fraction or "0").ljust(6, "0"))
    start = datetime(year, month, 1, hour % 24, minute, second, micro, _zone(zone))
    moment = start + timedelta(days=day - 1)
    if moment.month != month:
        return None
    return moment + timedelta(days=1) if hour == 24 else moment


def _in_24_hours(text: str) -> tuple[str, bool | None]:
    """A time without its half of the day (下午, PM), and whether it is the later one, if said."""
    if not text.isascii() and (half := HALF_DAY.search(text)):
        return HALF_DAY.sub(" ", text, count=1), LATER.get(half[1])
    if text[-1:] in "mM" and (noon := NOON.search(text)):
        return NOON.sub("", text), noon[1] in "Pp"
    return text, None


def _zone(zone: str | None) -> timezone:
    if zone is None:
        return BEIJING
    if zone == "Z":
        return UTC
    digits = zone[1:].replace(":", "")
    ahead = timedelta(hours=int(digits[:2]) % 24, minutes=int(digits[2:] or 0) % 60)
    return timezone(-ahead if zone[0] == "-" else ahead)
