"""The chain of evidence in PostgreSQL (证据链): read in portions; the clerk writes it."""

from collections.abc import AsyncIterator, Iterable, Mapping
from pathlib import Path
from typing import Any

import orjson

from schemas.worker import Evidence
from services.feedback.domain.evidence import Entry, Link, What, broken
from services.kernel.postgres import Connection, queries

SQL = queries(Path(__file__).parents[1] / "sql" / "evidence.sql")
PORTION = 5_000


async def verify(connection: Connection, anchor: tuple[int, str] | None = None) -> dict[str, Any]:
    """Whether every link holds, and whether that of an anchor (number, hash) is still the same.

    Returns how many links there are, the hash of the last one, and `faults`, a sentence each.
    """
    faults: list[str] = []
    number, last, anchored = 0, "", anchor is None
    async for links in _portions(connection):
        faults += broken(links, number, last)
        anchored = anchored or any((each.number, each.hash) == anchor for each in links)
        number, last = links[-1].number, links[-1].hash
    if not anchored and anchor:
        faults.append(f"第 {anchor[0]} 条与所记的链头不符：链被截短或重写过")
    return {"links": number, "head": last, "faults": faults}


async def _portions(connection: Connection) -> AsyncIterator[list[Link]]:
    number = 0
    while rows := await connection.fetch(SQL["links"], number, PORTION):
        yield [_link(row) for row in rows]
        number = rows[-1]["number"]


def _link(row: Mapping[str, Any]) -> Link:
    told = (row[name] for name in ("incident_id", "who", "digest", "reason", "about"))
    return Link(
        row["number"], row["at"], Entry(What(row["what"]), *told), row["previous"], row["hash"]
    )


async def pictures_of(
    connection: Connection, incidents: Iterable[str]
) -> dict[str, dict[str, Evidence]]:
    """The pictures that are kept, by incident and digest, with what their files said."""
    found: dict[str, dict[str, Evidence]] = {}
    for row in await connection.fetch(SQL["kept_of"], list(incidents)):
        about = orjson.loads(row["about"])
        if about.pop("kind") == "picture":
            picture = Evidence.model_validate({"digest": row["digest"], **about["picture"]})
            found.setdefault(row["incident_id"], {})[row["digest"]] = picture
    return found
