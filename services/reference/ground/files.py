"""A ground as a directory of files, whose version is the hash of what is in them.

```
ground.json         manifest: format, name, whether synthetic and where it is from, hashes
units.csv           the tree: code,name,level,parent,kind,aliases,zone,community_type
outlines.geojsonl   one Feature a line, sorted by code; WGS-84, rounded to 1e-6 degrees
gazetteer.csv       optional: places by name, as in services/reference/places
cameras.csv         optional: what cameras look at, as in cameras.py
register.csv        optional: the 网格底册, counts per micro-grid
register_audit.csv  who changed it, when, from what to what; only grows
```
Text is UTF-8, lines end with a line feed, lists in a field are joined by `|`. The same content
always gives the same bytes.
"""

import csv
import io
import shutil
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from hashlib import file_digest, sha256
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import orjson

from services.reference.ground.codes import CodeError, level_of
from services.reference.ground.errors import GroundError
from services.reference.ground.tree import Kind, Unit

FORMAT = "event-hub-ground/1"
MANIFEST = "ground.json"
UNITS = "units.csv"
OUTLINES = "outlines.geojsonl"
GAZETTEER = "gazetteer.csv"
CAMERAS = "cameras.csv"
REGISTER = "register.csv"
AUDIT = "register_audit.csv"
OPTIONAL = (GAZETTEER, CAMERAS, REGISTER)
COLUMNS = ("code", "name", "level", "parent", "kind", "aliases", "zone", "community_type")
BLOCK = 1_000
"""Lines that are written at once."""


@dataclass(frozen=True)
class Manifest:
    """What a ground says of itself; `files` holds the SHA-256 of each by its name."""

    name: str
    synthetic: bool
    source: str
    accepted: tuple[str, ...] = ()
    """Kinds of findings that the operator took in knowingly at import."""
    files: Mapping[str, str] = field(default_factory=dict)

    def content(self) -> bytes:
        """The bytes of ground.json."""
        told = {
            "format": FORMAT,
            "name": self.name,
            "synthetic": self.synthetic,
            "source": self.source,
            "crs": "WGS-84",
            "accepted": list(self.accepted),
            "files": dict(self.files),
        }
        return orjson.dumps(told, option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS) + b"\n"

    @property
    def version(self) -> str:
        """The first twelve hexadecimal digits of the manifest's hash."""
        return sha256(self.content()).hexdigest()[:12]


def read_manifest(directory: Path) -> Manifest:
    """What the ground in a directory says of itself; raises GroundError where there is none."""
    path = directory / MANIFEST
    if not path.is_file():
        raise GroundError(f"{directory} 里没有 {MANIFEST}：请用 hub grid import 生成。")
    try:
        told: dict[str, Any] = orjson.loads(path.read_bytes())
        if told["format"] != FORMAT:
            raise GroundError(f"{path} 的格式不是 {FORMAT!r}：请用本版本重新导入。")
        return Manifest(
            name=told["name"],
            synthetic=told["synthetic"],
            source=told["source"],
            accepted=tuple(told["accepted"]),
            files=told["files"],
        )
    except (orjson.JSONDecodeError, KeyError, TypeError) as error:
        raise GroundError(f"{path} 读不懂（{error}）：请重新导入。") from error


def verify(directory: Path, manifest: Manifest) -> None:
    """Raise GroundError if a file is not the one that the manifest names."""
    for name, known in manifest.files.items():
        path = directory / Path(name).name
        if not path.is_file():
            raise GroundError(f"{path} 不见了：请重新导入这个地面。")
        if hash_of(path) != known:
            raise GroundError(
                f"{path} 与 {MANIFEST} 里的校验值不符，可能被改过：请用 hub grid import 重新生成。"
            )


def hash_of(path: Path) -> str:
    """The SHA-256 of a file."""
    with path.open("rb") as content:
        return file_digest(content, "sha256").hexdigest()


def read_units(path: Path) -> Iterator[Unit]:
    """The units of units.csv; raises GroundError naming the line."""
    with path.open(encoding="utf-8", newline="") as lines:
        for number, row in enumerate(csv.DictReader(lines), start=2):
            try:
                level_of(row["code"])
                yield Unit(
                    code=row["code"],
                    name=sys.intern(row["name"]),
                    kind=Kind(row["kind"]),
                    aliases=tuple(row["aliases"].split("|")) if row["aliases"] else (),
                    zone=sys.intern(row["zone"]),
                    community_type=sys.intern(row["community_type"]),
                )
            except (KeyError, ValueError, AttributeError, CodeError) as error:
                told = f"{path} 第 {number} 行读不懂（{error}）：请重新导入。"
                raise GroundError(told) from error


def unit_rows(units: Iterable[Unit]) -> Iterator[tuple[str, ...]]:
    """Units as rows of units.csv."""
    for unit in units:
        aliases = "|".join(unit.aliases)
        yield (
            unit.code,
            unit.name,
            unit.level,
            unit.parent or "",
            unit.kind,
            aliases,
            unit.zone,
            unit.community_type,
        )


def csv_lines(columns: Iterable[str], rows: Iterable[Iterable[object]]) -> Iterator[bytes]:
    """A table as the bytes of a CSV, in blocks."""
    text = io.StringIO()
    write = csv.writer(text, lineterminator="\n")
    write.writerow(columns)
    for number, row in enumerate(rows):
        write.writerow(row)
        if number % BLOCK == BLOCK - 1:
            yield text.getvalue().encode()
            text.seek(0)
            text.truncate()
    yield text.getvalue().encode()


def write_ground(
    directory: Path, about: Manifest, files: Mapping[str, Iterable[bytes]]
) -> Manifest:
    """Write a ground beside its place, then put it there whole; what was there stays until then.

    Raises GroundError where something else than a ground is in that place.
    """
    if directory.exists() and any(directory.iterdir()) and not (directory / MANIFEST).exists():
        raise GroundError(f"{directory} 不是空的，也不是地面：请换一个目录。")
    directory.parent.mkdir(parents=True, exist_ok=True)
    fresh = Path(mkdtemp(prefix=f".{directory.name}-", dir=directory.parent))
    try:
        manifest = _filled(fresh, about, files)
        fresh.chmod(0o755)
        put_in_place(fresh, directory)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
    return manifest


def _filled(fresh: Path, about: Manifest, files: Mapping[str, Iterable[bytes]]) -> Manifest:
    for name, blocks in files.items():
        with (fresh / name).open("wb") as target:
            target.writelines(blocks)
    hashes = {name: hash_of(fresh / name) for name in sorted(files)}
    manifest = Manifest(about.name, about.synthetic, about.source, about.accepted, hashes)
    (fresh / MANIFEST).write_bytes(manifest.content())
    return manifest


def put_in_place(fresh: Path, directory: Path) -> None:
    """Move a directory to where another may be; the other one is gone afterwards."""
    if directory.exists():
        old = Path(mkdtemp(prefix=f".{directory.name}-old-", dir=directory.parent))
        directory.rename(old / "old")
        fresh.rename(directory)
        shutil.rmtree(old)
    else:
        fresh.rename(directory)
