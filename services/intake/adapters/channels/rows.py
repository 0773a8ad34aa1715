"""Rows of a source with field names of its own (小程序, 公众号, 报表通): the register maps them."""

import json
from collections.abc import Mapping
from hashlib import blake2b
from typing import Any

from services.intake.adapters.envelope import Letter
from services.intake.adapters.messages import read_message
from services.intake.domain.registered import RegisteredSource
from services.intake.domain.submission import Statement
from services.intake.ports import BadField

MOST_ROWS = 500
DEEPEST_PATH = 8


def statements(letter: Letter) -> list[Statement]:
    """What each row says; one without an id is known by its content. Raises BadField."""
    content, origin = letter.object(), letter.origin
    if origin is None:
        return [read_message(content, letter.id)]
    found = dig(content, origin.rows) if origin.rows else content
    rows = found if isinstance(found, list) else [found] if found else []
    if not rows or len(rows) > MOST_ROWS:
        raise BadField(origin.rows or "正文", f"应有 1 到 {MOST_ROWS} 行")
    return [_row(row, index, origin) for index, row in enumerate(rows)]


def dig(content: Any, path: str) -> Any:
    """What is found under a path with dots; None if there is nothing."""
    for step in path.split(".")[:DEEPEST_PATH]:
        if isinstance(content, Mapping):
            content = content.get(step)
        elif isinstance(content, list) and step.isascii() and step.isdigit() and len(step) < 4:
            content = content[int(step)] if int(step) < len(content) else None
        else:
            return None
    return content


def _row(row: Any, index: int, origin: RegisteredSource) -> Statement:
    name = f"{origin.rows}[{index}]" if origin.rows else "正文"
    if not isinstance(row, dict):
        raise BadField(name, "每一行应为一个 JSON 对象")
    plain = {ours: dig(row, theirs) for ours, theirs in origin.fields.items()} or row
    try:
        return read_message(plain, _content_id(row), origin.kind, within=origin.id)
    except BadField as error:
        theirs = origin.fields.get(error.field, error.field)
        raise BadField(f"{name}.{theirs}" if origin.rows else theirs, error.why) from None


def _content_id(row: dict[str, Any]) -> str:
    """The same row sent again is the same report."""
    content = json.dumps(row, sort_keys=True)
    return blake2b(content.encode(), digest_size=12).hexdigest()
