"""GB/T 28181 alarms (国标联网报警): XML, times without a zone are Beijing time."""

from typing import Any

from services.intake.adapters.cameras.alarm import Alarm, Meaning, state
from services.intake.adapters.documents import Document
from services.intake.adapters.envelope import Letter
from services.intake.adapters.fields import mapping, number
from services.intake.domain.submission import Life, Statement
from services.reference.written import read_time, text

NAME = "gb28181"
ROOT = "Notify"
LIVES = {"Alarm": Life.NEW, "Keepalive": Life.HEARTBEAT}
MEANINGS = {
    "1": Meaning("电话报警"),
    "2": Meaning("设备报警"),
    "2/1": Meaning("视频信号丢失"),
    "2/2": Meaning("设备防拆"),
    "2/3": Meaning("存储设备磁盘满"),
    "2/4": Meaning("设备高温"),
    "2/5": Meaning("设备低温"),
    "3": Meaning("短信报警"),
    "4": Meaning("GPS 报警"),
    "5": Meaning("视频报警"),
    "5/1": Meaning("人工视频报警"),
    "5/2": Meaning("运动目标检测"),
    "5/3": Meaning("物品遗留"),
    "5/4": Meaning("物品移除"),
    "5/5": Meaning("绊线"),
    "5/6": Meaning("入侵"),
    "5/7": Meaning("逆行"),
    "5/8": Meaning("徘徊"),
    "5/9": Meaning("流量统计"),
    "5/10": Meaning("密度异常"),
    "5/11": Meaning("视频异常"),
    "5/12": Meaning("快速移动"),
    "5/13": Meaning("图像遮挡"),
    "6": Meaning("设备故障报警"),
    "7": Meaning("其他报警"),
}
"""Keys: AlarmMethod, or AlarmMethod/AlarmType."""


def fits(document: Document) -> bool:
    """Whether a post is one of these, or a device's word that it is there (Keepalive)."""
    return text(mapping(document.fields, ROOT), "CmdType") in LIVES


def statements(document: Document, letter: Letter) -> list[Statement]:
    """What one notification says. Each is told once; nothing in it says that it is over."""
    notify = mapping(document.fields, ROOT)
    device, told_at = text(notify, "DeviceID"), text(notify, "AlarmTime")
    alarm = Alarm(
        vendor=NAME,
        device=device,
        channel="",
        code=_code(notify),
        id=f"{text(notify, 'SN')}@{told_at}" if told_at else letter.id,
        life=LIVES.get(text(notify, "CmdType"), Life.NEW),
        at=read_time(told_at),
        words=text(notify, "AlarmDescription"),
        longitude=number(notify, "Longitude"),
        latitude=number(notify, "Latitude"),
    )
    return [state(alarm, MEANINGS)]


def _code(notify: dict[str, Any]) -> str:
    """AlarmType may be absent, at the top, or in Info, which then wins."""
    method = text(notify, "AlarmMethod")
    kind = text(mapping(notify, "Info"), "AlarmType") or text(notify, "AlarmType")
    return f"{method}/{kind}" if kind else method
