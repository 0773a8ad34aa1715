"""Signed links (签名链接): by which the worker of one dispatch proves to be that worker.

A link names worker, incident, round and expiry, under a signature of the hub's. Whether the
incident is still with that worker is looked up each time: a stolen or old link opens nothing.
"""

from dataclasses import asdict, dataclass
from datetime import UTC, datetime

from services.reference import signed


@dataclass(frozen=True, slots=True)
class Grant:
    """What a link proves: this worker had this round of this incident; `until` in Unix seconds."""

    worker: str
    incident: str
    round: int
    until: int


def sign(grant: Grant, key: bytes) -> str:
    """The link of a grant, as text for a URL or a header."""
    return signed.sign(asdict(grant), key)


def read(link: str, key: bytes, now: datetime) -> Grant | None:
    """What a link proves; None if it is forged, damaged or has expired."""
    said = signed.read(link, [key])
    if said is None:
        return None
    grant = Grant(**said)
    return grant if now < datetime.fromtimestamp(grant.until, UTC) else None
