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
        raise GazetteerError([_at(path, *each) for each in sorted(problems)])
    return Gazetteer(tuple(entries), sha256(content).hexdigest()[:12])


def _at(path: Path, line: int, problem: str) -> str:
    return f"{path} 第 {line} 行：{problem}"


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
            [_at(path, line, "不是 UTF-8 文本：请重新导出为 CSV UTF-8。")]
        ) from None
    raise GazetteerError([_at(path, line, "这里起是 GBK 编码：请在 Excel 里“另存为 CSV UTF-8”。")])


def _rows(text: TextIO, path: Path) -> Iterator[tuple[int, Row]]:
    reader = csv.reader(text, strict=True)
    try:
        header = [each.strip() for each in next(reader, [])]
        missing = [each for each in COLUMNS if each not in header]
        if missing:
            raise GazetteerError(
                [_at(path, 1, f"缺少列 {'、'.join(missing)}：请补上表头，内容可以空着。")]
            )
        yield from _lines(reader, header, path)
    except csv.Error as error:
        raise GazetteerError(
            [_at(path, reader.line_num, f"不是 CSV（{error}）：含逗号的内容请加引号。")]
        ) from None


def _lines(reader: Iterator[list[str]], header: list[str], path: Path) -> Iterator[tuple[int, Row]]:
    for line, fields in enumerate(reader, start=2):
        if not any(field.strip() for field in fields):
            continue
        if len(fields) != len(header):
            problem = f"有 {len(fields)} 个字段，应为 {len(header)} 个"
            remedy = "别名之间用 | 分隔，含逗号的内容加引号。"
            raise GazetteerError([_at(path, line, f"{problem}：{remedy}")])
        yield line, {name: field.strip() for name, field in zip(header, fields, strict=True)}


def _wrong(row: Row) -> Iterator[str]:
    """What is wrong with a row by itself."""
    if row["kind"] not in KINDS:
        yield f"类型 {row['kind']!r} 不认识：请写 {'、'.join(KINDS)} 之一。"
        return
    yield from _wrong_name(row)
    yield from _wrong_point(row["longitude"], row["latitude"])
    yield from _wrong_codes(row)
    yield from _wrong_numbers(row)


def _wrong_name(row: Row) -> Iterator[str]:
    kind, name = row["kind"], row["name"]
    if kind == "building":
        if not BUILDING.fullmatch(row["building"].upper()):
            yield f"楼栋 {row['building']!r} 不是数字或字母：请写 3 或 B，不带“栋”。"
    elif len(name) < 2:
        yield f"名称 {name!r} 太短，在文中找不准：请写全名。"
    if len(name) > LONGEST:
        yield f"名称 {name!r} 超过 {LONGEST} 个字：请缩短，其余写进别名。"
    if kind in {"building", "gate"} and not row["estate"]:
        yield f"{KINDS[kind]}要有所属小区：请在 estate 列写小区名。"
    if kind == "crossing" and len(_parts(row["road"])) != 2:
        yield "路口要有两条路：请在 road 列写成 A路|B路。"
    for alias in _parts(row["aliases"]) + _parts(row["old_names"]):
        if len(alias) < 2:
            yield f"别名 {alias!r} 太短，到处都会命中：请删去。"


def _wrong_point(longitude: str, latitude: str) -> Iterator[str]:
    if not longitude and not latitude:
        return
    try:
        x, y = float(longitude), float(latitude)
    except ValueError:
        yield f"坐标 {longitude!r}, {latitude!r} 不是度：请都写成 104.09 的样子，或都空着。"
        return
    if _is_here(x, y):
        return
    if _is_here(y, x):
        yield f"经度 {x} 与纬度 {y} 写反了：请对调。"
    else:
        yield f"坐标 {x}, {y} 在境外：请写 WGS-84 的经度和纬度（度）。"


def _wrong_codes(row: Row) -> Iterator[str]:
    outer = ""
    for column, length in CODES.items():
        code = row[column]
        if not code:
            continue
        if not (code.isascii() and code.isdigit() and len(code) == length):
            yield f"{column} {code!r} 不是 {length} 位编码：请把该列设为“文本”后重新导出。"
        elif not code.startswith(outer):
            yield f"{column} {code} 不属于 {outer}：请改正其中一个编码。"
        outer = code


def _wrong_numbers(row: Row) -> Iterator[str]:
    for part in _parts(row["numbers"]):
        found = RANGE.fullmatch(part)
        if not found or (found[2] and int(found[2]) < int(found[1])):
            yield f"门牌 {part!r} 读不懂：请写 12、2-98、1-99单 或 2-98双。"
    if row["numbers"] and row["kind"] != "road" and len(_parts(row["road"])) != 1:
        yield "有门牌就要有一条路：请在 road 列写路名。"


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
            yield f"与第 {first} 行重复：请删去一行，或合并别名。"

    def missing(self, entries: Iterable[Entry]) -> Iterator[tuple[int, str]]:
        """Estates and roads that entries name, and that no row is."""
        for entry in entries:
            if entry.estate and entry.estate not in self._estates:
                yield entry.line, f"小区 {entry.estate!r} 不在文件里：请补上它的一行，或改正名称。"
            for road in entry.roads:
                if road not in self._roads:
                    yield entry.line, f"道路 {road!r} 不在文件里：请补上它的一行，或改正名称。"


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
