"""Danger to life takes the express lane; what only sounds like it does not."""

import pytest

from schemas.report import Source
from services.intake.domain.danger import HORIZON, danger_in, is_alarming, is_hinted


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
        "",
    ],
)
def test_what_only_sounds_dangerous_stays_in_the_ordinary_lane(said: str) -> None:
    assert danger_in(said) is None


def test_only_the_beginning_of_a_text_is_read() -> None:
    assert danger_in("路" * HORIZON + "着火了") is None


def test_a_category_of_danger_that_the_source_chose_is_believed_unless_it_is_over() -> None:
    assert is_hinted("91007", "3栋电梯停在半空")
    assert not is_hinted("91007", "电梯困人演练，请知悉")
    assert not is_hinted("09009", "车辆违停") and not is_hinted(None, "电梯停在半空")


def test_a_thrown_object_seen_by_a_camera_is_express_and_a_parked_car_is_not() -> None:
    assert is_alarming(Source.CAMERA, "91001")
    assert not is_alarming(Source.CAMERA, "09009")
    assert not is_alarming(Source.WORKER, "91001")
