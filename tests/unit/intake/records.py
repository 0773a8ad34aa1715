"""Records and statements for the tests of intake."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from services.intake.adapters.envelope import Letter, open_envelope
from services.intake.adapters.pseudonyms import KeyedPseudonyms
from services.intake.adapters.reader import Reception
from services.intake.adapters.vault import KeyRing, new_key
from services.intake.domain.reception import Arrival
from services.intake.domain.submission import Statement, Submission
from services.kernel.record import Record
from services.reference.ground import Ground, load_ground

NOON = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)
GROUND: Ground = load_ground()
ESTATE = GROUND.estates[0]
VAULT = KeyRing(new_key("t1"))
RECEPTION = Reception(lambda: GROUND, KeyedPseudonyms("a key for tests"), VAULT)
HERE = Path(__file__).parent


def record(body: bytes | dict[str, Any] | list[Any], topic: str = "t", **headers: str) -> Record:
    """A record of upstream; `_` in the name of a header stands for what Python forbids."""
    value = body if isinstance(body, bytes) else json.dumps(body, ensure_ascii=False).encode()
    listed = [(name.replace("__", "-"), text.encode()) for name, text in headers.items()]
    return Record(topic, 0, 7, int(NOON.timestamp() * 1000), None, value, listed)


def letter(body: bytes | dict[str, Any] | list[Any], **headers: str) -> Letter:
    """The same, out of its envelope."""
    return open_envelope(record(body, **headers))


def admitted(said: Statement, heard_at: datetime = NOON) -> Submission:
    """A statement after reception."""
    return RECEPTION.admit(said, Arrival(heard_at, heard_at))
