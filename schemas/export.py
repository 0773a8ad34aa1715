"""The contract as JSON Schema (draft 2020-12), one schema an event.

A schema says what a reader may count on. Writers are held by the models themselves, which
forbid unknown fields; so the schemas stay open, and a field added later breaks nobody.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any, TypeAlias

from pydantic.json_schema import models_json_schema

from schemas.event import Event, dataschema
from schemas.flow import FLOW, Topic

DRAFT = "https://json-schema.org/draft/2020-12/schema"

Schema: TypeAlias = dict[str, Any]


def events() -> Iterator[tuple[type[Event], Topic]]:
    """Each event with the topic it travels on, in the order of travel."""
    return ((event, topic) for topic in FLOW for event in topic.events)


def schema_of(event: type[Event], topic: Topic) -> Schema:
    """The schema of one event; `x-topic` and `x-subject` say where and under which key."""
    return {
        "$schema": DRAFT,
        "$id": dataschema(event),
        "x-topic": topic.name,
        "x-subject": event.about,
        **opened(event.model_json_schema()),
    }


def current() -> dict[str, Schema]:
    """The schemas of all events as the code has them now, by ce_type."""
    return {event.ce_type: schema_of(event, topic) for event, topic in events()}


def definitions(template: str) -> dict[str, Schema]:
    """The schemas of all events and their parts in one table, by class name."""
    modes = [(event, "validation") for event, _ in events()]
    _, whole = models_json_schema(modes, ref_template=template)  # type: ignore[arg-type]
    return {name: opened(schema) for name, schema in sorted(whole["$defs"].items())}


def opened(schema: Any) -> Any:
    """The schema without `additionalProperties: false`, at any depth."""
    if isinstance(schema, dict):
        closed = schema.get("additionalProperties") is False
        kept = {k: v for k, v in schema.items() if not (closed and k == "additionalProperties")}
        return {key: opened(value) for key, value in kept.items()}
    return [opened(each) for each in schema] if isinstance(schema, list) else schema


def as_text(document: Mapping[str, Any]) -> str:
    """Stable JSON, readable in a review."""
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"
