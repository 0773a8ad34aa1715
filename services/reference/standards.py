"""The older standard (GB/T 30428.2-2013), side by side with the catalogue in use.

Classes of the older standard and those of 突发事件 are from the standard; further ones from a
public transcription and one city's additions, as `source` says of each.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from services.reference.catalogue import KINDS, Catalogue, CatalogueError, rows_of

DATA = Path(__file__).parent / "data"
OLDER = DATA / "catalogue_2013.csv"
MAPPING = DATA / "catalogue_mapping.csv"
OLDER_COLUMNS = ("standard_ref", "kind", "code", "class_name", "name", "source")
MAPPING_COLUMNS = (
    "from_standard",
    "from_kind",
    "from_code",
    "to_standard",
    "to_kind",
    "to_code",
    "basis",
    "note",
)
BASES = ("名称相同", "判断", "无对应")
NO_COUNTERPART = "无对应"

Key = tuple[str, str, str]
"""standard_ref, kind and code: only together they name a category, since codes recur."""


@dataclass(frozen=True, slots=True)
class OlderEntry:
    """A category of the older standard; `source` says where it is known from."""

    key: Key
    class_name: str
    name: str
    source: str


@dataclass(frozen=True, slots=True)
class Counterpart:
    """What a category of the older standard is today; `code` is None where it is nothing.

    `basis` says whether the names are the same or it is this project's judgement.
    """

    code: str | None
    basis: str
    note: str


@dataclass(frozen=True)
class Standards:
    """The older standard, and each of its categories' counterpart in the catalogue in use."""

    version: str
    older: dict[Key, OlderEntry]
    counterparts: dict[Key, Counterpart]


def load_standards(
    catalogue: Catalogue, older: Path | None = None, mapping: Path | None = None
) -> Standards:
    """Read the older standard and the mapping, the shipped ones where none are given.

    Raises CatalogueError naming the row of a clash, of a hole, or of what leads nowhere.
    """
    older, mapping = older or OLDER, mapping or MAPPING
    first, second = older.read_bytes(), mapping.read_bytes()
    entries = _older(first, older.name)
    counterparts = _mapping(second, mapping.name, entries, catalogue)
    holes = [entry for key, entry in entries.items() if key not in counterparts]
    if holes:
        code, name = holes[0].key[2], holes[0].name
        raise CatalogueError(f"{mapping.name}：没有写 {code}（{name}）对应现行目录的哪一类")
    return Standards(sha256(first + second).hexdigest()[:12], entries, counterparts)


def _older(content: bytes, name: str) -> dict[Key, OlderEntry]:
    entries: dict[Key, OlderEntry] = {}
    for line, row in rows_of(content, name, OLDER_COLUMNS):
        where, key = f"{name} 第 {line} 行", (row["standard_ref"], row["kind"], row["code"])
        if key in entries:
            raise CatalogueError(f"{where}：{' '.join(key)} 与“{entries[key].name}”重复")
        _filled(row, ("standard_ref", "code", "name", "source"), where)
        _one_of(row["kind"], KINDS, "kind", where)
        entries[key] = OlderEntry(key, row["class_name"], row["name"], row["source"])
    return entries


def _mapping(
    content: bytes, name: str, older: dict[Key, OlderEntry], catalogue: Catalogue
) -> dict[Key, Counterpart]:
    found: dict[Key, Counterpart] = {}
    for line, row in rows_of(content, name, MAPPING_COLUMNS):
        where = f"{name} 第 {line} 行"
        key = (row["from_standard"], row["from_kind"], row["from_code"])
        if key not in older:
            raise CatalogueError(f"{where}：原目录中没有 {' '.join(key)}")
        if key in found:
            raise CatalogueError(f"{where}：{' '.join(key)} 已有对应，重复")
        found[key] = _counterpart(row, catalogue, where)
    return found


def _counterpart(row: dict[str, str], catalogue: Catalogue, where: str) -> Counterpart:
    _one_of(row["basis"], BASES, "basis", where)
    if row["basis"] == NO_COUNTERPART:
        if row["to_code"]:
            raise CatalogueError(f"{where}：写明无对应，却又填了 {row['to_code']}")
        return Counterpart(None, row["basis"], row["note"])
    entry = catalogue.entries.get(row["to_code"])
    if entry is None or (entry.standard, entry.kind) != (row["to_standard"], row["to_kind"]):
        told = " ".join((row["to_standard"], row["to_kind"], row["to_code"]))
        raise CatalogueError(f"{where}：现行目录中没有 {told}")
    return Counterpart(entry.code, row["basis"], row["note"])


def _filled(row: dict[str, str], names: Iterable[str], where: str) -> None:
    holes = [name for name in names if not row[name]]
    if holes:
        raise CatalogueError(f"{where}：没有填 {'、'.join(holes)}")


def _one_of(value: str, allowed: tuple[str, ...], name: str, where: str) -> None:
    if value not in allowed:
        raise CatalogueError(f"{where}：{name} 是 {value!r}，应为 {'、'.join(allowed)} 之一")
