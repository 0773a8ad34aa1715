"""Danger to life takes the express lane; what only sounds like it does not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.reference.danger import DANGERS, HORIZON, LEXICON, danger_in


@pytest.mark.parametrize(
    ("said", "word"),
    [
        ("3栋楼道煤气泄漏，快来人", "煤气泄漏"),
        ("有没有闻到燃气味？4栋好重", "燃气味"),
        ("着火了着火了！", "着火"),
        ("楼上窗户冒烟", "冒烟"),
        ("有人昏倒在门口", "昏倒"),
        ("有个人要跳楼", "跳楼"),
        ("配电房爆炸了", "爆炸"),
        ("有人触电了", "触电"),
        ("电梯困了两个人", None),
        ("小孩落水", "落水"),
        ("花盆从楼上砸下来，砸到一个阿姨", None),
        ("培训机构着火了", "着火"),
        ("不是停气！是漏气！", "漏气"),
        ("烧烤店后厨冒浓烟", "浓烟"),
        ("一股烧塑料的味道，楼道全是黑烟", "黑烟"),
        ("真着火了，快来", "着火"),
        ("我妈怎么都摇不醒", "摇不醒"),
        ("我家娃跑丢了", "娃跑丢了"),
    ],
)
def test_danger_to_life_is_found_and_named(said: str, word: str | None) -> None:
    found = danger_in(said)
    assert found is not None
    assert word is None or found == word


@pytest.mark.parametrize(
    "said",
    [
        "灭火器过期了",
        "昨天消防演练，烟雾是假的，没有着火",
        "社区开展燃气泄漏应急培训",
        "热水器打不着火",
        "消防通道被堵，万一着火消防车进不来",
        "刚才响的是鞭炮，不是爆炸",
        "电视剧里跳楼那段太真了",
        "未发现燃气泄漏",
        "可能导致坍塌压伤行人，随时会爆炸",
        "上周三楼着火",
        "我想咨询医保",
        "河滩上天天有人烧垃圾，黑烟滚滚",
        "楼下烧烤摊整条街都在冒烟",
        "凉亭地上全是烟头",
        "救命的那条道上画了车位",
        "路面散落水泥浆",
        "火苗只有黄豆大，水烧不开",
        "路烂得摩托车经过要跳",
        "玻璃瓶甩下来，就砸在小孩滑滑梯旁边",
        "刚才打起来那两个现在分开了",
        "想死你了，啥时候回来耍",
        "差一点砸我头上",
        "有个老人坐在店里，像是走丢的，你们来看看",
        "",
    ],
)
def test_what_only_sounds_dangerous_stays_in_the_ordinary_lane(said: str) -> None:
    assert danger_in(said) is None


def test_only_the_beginning_of_a_text_is_read() -> None:
    assert danger_in("路" * HORIZON + "着火了") is None


@given(st.data())
def test_each_danger_has_a_character_that_it_is_looked_for_by(
    data: st.DataObject,
) -> None:
    row = data.draw(st.integers(0, len(LEXICON) - 1))
    words = data.draw(st.from_regex(DANGERS[row], fullmatch=True))
    assert set(LEXICON[row][0]) & set(words)
