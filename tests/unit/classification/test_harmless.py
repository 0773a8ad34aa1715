"""Who says that nobody is in danger outweighs the model, but no word of the lexicon."""

import pytest

from services.classification.domain.harmless import is_harmless
from services.classification.domain.verdict import Thresholds, Verdict, judge
from services.reference.catalogue import load_catalogue

CATALOGUE = load_catalogue()
ALARMED = Verdict((("91010", 0.9), ("91005", 0.1)), 0.9, 0.95, "城乡建设", 0.9, ())
LIMITS = Thresholds(report=0.5, danger=0.5, life=0.5)


@pytest.mark.parametrize(
    "text",
    [
        "大树压扁两辆车，里头没人",
        "变压器闪了一下，没有起火",
        "迷路的老人已联系到家属",
        "楼道摔了一跤，现在清醒",
        "我孙子乱按的，对不起",
        "立管锈蚀，无泄漏",
        "捡到个迷路的小妹妹，在门岗，安全",
    ],
)
def test_who_says_so_is_believed(text: str) -> None:
    assert is_harmless(text)


@pytest.mark.parametrize(
    "text",
    [
        "敲门没人应，里面有哼哼的声音",
        "按铃没人理我，灯都熄了",
        "她跟每个人都说了谢谢，电话关机",
        "视频里看见公公趴在厨房",
        "我老婆脸红得不正常，摇不醒",
        "保安去敲门里面没人，味道冲得很",
        "对门老人没动静，已联系家属和开锁师傅",
        "就想问你们一句，人走了疼不疼",
        "屋里没人应，水一直在流",
    ],
)
def test_what_only_sounds_like_it_is_not_believed(text: str) -> None:
    assert not is_harmless(text)


def test_it_outweighs_the_model_but_no_word_and_no_source() -> None:
    def danger(alarming: str | None = None, *, express: bool = False) -> bool:
        return judge(ALARMED, CATALOGUE, LIMITS, alarming, express=express, harmless=True).is_danger

    assert judge(ALARMED, CATALOGUE, LIMITS).is_danger
    assert not danger()
    assert danger("浓烟") and danger(express=True)
