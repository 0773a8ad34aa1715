"""The difference that other rules make, drawn."""

from collections import Counter

from defusedxml.ElementTree import fromstring

from services.cli.replay_picture import picture
from services.dispatch.domain.replaying import Comparison


def test_each_outcome_has_two_bars_as_long_as_it_is_frequent() -> None:
    found = Comparison(
        total=5,
        before=Counter({("level", "微网格员"): 4, ("level", "社区值班"): 1}),
        after=Counter({("level", "社区值班"): 5}),
    )
    drawn = fromstring(picture(found))
    widths = [float(each.get("width") or 0) for each in drawn.iter() if each.get("height") == "10"]
    assert widths == [4 / 5 * 520, 0, 1 / 5 * 520, 520]


def test_a_rule_s_name_can_not_break_the_picture() -> None:
    name = '<script>"&'
    found = Comparison(total=1, before=Counter({("rule", name): 1}))
    texts = [each.text or "" for each in fromstring(picture(found)).iter()]
    assert any(name in text for text in texts)


def test_nothing_to_compare_is_an_empty_picture() -> None:
    assert "0 个事件" in picture(Comparison())
