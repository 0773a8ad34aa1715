"""Each link of the chain of evidence is bound to the one before: whatever is changed shows."""

from dataclasses import replace
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from services.feedback.domain.evidence import Entry, Link, What, broken, linked
from tests.unit.feedback.cases import NOON, minutes

ENTRIES = [Entry(what, f"I{n}", "W-1", "d" * n, "理由", '{"n":1}') for n, what in enumerate(What)]
CHAIN = linked(ENTRIES, 0, "", NOON)


def test_a_chain_that_nobody_touched_holds_and_goes_on_where_it_ended() -> None:
    assert list(broken(CHAIN)) == []
    further = linked(ENTRIES, CHAIN[-1].number, CHAIN[-1].hash, minutes(5))
    assert list(broken([*CHAIN, *further])) == []
    assert list(broken(further, CHAIN[-1].number, CHAIN[-1].hash)) == []


@given(
    st.integers(0, len(CHAIN) - 1),
    st.sampled_from(["what", "incident_id", "who", "digest", "reason", "about"]),
    st.text(min_size=1),
)
def test_a_changed_word_is_found_at_its_row(place: int, name: str, word: str) -> None:
    link = CHAIN[place]
    if str(getattr(link.entry, name)) == word:
        return
    changed: list[Link] = list(CHAIN)
    other: dict[str, Any] = {name: word}
    changed[place] = replace(link, entry=replace(link.entry, **other))
    (fault,) = broken(changed)
    assert fault.startswith(f"第 {place + 1} 条") and "被改动过" in fault


def test_another_moment_another_order_and_a_hole_are_found() -> None:
    late = [*CHAIN[:-1], replace(CHAIN[-1], at=minutes(1))]
    assert list(broken(late)) == ["第 5 条（事件 I4）被改动过：与其摘要不符"]
    assert list(broken([CHAIN[0], *CHAIN[2:]])) == ["第 2 条缺失：后面是第 3 条"]
    forged = linked(ENTRIES[1:2], 1, "0" * 64, NOON)
    assert list(broken([CHAIN[0], *forged, *CHAIN[2:]])) == [
        "第 2 条没有接上第 1 条：其中一条被替换过",
        "第 3 条没有接上第 2 条：其中一条被替换过",
    ]
