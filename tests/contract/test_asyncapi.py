"""The AsyncAPI documents follow from the flow and hold together."""

from collections.abc import Iterator
from typing import Any

import pytest
from jsonschema import Draft202012Validator, validate

from schemas import asyncapi
from schemas.asyncapi import WHOLE, documents
from schemas.export import events
from schemas.flow import FLOW, Service, consumed_by, produced_by

OBJECT = {"type": "object"}
REFERENCE = {"type": "object", "required": ["$ref"], "additionalProperties": False,
             "properties": {"$ref": {"type": "string"}}}  # fmt: skip
CHANNEL = {
    "type": "object",
    "required": ["address", "messages", "bindings"],
    "properties": {"messages": {"additionalProperties": REFERENCE}},
}
OPERATION = {
    "type": "object",
    "required": ["action", "channel"],
    "properties": {"action": {"enum": ["send", "receive"]}, "channel": REFERENCE,
                   "messages": {"type": "array", "items": REFERENCE}},
}  # fmt: skip
SHAPE = {
    "type": "object",
    "required": ["asyncapi", "info", "channels", "operations"],
    "additionalProperties": False,
    "properties": {
        "asyncapi": {"const": "3.0.0"},
        "info": {"type": "object", "required": ["title", "version"]},
        "defaultContentType": {"type": "string"},
        "channels": {"type": "object", "additionalProperties": CHANNEL},
        "operations": {"type": "object", "additionalProperties": OPERATION},
        "components": {"type": "object", "properties": {"messages": OBJECT, "schemas": OBJECT}},
    },
}

DOCUMENTS = documents()


def references(node: Any) -> Iterator[str]:
    """All references in a document."""
    if isinstance(node, dict):
        yield from (value for key, value in node.items() if key == "$ref")
        node = list(node.values())
    if isinstance(node, list):
        for each in node:
            yield from references(each)


def target(reference: str, name: str) -> Any:
    """What a reference in a document points at; raises KeyError if it is not there."""
    file, _, path = reference.partition("#/")
    node: Any = DOCUMENTS[file.removeprefix("./") or name]
    for step in path.split("/"):
        node = node[step]
    return node


def test_the_documents_are_fresh() -> None:
    assert asyncapi.stale() == [], "run 'make contracts'"


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_document_has_the_shape_of_asyncapi_3(name: str) -> None:
    validate(DOCUMENTS[name], SHAPE)


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_reference_leads_somewhere(name: str) -> None:
    found = list(references(DOCUMENTS[name]))
    assert found
    assert all(target(reference, name) for reference in found)


@pytest.mark.parametrize("name", DOCUMENTS)
def test_operations_take_only_messages_of_their_channel(name: str) -> None:
    for operation in DOCUMENTS[name]["operations"].values():
        channel = operation["channel"]["$ref"]
        assert all(each["$ref"].startswith(channel + "/") for each in operation.get("messages", ()))


@pytest.mark.parametrize("service", Service)
def test_a_service_receives_and_sends_what_the_flow_says(service: Service) -> None:
    told = set(DOCUMENTS[f"{service}.json"]["operations"])
    received = {f"receive.{name}" for topic in consumed_by(service) for name in topic.names}
    sent = {f"send.{name}" for topic in produced_by(service) for name in topic.names}
    assert told == received | sent


def test_the_whole_has_every_topic_and_every_event() -> None:
    whole = DOCUMENTS[f"{WHOLE}.json"]
    assert set(whole["channels"]) == {name for topic in FLOW for name in topic.names}
    told = {message["name"] for message in whole["components"]["messages"].values()}
    assert told == {event.ce_type for event, _ in events()}


def test_every_schema_is_a_json_schema() -> None:
    for schema in DOCUMENTS[f"{WHOLE}.json"]["components"]["schemas"].values():
        Draft202012Validator.check_schema(schema)
