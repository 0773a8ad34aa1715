"""How an entry may be spelt: its name, aliases, old names, and the short forms of an estate."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain

from services.reference.places.entries import Entry
from services.reference.places.writing import fold

PHASED = re.compile(r"^(?P<stem>.{2,}?)(?P<area>[0-9]{1,2}期|[东南西北中]区|[A-Z]区)$")
LODGING = re.compile(r"^(?P<stem>.{2,}?)(?P<area>[0-9])(?P<tail>宿舍|村|组团|院)$")
GENERIC = re.compile(
    r"^(?P<core>.{2,}?)(?:小区|花园|家园|新村|新居|公寓|佳苑|名邸|公馆|国际|华庭|雅居|水岸|人家|小院"
    r"|苑|府|里|园|庭|居|宿舍)$"
)
ROADS = ("路", "街", "巷", "道")
STRENGTH = ("name", "alias", "old", "stem", "core", "sound", "slip")
"""How an entry may be spelt, the surest first."""


@dataclass(frozen=True, slots=True)
class Sense:
    """An entry under one of its spellings; `how` is one of STRENGTH."""

    entry: Entry
    how: str


def area_of(entry: Entry) -> tuple[str, str]:
    """The stem and the part of an estate: 云栖 and 1期, 机修厂宿舍 and 1宿舍; ('', '') if whole."""
    name = fold(entry.name)
    found = PHASED.match(name)
    if found:
        return found["stem"], found["area"]
    lodging = LODGING.match(name)
    if lodging:
        return lodging["stem"] + lodging["tail"], lodging["area"] + lodging["tail"]
    return "", ""


def spellings_of(entry: Entry) -> Iterator[tuple[str, str]]:
    """(spelling, how) of an entry, folded; a gate is found by its estate."""
    if entry.kind == "gate":
        return
    named = [(entry.name, "name")] if entry.name else []
    aliases = [(each, "alias") for each in entry.aliases]
    old = [(each, "old") for each in entry.old_names]
    for spelling, how in chain(named, aliases, old):
        yield fold(spelling), how
    if entry.kind == "estate":
        yield from _short_forms(entry)
    if entry.name.endswith("农贸市场"):
        yield fold(entry.name).removesuffix("市场"), "stem"


def _short_forms(entry: Entry) -> Iterator[tuple[str, str]]:
    stem, _ = area_of(entry)
    if stem:
        yield stem, "stem"
    core = GENERIC.match(stem or fold(entry.name))
    if core:
        yield core["core"], "stem" if len(core["core"]) > 2 else "core"
        yield core["core"] + "小区", "core"
    if stem:
        yield stem + "小区", "stem"
