"""From a CSV file to a gazetteer; whatever can not be used is named with its line and a remedy."""

import csv
import io
import re
from collections.abc import Iterable, Iterator
from hashlib import sha256
from pathlib import Path
from sys import intern
from typing import TextIO

from services.reference.places.entries import KINDS, Entry, Numbers
from services.reference.places.gazetteer import Gazetteer

COLUMNS = (
    "kind name aliases old_names estate building longitude latitude"
    " community grid micro_grid road numbers"
).split()
CODES = {"community": 12, "grid": 15, "micro_grid": 18}
LONGEST = 60
"""Characters of a name."""

WEST, EAST, SOUTH, NORTH = 73.0, 136.0, 3.0, 54.0
RANGE = re.compile(r"(\d{1,5})(?:-(\d{1,5}))?([单双]?)")
BUILDING = re.compile(r"[A-Z]?\d{1,3}[A-Z]?|[A-Z]")

Row = dict[str, str]


class GazetteerError(Exception):
    """A gazetteer can not be used; `problems` are all that was found, each with its remedy."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


def load_gazetteer(path: Path) -> Gazetteer:
    """Read a gazetteer (CSV in UTF-8, columns as in COLUMNS); its version is its content's hash.

    Raises GazetteerError with every problem of the file, not only the first.
    """
    content = path.read_bytes()
    problems: list[tuple[int, str]] = []
    entries, together = [], _Together()
    for line, row in _rows(_text(content, path), path):
        wrong = list(_wrong(row))
        problems += ((line, each) for each in (*wrong, *together.wrong(line, row)))
        if not wrong:
            entries.append(_entry(line, row))
    problems += together.missing(entries)
    if problems:
        raise GazetteerError([f"{path}:{line}: {each}" for line, each in sorted(problems)])
    return Gazetteer(tuple(entries), sha256(content).hexdigest()[:12])


def row_of(entry: Entry) -> tuple[str, ...]:
    """An entry as a row of the file, in the order of COLUMNS."""
    return (
        entry.kind,
        entry.name,
        "|".join(entry.aliases),
        "|".join(entry.old_names),
        entry.estate,
        entry.building,
        "" if entry.longitude is None else str(entry.longitude),
        "" if entry.latitude is None else str(entry.latitude),
        entry.community,
        entry.grid,
        entry.micro_grid,
        "|".join(entry.roads),
        "|".join(_written(each) for each in entry.numbers),
    )


def _text(content: bytes, path: Path) -> TextIO:
    """The lines of a file, decoded as they are read."""
    try:
        content.decode()
        return io.TextIOWrapper(io.BytesIO(content), encoding="utf-8-sig", newline="")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
    try:
        content.decode("gb18030")
    except UnicodeDecodeError:
        raise GazetteerError(
            [f"{path}:{line}: is not text in UTF-8: export the table again as CSV UTF-8"]
        ) from None
    raise GazetteerError(
        [f"{path}:{line}: is written in GBK: save it as UTF-8 (in Excel: 'CSV UTF-8', 另存为)"]
    )


def _rows(text: TextIO, path: Path) -> Iterator[tuple[int, Row]]:
    reader = csv.reader(text, strict=True)
    try:
        header = [each.strip() for each in next(reader, [])]
        missing = [each for each in COLUMNS if each not in header]
        if missing:
            raise GazetteerError(
                [f"{path}:1: lacks the columns {', '.join(missing)}: add them, they may be empty"]
            )
        yield from _lines(reader, header, path)
    except csv.Error as error:
        raise GazetteerError(
            [f"{path}:{reader.line_num}: is no CSV ({error}): put quotes around fields with commas"]
        ) from None


def _lines(reader: Iterator[list[str]], header: list[str], path: Path) -> Iterator[tuple[int, Row]]:
    for line, fields in enumerate(reader, start=2):
        if not any(field.strip() for field in fields):
            continue
        if len(fields) != len(header):
            problem = f"has {len(fields)} fields instead of {len(header)}"
            remedy = "separate aliases by | and put quotes around fields with commas"
            raise GazetteerError([f"{path}:{line}: {problem}: {remedy}"])
        yield line, {name: field.strip() for name, field in zip(header, fields, strict=True)}


def _wrong(row: Row) -> Iterator[str]:
    """What is wrong with a row by itself."""
    if row["kind"] not in KINDS:
        yield f"kind {row['kind']!r} is not known: use one of {', '.join(KINDS)}"
        return
    yield from _wrong_name(row)
    yield from _wrong_point(row["longitude"], row["latitude"])
    yield from _wrong_codes(row)
    yield from _wrong_numbers(row)


def _wrong_name(row: Row) -> Iterator[str]:
    kind, name = row["kind"], row["name"]
    if kind == "building":
        if not BUILDING.fullmatch(row["building"].upper()):
            yield f"building {row['building']!r} is no number or letter: write 3 or B, without 栋"
    elif len(name) < 2:
        yield f"name {name!r} is too short to be found in a text: write the full name"
    if len(name) > LONGEST:
        yield f"name {name!r} is longer than {LONGEST} characters: shorten it, use aliases"
    if kind in {"building", "gate"} and not row["estate"]:
        yield f"a {kind} needs its estate: name the estate in the column estate"
    if kind == "crossing" and len(_parts(row["road"])) != 2:
        yield "a crossing needs two roads: write them in the column road as A路|B路"
    for alias in _parts(row["aliases"]) + _parts(row["old_names"]):
        if len(alias) < 2:
            yield f"alias {alias!r} is too short, it would be found everywhere: remove it"


def _wrong_point(longitude: str, latitude: str) -> Iterator[str]:
    if not longitude and not latitude:
        return
    try:
        x, y = float(longitude), float(latitude)
    except ValueError:
        yield f"{longitude!r}, {latitude!r} are no degrees: write both as 104.09, or none"
        return
    if _is_here(x, y):
        return
    if _is_here(y, x):
        yield f"longitude {x} and latitude {y} are swapped: exchange them"
    else:
        yield f"{x}, {y} lies outside of China: write longitude and latitude in WGS-84 degrees"


def _wrong_codes(row: Row) -> Iterator[str]:
    outer = ""
    for column, length in CODES.items():
        code = row[column]
        if not code:
            continue
        if not (code.isascii() and code.isdigit() and len(code) == length):
            yield f"{column} {code!r} is no code of {length} digits: format the column as text"
        elif not code.startswith(outer):
            yield f"{column} {code} does not lie in {outer}: correct one of the two codes"
        outer = code


def _wrong_numbers(row: Row) -> Iterator[str]:
    for part in _parts(row["numbers"]):
        found = RANGE.fullmatch(part)
        if not found or (found[2] and int(found[2]) < int(found[1])):
            yield f"numbers {part!r} can not be read: write 12, 2-98, 1-99单 or 2-98双"
    if row["numbers"] and row["kind"] != "road" and len(_parts(row["road"])) != 1:
        yield "numbers need one road: name it in the column road"


class _Together:
    """What is wrong between rows: the same twice, a parent or a road that is not there."""

    def __init__(self) -> None:
        self._seen: dict[tuple[str, ...], int] = {}
        self._estates: set[str] = set()
        self._roads: set[str] = set()

    def wrong(self, line: int, row: Row) -> Iterator[str]:
        """What is wrong between a row and those before it."""
        if row["kind"] == "estate":
            self._estates.add(row["name"])
        if row["kind"] == "road":
            self._roads.add(row["name"])
        first = self._seen.setdefault(_identity(row), line)
        if first != line:
            yield f"is the same as line {first}: remove one, or join their aliases"

    def missing(self, entries: Iterable[Entry]) -> Iterator[tuple[int, str]]:
        """Estates and roads that entries name, and that no row is."""
        for entry in entries:
            if entry.estate and entry.estate not in self._estates:
                remedy = "is not in the file: add its row, or correct it"
                yield entry.line, f"estate {entry.estate!r} {remedy}"
            for road in entry.roads:
                if road not in self._roads:
                    remedy = "is not in the file: add its row, or correct it"
                    yield entry.line, f"road {road!r} {remedy}"


def _identity(row: Row) -> tuple[str, ...]:
    numbers = row["numbers"] if row["kind"] == "road" else ""
    building = row["building"] if row["kind"] == "building" else row["name"]
    return row["kind"], building.upper(), row["estate"], row["community"], numbers


def _entry(line: int, row: Row) -> Entry:
    """An entry; what many rows have in common is kept once."""
    return Entry(
        kind=intern(row["kind"]),
        name=row["name"],
        aliases=_parts(row["aliases"]),
        old_names=_parts(row["old_names"]),
        estate=intern(row["estate"]),
        building=intern(row["building"].upper()),
        longitude=float(row["longitude"]) if row["longitude"] else None,
        latitude=float(row["latitude"]) if row["latitude"] else None,
        community=intern(row["community"]),
        grid=intern(row["grid"]),
        micro_grid=row["micro_grid"],
        roads=tuple(map(intern, _parts(row["road"]))),
        numbers=tuple(_numbers(part) for part in _parts(row["numbers"])),
        line=line,
    )


def _numbers(part: str) -> Numbers:
    first, last, side = RANGE.fullmatch(part).groups()  # type: ignore[union-attr]  # checked before
    low, high = int(first), int(last or first)
    if not side:
        return Numbers(low, high)
    return Numbers(low + (low % 2 != (side == "单")), high, 2)


def _written(numbers: Numbers) -> str:
    if numbers.first == numbers.last:
        return str(numbers.first)
    side = "" if numbers.step == 1 else "双单"[numbers.first % 2]
    return f"{numbers.first}-{numbers.last}{side}"


def _parts(field: str) -> tuple[str, ...]:
    if not field:
        return ()
    return tuple(part.strip() for part in field.split("|") if part.strip())


def _is_here(longitude: float, latitude: float) -> bool:
    return WEST <= longitude <= EAST and SOUTH <= latitude <= NORTH
