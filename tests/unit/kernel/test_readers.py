"""Reading never raises: whatever is thrown at a topic, only the bad record is rejected."""

import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace

import pytest

from services.kernel.record import ORIGIN, Readers, Record, cloudevents
from tests.unit.kernel.toy import Added, headers_of, record

LIMIT = 10_000
GOOD = Added(subject_id="井盖-1")


def readers() -> Readers:
    return Readers({"toy.added": cloudevents([Added])}, LIMIT)


def broken(**headers: str | bytes | None) -> Record:
    return replace(record(7, GOOD), headers=headers_of("a", GOOD.subject_id, **headers))


def with_body(value: bytes | None) -> Record:
    return replace(record(7, GOOD), value=value)


def without(name: str) -> Record:
    whole = record(7, GOOD)
    return replace(whole, headers=[each for each in whole.headers if each[0] != name])


POISON: dict[str, Callable[[], Record]] = {
    "a header that is not UTF-8": lambda: broken(ce_id=b"\xff\xfe"),
    "a strange header that is not UTF-8": lambda: broken(colour=b"\xc3\x28"),
    "a header that is null": lambda: broken(ce_source=None),
    "a header with NUL": lambda: broken(ce_id="a\x00b"),
    "JSON that is nested too deeply": lambda: with_body(b"[" * 4_900 + b"]" * 4_900),
    "an object that is nested too deeply": lambda: with_body(
        b'{"a":' * 1_900 + b"1" + b"}" * 1_900
    ),
    "a tombstone": lambda: with_body(None),
    "an empty body": lambda: with_body(b""),
    "a body that is too large": lambda: with_body(b'{"subject_id":"' + b"x" * LIMIT + b'"}'),
    "a body that is not UTF-8": lambda: with_body(b'{"subject_id":"\xff\xfe"}'),
    "a body that is no JSON": lambda: with_body(b"<xml/>"),
    "a body that is a list": lambda: with_body(b"[]"),
    "a body of bytes": lambda: with_body(os.urandom(64)),
    "a field of the wrong type": lambda: with_body(
        '{"subject_id":"井盖-1","amount":"many"}'.encode()
    ),
    "a field that is missing": lambda: with_body(b'{"amount":1}'),
    "a whole number without end": lambda: with_body(
        '{"subject_id":"井盖-1","amount":'.encode() + b"9" * 5_000 + b"}"
    ),
    "NUL in the body": lambda: with_body(b'{"subject_id":"a\\u0000b"}'),
    "half a surrogate pair": lambda: with_body(b'{"subject_id":"\\ud800"}'),
    "NaN": lambda: with_body('{"subject_id":"井盖-1","amount":NaN}'.encode()),
    "infinity": lambda: with_body('{"subject_id":"井盖-1","amount":Infinity}'.encode()),
    "an unknown version of CloudEvents": lambda: broken(ce_specversion="2.0"),
    "no version of CloudEvents": lambda: without("ce_specversion"),
    "an unknown ce_type": lambda: broken(ce_type="toy.added.v99"),
    "no ce_type": lambda: without("ce_type"),
    "no ce_id": lambda: without("ce_id"),
    "an empty ce_id": lambda: broken(ce_id=""),
    "a ce_id without end": lambda: broken(ce_id="x" * 257),
    "no ce_source": lambda: without("ce_source"),
    "no ce_subject": lambda: without("ce_subject"),
    "another subject than the body's": lambda: broken(ce_subject="井盖-2"),
    "a ce_sequence of words": lambda: broken(ce_sequence="first"),
    "a ce_sequence of 0": lambda: broken(ce_sequence="0"),
    "a negative ce_sequence": lambda: broken(ce_sequence="-1"),
    "a ce_sequence that is no whole number": lambda: broken(ce_sequence="1.5"),
    "a ce_sequence in other digits": lambda: broken(ce_sequence="１２"),
    "a ce_sequence that overflows": lambda: broken(ce_sequence="9999999999"),
    "a topic that nobody reads": lambda: replace(record(7, GOOD), topic="toy.unknown"),
}


@pytest.mark.parametrize("kind", POISON)
def test_poison_is_rejected_alone_and_the_rest_of_the_batch_is_read(kind: str) -> None:
    batch = [record(6, GOOD, ce_id="before"), POISON[kind](), record(8, GOOD, ce_id="after")]
    messages, rejected = readers().read(batch)
    assert [each.id for each in messages] == ["before", "after"]
    assert [each.record for each in rejected] == [batch[1]]
    assert rejected[0].error and rejected[0].reason


@pytest.mark.parametrize("kind", POISON)
def test_the_reason_never_quotes_the_body(kind: str) -> None:
    secret = "手机13812345678"
    poison = POISON[kind]()
    if poison.value:
        poison = replace(poison, value=poison.value.replace("井盖-1".encode(), secret.encode()))
    _, rejected = readers().read([poison])
    assert rejected and secret not in rejected[0].reason


def test_all_kinds_of_poison_in_one_batch_leave_the_good_ones_in_their_order() -> None:
    batch: list[Record] = []
    for number, make in enumerate(POISON.values()):
        batch += [make(), record(number, GOOD, ce_id=f"good-{number}")]
    messages, rejected = readers().read(batch)
    assert [each.id for each in messages] == [f"good-{number}" for number in range(len(POISON))]
    assert len(rejected) == len(POISON)


def test_a_field_that_only_a_later_version_knows_is_ignored() -> None:
    later = with_body('{"subject_id":"井盖-1","amount":3,"from_the_future":[1]}'.encode())
    messages, rejected = readers().read([later])
    assert not rejected
    assert messages[0].event == Added(subject_id="井盖-1", amount=3)


def test_a_record_is_read_with_all_that_its_headers_say() -> None:
    (read,), _ = readers().read([record(7, GOOD, ce_id="a", sequence=12, ce_correlationid="whole")])
    assert (read.id, read.source, read.subject, read.sequence) == ("a", "street", "井盖-1", 12)
    assert read.correlation == "whole"


def test_a_message_without_a_correlation_begins_one() -> None:
    (read,), _ = readers().read([record(7, GOOD, ce_id="a")])
    assert (read.correlation, read.sequence, read.waited) == ("a", None, 0.0)


def test_topics_are_read_in_the_order_of_travel_and_each_in_its_own() -> None:
    both = {"reports": cloudevents([Added]), "cases": cloudevents([Added], express=True)}
    batch = [
        record(n, GOOD, topic=t) for n, t in enumerate(("cases", "reports", "cases", "reports"))
    ]
    messages, _ = Readers(both, LIMIT, {"reports": 0, "cases": 1}).read(batch)
    found = [(each.record.topic, each.record.offset) for each in messages if each.record]
    assert found == [("reports", 1), ("reports", 3), ("cases", 0), ("cases", 2)]
    assert [each.express for each in messages] == [False, False, True, True]


def test_a_redriven_record_keeps_the_place_where_it_stood_first() -> None:
    again = replace(record(99, GOOD), headers=[(ORIGIN, b"toy.added/0/7")])
    assert again.origin == "toy.added/0/7"
    assert record(7, GOOD).origin == again.origin


def test_identity_is_of_source_and_id_together() -> None:
    same, other = headers_of("a", "井盖-1"), headers_of("a", "井盖-1", ce_source="river")
    batch = [replace(record(n, GOOD), headers=each) for n, each in enumerate((same, same, other))]
    first, second, third = readers().read(batch)[0]
    assert first.identity == second.identity != third.identity
    assert len(first.identity) == 16


def test_without_the_safe_parser_one_bad_record_takes_the_batch_with_it() -> None:
    """The control: the drill switch does switch the safeguard off."""
    program = (
        "from tests.unit.kernel.test_readers import *\n"
        "readers().read([record(1, GOOD), broken(ce_id=b'\\xff')])"
    )
    env = os.environ | {"HUB_DRILL_WITHOUT": "parser"}
    done = subprocess.run(
        [sys.executable, "-c", program], env=env, capture_output=True, text=True, check=False
    )
    assert done.returncode != 0 and "is not UTF-8" in done.stderr
