"""Dahua (大华): the fields of its SDK's event structures, as a gateway writes them in JSON.

One toss is one (device, channel, nGroupID or nEventID). `handleStat` is the platform's own
word on it: done, false alarm, ignored.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from services.intake.adapters.cameras.alarm import THROWN, Alarm, Meaning, state
from services.intake.adapters.documents import Document
from services.intake.adapters.envelope import Letter
from services.intake.adapters.fields import addresses
from services.intake.domain.submission import Life, Statement
from services.reference.written import read_time, text

NAME = "dahua"
HIGH_TOSS = str(0x28D)
TOSSES = frozenset({"event_ivs_high_toss_detect", "hightossdetect", "hightoss"})
"""How a toss is called where its number is not written, in lower case."""
CODES = ("dwAlarmType", "eventType", "alarmType", "eventCode", "Code", "event")
KNOWN_BY = frozenset({"nAction", "handleStat", "nEventID", "nGroupID", "stuObjInfos"})
LIVES = {"0": Life.PULSE, "1": Life.NEW, "2": Life.END}
HANDLED = {"2": Life.END, "3": Life.WITHDRAW, "4": Life.WITHDRAW}
MEANINGS = {HIGH_TOSS: Meaning("疑似高空抛物", THROWN)}


def fits(document: Document) -> bool:
    """Whether a post is one of these."""
    return "nChannelID" in document.fields and not KNOWN_BY.isdisjoint(document.fields)


def statements(document: Document, letter: Letter) -> list[Statement]:
    """What one event says; a toss has no end, even if it is sent with a stop.

    The structure of a toss does not name it: what has its objects and no code is one.
    """
    event = document.fields
    code = _code(text(event, *CODES)) or (HIGH_TOSS if "stuObjInfos" in event else "")
    action = LIVES.get(text(event, "nAction"), Life.NEW)
    alarm = Alarm(
        vendor=NAME,
        device=text(event, "deviceId", "deviceCode", "szDeviceID"),
        channel=text(event, "nChannelID"),
        code=code,
        id=_group(event) or letter.id,
        life=HANDLED.get(text(event, "handleStat"), Life.PULSE if code == HIGH_TOSS else action),
        at=_moment(event.get("UTC")),
        words=text(event, "szName"),
        pictures=addresses(event, "pictures", "picUrls"),
    )
    return [state(alarm, MEANINGS)]


def _code(told: str) -> str:
    """The code in decimal, however it is written: 653, 0x28D or its name."""
    if told.lower().startswith("0x"):
        digits = told[2:]
        return str(int(digits, 16)) if digits.isalnum() and _is_hexadecimal(digits) else told
    return HIGH_TOSS if told.lower() in TOSSES else told


def _is_hexadecimal(digits: str) -> bool:
    return len(digits) <= 8 and all(each in "0123456789abcdefABCDEF" for each in digits)


def _group(event: Mapping[str, Any]) -> str:
    """0 is what an unset field of the structure holds."""
    ids = (text(event, "nGroupID"), text(event, "nEventID"))
    return next((each for each in ids if each not in ("", "0")), "")


def _moment(utc: Any) -> datetime | None:
    """UTC is a number, a text, or NET_TIME_EX with its parts, which are local time."""
    if not isinstance(utc, dict):
        return read_time(utc)
    parts = [
        text(utc, f"dw{part}") for part in ("Year", "Month", "Day", "Hour", "Minute", "Second")
    ]
    return read_time("{}-{}-{} {}:{}:{}".format(*parts))
