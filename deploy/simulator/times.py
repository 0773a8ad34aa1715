"""Times as upstream systems write them, moved by an interval and written the same way again.

A time without a zone is Beijing time. The stray space of Hikvision's iSC is kept.
"""

import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

from services.reference.calendar import BEIJING

SECONDS = range(1_000_000_000, 4_100_000_000)
MILLISECONDS = range(1_000_000_000_000, 4_100_000_000_000)
COMPACT = "%Y%m%d%H%M%S"

WRITTEN = re.compile(
    r"(?P<year>\d{4})(?P<dash>[/-])(?P<month>\d{1,2})(?P=dash)(?P<day>\d{1,2})"
    r"(?:(?P<gap>T ?| +)(?P<hour>\d{1,2}):(?P<minute>\d\d)"
    r"(?::(?P<second>\d\d)(?P<fraction>\.\d+)?)?(?P<zone>Z|[+-]\d\d:?\d\d)?)?"
)
TAGGED = re.compile(r"<(?P<tag>\w+)>\s*(?P<text>[^<]+?)\s*</(?P=tag)>")

TIME_FIELDS = frozenset(
    [
        "datetime",
        "happentime",
        "sendtime",
        "utc",
        "timestamp",
        "alarmtime",
        "triggertime",
        "start_time",
        "end_time",
        "frame_time",
        "eventtime",
        "event_time",
        "shottime",
        "notifytime",
        "alarmdate",
        "alarmbegtime",
        "time",
        "at",
        "gmtcreate",
        "留言时间",
        "派发时间",
        "承诺完成时间",
        "办结时间",
        "受理时间",
        "登记时间",
        "诉求时间",
        "来电时间",
    ]
)
FUTURE_FIELDS = frozenset({"承诺完成时间"})
"""Fields that rightly lie ahead: they are moved, and say nothing about when now is."""


def read_time(value: object) -> datetime | None:
    """The moment that a value means, or None if it is no time."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    if isinstance(value, str):
        return _read_text(value)
    if int(value) in SECONDS:
        return datetime.fromtimestamp(value, UTC)
    return datetime.fromtimestamp(value / 1000, UTC) if int(value) in MILLISECONDS else None


def _read_text(text: str) -> datetime | None:
    if text.isdecimal() and len(text) in (10, 13):
        return read_time(int(text))
    try:
        if text.isdecimal() and len(text) == 14:
            return datetime.strptime(text, COMPACT).replace(tzinfo=BEIJING)
        found = WRITTEN.fullmatch(text)
        return _from_parts(found) if found else None
    except ValueError:
        return None


def _from_parts(found: re.Match[str]) -> datetime:
    names = ("year", "month", "day", "hour", "minute", "second")
    numbers = [int(found[name] or 0) for name in names]
    microsecond = round(float(found["fraction"] or 0) * 1_000_000) % 1_000_000
    return datetime(*numbers, microsecond, tzinfo=_zone(found["zone"]))  # type: ignore[misc,arg-type]


def _zone(text: str | None) -> timezone:
    if text is None:
        return BEIJING
    if text == "Z":
        return UTC
    sign = -1 if text[0] == "-" else 1
    return timezone(sign * timedelta(hours=int(text[1:3]), minutes=int(text[-2:])))


def moved(value: Any, by: timedelta) -> Any:
    """The value, `by` later and in the form in which it was; what is no time stays as it is."""
    when = read_time(value)
    if when is None:
        return value
    if not isinstance(value, str):
        return value + type(value)(by.total_seconds() * (1 if int(value) in SECONDS else 1000))
    if value.isdecimal() and len(value) != 14:
        return str(moved(int(value), by))
    return _written_like(value, when + by)


def _written_like(text: str, when: datetime) -> str:
    found = WRITTEN.fullmatch(text)
    if found is None:
        return when.strftime(COMPACT)
    dash, gap = found["dash"], found["gap"]
    date = when.strftime(f"%Y{dash}%m{dash}%d")
    if gap is None:
        return date
    seconds = when.strftime(":%S") if found["second"] else ""
    digits = len(found["fraction"] or ".") - 1
    fraction = f".{when.microsecond:06d}"[: digits + 1] if digits else ""
    return f"{date}{gap}{when:%H:%M}{seconds}{fraction}{found['zone'] or ''}"


def times_in(body: Any, name: str = "") -> Iterator[datetime]:
    """The moments in the time fields of a body: JSON as it was parsed, or the text of XML."""
    if isinstance(body, dict):
        for key, value in body.items():
            yield from times_in(value, key.lower())
    elif isinstance(body, list):
        for value in body:
            yield from times_in(value, name)
    elif isinstance(body, str) and body.lstrip().startswith("<"):
        for found in TAGGED.finditer(body):
            yield from times_in(found["text"], found["tag"].lower())
    elif name in TIME_FIELDS - FUTURE_FIELDS and (when := read_time(body)):
        yield when


def all_moved(body: Any, by: timedelta, name: str = "") -> Any:
    """The body with each of its time fields moved."""
    if isinstance(body, dict):
        return {key: all_moved(value, by, key.lower()) for key, value in body.items()}
    if isinstance(body, list):
        return [all_moved(value, by, name) for value in body]
    if isinstance(body, str) and body.lstrip().startswith("<"):
        return TAGGED.sub(lambda found: _tag_moved(found, by), body)
    return moved(body, by) if name in TIME_FIELDS else body


def _tag_moved(found: re.Match[str], by: timedelta) -> str:
    tag = found["tag"]
    return f"<{tag}>{all_moved(found['text'], by, tag.lower())}</{tag}>"


def until_now(bodies: Iterable[Any], now: datetime) -> timedelta:
    """By how much to move bodies so that the newest of them is from now."""
    newest = max((when for body in bodies for when in times_in(body)), default=now)
    return now - newest
