"""Signatures of sources: HMAC-SHA256 over `id.timestamp.body`, in hexadecimal digits."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from hashlib import sha256
from hmac import compare_digest
from hmac import digest as hmac_digest

SKEW = timedelta(minutes=5)


def sign(key: str, source_id: str, timestamp: str, body: bytes) -> str:
    """The signature of a message; `timestamp` is in seconds since 1970, fractions allowed."""
    signed = f"{source_id}.{timestamp}.".encode() + body
    return hmac_digest(key.encode(), signed, sha256).hex()


def is_signed(
    keys: Iterable[str], source_id: str, timestamp: str, body: bytes, signature: str
) -> bool:
    """Whether one of the keys made the signature; each is tried, in constant time."""
    given = signature.lower().encode()
    matches = [
        compare_digest(sign(key, source_id, timestamp, body).encode(), given) for key in keys
    ]
    return any(matches)


def is_timely(timestamp: str, now: datetime) -> bool:
    """Whether a message was signed within five minutes of now; False for what is no number."""
    try:
        drift = abs(float(timestamp) - now.timestamp())
    except ValueError:
        return False
    return drift <= SKEW.total_seconds()
