"""JSON from strangers: anything that two parsers could read differently is refused."""

import json
import math
from codecs import BOM_UTF8
from collections.abc import Iterator
from typing import Any

from services.kernel.errors import Unprocessable

DEEPEST = 32
OPENING = (b"{", b"[")


def strict_json(body: bytes) -> Any:
    """Parse JSON. Raises Unprocessable, with a sentence that quotes nothing of the body, for
    duplicate keys, NaN and infinities, lone surrogates, NUL, more than 32 levels, bad UTF-8.
    """
    try:
        parsed = _DECODER.decode(body.removeprefix(BOM_UTF8).decode())
        if b"\\u" in body:
            _refuse_bad_characters(body, parsed)
    except UnicodeError:
        raise Unprocessable("正文不是有效的 UTF-8 文本") from None
    except RecursionError:
        raise Unprocessable(f"正文嵌套过深，最多 {DEEPEST} 层") from None
    except ValueError:
        raise Unprocessable("正文不是有效的 JSON") from None
    if sum(body.count(each) for each in OPENING) > DEEPEST and _depth(parsed) > DEEPEST:
        raise Unprocessable(f"正文嵌套过深，最多 {DEEPEST} 层")
    return parsed


def strict_object(body: bytes) -> dict[str, Any]:
    """Parse JSON that must be an object."""
    parsed = strict_json(body)
    if not isinstance(parsed, dict):
        raise Unprocessable("正文应为一个 JSON 对象")
    return parsed


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise Unprocessable("正文中有重复的键")
    return found


def _refuse_constant(name: str) -> Any:
    raise Unprocessable("正文中有 NaN 或无穷大")


def _finite(digits: str) -> float:
    number = float(digits)
    if not math.isfinite(number):
        raise Unprocessable("正文中有 NaN 或无穷大")
    return number


def _refuse_bad_characters(body: bytes, parsed: Any) -> None:
    """Escapes can hide what UTF-8 can not hold: half a surrogate pair, NUL."""
    if b"\\u0000" in body:
        raise Unprocessable("正文中有 NUL 字符")
    json.dumps(parsed, ensure_ascii=False).encode()


def _depth(parsed: Any) -> int:
    level, deepest = [parsed], 0
    while level:
        level = [child for each in level for child in _children(each)]
        deepest += 1
        if deepest > DEEPEST:
            break
    return deepest


def _children(value: Any) -> Iterator[Any]:
    if isinstance(value, dict):
        return (each for each in value.values() if isinstance(each, dict | list))
    if isinstance(value, list):
        return (each for each in value if isinstance(each, dict | list))
    return iter(())


_DECODER = json.JSONDecoder(
    object_pairs_hook=_unique, parse_constant=_refuse_constant, parse_float=_finite
)
