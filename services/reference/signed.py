"""Signed texts (签名): what a link or a token says, under an HMAC-SHA256 of the hub's.

Whoever holds the key can read whether a text was made here; nobody else can make one. What it
says is not hidden.
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterable, Mapping
from hashlib import sha256
from hmac import compare_digest, digest
from typing import Any

import orjson

LONGEST = 2_000


def sign(said: Mapping[str, Any], key: bytes) -> str:
    """What is said, as text for a URL or a header."""
    body = urlsafe_b64encode(orjson.dumps(said))
    return f"{body.decode()}.{_seal(body, key).decode()}"


def read(text: str, keys: Iterable[bytes]) -> dict[str, Any] | None:
    """What a text says that was signed with one of these keys; None if with none of them."""
    body, _, signature = text[:LONGEST].encode(errors="replace").partition(b".")
    if not any(compare_digest(_seal(body, key), signature) for key in keys):
        return None
    said: dict[str, Any] = orjson.loads(urlsafe_b64decode(body))
    return said


def _seal(body: bytes, key: bytes) -> bytes:
    return urlsafe_b64encode(digest(key, body, sha256))
