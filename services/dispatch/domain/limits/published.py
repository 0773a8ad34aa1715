"""A city's published table of handling limits (处置时限), as CSV: one row a condition.

Columns: kind, big, big_name, small, small_name, open_condition, close_condition, limit.
"""

import csv
import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from services.reference.amounts import LENGTHS, SPOKEN, Amount, Unit, amount
from services.reference.rule_files import Fault, RuleFileError

COLUMNS = (
    "kind",
    "big",
    "big_name",
    "small",
    "small_name",
    "open_condition",
    "close_condition",
    "limit",
)
UNITS = "|".join(sorted(SPOKEN, key=len, reverse=True))
LIMIT = re.compile(rf"(\d+(?:\.\d+)?\s*(?:{UNITS}))(.*)", re.DOTALL)
WORK_DAY_HOURS = 8


@dataclass(frozen=True, slots=True)
class Published:
    """One row: under this condition a thing of this sort must be dealt with in that time."""

    line: int
    kind: str
    code: str
    big_name: str
    small_name: str
    condition: str
    closes: str
    limit: Amount
    remark: str = ""

    @property
    def name(self) -> str:
        """What it is called in reasons."""
        return f"{self.kind}{self.code} {self.small_name}（第 {self.line} 行）"

    @property
    def rough(self) -> float:
        """Its length in hours, to compare it with others."""
        if self.limit.unit is Unit.WORK_DAY:
            return self.limit.number * WORK_DAY_HOURS
        return self.limit.number * LENGTHS[self.limit.unit].total_seconds() / 3600


def read_published(text: str, file: str) -> tuple[Published, ...]:
    """All rows; raises RuleFileError naming each line that is none."""
    reader = csv.DictReader(io.StringIO(text.removeprefix("\ufeff")))
    lacking = [name for name in COLUMNS if name not in (reader.fieldnames or ())]
    if lacking:
        problem = f"缺少列 {'、'.join(lacking)}。"
        raise RuleFileError([Fault(file, 1, problem, f"首行应为 {','.join(COLUMNS)}。")])
    found: list[Published] = []
    faults: list[Fault] = []
    before = 1
    for row in reader:
        line, before = before + 1, reader.line_num
        try:
            found.append(_row(line, row))
        except ValueError as error:
            faults.append(Fault(file, line, f"{error}。", "请改正该行。"))
    if faults:
        raise RuleFileError(faults)
    return tuple(found)


def by_name(rows: tuple[Published, ...]) -> Mapping[str, list[Published]]:
    """The rows of each sort of thing, by its name."""
    found: dict[str, list[Published]] = {}
    for row in rows:
        found.setdefault(row.small_name, []).append(row)
    return found


def _row(line: int, row: Mapping[str | None, str | None]) -> Published:
    words = dict(_words(row))
    limit = LIMIT.fullmatch(words["limit"])
    if limit is None:
        raise ValueError(
            f"时限 {words['limit']!r} 看不懂：应为数量和单位，如 2紧急工作时、4小时、1天"
        )
    if not words["small_name"]:
        raise ValueError("缺少小类名称 small_name")
    return Published(
        line=line,
        kind=words["kind"],
        code=words["big"] + words["small"],
        big_name=words["big_name"],
        small_name=words["small_name"],
        condition=words["open_condition"],
        closes=words["close_condition"],
        limit=amount(limit[1]),
        remark=limit[2].strip(),
    )


def _words(row: Mapping[str | None, str | None]) -> Iterator[tuple[str, str]]:
    if None in row:
        raise ValueError("列数比首行多：文字中的逗号须加引号")
    for name in COLUMNS:
        value = row[name]
        if value is None:
            raise ValueError("列数比首行少")
        yield name, value.strip()
