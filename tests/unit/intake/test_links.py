"""Links and openings: what a link proves, and who may see clear text."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.intake.domain.links import Grant, read, sign
from services.intake.domain.opening import Asking, refusal
from tests.unit.intake.records import NOON

KEY = b"a key for links"
GRANT = Grant("W-1", "I-1", 2, int((NOON + timedelta(hours=1)).timestamp()))
ROLES = ("duty_leader",)


def test_a_link_proves_what_was_signed_until_it_expires() -> None:
    link = sign(GRANT, KEY)
    assert read(link, KEY, NOON) == GRANT
    assert read(link, KEY, NOON + timedelta(hours=1)) is None
    assert read(link, b"another key", NOON) is None


@given(st.integers(0, len(sign(GRANT, KEY)) - 1), st.sampled_from("Aa0.-_="))
def test_a_link_that_was_changed_anywhere_proves_nothing(at: int, other: str) -> None:
    link = sign(GRANT, KEY)
    changed = link[:at] + other + link[at + 1 :]
    assert changed == link or read(changed, KEY, NOON) is None


@pytest.mark.parametrize("link", ["", ".", "a.b", "é.b", "x" * 9_999, "." * 50])
def test_what_is_no_link_proves_nothing(link: str) -> None:
    assert read(link, KEY, datetime.now(UTC)) is None


@pytest.mark.parametrize(
    ("asking", "said"),
    [
        (Asking("clerk", "D-7", "核实来电人"), "无权"),
        (Asking("", "D-7", "核实来电人"), "无权"),
        (Asking("duty_leader", " ", "核实来电人"), "工号"),
        (Asking("duty_leader", "D-7", "看看"), "事由"),
    ],
)
def test_clear_text_stays_closed_without_role_name_and_reason(asking: Asking, said: str) -> None:
    assert said in (refusal(asking, ROLES) or "")


def test_a_role_with_a_name_and_a_reason_may_see_it() -> None:
    assert refusal(Asking("duty_leader", "D-7", "核实来电人"), ROLES) is None
