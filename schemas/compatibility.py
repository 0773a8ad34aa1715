"""What an old reader or writer would stumble over: a released schema against the current one.

Within v1 only optional fields may be added. All else is a v2, and is named in a sentence.
"""

from collections.abc import Iterator, Mapping
from typing import Any

Schema = Mapping[str, Any]

NOTES = frozenset({"title", "description", "examples", "$schema", "$id", "$defs"})
"""What only people read."""
PARTS = frozenset({"properties", "required", "enum", "const", "default", "items", "anyOf"})
"""What is compared piece by piece."""
EVENT = "the event"


def differences(released: Mapping[str, Schema], now: Mapping[str, Schema]) -> list[str]:
    """Why released and current code could not read each other's events; empty: they can."""
    found = []
    for ce_type, schema in released.items():
        if ce_type in now:
            sentences = _compare(_inlined(schema), _inlined(now[ce_type]), "")
        else:
            sentences = iter(["the event was removed or renamed"])
        found += [f"{ce_type}: {sentence}" for sentence in sentences]
    return found


def _inlined(schema: Any, definitions: Mapping[str, Any] | None = None) -> Any:
    """The schema with every reference followed; what stands beside a reference wins."""
    if isinstance(schema, list):
        return [_inlined(each, definitions) for each in schema]
    if not isinstance(schema, dict):
        return schema
    known = definitions if definitions is not None else schema.get("$defs", {})
    beside = {key: _inlined(value, known) for key, value in schema.items() if key != "$defs"}
    reference = beside.pop("$ref", None)
    if reference is None:
        return beside
    return {**_inlined(known[reference.rpartition("/")[2]], known), **beside}


def _compare(old: Schema, new: Schema, at: str) -> Iterator[str]:
    """Sentences on one place of two schemas; `at` is its path, empty for the event itself."""
    name = f"'{at}'" if at else EVENT
    yield from _constraints(old, new, name)
    yield from _values(_listed(old), _listed(new), name)
    yield from _fields(old, new, f"{at}." if at else "")
    if "items" in old and "items" in new:
        yield from _compare(old["items"], new["items"], f"{at}[]")
    yield from _variants(old.get("anyOf", ()), new.get("anyOf", ()), at)


def _constraints(old: Schema, new: Schema, name: str) -> Iterator[str]:
    for key in sorted((old.keys() | new.keys()) - NOTES - PARTS):
        before, after = old.get(key, "none"), new.get(key, "none")
        if before != after:
            verb = "was retyped" if key in {"type", "format"} else f"changed its {key}"
            yield f"{name} {verb} from {before} to {after}"
    if "default" in old and "default" in new and old["default"] != new["default"]:
        yield f"{name} changed its default: where it is left out it would mean something else"


def _listed(schema: Schema) -> list[Any] | None:
    return [schema["const"]] if "const" in schema else schema.get("enum")


def _values(before: list[Any] | None, after: list[Any] | None, name: str) -> Iterator[str]:
    if before is None or after is None:
        if before != after:
            yield f"{name} {'gained' if before is None else 'lost'} its list of values"
        return
    gone, fresh = _without(before, after), _without(after, before)
    if gone:
        yield f"{name} was narrowed: {gone} can no longer be read"
    if fresh:
        yield f"{name} was widened: released readers can not read {fresh}"


def _without(values: list[Any], others: list[Any]) -> str:
    return ", ".join(str(value) for value in values if value not in others)


def _fields(old: Schema, new: Schema, prefix: str) -> Iterator[str]:
    before, after = old.get("properties", {}), new.get("properties", {})
    needed, needs = old.get("required", ()), new.get("required", ())
    fresh = {field: schema for field, schema in after.items() if field not in before}
    for field, schema in before.items():
        name = f"'{prefix}{field}'"
        if field not in after:
            yield f"{name} was removed{_perhaps_renamed(schema, fresh, prefix)}"
            continue
        if field in needs and field not in needed:
            yield f"{name} became required: released writers may leave it out"
        if field in needed and field not in needs:
            yield f"{name} became optional: released readers count on it"
        yield from _compare(schema, after[field], prefix + field)
    for field in fresh:
        if field in needs:
            yield f"'{prefix}{field}' was added as required: released writers do not send it"


def _perhaps_renamed(schema: Schema, fresh: Mapping[str, Schema], prefix: str) -> str:
    like = [field for field, other in fresh.items() if _bare(other) == _bare(schema)]
    return f" (renamed to '{prefix}{like[0]}'?)" if len(like) == 1 else ""


def _bare(schema: Schema) -> dict[str, Any]:
    return {key: value for key, value in schema.items() if key not in NOTES}


def _variants(before: list[Schema], after: list[Schema], at: str) -> Iterator[str]:
    if [each.get("type") for each in before] != [each.get("type") for each in after]:
        yield f"'{at}' was retyped: {_kinds(before)} became {_kinds(after)}"
        return
    for one, other in zip(before, after, strict=True):
        yield from _compare(one, other, at)


def _kinds(variants: list[Schema]) -> str:
    return " or ".join(str(each.get("type")) for each in variants) or "one type"
