"""Golden messages: what has been on the wire, and must be read for ever.

A file an event: `least` has only what is required, `full` has every field, each with
another value than its default. All data is invented.
"""

import json
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from schemas.event import Event
from schemas.export import events

GOLDEN = Path(__file__).parent / "golden"


def faults(folder: Path = GOLDEN) -> list[str]:
    """What current code can not do with the messages of a folder; empty: all is well."""
    known = {event.ce_type: event for event, _ in events()}
    found = []
    for path in sorted(folder.glob("*.json")):
        event = known.get(path.stem)
        if event is None:
            found.append(f"{path.name}: nobody writes {path.stem} any more")
            continue
        messages = json.loads(path.read_text(encoding="utf-8"))
        found += [
            f"{path.name}: {name}: {why}"
            for name, each in messages.items()
            if (why := fault(event, each))
        ]
    return found


def missing(folder: Path = GOLDEN) -> list[str]:
    """Events that have no golden messages."""
    return [
        f"{event.ce_type} has no golden messages: add {event.ce_type}.json with 'least' and 'full'"
        for event, _ in events()
        if not (folder / f"{event.ce_type}.json").exists()
    ]


def fault(event: type[Event], message: dict[str, Any]) -> str | None:
    """Why a message can not be read as a reader does and written again just so; None: it can."""
    try:
        read = event.model_validate_json(json.dumps(message), extra="ignore")
    except ValidationError as error:
        first = error.errors()[0]
        return f"{'.'.join(map(str, first['loc']))}: {first['msg']}"
    written = json.loads(read.model_dump_json(exclude_defaults=True))
    return None if written == message else f"it is written differently now: {written}"
