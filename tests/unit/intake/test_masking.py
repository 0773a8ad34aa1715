"""Masking: nothing that identifies a person survives, and nothing else is lost."""

import re
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.intake.domain.masking import is_identity_card, mask_known, mask_name, mask_text

CHINESE = st.text(alphabet="我家楼下有一股味道，请来看看！电话是的住在小区", max_size=30)


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("我电话13800138000", "我电话138****8000"),
        ("１３８００１３８０００，３栋１２０１", "138****8000，3栋***"),
        ("打138-0013-8000或+86 13900139000", "打138****8000或139****9000"),
        ("008613800138000", "138****8000"),
        ("座机028-87654321，备用0816-2345678", "座机028****4321，备用0816****5678"),
        ("身份证51010419900101123X", "身份证510104********123X"),
        ("身份证号510104900101123", "身份证号***"),
        ("川A12345和川AD12345停在门口", "川A***45和川A***45停在门口"),
        ("微信号:abc_12345，QQ 12345678", "微信号:***，QQ ***"),
        ("发到wang.x@qq.com", "发到w***@qq.com"),
        ("我的号一三八零零一三八零零零", "我的号***"),
        ("我叫王小明住在这里", "我叫王**住在这里"),
        ("联系人：欧阳娜娜。", "联系人：欧阳**。"),
        ("3栋2单元1201漏水", "3栋***漏水"),
        ("G2 栋 3 单元 502", "G2 栋***"),
        ("4幢201", "4幢***"),
        ("湖畔居3-2-602，急", "湖畔居3-***，急"),
        ("3单元601全是烟", "***全是烟"),
        ("12号1201室", "12号***"),
        ("一栋七单元606", "一栋***"),
    ],
)
def test_personal_data_becomes_stars(said: str, kept: str) -> None:
    assert mask_text(said) == kept


@pytest.mark.parametrize(
    "said",
    [
        "青江里5栋8楼窗户在冒黑烟",
        "9栋楼下，6号门，三楼平台",
        "网格510108004003001001有3个单元",
        "3栋2019年建成，2024-05-01 10:30来过",
        "300-1200元，拨打12345或119",
        "工单20190228112505123",
        "联系人是王先生",
        "",
    ],
)
def test_what_identifies_nobody_stays(said: str) -> None:
    assert mask_text(said) == said


@given(before=CHINESE, after=CHINESE, number=st.from_regex(r"1[3-9]\d{9}", fullmatch=True))
def test_no_mobile_number_survives_wherever_it_stands(before: str, after: str, number: str) -> None:
    masked = mask_text(before + number + after)
    assert number not in masked and not re.search(r"1[3-9]\d{9}", masked)


@given(
    before=CHINESE,
    area=st.sampled_from(["510104", "110101", "440305"]),
    born=st.dates(date(1900, 1, 1), date(2099, 12, 31)),
    order=st.integers(0, 999),
    check=st.sampled_from("0123456789X"),
)
def test_no_identity_number_survives_even_with_a_wrong_check_digit(
    before: str, area: str, born: date, order: int, check: str
) -> None:
    number = f"{area}{born:%Y%m%d}{order:03d}{check}"
    assert number not in mask_text(before + number)


@given(st.text(alphabet="0123456789 -+()栋单元室号房张三川A@.微信电话：", max_size=60))
def test_masking_never_fails_and_leaves_no_mobile_number(said: str) -> None:
    assert not re.search(r"(?<!\d)1[3-9]\d{9}(?!\d)", mask_text(said))


def test_a_number_with_a_right_check_digit_is_an_identity_card() -> None:
    assert is_identity_card("11010519491231002X")
    assert not is_identity_card("110105194912310021")


def test_a_name_keeps_its_family_name_only() -> None:
    assert (mask_name("王小明"), mask_name("欧阳娜娜"), mask_name(" ")) == ("王**", "欧阳**", "")


def test_the_callers_own_name_and_number_are_masked_wherever_they_stand() -> None:
    said = "张三丰反映，张三丰的号是87654321"
    assert mask_known(said, "张三丰", "87654321") == "张**反映，张**的号是876****"
