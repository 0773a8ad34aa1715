"""Invented reports for measuring: each speaks of a matter of its own, so that none is merged."""

import random
from datetime import UTC, datetime
from pathlib import Path

import orjson

from schemas.report import ReportReceived, Source
from services.reference.ground import DEMO, load_ground
from services.reference.ground.files import GAZETTEER, write_ground
from services.reference.ground.writing import gazetteer_lines

MATTERS = (
    "楼道堆满杂物，老人过路都困难",
    "电瓶车推进电梯，还飞线充电",
    "垃圾堆了好几天没人清运",
    "消防通道被小汽车占用，救护车进不来",
    "路灯坏了一个星期，晚上一片漆黑",
    "夜间施工噪音扰民，孩子睡不着",
    "外墙瓷砖脱落，差点砸到人",
    "下水道堵塞，污水外溢到路面",
    "住户私搭乱建，占了公共绿地",
    "地锁占车位，邻居为此争吵",
    "油烟直排，窗户都不敢开",
    "井盖破损，自行车差点翻进去",
)
GROUND = load_ground()
BUILDINGS = 60


def write_street(folder: Path) -> Path:
    """The demonstration street, whose estates list no buildings: each takes any number."""
    files = {name: [(DEMO / name).read_bytes()] for name in GROUND.manifest.files}
    kept = (each for each in GROUND.gazetteer.entries if each.kind != "building" and each.line)
    files[GAZETTEER] = list(gazetteer_lines(kept))
    write_ground(folder, GROUND.manifest, files)
    return folder


def ticket(number: int, run: str) -> bytes:
    """A hotline ticket as JSON; the same number and run give the same ticket."""
    dice = random.Random(f"{run}:{number}")
    estate = GROUND.estates[number % len(GROUND.estates)]
    turn = number // len(GROUND.estates)
    matter = MATTERS[turn // BUILDINGS % len(MATTERS)]
    building = turn % BUILDINGS + 1
    hour = dice.randint(0, 23)
    return orjson.dumps(
        {
            "工单编号": f"{run}-{number}",
            "工单类型": "投诉",
            "诉求主题": f"{estate.name}{building}栋{matter[:9]}",
            "诉求内容": f"{estate.name}{building}栋{matter}，从{hour}点开始就这样，"
            f"已经反映过{number % 7}次，"
            f"希望尽快派人处理，登记序号{number}。",
            "诉求人": "测试员",
            "诉求人电话": f"139{number % 100_000_000:08d}",
            "派发时间": datetime.now(UTC).astimezone().strftime("%Y/%m/%d %H:%M:%S"),
        }
    )


def report_of(number: int) -> ReportReceived:
    """A clean report of about 1 KB, as intake would give it out."""
    now = datetime.now(UTC)
    estate = GROUND.estates[number % len(GROUND.estates)]
    return ReportReceived(
        report_id=f"floor-{number}",
        thread=f"floor:{number}",
        source=Source.HOTLINE,
        title=MATTERS[number % len(MATTERS)],
        text=MATTERS[number % len(MATTERS)] * 8,
        reported_at=now,
        received_at=now,
        place=GROUND.find(estate.name).place,
    )
