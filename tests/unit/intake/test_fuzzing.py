"""Hostile input: no adapter falls over, hangs, or makes a report out of nothing.

Valid records of each format are changed where it hurts (values of other kinds, fields gone or
doubled, markup broken, bytes flipped), and plain nonsense is sent. What Hypothesis draws is
tried at many places of a record, because drawing costs far more than reading.
`HUB_FUZZ_INPUTS` says how many inputs each format gets.
"""

import json
import os
import re
from collections.abc import Iterator
from copy import deepcopy
from time import process_time
from typing import Any

import orjson
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from services.intake.adapters.documents import read_document
from services.intake.adapters.envelope import open_envelope
from services.intake.adapters.hotline import WITHOUT_WORDS
from services.intake.adapters.messages import WITHOUT_WORDS as ONLY_PICTURES
from services.intake.adapters.reader import RECOGNISERS, arrival_of
from services.intake.domain.submission import LONGEST_THREAD, Statement
from services.kernel.errors import Unprocessable
from services.kernel.record import Record
from tests.samples import FORMATS, WITH_PICTURES, Sample, record
from tests.unit.intake.records import RECEPTION

INPUTS = int(os.environ.get("HUB_FUZZ_INPUTS", "2500"))
TURNS = 25
"""Places at which each drawn change is tried."""
STEP = 7
LONGEST_SECONDS = 1.0
ALL = {**FORMATS, **WITH_PICTURES}
CONTENTS = ("sha256:", "b'", 'b"')
"""How a picture begins that is told by its content, not by an address."""
OURS = (WITHOUT_WORDS, ONLY_PICTURES)
ODD: list[Any] = [
    None,
    True,
    -1,
    0,
    2**70,
    1e308,
    "",
    " ",
    "\u202e你好\ufeff",
    "nan",
    "1e999",
    "9" * 400,
    "2026-02-30T 25:61:61+99:99",
    "<a>&amp;</a>",
    "𝟙𝟚",
    "x" * 3_000,
    [],
    {},
    [[]],
    [{"a": None}],
    {"a": {"b": []}},
    ["a", 1],
]
MARKUP = [
    b"<a>",
    b"</a>",
    b"<!DOCTYPE a [<!ENTITY e 'x'>]>",
    b"&e;",
    b"&#0;",
    b"&#xD800;",
    b"<![CDATA[",
    b"<a>" * 60,
    b"--edge",
    b"\r\n\r\n",
    b"\x00",
    b"\xff\xfe",
    b'"',
    b"{",
    b"}",
    b",",
    b"\\u0000",
    b"\\ud800",
    b"NaN",
    b"[" * 60,
]
VALUES = st.sampled_from(ODD) | st.text(max_size=12) | st.integers() | st.floats()
CHANGES = st.lists(st.tuples(st.integers(0, 9_999), st.integers(0, 3), VALUES), max_size=4)
CUTS = st.lists(
    st.tuples(
        st.integers(0, 99_999), st.integers(0, 9), st.sampled_from(MARKUP) | st.binary(max_size=4)
    ),
    max_size=2,
)


def nodes(value: Any) -> Iterator[tuple[Any, Any]]:
    """Each place of a JSON value: its holder and its key there."""
    listed = value.items() if isinstance(value, dict) else enumerate(value)
    for key, each in list(listed):
        yield value, key
        if isinstance(each, dict | list):
            yield from nodes(each)


def changed(content: Any, place: int, how: int, value: Any) -> None:
    """Change one place of a JSON value: another value, gone, doubled, under another name."""
    places = list(nodes(content))
    if not places:
        return
    holder, key = places[place % len(places)]
    if how == 0:
        holder[key] = deepcopy(value)
    elif how == 1:
        del holder[key]
    elif how == 2:
        holder[key] = [holder[key], deepcopy(holder[key])]
    elif isinstance(holder, dict):
        holder[str(value)[:50]] = holder.pop(key)


def mutated(sample: Sample, changes: list[Any], cuts: list[Any]) -> bytes:
    """The body of a sample after changes of its structure and of its bytes."""
    body = sample.body
    if body.startswith(b"{") and changes:
        content = orjson.loads(body)
        for place, how, value in changes:
            changed(content, place, how, value)
        body = json.dumps(content, ensure_ascii=False).encode(errors="replace")
    elif changes:
        body = _in_markup(body, changes)
    for place, length, put in cuts:
        at = place % (len(body) + 1)
        body = body[:at] + put + body[at + length :]
    return body


def _in_markup(body: bytes, changes: list[Any]) -> bytes:
    """Changes of XML: an element's text, the element gone, doubled, or renamed."""
    for place, how, value in changes:
        found = list(re.finditer(rb"<(\w+)>([^<]*)</\1>", body))
        if not found:
            break
        element = found[place % len(found)]
        told = str(value)[:200].encode(errors="replace")
        name = element[1]
        put = {
            0: b"<%s>%s</%s>" % (name, told, name),
            1: b"",
            2: element[0] * 2,
            3: b"<x>%s</x>" % element[2],
        }[how]
        body = body[: element.start()] + put + body[element.end() :]
    return body


def leaves(value: Any) -> Iterator[str]:
    """Every text, number and name in a value."""
    if isinstance(value, dict):
        for key, each in value.items():
            yield str(key)
            yield from leaves(each)
    elif isinstance(value, list):
        for each in value:
            yield from leaves(each)
    elif value is not None:
        yield str(value).removesuffix(".0")


def sayings(said: Statement) -> Iterator[str]:
    """What a statement claims that its record says; what intake adds of its own is left out."""
    yield from (said.title, said.text) if not said.camera else re.findall("（(.*)）$", said.text)
    yield from (said.caller.name, said.caller.phone, said.caller.account)
    yield from (said.where.address, said.where.words, said.where.community, said.where.unit)
    yield from (each for each in map(str, said.media) if not each.startswith(CONTENTS))
    if said.camera:
        yield from (said.camera.device, said.camera.channel)
    if said.ticket:
        yield said.ticket.number


def check_origin(said: Statement, told: str, own_id: str) -> None:
    """Fail if a statement says anything that its record does not.

    Each text is in what the record holds, in its order; joined ones piece by piece.
    """
    parts = [re.sub(r"\s", "", each) for each in told.split("\n")]
    haystack = "".join(parts) + re.sub(r"\s", "", own_id)
    for each in sayings(said):
        if each in OURS or each == "unknown" or each.startswith(("未登记", "无代码")):
            continue
        if each.startswith(own_id[:60]) and re.fullmatch(r".*#\d+", each):
            continue
        claim = re.sub(r"\s", "", each)
        assert all(_is_told(piece, parts, haystack) for piece in claim.split("、")), each


def _is_told(piece: str, parts: list[str], haystack: str) -> bool:
    """Whether the record holds it, in one part, or (an address) in several put together."""
    if piece in haystack:
        return True
    for part in sorted(filter(None, set(parts)), key=len, reverse=True):
        piece = piece.replace(part, "")
    return not piece


def examined(topic: str, one: Record) -> int:
    """How many statements a record gives; fails on all that must not happen."""
    began = process_time()
    try:
        letter = open_envelope(one)
        heard = RECOGNISERS[topic](letter)
    except Unprocessable as refused:
        refusal = str(refused)
    else:
        refusal = ""
    assert process_time() - began < LONGEST_SECONDS
    if refusal:
        assert re.search("[\u4e00-\u9fff]", refusal), "a refusal is said in Chinese"
        return 0
    content = read_document(letter).fields
    told = "\n".join(leaves(content))
    assert len(heard) <= sum(1 for holder, key in nodes([content]) if isinstance(holder[key], dict))
    for said in heard:
        check_origin(said, told, letter.id)
        kept = RECEPTION.admit(said, arrival_of(one))
        assert len(kept.thread) <= LONGEST_THREAD and "\x00" not in kept.model_dump_json()
    assert process_time() - began < LONGEST_SECONDS
    return len(heard)


@pytest.mark.parametrize("name", list(ALL))
def test_the_sample_itself_is_heard(name: str) -> None:
    topic, make = ALL[name]
    assert all(examined(topic, record(topic, make(number))) for number in range(12))


@pytest.mark.timeout(0 if INPUTS > 10_000 else 120)
@pytest.mark.parametrize("name", list(ALL))
def test_changed_records_are_heard_or_refused_and_nothing_is_invented(name: str) -> None:
    topic, make = ALL[name]

    @settings(
        max_examples=INPUTS // TURNS,
        phases=[Phase.generate],
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(st.integers(0, 11), CHANGES, CUTS, st.booleans())
    def hold(number: int, changes: list[Any], cuts: list[Any], named: bool) -> None:
        for turn in range(0, TURNS * STEP, STEP):
            sample = make(number + turn)
            headers = sample.headers if named else {}
            body = mutated(
                sample,
                [(place + turn, how, value) for place, how, value in changes],
                [(place + turn * STEP, length, put) for place, length, put in cuts],
            )
            examined(topic, record(topic, Sample(body, headers)))

    hold()


@pytest.mark.timeout(0 if INPUTS > 10_000 else 120)
@pytest.mark.parametrize("topic", list(RECOGNISERS))
def test_nonsense_is_refused(topic: str) -> None:
    @settings(max_examples=INPUTS, phases=[Phase.generate], deadline=None, database=None)
    @given(st.binary(max_size=200) | st.lists(st.sampled_from(MARKUP)).map(b"".join))
    def hold(body: bytes) -> None:
        assert examined(topic, record(topic, Sample(body))) == 0

    hold()
