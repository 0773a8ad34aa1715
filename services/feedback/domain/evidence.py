"""The chain of evidence (证据链): each entry is bound to the one before by its hash. Pure."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from hashlib import sha256
from typing import Any

import orjson


class What(StrEnum):
    """What can happen to evidence."""

    ADDED = "added"
    REFUSED = "refused"
    HELD = "held"
    RELEASED = "released"
    DELETED = "deleted"


CHINESE = {
    What.ADDED: "入库",
    What.REFUSED: "拒收",
    What.HELD: "保全",
    What.RELEASED: "解除保全",
    What.DELETED: "删除",
}


@dataclass(frozen=True, slots=True)
class Entry:
    """Something that somebody did; `about` is JSON, `digest` empty where no content is meant."""

    what: What
    incident_id: str
    who: str
    digest: str = ""
    reason: str = ""
    about: str = "{}"


@dataclass(frozen=True, slots=True)
class Link:
    """An entry in its place of the chain."""

    number: int
    at: datetime
    entry: Entry
    previous: str
    hash: str

    @property
    def row(self) -> tuple[Any, ...]:
        """As it is stored."""
        e = self.entry
        told = (e.what.value, e.incident_id, e.digest, e.who, e.reason, e.about)
        return (self.number, self.at, *told, self.previous, self.hash)


def linked(entries: Sequence[Entry], number: int, previous: str, at: datetime) -> list[Link]:
    """The entries bound to the chain behind `number`, whose hash is `previous`."""
    links = []
    for place, entry in enumerate(entries, number + 1):
        digest = seal(place, at, entry, previous)
        links.append(Link(place, at, entry, previous, digest))
        previous = digest
    return links


def seal(number: int, at: datetime, entry: Entry, previous: str) -> str:
    """The hash of an entry in its place: SHA-256 of all that is said, and of the hash before."""
    told = [entry.what, entry.incident_id, entry.digest, entry.who, entry.reason, entry.about]
    moment = at.astimezone(UTC).isoformat(timespec="microseconds")
    return sha256(orjson.dumps([number, moment, *map(str, told), previous])).hexdigest()


def broken(links: Iterable[Link], number: int = 0, previous: str = "") -> Iterator[str]:
    """What is wrong with the links that follow `number`, a sentence each."""
    for link in links:
        if link.number != number + 1:
            yield f"第 {number + 1} 条缺失：后面是第 {link.number} 条"
        elif link.previous != previous:
            yield f"第 {link.number} 条没有接上第 {number} 条：其中一条被替换过"
        if seal(link.number, link.at, link.entry, link.previous) != link.hash:
            yield f"第 {link.number} 条（事件 {link.entry.incident_id}）被改动过：与其摘要不符"
        number, previous = link.number, link.hash
