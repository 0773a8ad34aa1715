"""Doors: the worker who must go there finds the door, and learns no name and no number."""

import pytest

from services.intake.domain.doors import doors_in


@pytest.mark.parametrize(
    ("said", "doors"),
    [
        ("我是钱样本，松苑一期1栋6单元2203室漏水，打15863920471", "1栋6单元2203室"),
        ("３单元１７０４全是烟", "3单元1704"),
        ("楼上302室滴到楼下202室", "302室；202室"),
        ("17楼4号漏水", "17楼4号"),
        ("路灯坏了，电话13951738264", ""),
    ],
)
def test_only_the_doors_of_a_text_are_told(said: str, doors: str) -> None:
    assert doors_in(said) == doors
