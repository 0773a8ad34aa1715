"""`hub topics`: what flows where, how much, and who is behind."""

import asyncio
from typing import Any

import typer

from services.cli.addresses import Addresses, addresses
from services.cli.failures import one_sentence
from services.cli.lag import Standing, standings
from services.cli.printing import AsJson, console, print_json, table
from services.hosting.topics import TopicSettings

COLUMNS = ("topic", "lane", "parts", "records", "producer", "consumers", "lag", "events")


def register(app: typer.Typer) -> None:
    """Add the command to `hub`."""
    app.command()(topics)


def topics(as_json: AsJson = False) -> None:
    """List topics with their events, producers, consumers, ends and lag (主题与积压)."""
    with one_sentence():
        found = asyncio.run(_standings(addresses()))
    if as_json:
        print_json([as_dict(each) for each in found])
    else:
        console().print(table(COLUMNS, map(_row, found)))


async def _standings(known: Addresses) -> list[Standing]:
    return await standings(known.kafka, known.postgres)


def as_dict(standing: Standing) -> dict[str, Any]:
    """One topic for machines."""
    return {
        "topic": standing.name,
        "lane": standing.lane,
        "partitions": len(standing.ends),
        "expected_partitions": TopicSettings().partitions_of(standing.topic),
        "events": [event.ce_type for event in standing.topic.events],
        "producer": str(standing.topic.producer),
        "consumers": [each.value for each in standing.topic.consumers],
        "end_offsets": standing.ends,
        "records": standing.records,
        "lag": standing.lag,
    }


def _row(standing: Standing) -> tuple[object, ...]:
    events = ", ".join(event.__name__ for event in standing.topic.events)
    return (
        standing.name,
        standing.lane,
        len(standing.ends) or "missing",
        standing.records,
        standing.topic.producer,
        " ".join(standing.topic.consumers) or None,
        " ".join(f"{name}:{lag}" for name, lag in standing.lag.items()) or None,
        events or "(formats of the source)",
    )
