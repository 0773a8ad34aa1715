"""Masking: nothing that identifies a person survives, and nothing else is lost."""

import re
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.intake.domain.masking import mask_known, mask_name, mask_text

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


WRITTEN_OTHERWISE = """
手机(139)51738264 51738264
手机（139）5173-8264 5173
13951 738264 738264
139 517 38264 38264
0086 13951738264 5173
1395173 8264 5173
手机13951738264转3 5173
028-85123456转8001 85123456
0835-2234567 2234567
座机号码：8512-3456 8512
固定电话85123456 85123456
５１０１０４１９９００３０７１２３４ １９９０
510104 19900307 1234 19900307
身份证后六位是071234 071234
护照号EA1234567 1234567
护照号码 E 12345678 12345678
港澳通行证C12345678 12345678
台胞证12345678 12345678
回乡证H1234567890 1234567890
军官证军字第1234567号 1234567
卡号 6217003810012345678 12345678
银行卡号：62284801234567 62284801234567
川A·D12345 D12345
粤Z·1234澳 1234
粤Z1234港 1234
川A1234学 1234
WJ川1234A 1234A
车牌成都123456 123456
车牌号：楚M28635 28635
3#502 502
3＃楼2单元 2单元
三栋二单元五零一 五零一
三栋二单元五楼一号 五楼一号
3-2-501 501
1—2—301 301
12/1/1502 1502
1栋，2单元，301室 301
B座12层1203室 1203
3单元顶楼801 801
3栋2单元402-403 403
3栋402、403两户 403
3栋402和403 403
9栋101、201、902都漏 902
房号1502 1502
房间号：1502 1502
1502房间 1502
1502那家 1502
1502租户 1502
楼上1502的 1502
楼下的402又装修 402
隔壁305吵 305
402漏水到楼下 402
户主王建国 建国
监护人：王建国 建国
落款：王建国 建国
租客王建国， 建国
我邻居叫王建国， 建国
我儿子王建国， 建国
妻子李秀英， 秀英
市民王建国来电 建国
王建国13951738264 建国
王建国 139 5173 8264 建国
13951738264（王建国） 建国
王建国，男，45岁 建国
王建国（女） 建国
患者王建国，男， 建国
老人王建国走失 建国
王建国45岁 建国
张丽华阿姨 丽华
李建国师傅家 建国
wang@公司.中国 wang@
薇信wjg1985 wjg1985
威信：wjg1985 wjg1985
weixin:wjg1985 wjg1985
WeChat ID:wjg1985 wjg1985
微 信wjg1985 wjg1985
vx_wjg1985 wjg1985
企鹅号123456789 123456789
Q：123456789 123456789
抖音号wjg1985 wjg1985
"""
"""A line each: what is said, and behind its last blank what must not be left of it."""


@pytest.mark.parametrize("line", WRITTEN_OTHERWISE.strip().splitlines())
def test_each_of_many_ways_to_write_it_is_masked(line: str) -> None:
    said, _, hidden = line.rpartition(" ")
    assert hidden in said and hidden not in mask_text(said)


OF_NOBODY = """
工单编号12345-20260302001
工单20260302000176已办
灯杆编号1203坏了
路灯杆号0302-15
杆号51010800123
双榆路123号附5号
双榆路88号3栋
12-15号楼停电
1至5栋停电
A座3-4楼漏水
3楼到5楼
502元物业费
面积120平米
502路公交
设备34020000001310000001报警
摄像头34020000001320000001离线
监控编号CAM-0012
网格510108004006003
微网格510108004006003004
经度104.0668，纬度30.5728
打12345没人接
400-820-8820客服
合同编号HT20260302001
车位123号
电梯编号E12345
文号〔2026〕123号
第123次反映
GB28181-2016
井盖编号W123456
消防栓编号502
充电桩12号
3号门
地铁10号线
402医院
五一广场
二〇二六年三月
300米外
每天22:00-06:00
3栋楼下
3#楼下
3#配电房
2/3/2026
楼下110来了
楼上120担架
居民和业主，都反映
邻居和孩子，都
儿子和女儿，
老人于昨天走失
本人于今年申请
本人向物业反映，
业主向城管反映，
孩子成绩差，
司机车速快，
孙女11岁，
任何人，男女都行
法定监护人应当到场
联系方式见附件
老师傅在修
小区叫停施工
孩子叫声很大
微信公众号12333
微信小程序12345
微博号召大家
金牛区、高新区
司机师傅陪着
""".split()


@pytest.mark.parametrize("said", OF_NOBODY)
def test_numbers_and_words_of_nobody_stay(said: str) -> None:
    assert mask_text(said) == said


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


def test_a_name_keeps_its_family_name_only() -> None:
    assert (mask_name("王小明"), mask_name("欧阳娜娜"), mask_name(" ")) == ("王**", "欧阳**", "")


def test_the_callers_own_name_and_number_are_masked_wherever_they_stand() -> None:
    said = "张三丰反映，张三丰的号是87654321"
    assert mask_known(said, "张三丰", "87654321") == "张**反映，张**的号是876****"
