"""The catalogue: which categories there are, how bad each is, and the words that name it."""

import csv
import io
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from pathlib import Path

SHIPPED = Path(__file__).parent / "data" / "catalogue.csv"
SEVERITIES = ("low", "medium", "high", "danger")
MODES = ("马上办", "协调办", "跟踪办")


class CatalogueError(Exception):
    """A row of the catalogue can not be used; the message names the row."""


@dataclass(frozen=True)
class Entry:
    """One category: `mode` is its usual kind of handling, `lead` who leads it."""

    code: str
    name: str
    standard: str
    scene: str
    severity: str
    mode: str
    lead: str
    words: tuple[str, ...]


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
    content = (path or SHIPPED).read_bytes()
    rows = csv.DictReader(io.StringIO(content.decode("utf-8-sig")))
    entries: dict[str, Entry] = {}
    for number, row in enumerate(rows, start=2):
        entry = _entry(row, number, entries)
        entries[entry.code] = entry
    return Catalogue(sha256(content).hexdigest()[:12], entries)


def _entry(row: dict[str, str], number: int, known: Iterable[str]) -> Entry:
    code = row["code"]
    if not re.fullmatch(r"\d{5}", code):
        raise CatalogueError(f"row {number}: {code!r} is no code of five digits")
    if code in known:
        raise CatalogueError(f"row {number}: {code} is there twice")
    if row["severity"] not in SEVERITIES:
        raise CatalogueError(f"row {number}: severity must be one of {', '.join(SEVERITIES)}")
    if row["mode"] not in MODES:
        raise CatalogueError(f"row {number}: mode must be one of {', '.join(MODES)}")
    words = tuple(filter(None, row["words"].split("|")))
    fields = {name: row[name] for name in ("name", "standard", "scene", "severity", "mode", "lead")}
    return Entry(code=code, words=words, **fields)
