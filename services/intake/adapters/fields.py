"""Fields of a JSON object from outside: absent, null, number or text, it is all the same."""

from collections.abc import Mapping
from math import isfinite
from typing import Any

LONGEST_FIELD = 20_000
YES = frozenset({"是", "1", "true", "yes", "y"})


def text(content: Mapping[str, Any], *names: str) -> str:
    """The first of these fields that holds something, as text without blanks around it."""
    for name in names:
        value = content.get(name)
        if type(value) is not str:
            if value is None or isinstance(value, bool | dict | list):
                continue
            value = str(value)
        found = value.strip()
        if found:
            return found[:LONGEST_FIELD]
    return ""


def number(content: Mapping[str, Any], *names: str) -> float | None:
    """The first of these fields that holds a number, or a text that is one; never NaN."""
    found = text(content, *names)
    try:
        value = float(found) if found else None
    except ValueError:
        return None
    return value if value is not None and isfinite(value) else None


def truth(content: Mapping[str, Any], *names: str) -> bool:
    """Whether one of these fields says yes (是)."""
    found = (content.get(name) for name in names)
    return any(each is True or str(each).strip().lower() in YES for each in found if each)


def mapping(content: Mapping[str, Any], *names: str) -> dict[str, Any]:
    """The first of these fields that is an object; an empty one otherwise."""
    return next((each for name in names if isinstance(each := content.get(name), dict)), {})


def mappings(value: Any) -> list[dict[str, Any]]:
    """The objects in a list, or the one object that stands where a list should."""
    if isinstance(value, dict):
        return [value]
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def addresses(content: Mapping[str, Any], *names: str) -> tuple[str, ...]:
    """Addresses of pictures and files: a list of texts, or one text with commas."""
    found: list[str] = []
    for name in names:
        value = content.get(name)
        listed = value.split(",") if isinstance(value, str) else value
        if isinstance(listed, list):
            found += [
                each.strip()[:1_000] for each in listed if isinstance(each, str) and each.strip()
            ]
    return tuple(dict.fromkeys(found))[:20]
