"""The surge rules as a street writes them."""

import pytest

from services.dispatch.adapters.surge_file import load_surge
from services.dispatch.domain.surge import SurgeRules
from services.dispatch.domain.surge_file import read_surge
from services.reference.rule_files import RuleFileError


def test_the_shipped_file_says_what_the_rules_say_of_themselves() -> None:
    assert load_surge(None) == SurgeRules() == read_surge("{}")
    assert read_surge("enabled: false") is None


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("enter: 1\nleave: 2\n", "surge.yaml:2: leave：不能大于 enter"),
        ("enter: 0.1\n", "surge.yaml:1: leave：不能大于 enter"),
        ("window_seconds: 15\nwindw: 3\n", "surge.yaml:2: windw：没有这样的项目"),
        (
            "patience_minutes: 190\n",
            "surge.yaml:1: patience_minutes：不能大于 longest_wait_minutes",
        ),
        ("enter: 2\n\nreserve_percent: 160\n", "surge.yaml:3: reserve_percent"),
        ("answer_seconds: 200\n", "surge.yaml:1: answer_seconds：应小于 reach_minutes"),
    ],
)
def test_a_file_that_can_not_be_meant_is_refused_with_its_line(text: str, told: str) -> None:
    with pytest.raises(RuleFileError, match=told):
        read_surge(text)
