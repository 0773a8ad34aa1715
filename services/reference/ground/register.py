"""The ledger of a grid (网格底册): counts per micro-grid, kept up from below.

It holds numbers, never persons: households, population, units (stairwells), exits, volunteers
by kind, emergency stock. An update names one field of one unit; all of a file are taken or
none, and each leaves a record of who, when, what, before and after.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from services.reference.ground.codes import CodeError, canonical
from services.reference.ground.errors import GroundError
from services.reference.ground.tables import read_table
from services.reference.ground.tree import Tree

COLUMNS = ("code", "households", "population", "units", "exits", "volunteers", "stock")
UPDATE_COLUMNS = ("code", "field", "value")
COUNTS = ("households", "population", "units", "exits")
LEDGERS = ("volunteers", "stock")
CHINESE = {
    "编码": "code",
    "项目": "field",
    "数值": "value",
    "户数": "households",
    "人口": "population",
    "单元数": "units",
    "出口数": "exits",
    "志愿者": "volunteers",
    "应急物资": "stock",
}
MOST_PEOPLE_A_HOUSEHOLD = 20
"""Beyond it a number was mistyped."""
MOST = 1_000_000


@dataclass(frozen=True, slots=True)
class Entry:
    """The counts of one unit; volunteers and stock by kind."""

    code: str
    households: int = 0
    population: int = 0
    units: int = 0
    exits: int = 0
    volunteers: Mapping[str, int] = field(default_factory=dict)
    stock: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Update:
    """One number that has changed: `field` is a count, or volunteers.党员, or stock.灭火器."""

    code: str
    field: str
    value: int
    line: int = 0


@dataclass(frozen=True, slots=True)
class Audit:
    """Who changed what, when, from what to what."""

    who: str
    when: datetime
    code: str
    field: str
    before: int
    after: int


Register = Mapping[str, Entry]


def read_register(path: Path, tree: Tree | None = None) -> Register:
    """The entries of a register by code; raises GroundError naming each line that is wrong."""
    entries: dict[str, Entry] = {}
    faults = []
    for line, row in read_table(path, ("code", "households"), CHINESE):
        try:
            entry = _entry(row)
            _hold(entry, tree)
            if entry.code in entries:
                raise GroundError(f"{entry.code} 出现了两次：请只留一行。")  # noqa: TRY301
            entries[entry.code] = entry
        except (GroundError, CodeError) as error:
            faults.append(f"{path.name} 第 {line} 行：{error}")
    if faults:
        raise GroundError("\n".join(faults))
    return entries


def _entry(row: Mapping[str, str]) -> Entry:
    counts = {name: _count(name, row.get(name) or "0") for name in COUNTS}
    ledgers = {name: _ledger(name, row.get(name) or "") for name in LEDGERS}
    return Entry(code=canonical(row["code"]), **counts, **ledgers)  # type: ignore[arg-type]


def _count(name: str, written: str) -> int:
    try:
        number = int(written)
    except ValueError:
        number = -1
    if not 0 <= number <= MOST:
        raise GroundError(f"{name} 是 {written!r}：请写 0 到 {MOST} 的整数。")
    return number


def _ledger(name: str, written: str) -> dict[str, int]:
    """`党员:3|医护:1` as counts by kind."""
    parts = [part.replace("：", ":").partition(":") for part in written.split("|") if part]
    return {kind.strip(): _count(f"{name}.{kind}", number.strip()) for kind, _, number in parts}


def _hold(entry: Entry, tree: Tree | None) -> None:
    """Raise GroundError where an entry can not be true."""
    if tree is not None and entry.code not in tree:
        raise GroundError(f"{entry.code} 不在网格树里：请改正编码，或先导入该单元。")
    if entry.population > MOST_PEOPLE_A_HOUSEHOLD * max(entry.households, 1):
        raise GroundError(
            f"{entry.code} 有 {entry.households} 户、{entry.population} 人，平均每户超过 "
            f"{MOST_PEOPLE_A_HOUSEHOLD} 人：请核对。"
        )


def rows(entries: Iterable[Entry]) -> Iterator[tuple[object, ...]]:
    """Entries as rows of register.csv."""
    for entry in entries:
        ledgers = (_written(entry.volunteers), _written(entry.stock))
        counts = (getattr(entry, name) for name in COUNTS)
        yield entry.code, *counts, *ledgers


def _written(ledger: Mapping[str, int]) -> str:
    return "|".join(f"{kind}:{number}" for kind, number in sorted(ledger.items()))


def read_updates(path: Path) -> list[Update]:
    """The updates of a file: code, field, value; raises GroundError naming each wrong line."""
    updates, faults = [], []
    for line, row in read_table(path, UPDATE_COLUMNS, CHINESE):
        try:
            name = _field(row["field"])
            value = _count(name, row["value"])
            updates.append(Update(canonical(row["code"]), name, value, line))
        except (GroundError, CodeError, KeyError) as error:
            faults.append(f"{path.name} 第 {line} 行：{error}")
    if faults:
        raise GroundError("\n".join(faults))
    return updates


def _field(written: str) -> str:
    name, dot, kind = written.replace("：", ".").replace(":", ".").partition(".")
    name = CHINESE.get(name, name)
    if (name in COUNTS and not dot) or (name in LEDGERS and kind):
        return f"{name}.{kind}" if kind else name
    raise GroundError(
        f"项目 {written!r} 不认识：请写 {'、'.join(COUNTS)}，"
        "或 volunteers.党员、stock.灭火器 这样的。"
    )


def apply(
    register: Register, updates: Sequence[Update], who: str, when: datetime, tree: Tree
) -> tuple[Register, list[Audit]]:
    """The register after all updates, and a record of each that changed something.

    Raises GroundError naming all that can not be true: then none is taken.
    """
    after = dict(register)
    audit = []
    for update in updates:
        old = after.get(update.code, Entry(update.code))
        before = _value(old, update.field)
        if before != update.value:
            after[update.code] = _changed(old, update)
            audit.append(Audit(who, when, update.code, update.field, before, update.value))
    faults = [
        f"第 {update.line} 行：{fault}"
        for update in updates
        if (fault := _fault(after.get(update.code, Entry(update.code)), tree))
    ]
    if faults:
        raise GroundError("\n".join(faults))
    return after, audit


def _fault(entry: Entry, tree: Tree) -> str:
    try:
        _hold(entry, tree)
    except GroundError as error:
        return str(error)
    return ""


def _value(entry: Entry, name: str) -> int:
    ledger, dot, kind = name.partition(".")
    value = getattr(entry, ledger)
    return int(value.get(kind, 0)) if dot else int(value)


def _changed(entry: Entry, update: Update) -> Entry:
    ledger, dot, kind = update.field.partition(".")
    value = {**getattr(entry, ledger), kind: update.value} if dot else update.value
    changed: dict[str, Any] = {ledger: value}
    return replace(entry, **changed)


def audit_rows(audit: Iterable[Audit]) -> Iterator[tuple[object, ...]]:
    """Records as rows of a table."""
    for each in audit:
        yield tuple(getattr(each, name.name) for name in fields(Audit))
