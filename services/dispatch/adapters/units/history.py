"""The history of handled events: which unit handled what, where, from which source."""

import csv
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

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
    """The rows of a CSV in their order; raises HistoryError."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.DictReader(file)
        wanted = (*COLUMNS, UNIT) if with_units else COLUMNS
        lacking = [name for name in wanted if name not in (reader.fieldnames or ())]
        if lacking:
            raise HistoryError(f"{path.name} 缺少列 {'、'.join(lacking)}：首行应写明各列名称。")
        found = list(_matters(reader, with_units=with_units))
    if with_units and not any(each.unit for each in found):
        raise HistoryError(f"{path.name} 没有一行写明 {UNIT}，无从学习：请换有处置单位的历史。")
    return found


def _matters(rows: Iterable[dict[str, str]], *, with_units: bool) -> Iterator[Matter]:
    for row in rows:
        of = {name: (row.get(name) or "").strip() for name in COLUMNS}
        yield Matter(of, (row.get(UNIT) or "").strip() if with_units else "", row)
