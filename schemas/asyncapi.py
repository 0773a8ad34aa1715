"""AsyncAPI 3.0 documents of the flow: `python -m schemas.asyncapi [--check]`.

`event-hub.json` is the whole; each service has a document of its own that points at the
shared messages. All are made from `schemas/flow.py`.
"""

import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any, TypeAlias

from schemas.event import CONTENT_TYPE, SPEC_VERSION, Event, dataschema
from schemas.export import as_text, definitions, events
from schemas.flow import EXPRESS, FLOW, Service, Topic, consumed_by, produced_by

FOLDER = Path(__file__).parents[1] / "docs" / "asyncapi"
WHOLE = "event-hub"
VERSION = "1.0.0"
BINDINGS = "0.5.0"
CHANNELS = "#/channels/"
SCHEMAS = "#/components/schemas/"
MESSAGES = "#/components/messages/"

Document: TypeAlias = dict[str, Any]

REQUIRED = ("ce_specversion", "ce_id", "ce_source", "ce_type", "ce_time", "ce_subject")
HEADERS = {
    "ce_id": "unique within its source; the inbox knows a message by both",
    "ce_source": "the producer",
    "ce_time": "when it happened, RFC 3339",
    "ce_subject": "the thread of a report, or the incident",
    "ce_partitionkey": "the record's key: the same as ce_subject",
    "ce_sequence": "gapless per source and subject, from 1",
    "ce_correlationid": "what began it all",
    "ce_causationid": "the event, timer or command that led to it",
    "traceparent": "W3C trace context of this hop",
    "tracestate": "W3C trace context of this hop",
}


def documents() -> dict[str, Document]:
    """All documents by the name of their file."""
    services = {service.value: document_of(service) for service in Service}
    return {f"{name}.json": each for name, each in {WHOLE: whole(), **services}.items()}


def whole() -> Document:
    """Every topic, what every service does with it, every message and its schema."""
    operations = [_operations(service, f"{service}.") for service in Service]
    return {
        **_head("Event Hub", "Every topic of the hub and what travels on it."),
        "channels": _channels(FLOW, MESSAGES),
        "operations": {name: each for some in operations for name, each in some.items()},
        "components": {
            "messages": {event.__name__: _message(event) for event, _ in events()},
            "schemas": {"CloudEventsHeaders": _headers(), **definitions(SCHEMAS + "{model}")},
        },
    }


def document_of(service: Service) -> Document:
    """What one service receives and sends."""
    topics = [topic for topic in FLOW if topic in {*consumed_by(service), *produced_by(service)}]
    return {
        **_head(f"Event Hub: {service}", f"What the service {service} receives and sends."),
        "channels": _channels(topics, f"./{WHOLE}.json{MESSAGES}"),
        "operations": _operations(service, ""),
    }


def _head(title: str, description: str) -> Document:
    info = {"title": title, "version": VERSION, "description": description}
    return {"asyncapi": "3.0.0", "info": info, "defaultContentType": CONTENT_TYPE}


def _channels(topics: Iterable[Topic], messages: str) -> Document:
    return {
        name: {
            "address": name,
            "description": _describe(topic, name),
            "messages": {
                each.__name__: {"$ref": messages + each.__name__} for each in topic.events
            },
            "bindings": {"kafka": _channel_binding(topic, name)},
        }
        for topic in topics
        for name in topic.names
    }


def _describe(topic: Topic, name: str) -> str:
    consumers = ", ".join(topic.consumers) or "the outside world"
    lane = " Express lane: danger to life." if name.endswith(EXPRESS) else ""
    form = "" if topic.events else " In the formats of its sources; intake reads them."
    return f"From {topic.producer} to {consumers}.{lane}{form}"


def _channel_binding(topic: Topic, name: str) -> Document:
    return {
        "topic": name,
        "partitions": topic.partitions,
        "topicConfiguration": {"cleanup.policy": ["delete"]},
        "bindingVersion": BINDINGS,
    }


def _operations(service: Service, prefix: str) -> Document:
    received = {
        f"{prefix}receive.{name}": _operation("receive", topic, name, service)
        for topic in consumed_by(service)
        for name in topic.names
    }
    sent = {
        f"{prefix}send.{name}": _operation("send", topic, name, service)
        for topic in produced_by(service)
        for name in topic.names
    }
    return received | sent


def _operation(action: str, topic: Topic, name: str, service: Service) -> Document:
    group = f"{service}{EXPRESS}" if name.endswith(EXPRESS) else str(service)
    binding = {"groupId": {"type": "string", "enum": [group]}} if action == "receive" else {}
    found = [{"$ref": f"{CHANNELS}{name}/messages/{each.__name__}"} for each in topic.events]
    return {
        "action": action,
        "channel": {"$ref": CHANNELS + name},
        "tags": [{"name": service.value}],
        "bindings": {"kafka": {**binding, "bindingVersion": BINDINGS}},
        **({"messages": found} if found else {}),
    }


def _message(event: type[Event]) -> Document:
    about = {"type": "string", "description": f"the event's {event.about}, as ce_subject"}
    constant = {"type": "object", "properties": {"ce_type": {"const": event.ce_type}}}
    return {
        "name": event.ce_type,
        "title": event.__name__,
        "summary": (event.__doc__ or "").strip().splitlines()[0],
        "contentType": CONTENT_TYPE,
        "headers": {"allOf": [{"$ref": SCHEMAS + "CloudEventsHeaders"}, constant]},
        "payload": {"$ref": SCHEMAS + event.__name__},
        "bindings": {"kafka": {"key": about, "bindingVersion": BINDINGS}},
        "x-dataschema": dataschema(event),
    }


def _headers() -> Document:
    fixed = {
        "content-type": {"type": "string", "const": CONTENT_TYPE},
        "ce_specversion": {"type": "string", "const": SPEC_VERSION},
        "ce_type": {"type": "string", "description": "the event's type"},
        "ce_dataschema": {"type": "string", "description": "the name of its JSON Schema"},
    }
    told = {name: {"type": "string", "description": text} for name, text in HEADERS.items()}
    return {
        "type": "object",
        "title": "CloudEvents 1.0, Kafka binding, binary mode",
        "required": list(REQUIRED),
        "properties": {**fixed, **told},
    }


def stale(folder: Path = FOLDER) -> list[str]:
    """The documents of a folder that no longer follow from the flow."""
    texts = {name: as_text(each) for name, each in documents().items()}
    there = {path.name: path.read_text(encoding="utf-8") for path in folder.glob("*.json")}
    return sorted(name for name in texts | there if texts.get(name) != there.get(name))


def write(folder: Path = FOLDER) -> None:
    """Write all documents into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, document in documents().items():
        (folder / name).write_text(as_text(document), encoding="utf-8")


if __name__ == "__main__":
    if sys.argv[1:] != ["--check"]:
        write()
    if found := stale():
        sys.exit(f"stale in {FOLDER}: {', '.join(found)}: run 'make contracts'")
