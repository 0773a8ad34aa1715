"""The catalogue: which categories there are, how bad each is, and the words that name it."""

import csv
import io
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from pathlib import Path

SHIPPED = Path(__file__).parent / "data" / "catalogue.csv"
SEVERITIES = ("low", "medium", "high", "danger")
MODES = ("马上办", "协调办", "跟踪办")
SCENES = ("智慧党建", "社会治安", "城市管理", "社区安全", "便民服务", "政务服务")
KINDS = ("事项", "部件")
LIMIT = re.compile(r"[1-9]\d{0,3}(紧急工作时|工作时|工作日|自然日)")
"""How long handling may take: a number, and one of the units of the standard."""
NEEDED = ("code", "name", "standard", "scene", "severity", "mode", "lead", "words")
FURTHER = ("kind", "limit", "limit_basis")


class CatalogueError(Exception):
    """A row of the catalogue can not be used; the message names the row."""


@dataclass(frozen=True)
class Entry:
    """One category: `mode` is its usual kind of handling, `lead` who leads it.

    `limit` says how long handling may take (`4工作时`; empty: by severity), `limit_basis` where
    that is from.
    """

    code: str
    name: str
    standard: str
    scene: str
    severity: str
    mode: str
    lead: str
    words: tuple[str, ...]
    kind: str = "事项"
    limit: str = ""
    limit_basis: str = ""


@dataclass(frozen=True)
class Catalogue:
    """One version of the catalogue; `version` is the hash of its content."""

    version: str
    entries: dict[str, Entry]

    def named_in(self, text: str) -> dict[str, list[str]]:
        """The words of each category that a text names, in its order: {code: [words]}."""
        found: dict[str, list[str]] = {}
        for word in dict.fromkeys(self._words.findall(text)):
            for code in self._codes[word]:
                found.setdefault(code, []).append(word)
        return found

    @cached_property
    def _codes(self) -> dict[str, list[str]]:
        codes: dict[str, list[str]] = {}
        for entry in self.entries.values():
            for word in entry.words:
                codes.setdefault(word, []).append(entry.code)
        return codes

    @cached_property
    def _words(self) -> re.Pattern[str]:
        longest_first = sorted(self._codes, key=len, reverse=True)
        return re.compile("|".join(map(re.escape, longest_first)) or r"(?!)")


def load_catalogue(path: Path | None = None) -> Catalogue:
    """Read a catalogue (CSV), the shipped one if none is given.

    Raises CatalogueError naming the row that can not be used.
    """
    path = path or SHIPPED
    content = path.read_bytes()
    entries: dict[str, Entry] = {}
    for number, row in rows_of(content, path.name, NEEDED):
        entry = _entry(row, f"{path.name} 第 {number} 行", entries)
        entries[entry.code] = entry
    if not entries:
        raise CatalogueError(f"{path.name}：目录是空的，至少要有一个类别")
    return Catalogue(sha256(content).hexdigest()[:12], entries)


def rows_of(
    content: bytes, name: str, needed: Iterable[str]
) -> Iterator[tuple[int, dict[str, str]]]:
    """The rows of a CSV (UTF-8) with their lines; raises CatalogueError if columns are missing."""
    try:
        rows = csv.DictReader(io.StringIO(content.decode("utf-8-sig")))
        missing = [each for each in needed if each not in (rows.fieldnames or ())]
    except UnicodeDecodeError as error:
        raise CatalogueError(f"{name}：不是 UTF-8 编码，请另存为 UTF-8 后重试") from error
    if missing:
        raise CatalogueError(f"{name} 第 1 行：缺少列 {'、'.join(missing)}")
    for row in rows:
        yield rows.line_num, {key: (value or "").strip() for key, value in row.items() if key}


def _entry(row: dict[str, str], where: str, known: dict[str, Entry]) -> Entry:
    code = row["code"]
    if not re.fullmatch(r"\d{5}", code):
        raise CatalogueError(f"{where}：{code!r} 不是五位数字代码")
    if code in known:
        raise CatalogueError(f"{where}：代码 {code} 与“{known[code].name}”重复")
    holes = [name for name in ("name", "standard", "lead") if not row[name]]
    if holes:
        raise CatalogueError(f"{where}：类别 {code} 没有填 {'、'.join(holes)}")
    checks = (("severity", SEVERITIES), ("mode", MODES), ("scene", SCENES), ("kind", KINDS))
    for name, allowed in checks:
        if name in row and row[name] not in allowed:
            raise CatalogueError(
                f"{where}：{name} 是 {row[name]!r}，应为 {'、'.join(allowed)} 之一"
            )
    if row.get("limit") and not LIMIT.fullmatch(row["limit"]):
        raise CatalogueError(
            f"{where}：limit 是 {row['limit']!r}，应如 2紧急工作时、4工作时、5工作日"
        )
    words = tuple(filter(None, row["words"].split("|")))
    fields = {name: row[name] for name in NEEDED if name != "words"}
    return Entry(words=words, **fields, **{each: row[each] for each in FURTHER if each in row})
