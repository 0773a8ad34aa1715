"""Signed links (签名链接): by which the worker of one dispatch proves to be that worker.

A link names worker, incident, round and expiry, under an HMAC-SHA256 of the hub's. Whether the
incident is still with that worker is looked up each time: a stolen or old link opens nothing.
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from hashlib import sha256
from hmac import compare_digest, digest

import orjson

LONGEST = 2_000


@dataclass(frozen=True, slots=True)
class Grant:
    """What a link proves: this worker had this round of this incident; `until` in Unix seconds."""

    worker: str
    incident: str
    round: int
    until: int


def sign(grant: Grant, key: bytes) -> str:
    """The link of a grant, as text for a URL or a header."""
    said = urlsafe_b64encode(orjson.dumps(asdict(grant)))
    return f"{said.decode()}.{urlsafe_b64encode(digest(key, said, sha256)).decode()}"


def read(link: str, key: bytes, now: datetime) -> Grant | None:
    """What a link proves; None if it is forged, damaged or has expired."""
    said, _, signature = link[:LONGEST].encode(errors="replace").partition(b".")
    if not compare_digest(urlsafe_b64encode(digest(key, said, sha256)), signature):
        return None
    grant = Grant(**orjson.loads(urlsafe_b64decode(said)))
    return grant if now < datetime.fromtimestamp(grant.until, UTC) else None
