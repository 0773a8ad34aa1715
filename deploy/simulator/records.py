"""A record on its way to an upstream topic, and the input files that such records are read from."""

import csv
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path
from typing import Any

import orjson

from deploy.simulator import identity
from deploy.simulator.errors import SimulatorError
from deploy.simulator.times import all_moved, until_now
from schemas.flow import CAMERA_ALARMS, HOTLINE_TICKETS

BOARD_COLUMNS = ("留言编号", "留言用户", "留言主题", "留言时间", "留言详情")
"""Columns of a message board; further ones are not part of what the citizen said."""
VENDOR = "hub-vendor"


@dataclass(frozen=True, slots=True)
class Upstream:
    """One record; `label` is how a person would name it."""

    topic: str
    key: bytes | None
    value: bytes
    headers: tuple[tuple[str, bytes], ...] = ()
    label: str = ""


@dataclass(frozen=True)
class Edition:
    """How a file is replayed: with its own times or with times moved to now, as new or again."""

    keep_time: bool = False
    fresh: bool = False

    def of(self, bodies: list[Any]) -> list[Any]:
        """The bodies as they are to be sent."""
        run = 1 + secrets.randbelow(900_000) if self.fresh else 0
        if not self.keep_time:
            by = until_now(bodies, datetime.now(UTC))
            bodies = [all_moved(body, by) for body in bodies]
        return [identity.renewed(body, run) for body in bodies]


def read_tickets(path: Path, edition: Edition) -> list[Upstream]:
    """Hotline tickets from a CSV file, keyed by ticket number."""
    rows = list(csv.DictReader(StringIO(_text_of(path), newline="")))
    columns = set(rows[0]) if rows else set()
    if rows and not columns & {"留言编号", "工单编号"}:
        raise SimulatorError(f"{path} has neither a column 留言编号 nor a column 工单编号.")
    wanted = (
        BOARD_COLUMNS if "留言编号" in columns else tuple(filter(None, rows[0])) if rows else ()
    )
    bodies = [{name: row[name] for name in wanted if row.get(name)} for row in rows]
    return [ticket_record(body) for body in edition.of(bodies)]


def ticket_record(body: dict[str, str]) -> Upstream:
    """One ticket as JSON."""
    number = body.get("工单编号") or body.get("留言编号") or ""
    key = number.encode() or None
    return Upstream(HOTLINE_TICKETS.name, key, orjson.dumps(body), label=number)


def _text_of(path: Path) -> str:
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise SimulatorError(f"{path} cannot be read: {error.strerror}.") from None
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return raw.decode("gb18030", errors="replace")


def read_alarms(path: Path, edition: Edition) -> list[Upstream]:
    """Camera alarms from a file with one alarm a line, keyed by device."""
    lines = [_alarm_line(path, number, line) for number, line in _lines(path)]
    bodies = edition.of([body for body, _ in lines])
    return [alarm_record(body, vendor) for body, (_, vendor) in zip(bodies, lines, strict=True)]


def _lines(path: Path) -> Iterator[tuple[int, str]]:
    for number, line in enumerate(_text_of(path).split("\n"), start=1):
        if line.strip():
            yield number, line.strip()


def _alarm_line(path: Path, number: int, line: str) -> tuple[Any, str]:
    """The body of an alarm and the vendor that the line names, if it does."""
    if line.startswith("<"):
        return line, ""
    try:
        alarm = orjson.loads(line)
    except orjson.JSONDecodeError:
        raise SimulatorError(f"{path}, line {number}: neither JSON nor XML.") from None
    if not isinstance(alarm, dict):
        raise SimulatorError(f"{path}, line {number}: an alarm must be a JSON object.")
    return alarm.get("body", alarm), str(alarm.get("vendor") or "")


def alarm_record(body: Any, vendor: str = "") -> Upstream:
    """One alarm, JSON or XML."""
    is_text = isinstance(body, str)
    kind = b"application/xml" if is_text else b"application/json"
    headers = [("content-type", kind)] + ([(VENDOR, vendor.encode())] if vendor else [])
    device = identity.device_of(body)
    value = body.encode() if is_text else orjson.dumps(body)
    return Upstream(CAMERA_ALARMS.name, device.encode() or None, value, tuple(headers), device)


def interleaved(first: list[Upstream], second: list[Upstream]) -> list[Upstream]:
    """Both lists evenly mixed, each in its own order."""
    placed = [
        ((index + 0.5) / len(records), number, record)
        for number, records in enumerate((first, second))
        for index, record in enumerate(records)
    ]
    return [record for *_, record in sorted(placed, key=lambda each: each[:2])]
