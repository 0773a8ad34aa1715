"""A record as it may be shown: headers and the beginning of the body, personal data masked."""

from typing import Any

import orjson

from services.intake.domain.masking import mask_name, mask_text
from services.kernel.record import Record

PREVIEW_BYTES = 4_096
NAMES = frozenset("诉求人 留言用户 姓名 联系人 name sender nickname from_user".split())


def shown(record: Record, *, clear: bool = False) -> dict[str, Any]:
    """Headers and body for the eye; without `clear` no personal data."""
    headers = {name: _text(value) for name, value in record.headers}
    return {
        "headers": headers if clear else {name: mask_text(text) for name, text in headers.items()},
        "bytes": len(record.value or b""),
        "body": _text(record.value)[:PREVIEW_BYTES] if clear else _masked(record.value),
    }


def _text(value: bytes | None) -> str:
    return "(null)" if value is None else value.decode(errors="replace")


def _masked(value: bytes | None) -> str:
    """Masked before it is cut: half a telephone number would not be known as one."""
    try:
        body = orjson.loads(value or b"")
    except orjson.JSONDecodeError:
        return mask_text(_text(value))[:PREVIEW_BYTES]
    return orjson.dumps(_without_persons(body, "")).decode(errors="replace")[:PREVIEW_BYTES]


def _without_persons(body: Any, name: str) -> Any:
    if isinstance(body, dict):
        return {key: _without_persons(value, key) for key, value in body.items()}
    if isinstance(body, list):
        return [_without_persons(value, name) for value in body]
    if isinstance(body, int) and not isinstance(body, bool) and body >= 10**10:
        return mask_text(str(body))
    if not isinstance(body, str):
        return body
    return mask_name(body) if name in NAMES else mask_text(body)
