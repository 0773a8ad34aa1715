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
        ("身份证号510104900101123", "身份证号510104********1123"),
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
        "影响居民安全，请尽快处理",
        "住户全吵醒。",
        "司机师傅陪着，王女士在等",
        "1、3、5、7、9、11、13、15、17号楼都停水",
        "2024年5月1日10:30，5-6天没水，8-100人",
        "网格510108004003001已巡查",
        "订单2024050110301234567",
        "一家人👨‍👩‍👧住这里",
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


@pytest.mark.parametrize(
    ("said", "hidden"),
    [
        ("手机139.5173.8264", "8264"),
        ("手机139－5173－8264", "5173"),
        ("手机139　5173　8264", "5173"),
        ("1 3 9 5 1 7 3 8 2 6 4", "3 8 2 6 4"),
        ("139_5173_8264", "5173"),
        ("139—5173—8264或139/5173/8264", "5173"),
        ("139，5173，8264", "5173"),
        ("139\u200b5173\u200b8264", "5173"),
        ("①③⑨⑤①⑦③⑧②⑥④", "⑧②"),
        ("一三九 五一七三 八二六四", "五一七三"),
        ("一三九，五一七三，八二六四", "五一七三"),
        ("壹叁玖伍壹柒叁捌贰陆肆", "伍壹柒叁"),
        ("一3九5一7三8二6四", "三8二"),
        ("证件是51010819730412621Ｘ", "19730412"),
        ("5101 0819 7304 1262 18", "7304"),
        ("510108730412621", "730412"),
        ("证件号码：510108730412621", "730412"),
        ("残疾证51010819730412621844", "19730412"),
        ("（028）8526 3917", "8526"),
        ("028-8526-3917", "8526"),
        ("座机：8526 3917", "3917"),
        ("固话8526-3917", "8526"),
        ("卡号6222 0212 3456 7894", "0212"),
        ("护照E12345678", "12345678"),
        ("川A-7T3X9堵门", "7T3X9"),
        ("川 A7T3X9堵门", "7T3X9"),
        ("川Ａ７Ｔ３Ｘ９堵门", "７Ｔ３"),
        ("新能源川AD48213", "D4821"),
        ("货车川A12345D", "12345"),
        ("车牌A7T3X9", "7T3X9"),
        ("三单元一七零四", "一七零四"),
        ("3单元17-4", "17-4"),
        ("3栋1单元17层1704", "1704"),
        ("17楼4号漏水", "17楼4号"),
        ("十七楼四号", "四号"),
        ("楼下401住户", "401"),
        ("我住401的", "401"),
        ("1-401一直吵", "401"),
        ("我姓钱，叫钱样本", "样本"),
        ("本人钱样本，住这里", "样本"),
        ("居民钱样本反映", "样本"),
        ("楼上邻居钱样本，", "样本"),
        ("找钱样本先生", "样本"),
        ("欧阳试样女士说的", "试样"),
        ("我妈叫刘阿秀", "阿秀"),
        ("wang.x＠qq.com", "ang.x"),
    ],
)
def test_whoever_writes_it_otherwise_is_masked_too(said: str, hidden: str) -> None:
    assert hidden in said and hidden not in mask_text(said)


@given(
    before=CHINESE,
    digits=st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True),
    gaps=st.lists(
        st.sampled_from(["", " ", "-", "－", ".", "　", "\u200b"]), min_size=10, max_size=10
    ),
    wide=st.booleans(),
)
def test_no_gaps_and_no_width_hide_a_mobile_number(
    before: str, digits: str, gaps: list[str], wide: bool
) -> None:
    written = "".join(map("".join, zip(digits, [*gaps, ""], strict=True)))
    if wide:
        written = written.translate({ord(each): ord(each) + 0xFEE0 for each in "0123456789"})
    left = re.sub(r"\D", "", mask_text(before + written))
    assert digits not in left


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
