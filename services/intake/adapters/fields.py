"""Fields of a JSON object from outside: absent, null, number or text, it is all the same."""

import re
from base64 import b64decode
from binascii import Error as NotBase64
from collections.abc import Mapping
from math import isfinite
from typing import Any

from services.intake.domain.submission import Media
from services.reference.written import text

YES = frozenset({"是", "1", "true", "yes", "y"})
DATA_URI = re.compile(r"data:image/[\w.+-]{1,32};base64,", re.IGNORECASE)
MOST_PICTURES = 20


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
    for name in names:
        said = content.get(name)
        if said and (said is True or str(said).strip().lower() in YES):
            return True
    return False


def mapping(content: Mapping[str, Any], *names: str) -> dict[str, Any]:
    """The first of these fields that is an object; an empty one otherwise."""
    return next((each for name in names if isinstance(each := content.get(name), dict)), {})


def mappings(value: Any) -> list[dict[str, Any]]:
    """The objects in a list, or the one object that stands where a list should."""
    if isinstance(value, dict):
        return [value]
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def addresses(content: Mapping[str, Any], *names: str) -> tuple[Media, ...]:
    """Pictures: a list of addresses and data URIs, or one text with commas."""
    found: list[Media] = []
    for name in names:
        value = content.get(name)
        listed = _listed(value) if isinstance(value, str) else value
        if isinstance(listed, list):
            found += [_media(each) for each in listed if isinstance(each, str) and each.strip()]
    return tuple(dict.fromkeys(found))[:MOST_PICTURES]


def embedded(encoded: str) -> bytes:
    """The content of a picture that is written as Base64; what is none will be no picture."""
    try:
        return b64decode(DATA_URI.sub("", encoded, count=1))
    except (NotBase64, ValueError):
        return encoded.encode(errors="replace")


def _listed(value: str) -> list[str]:
    return [value] if DATA_URI.match(value) else value.split(",")


def _media(said: str) -> Media:
    said = said.strip()
    return embedded(said) if DATA_URI.match(said) else said[:1_000]
