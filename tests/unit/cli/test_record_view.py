import orjson

from services.cli.record_view import PREVIEW_BYTES, shown
from services.kernel.record import Record

TICKET = {
    "诉求人": "王某某",
    "诉求人电话": "13800000001",
    "诉求内容": "打 13800000002 找我",
    "n": 13800000003,
}


def record(value: bytes | None) -> Record:
    return Record("t", 0, 0, 0, None, value, [("ce_id", b"e"), ("phone", b"13800000004")])


def test_personal_data_is_masked_in_headers_and_body() -> None:
    found = str(shown(record(orjson.dumps(TICKET))))
    assert "1380000000" not in found
    assert "某某" not in found


def test_a_body_that_is_no_json_is_masked_too() -> None:
    assert "13800000005" not in str(shown(record("找我 13800000005 <".encode())))


def test_a_number_that_lies_across_the_cut_is_masked() -> None:
    text = "长" * (PREVIEW_BYTES - 6) + "13800000006"
    assert "13800" not in shown(record(text.encode()))["body"]


def test_in_clear_everything_is_shown() -> None:
    found = str(shown(record(orjson.dumps(TICKET)), clear=True))
    assert "王某某" in found and "13800000001" in found and "13800000004" in found


def test_a_tombstone_is_shown_as_null() -> None:
    assert shown(record(None), clear=True)["body"] == "(null)"
