"""Tokens of invented people."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from services.hosting.access import Identity, Pass, read_ring

KEYS = """\
keys:
  k2: the newer key of the tests, long enough
  k1: the older key of the tests, long enough
revoked: [void]
"""


def ring_file(folder: Path) -> Path:
    """A file of keys."""
    path = folder / "access.yaml"
    path.write_text(KEYS, encoding="utf-8")
    return path


def pass_of(who: Identity, name: str = "p1", hours: float = 1.0) -> Pass:
    """A pass that is good for some time."""
    until = datetime.now(UTC) + timedelta(hours=hours)
    return Pass(
        id=name,
        holder=who.holder,
        office=who.office,
        scope=who.scope,
        until=int(until.timestamp()),
    )


def bearer(ring: Path, who: Identity) -> dict[str, str]:
    """The header with which somebody shows who they are."""
    return {"authorization": f"Bearer {read_ring(ring).issue(pass_of(who))}"}
