"""How long something may take (时限), in the four units of city management, and minutes."""

import re
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum


class Unit(StrEnum):
    """The units: two run on through nights and holidays, two only while people are at work."""

    URGENT_MINUTE = "urgent_minute"
    URGENT_HOUR = "urgent_hour"
    WORK_HOUR = "work_hour"
    WORK_DAY = "work_day"
    NATURAL_DAY = "natural_day"

    @property
    def is_work(self) -> bool:
        """Whether it counts working time alone."""
        return self in {Unit.WORK_HOUR, Unit.WORK_DAY}


TITLES = {
    Unit.URGENT_MINUTE: "分钟",
    Unit.URGENT_HOUR: "紧急工作时",
    Unit.WORK_HOUR: "工作时",
    Unit.WORK_DAY: "工作日",
    Unit.NATURAL_DAY: "自然日",
}
LENGTHS = {
    Unit.URGENT_MINUTE: timedelta(minutes=1),
    Unit.URGENT_HOUR: timedelta(hours=1),
    Unit.WORK_HOUR: timedelta(hours=1),
    Unit.NATURAL_DAY: timedelta(days=1),
}
"""A working day is as long as the calendar's hours say."""
SPOKEN = {
    **{title: unit for unit, title in TITLES.items()},
    **{str(unit): unit for unit in Unit},
    "紧急工作日": Unit.NATURAL_DAY,
    "小时": Unit.WORK_HOUR,
    "天": Unit.WORK_DAY,
    "日": Unit.WORK_DAY,
}
"""Published tables write 小时 and 天 for working hours and days; 紧急工作日 runs through nights."""
WRITTEN = re.compile(r"(\d+(?:\.\d+)?)\s*(\D+)")
LONGEST = 3_660


@dataclass(frozen=True, slots=True)
class Amount:
    """So many of a unit."""

    number: float
    unit: Unit

    def __str__(self) -> str:
        return f"{self.number:g} {self.unit}"

    @property
    def spoken(self) -> str:
        """For an operator."""
        return f"{self.number:g} {TITLES[self.unit]}"

    def times(self, factor: float) -> "Amount":
        """A multiple, or a part."""
        return Amount(self.number * factor, self.unit)


def amount(written: str) -> Amount:
    """Read `2 work_hour`, `15 分钟` or `4小时`; raises ValueError saying how to write it."""
    found = WRITTEN.fullmatch(written.strip())
    unit = SPOKEN.get(found[2].strip()) if found else None
    if found is None or unit is None:
        raise ValueError(
            f"{written!r} 不是时限：请写数量和单位，如 2 work_hour；单位为"
            f" {'、'.join(f'{unit}（{title}）' for unit, title in TITLES.items())}"
        )
    number = float(found[1])
    if not 0 < number <= LONGEST:
        raise ValueError(f"{written!r}：时限必须大于 0，且不超过 {LONGEST}")
    return Amount(number, unit)
