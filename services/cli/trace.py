"""`hub trace`: the whole life of one incident, with the reasons."""

import asyncio
from collections.abc import Iterable, Sequence
from typing import Annotated, Any

import asyncpg
import orjson
import typer

from services.cli.addresses import Addresses, addresses
from services.cli.failures import Failure, one_sentence
from services.cli.printing import AsJson, clock, console, print_json, span, table

What = Annotated[str, typer.Argument(help="An incident, the beginning of its id, or a ticket.")]

BY_PREFIX = """
SELECT incident_id FROM feedback.ledger WHERE starts_with(incident_id, $1) LIMIT 6"""
BY_TICKET = """
SELECT DISTINCT subject FROM feedback.archive
WHERE ce_type = 'hub.report.received.v1' AND payload->'ticket'->>'number' = $1 LIMIT 6"""
BY_THREAD = "SELECT DISTINCT incident_id FROM feedback.voice WHERE thread = ANY($1::text[])"
ROAD = """
SELECT recorded_at, producer, ce_type, ce_id, subject, sequence, payload::text AS payload
FROM feedback.archive
WHERE incident_id = ANY($1::text[]) OR subject = ANY($2::text[])
   OR subject IN (SELECT thread FROM feedback.voice WHERE incident_id = ANY($1::text[]))
ORDER BY id"""

TOLD = ("reasons", "reason", "measure", "finding", "change", "outcome", "message", "handle_state")


def register(app: typer.Typer) -> None:
    """Add the command to `hub`."""
    app.command()(trace)


def trace(what: What, as_json: AsJson = False) -> None:
    """Show each event of an incident: when, by which service, why (全程追溯)."""
    with one_sentence():
        events = asyncio.run(_road(addresses(), what))
    if as_json:
        print_json({"of": what, "events": events})
    else:
        console().print(table(("time", "after", "by", "event", "what", "why"), _rows(events)))


async def _road(known: Addresses, what: str) -> list[dict[str, Any]]:
    connection = await asyncpg.connect(known.postgres)
    try:
        incidents, threads = await _meant(connection, what)
        rows = await connection.fetch(ROAD, incidents, threads)
    finally:
        await connection.close()
    return with_durations(rows)


async def _meant(connection: Any, what: str) -> tuple[list[str], list[str]]:
    """The incidents and the threads of reports that a person means."""
    found = [row["incident_id"] for row in await connection.fetch(BY_PREFIX, what)]
    if len(found) > 1:
        raise Failure(f"'{what}' begins {len(found)} incidents or more, such as {found[0]}.")
    if found:
        return found, []
    threads = [row["subject"] for row in await connection.fetch(BY_TICKET, what)] or [what]
    rows = await connection.fetch(BY_THREAD, threads)
    known = await connection.fetchval(
        "SELECT 1 FROM feedback.archive WHERE subject = ANY($1::text[]) LIMIT 1", threads
    )
    if not known:
        raise Failure(f"nothing is recorded of '{what}': no incident, ticket or thread.")
    return [row["incident_id"] for row in rows], threads


def with_durations(rows: Sequence[Any]) -> list[dict[str, Any]]:
    """The events in the order of recording, each with the seconds since the one before."""
    events, before = [], None
    for row in rows:
        payload = orjson.loads(row["payload"])
        since = (row["recorded_at"] - before).total_seconds() if before else 0.0
        before = row["recorded_at"]
        events.append(
            {
                "at": row["recorded_at"],
                "seconds_since": round(since, 3),
                "service": row["producer"],
                "type": row["ce_type"],
                "id": row["ce_id"],
                "subject": row["subject"],
                "sequence": row["sequence"],
                "why": why(payload),
                "event": payload,
            }
        )
    return events


def why(payload: dict[str, Any]) -> list[str]:
    """The sentences in an event that say why, or what was found."""
    told = []
    for name in TOLD:
        value = payload.get(name)
        told += (
            [str(each) for each in value] if isinstance(value, list) else [value] if value else []
        )
    return told


def _rows(events: Sequence[dict[str, Any]]) -> Iterable[tuple[object, ...]]:
    for each in events:
        name = each["type"].removeprefix("hub.").removesuffix(".v1")
        yield (
            clock(each["at"]),
            span(each["seconds_since"]),
            each["service"],
            name,
            gist(each["event"]),
            "；".join(each["why"]),
        )


def gist(payload: dict[str, Any]) -> str:
    """What an event is about, in a few words."""
    match payload:
        case {"category": {"name": category}, "severity": severity}:
            place = payload.get("place", {}).get("address") or "地点不明"
            return f"{category} {severity} {place}"
        case {"assignee": {"worker_id": worker}, "round": number}:
            return f"第 {number} 轮 {worker}"
        case {"stage": stage, "round": number}:
            return f"第 {number} 轮 {stage}"
        case {"worker_id": worker} if worker:
            return str(worker)
        case {"voice": {"thread": thread}} | {"thread": thread}:
            return str(thread)
    return ""
