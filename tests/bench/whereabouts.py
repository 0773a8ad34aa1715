"""`python -m tests.bench.whereabouts [DIR]`: microseconds that intake takes for a report's place.

DIR is a ground, the demonstration street if none is given. Processor time, median and 95 of 100.
"""

import random
import sys
from collections.abc import Callable
from pathlib import Path
from statistics import quantiles
from time import process_time_ns

from schemas.report import Source
from services.intake.domain.submission import Statement, Whereabouts
from services.intake.domain.whereabouts import place_of
from services.reference.ground import Estate, Ground, load_ground

COUNT = 600
TEXT = (
    "市民反映{}楼道长期堆放杂物，影响通行，存在消防隐患，已经反映过三次一直没有人来处理，"
    "希望尽快派人到现场核实并清理，并回复处理结果。"
)


def with_address(estate: Estate) -> Statement:
    """A ticket whose address says it, with a long text that need not be read."""
    where = Whereabouts(address=f"{estate.name}2栋2单元501")
    return Statement(
        "t", Source.HOTLINE, title="楼道堆物", text=TEXT.format(estate.name), where=where
    )


def in_text(estate: Estate) -> Statement:
    """A ticket of which only the text says it."""
    return Statement("t", Source.HOTLINE, title="楼道堆物", text=TEXT.format(estate.name))


def in_group(estate: Estate) -> Statement:
    """A message of which only the group says it."""
    where = Whereabouts(words=f"{estate.name}邻里群")
    return Statement("t", Source.WECHAT, text="2栋楼下又有人乱停车，消防通道堵死了", where=where)


def with_point(estate: Estate) -> Statement:
    """A message with an address, and a point in GCJ-02."""
    where = Whereabouts(f"{estate.name}2栋", estate.longitude, estate.latitude)
    return Statement("t", Source.PUBLIC, text=TEXT.format(estate.name), where=where)


def nowhere(estate: Estate) -> Statement:
    """A ticket that names no place."""
    return Statement("t", Source.HOTLINE, title="楼道堆物", text=TEXT.format("某处"))


def microseconds(ground: Ground, said: Callable[[Estate], Statement]) -> tuple[float, float]:
    """Median, and what 95 of 100 do not exceed."""
    chance, times = random.Random(1), []
    for estate in chance.choices(ground.estates, k=COUNT):
        statement, began = said(estate), process_time_ns()
        place_of(statement, ground)
        times.append((process_time_ns() - began) / 1e3)
    parts = quantiles(times, n=20)
    return parts[9], parts[18]


def main(arguments: list[str]) -> None:
    """Print a line for each sort of report."""
    ground = load_ground(Path(arguments[0]) if arguments else None).warm()
    for said in (with_address, in_text, in_group, with_point, nowhere):
        median, most = microseconds(ground, said)
        print(f"{said.__name__:14}{median:6.0f} {most:6.0f}")


if __name__ == "__main__":
    main(sys.argv[1:])
