"""Texts about one theme are found together, and chains of likeness fall apart."""

from services.classification.adapters.themes import themes
from services.classification.domain.linkage import average_linkage

MIXER = (
    "青禾新城旁边建搅拌站\n搅拌站日夜加工，粉尘大，窗户不敢开",
    "投诉青禾新城附近搅拌站噪音扰民\n半夜还在搅拌，老人睡不着",
    "青禾新城搅拌站污染环境\n搅拌站的粉尘落满阳台",
)
SUBSIDY = (
    "咨询购房补贴发放\n人才购房补贴什么时候到账",
    "人才购房补贴申请不通过\n材料交齐了，购房补贴还是没有通过",
    "人才购房补贴的疑问\n请问公寓能不能申请购房补贴",
)
OTHERS = (
    "公交线路调整\n三路车为什么改道，上班不方便",
    "幼儿园学位\n片区幼儿园没有学位了怎么办",
)


def test_those_who_speak_of_one_theme_are_together_and_others_alone() -> None:
    found = themes([*MIXER, *SUBSIDY, *OTHERS])
    assert found == [0, 0, 0, 3, 3, 3, 6, 7]


def test_none_and_one_are_no_groups() -> None:
    assert themes([]) == [] and themes(["只有一条"]) == [0]
    assert themes(["", ""]) == [0, 1]


def test_a_chain_of_single_links_does_not_hold_together() -> None:
    chain = [(number, number + 1, 0.5) for number in range(9)]
    whole = [(one, other, 0.5) for one in range(9) for other in range(one + 1, 10)]
    assert len(set(average_linkage(10, chain, 0.3))) > 3
    assert average_linkage(10, whole, 0.3) == [0] * 10
