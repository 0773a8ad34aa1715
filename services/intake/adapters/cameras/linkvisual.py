"""LinkVisual (阿里云物联网视频): alarm events by numeric code.

The codes are as published; the names of the fields differ between deployments, so several
are taken.
"""

from services.intake.adapters.cameras.alarm import (
    BADLY_PARKED,
    BADLY_PARKED_BIKE,
    E_BIKE,
    FIRE,
    FIRE_LANE,
    HANGING,
    LITTER,
    STALL,
    THROWN,
    Alarm,
    Meaning,
    state,
)
from services.intake.adapters.documents import Document
from services.intake.adapters.envelope import Letter
from services.intake.adapters.fields import addresses
from services.intake.domain.submission import Life, Statement
from services.reference.written import read_time, text

NAME = "linkvisual"
MEANINGS = {
    "11027": Meaning("疑似高空抛物", THROWN),
    "13002": Meaning("消防通道被占用", FIRE_LANE),
    "12002": Meaning("垃圾暴露", LITTER),
    "12001": Meaning("非机动车乱停", BADLY_PARKED_BIKE),
    "12003": Meaning("沿街晾挂", HANGING),
    "10001": Meaning("违章停车", BADLY_PARKED),
    "10002": Meaning("占道经营", STALL),
    "13001": Meaning("疑似火灾", FIRE),
    "11023": Meaning("电瓶车进楼", E_BIKE),
}
CODES = ("eventCode", "eventType", "alarmType", "alarmCode")
DEVICES = ("iotId", "deviceName")
PULSES = frozenset({"11027"})


def fits(document: Document) -> bool:
    """Whether a post is one of these."""
    fields = document.fields
    if "iotId" in fields:
        return not fields.keys().isdisjoint(CODES)
    return not fields.keys().isdisjoint(DEVICES) and text(fields, *CODES) in MEANINGS


def statements(document: Document, letter: Letter) -> list[Statement]:
    """What one event says; events are told once, when they begin."""
    event = document.fields
    code = text(event, *CODES)
    alarm = Alarm(
        vendor=NAME,
        device=text(event, *DEVICES),
        channel=text(event, "channel"),
        code=code,
        id=text(event, "eventId", "alarmId") or letter.id,
        life=Life.PULSE if code in PULSES else Life.NEW,
        at=read_time(event.get("eventTime", event.get("gmtCreate"))),
        words=text(event, "nickName"),
        pictures=addresses(event, "eventPicUrl", "picUrl"),
    )
    return [state(alarm, MEANINGS)]
