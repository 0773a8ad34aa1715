"""Hikvision ISAPI (海康设备): EventNotificationAlert, as XML, JSON, or multipart with pictures.

There is no id of an alarm: `activePostCount` counts the posts about one target. What one
channel posts of one type within an hour of its own clock is one alarm, of a thrown object
within a minute; classification merges what a full hour cuts in two.
"""

from services.intake.adapters.cameras.alarm import (
    BADLY_PARKED,
    FIRE,
    THROWN,
    Alarm,
    Meaning,
    state,
)
from services.intake.adapters.documents import Document
from services.intake.adapters.envelope import Letter
from services.intake.adapters.fields import addresses, number
from services.intake.domain.submission import Life, Statement
from services.reference.written import read_time, text

NAME = "hikvision_isapi"
ROOT = "EventNotificationAlert"
HEARTBEATS = frozenset({"videoloss", "heartbeat"})
PULSES = frozenset({"objectsthrowndetection"})
PICTURES = ("pictureURL", "bkgUrl", "visibleLightURL", "picUrl")
MEANINGS = {
    "objectsthrowndetection": Meaning("疑似高空抛物", THROWN),
    "firedetection": Meaning("疑似火情", FIRE),
    "smokedetection": Meaning("疑似烟雾", FIRE),
    "parking": Meaning("车辆违停", BADLY_PARKED),
    "fielddetection": Meaning("区域入侵"),
    "linedetection": Meaning("越界"),
    "regionentrance": Meaning("进入区域"),
    "regionexiting": Meaning("离开区域"),
    "loitering": Meaning("人员徘徊"),
    "group": Meaning("人员聚集"),
    "unattendedbaggage": Meaning("物品遗留"),
    "attendedbaggage": Meaning("物品拿取"),
    "vmd": Meaning("移动侦测"),
    "shelteralarm": Meaning("镜头被遮挡"),
    "videoloss": Meaning("视频信号丢失"),
}


def fits(document: Document) -> bool:
    """Whether a post is one of these."""
    fields = document.fields
    return ROOT in fields or ("eventType" in fields and "eventState" in fields)


def statements(document: Document, letter: Letter) -> list[Statement]:
    """What a post says; one may be a heartbeat (`videoloss` and inactive, every 10 s)."""
    root = document.fields.get(ROOT)
    post = root if isinstance(root, dict) else document.fields
    code = text(post, "eventType").lower()
    is_over = text(post, "eventState").lower() == "inactive"
    is_heartbeat = (code in HEARTBEATS and is_over) or code == "heartbeat"
    device = text(post, "deviceID", "macAddress", "ipAddress", "ipv6Address", "serialNumber")
    channel = text(post, "channelID", "dynChannelID", "inputIOPortID")
    moment = read_time(text(post, "dateTime"))
    window = f"{moment:%Y%m%d%H%M}"[: 12 if code in PULSES else 10] if moment else letter.id
    alarm = Alarm(
        vendor=NAME,
        device=device,
        channel=channel,
        code=code,
        id=text(post, "UUID", "uuid") or f"{code}@{window}",
        life=Life.HEARTBEAT
        if is_heartbeat
        else _life(code, is_over, number(post, "activePostCount") or 1),
        at=moment,
        words=text(post, "channelName"),
        pictures=document.pictures + addresses(post, *PICTURES),
    )
    return [state(alarm, MEANINGS)]


def _life(code: str, is_over: bool, posts: float) -> Life:
    if code in PULSES:
        return Life.PULSE
    if is_over:
        return Life.END
    return Life.NEW if posts <= 1 else Life.UPDATE
