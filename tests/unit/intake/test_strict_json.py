"""JSON from strangers: what is hostile is refused with a sentence that quotes nothing of it."""

import json

import pytest

from services.intake.adapters.strict_json import strict_json, strict_object
from services.kernel.errors import Unprocessable


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        (b'{"a": 1, "a": 2}', "重复的键"),
        (b'{"a": {"b": 1, "b": 1}}', "重复的键"),
        (b'{"a": NaN}', "NaN"),
        (b'{"a": -Infinity}', "NaN"),
        (b'{"a": 1e999}', "NaN"),
        (b"[" * 40 + b"]" * 40, "嵌套过深"),
        (b"[" * 100_000 + b"]" * 100_000, "嵌套过深"),
        (b'{"a":' * 100_000, "嵌套过深"),
        (b'{"a": "\xff\xfe"}', "UTF-8"),
        (b'{"a": "\\ud800"}', "UTF-8"),
        (b'{"a": "\\u0000"}', "NUL"),
        (b'{"a": 13800138000', "不是有效的 JSON"),
        (b'{"a": "tab\there"}', "不是有效的 JSON"),
        (b"9" * 5_000, "不是有效的 JSON"),
        (b"", "不是有效的 JSON"),
    ],
)
def test_hostile_json_is_refused_with_a_sentence(body: bytes, sentence: str) -> None:
    with pytest.raises(Unprocessable, match=sentence) as refused:
        strict_json(body)
    assert "13800138000" not in str(refused.value)


def test_honest_json_is_read_whatever_its_escapes_and_its_byte_order_mark() -> None:
    body = b"\xef\xbb\xbf" + json.dumps({"诉求": "漏水😀", "n": [1, 2.5, None]}).encode()
    assert strict_json(body) == {"诉求": "漏水😀", "n": [1, 2.5, None]}


def test_many_braces_side_by_side_are_not_deep() -> None:
    assert len(strict_json(json.dumps([{}] * 100).encode())) == 100


def test_a_list_is_not_an_object() -> None:
    with pytest.raises(Unprocessable, match="JSON 对象"):
        strict_object(b"[]")
