"""The history of handled events: which unit handled what, where, from which source."""

import csv
import io
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from services.reference.text_files import NotUtf8, read_utf8

UNIT = "dispose_unit"
TIME = "create_time"
COLUMNS = (
    TIME,
    "street",
    "community",
    "type_l1",
    "type_l2",
    "type_l3",
    "source",
    "property",
)
"""What is read of an event; the unit beside them is what is learned."""


class HistoryError(Exception):
    """A table that cannot be used; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Matter:
    """One event: `of` by column, `unit` who handled it (empty: not known), `row` as it stood."""

    of: Mapping[str, str]
    unit: str
    row: Mapping[str, str]


def read_matters(path: Path, *, with_units: bool) -> list[Matter]:
    """The rows of a CSV in their order; raises HistoryError with file, line and what to do."""
    found, line = [], 1
    try:
        rows = csv.DictReader(io.StringIO(read_utf8(path)), strict=True)
        wanted = (*COLUMNS, UNIT) if with_units else COLUMNS
        if lacking := [name for name in wanted if name not in (rows.fieldnames or ())]:
            raise HistoryError(f"{path.name} 缺少列 {'、'.join(lacking)}：首行应写明各列名称。")
        for row in rows:
            found.append(_matter(row, with_units=with_units))
            line = rows.line_num
    except NotUtf8 as error:
        raise HistoryError(str(error)) from None
    except (csv.Error, ValueError) as error:
        said = QUOTES if isinstance(error, csv.Error) else error
        raise HistoryError(f"{path.name} 第 {line + 1} 行：{said}") from None
    if with_units and not any(each.unit for each in found):
        raise HistoryError(f"{path.name} 没有一行写明 {UNIT}，无从学习：请换有处置单位的历史。")
    return found


def columns_in(path: Path) -> list[str]:
    """The names of the columns of a table."""
    return next(csv.reader(io.StringIO(read_utf8(path))), [])


QUOTES = "引号没有配对，或有一格超过 13 万字。请检查双引号，或重新导出。"


def _matter(row: dict[Any, Any], *, with_units: bool) -> Matter:
    """One row; raises ValueError."""
    if None in row:
        raise ValueError("列数比首行多。请给含逗号的文字加引号，或删去多余的列。")
    if None in row.values():
        raise ValueError("列数比首行少。请补齐各列，没有内容的留空。")
    of = {name: row[name].strip() for name in COLUMNS}
    if with_units:
        of[TIME] = moment(of[TIME])
    return Matter(of, row[UNIT].strip() if with_units else "", row)


DATE = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(.*)")


def moment(said: str) -> str:
    """A time as it sorts, `2018-02-08`, though spreadsheets write 2018/2/8; raises ValueError."""
    found = DATE.fullmatch(said)
    try:
        day = date(*map(int, found.groups()[:3])) if found else None
    except ValueError:
        day = None
    if found is None or day is None:
        raise ValueError(f"{TIME} {said!r} 不是日期。请写成 2018-02-08 或 2018-02-08 09:30。")
    hour, colon, rest = found[4].lstrip(" T").partition(":")
    return f"{day:%Y-%m-%d} {hour.zfill(2)}{colon}{rest}" if hour else f"{day:%Y-%m-%d}"
