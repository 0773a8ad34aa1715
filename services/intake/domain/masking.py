"""Masking (脱敏): personal data in any text becomes stars before anything travels.

| 手机 138****8000 | 座机 028****4567 | 身份证 510104********1234 | 车牌 川A***45 |
| 姓名 王** | 单元与房号 3栋*** | 邮箱 w***@qq.com | 微信、QQ *** |
"""

import re

from services.intake.domain.surnames import COMPOUND, SINGLE

WIDE = re.compile("[\u3000＋－＠０-９Ａ-Ｚａ-ｚ①-⑨⓪\u200b\u2060\ufeff]")
NARROW = {
    **{wide: wide - 0xFEE0 for wide in (*range(0xFF10, 0xFF1A), *range(0xFF21, 0xFF3B))},
    **{wide: wide - 0xFEE0 for wide in (*range(0xFF41, 0xFF5B), 0xFF0B, 0xFF0D, 0xFF20)},
    **{ord("①") + number: str(number + 1) for number in range(9)},
    **dict.fromkeys((0x200B, 0x2060, 0xFEFF), ""),
    ord("⓪"): "0",
    0x3000: " ",
}
"""Full-width and circled characters as plain ones; what has no width hides nothing."""
NUMERAL = "0-9一二三四五六七八九十"
PROVINCES = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"
NOT_A_ROOM = r"(?![0-9]|[年月日元万人次米平户点时分秒个块多路吨斤岁楼层栋幢％%.．])"
TITLES = "先生|女士|小姐|阿姨|老师|师傅|大爷|大妈|婆婆|爷爷|奶奶|叔叔|某"
SURNAME = f"(?:{'|'.join(COMPOUND)}|[{SINGLE}])"

GAP = r"[ \t._/·—–-]{0,3}"
SPOKEN_DIGIT = "0-9零〇一二两三四五六七八九幺壹贰叁肆伍陆柒捌玖"
CARD_AREAS = "1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|8[1-3]"
SPOKEN_ROOM = "[一二三四五六七八九][零〇一二三四五六七八九]{2,3}(?:室|号房?|房)?"
NUMBERED_ROOM = rf"[0-9]{{3,4}}(?:室|号房?|房)?{NOT_A_ROOM}"
ROOM = (
    rf"(?:{SPOKEN_ROOM}|[0-9]{{1,2}}[-—][0-9]{{1,2}}(?![0-9楼层栋幢])|{NUMBERED_ROOM})"
    rf"(?:[、和与及至到~—-]{NUMBERED_ROOM})*"
)
UNIT = rf"[{NUMERAL}]{{1,3}} ?单元"
UNIT_END = rf"[{NUMERAL}]{{0,2}} ?单元"
FLOOR = rf"(?:[{NUMERAL}]{{1,3}}|顶|底)[楼层]"
DOOR = rf"[{NUMERAL}]{{1,2}}号(?![楼门院路线窗])"

NUMBERS = re.compile(
    r"[+\d](?<!\d\d)(?:"
    r"(?<=[1-9])\d{5}[ -]?(?:18|19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])"
    r"[ -]?\d{3}[\dXx](?!\d)"
    r"|(?<=[1-9])\d{16}[\dXx](?!\d)"
    r"|(?:(?<=\+)86|(?<=8)6|(?<=0)086|(?<=0))?[ -]?(?:(?<=1)|1)[3-9]\d(?:[ -]?\d{4}){2}(?!\d)"
    r"|(?<=0)\d{2,3}[)）]?[ -]?\d{7,8}(?!\d)"
    r")"
)
BUILDINGS = re.compile(
    rf"(?P<keep>[{NUMERAL}A-Za-z][{NUMERAL}A-Za-z]{{0,3}} ?"
    rf"(?:栋|幢|号楼|座|[#＃]楼?)(?:{FLOOR})?)[ ,，-]?"
    rf"(?:{UNIT}[ -]?(?:{FLOOR}(?:{ROOM}|{DOOR})?|{ROOM}|{DOOR})?|{ROOM}|(?<=[楼层]){DOOR})"
)
UNITS = re.compile(rf"[{NUMERAL}]{UNIT_END}[ -]?(?:{FLOOR}(?:{ROOM}|{DOOR})|{ROOM}|{DOOR})?")
FLOORS = re.compile(rf"[{NUMERAL}](?:[{NUMERAL}]{{0,2}}[楼层]){DOOR}")
BEHIND_A_WORD = (
    "(?<=[住上下壁门号间的是:：][0-9])(?:(?<=住[0-9])|(?<=(?:楼上|楼下|隔壁|对门|房号|房间)[0-9])"
    "|(?<=(?:楼上的|楼下的|隔壁的|房号是|房间号)[0-9])|(?<=[房间]号[:：][0-9]))"
)
ROOMS = re.compile(
    r"[0-9](?<![0-9]{2})(?=[0-9/—－-])(?:"
    r"[0-9]{2,3}(?:室|号房|房(?![子租价产])|(?=住户|业主|租户|租客|邻居|[那这]家|漏水))"
    rf"|{BEHIND_A_WORD}(?!(?<=1)(?:10|19|20|22)(?![0-9]))[0-9]{{2,3}}{NOT_A_ROOM}"
    r"|(?P<slashed>[0-9]?/)[0-9]{1,2}/(?!19|20[0-9]{2})[0-9]{3,4}(?![0-9/])"
    r"|(?<![48]00-[0-9])(?P<rest>[0-9]{0,2}[-—－])"
    r"(?:(?:[0-9]{1,2}[-—－])?[0-9]{3,4}(?:室|号房|房|号)"
    r"|[0-9]{1,2}[-—－][0-9]{3,4}(?![0-9-])"
    rf"|(?<![-—－][0-9][-—－])(?<![-—－][0-9]{{2}}[-—－])[0-9]{{3,4}}(?![-—－号]){NOT_A_ROOM}))"
)
PLATES = re.compile(
    rf"(?P<area>[{PROVINCES}W](?:(?<!W) ?[A-Za-z]|(?<=W)J ?[{PROVINCES}]?))"
    r"[·•. -]{0,2}[A-HJ-NP-Za-hj-np-z0-9]{3,4}"
    r"(?P<tail>[A-HJ-NP-Za-hj-np-z0-9][A-HJ-NP-Za-hj-np-z0-9挂学警港澳])"
    r"(?![A-Za-z0-9])"
)
EMAILS = re.compile(
    r"(?P<initial>[A-Za-z0-9])[A-Za-z0-9._%+-]{0,63}"
    r"@(?P<host>[A-Za-z0-9\u4e00-\u9fff-]+\.[A-Za-z0-9.-]*[A-Za-z\u4e00-\u9fff])"
)
ACCOUNTS = re.compile(
    r"(?P<label>[微薇威企WwVvQq扣电座致联身][ 信xXeEiInNcChHaAtTqQ扣鹅话机系方式份证]{1,5}"
    r"(?: ?[Ii][Dd]|号码?)?)"
    r"(?P<link>[^A-Za-z\d，。！？]{0,4})(?P<value>[A-Za-z\d][-_A-Za-z\d]{4,19})"
)
CHATS = ("微信", "薇信", "威信", "weixin", "wechat", "vx", "wx", "v信", "qq", "扣扣", "企鹅")
PUBLIC = re.compile("程序|公众|支付")
"""Of WeChat and not of a person."""
SPOKEN = re.compile(
    rf"[一幺壹](?:{GAP}[3-9三四五六七八九叁肆伍陆柒捌玖])(?:[,，、]?{GAP}[{SPOKEN_DIGIT}]){{9}}"
    rf"|1(?=[^0-9])(?:{GAP}[3-9三四五六七八九叁肆伍陆柒捌玖])(?:{GAP}[{SPOKEN_DIGIT}]){{9}}(?![0-9])"
    rf"|1[3-9](?:{GAP}[{SPOKEN_DIGIT}]){{9}}(?![0-9])(?<!1[0-9]{{10}})"
)
GROUPED = re.compile(
    r"[0-9](?<![0-9]{2})(?:"
    r"(?<=1)[3-9][0-9](?:[,，][0-9]{4}[,，]|[)）][ -]?[0-9]{4}[ -]?)[0-9]{4}(?![0-9])"
    rf"|(?<=[1-9])(?:{GAP}[0-9]){{16}}{GAP}[0-9Xx](?:[0-9]{{2}})?(?![0-9])"
    r"|(?<=0)[0-9]{2,3}[)） —–-]{1,3}[0-9]{3,4}[ —–-][0-9]{4}(?![0-9])"
    r"|(?<=0)[0-9]{2,3}[)） —–-]{1,3}[0-9]{7,8}(?![0-9])"
    r"|(?<=[1-8])[0-9]{5}[4-9][0-9](?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])[0-9]{3}(?![0-9])"
    r"|(?<=[3-6])[0-9]{15,18}(?![0-9])"
    r")"
)
"""Numbers with gaps between their groups, cards of 15 digits and of banks: rarer than NUMBERS."""
CARD_AREA = re.compile(CARD_AREAS)
IS = "[:：是为 ]{0,2}"
DIGIT = re.compile("[0-9]")
LONG = re.compile(r"[A-Za-z\d]{4}[ —–-]?[A-Za-z\d]{2}")
"""What each of NUMBERS and LABELLED has in it; house numbers and dates mostly have not."""
MANY_DIGITS = re.compile(r"[0-9](?:[^0-9A-Za-z\u4e00-\u9fff]{0,3}[0-9]){9}")
LABELLED = re.compile(
    rf"(?P<label>(?:座机|固话|电话|[证件])(?:号码?)?{IS})[0-9]{{4}}[ —–-][0-9]{{4}}(?![0-9])"
    rf"|(?P<plate>车牌(?:号码?)?{IS}(?:[\u4e00-\u9fff]{{1,2}} ?)?)"
    r"(?=[A-Za-z]*[0-9])[A-Za-z0-9]{5,7}(?![A-Za-z0-9])"
    rf"|(?P<pass>(?:护照|通行证|居留证|台胞证|回乡证|军官证|士兵证|警官证)(?:号码?)?{IS})"
    r"(?:[\u4e00-\u9fff]字第)?[A-Za-z]{0,2} ?[0-9]{7,10}(?![0-9])"
    rf"|(?P<ending>(?:身份证|证件)[号码]{{0,2}}后[六八]位{IS})[0-9]{{5,7}}[0-9Xx](?![0-9])"
    rf"|(?P<card>(?:卡号|银行卡(?:号码?)?|[账帐]号){IS})[0-9](?:[ -]?[0-9]){{10,19}}(?![0-9])"
    rf"|(?P<account>(?:抖音|快手|支付宝|小红书|微博)[账帐]?号{IS}|(?<![A-Za-z])[Qq][:： ]{{1,2}})"
    r"(?=[A-Za-z_-]*[0-9])[A-Za-z0-9_-]{6,20}(?![A-Za-z0-9])"
)
"""What only its label tells to be personal: a plate without a province, a card of any bank."""
NAMED = re.compile(
    r"(?P<label>我叫|名叫|姓名|联系人|户主|业主(?=[:：是])|诉求人|反映人|当事人|投诉人|来电人|举报人"
    "|监护人(?=[:：])|落款(?=[:：])|署名(?=[:：]))"
    rf"(?P<link>[:：是为叫 ]{{0,2}})(?P<surname>{SURNAME})"
    rf"(?!{TITLES})[\u4e00-\u9fff](?:[\u4e00-\u9fff](?<![住在电手家的说于是和也为来]))?"
)
GIVEN = "(?:[\u4e00-\u9fff](?<![的了和与是在有给找跟向对把被让请位个这那您你我他她检机社装]))"
TITLED = re.compile("[先女小同师阿老大婆爷奶叔][生士姐志傅姨师爷妈婆奶叔]")
INTRODUCED = re.compile(f"[叫人是民户主居东公婆员长客子儿夫](?:[{SINGLE}]|{'|'.join(COMPOUND)})")
"""What a name in a form of address, or one after a word for a person, can not do without."""
ADDRESSED = re.compile(
    rf"(?P<surname>{SURNAME})(?!某){GIVEN}{{1,2}}"
    "(?P<title>先生|女士|小姐|同志|师傅|阿姨|老师|大爷|大妈|婆婆|爷爷|奶奶|叔叔)"
)
NO_NAME = (
    "(?!安全|孙[子女]|任何|路人|高峰|方便|关系|时间|成都|高度|高层|万科|应届|应该|全吵|全部|全都|全体|全家|时常|常年|关心"
    "|和谐|安宁|安静|游客|[和向]|于[今昨前上下本去晚早当]|单独|单身|成绩|成年|马上|马路|白天|车[速子辆]"
    "|明[天年]|高[中一二三]|关门|包括|左右|路[上过边]|房[子间]|万[一元]|管理|石头|游泳|方[面才]|时候)"
)
"""Words that begin as a family name does."""
FAMILIAR = re.compile(
    "(?P<label>(?:我|她|他|名字|本人|妈|爸|女儿|儿子|爱人|老公|老婆|孩子|邻居|老人|，|,)叫"
    "|本人|我是|居民|市民|住户|业主|邻居|租户|租客|房客|房东|爱人|老公|老婆|丈夫|妻子|儿子|女儿"
    rf"|网格员|楼栋长|楼长){NO_NAME}(?P<surname>{SURNAME})(?!{TITLES})"
    rf"{GIVEN}{{2}}(?=[，。,;；、！!：:（( 0-9]|$|反映|投诉|举报|电话|手机|来电)"
)


PHONE = r"[ ：:，,（(]{0,2}1[3-9][0-9]\*{4}"
DESCRIBED = r"[ ，,、（(]{1,2}[男女](?:[性，,。）) ]|$)|走失|失踪|[ ，,（(]{0,2}[0-9]{1,3}岁"
BESIDE = re.compile(
    rf"(?:(?<![\u4e00-\u9fff])|(?<=[者人子儿机客户主民员长])){NO_NAME}"
    rf"(?P<surname>{SURNAME})(?!{TITLES}){GIVEN}{{1,2}}(?={PHONE}|{DESCRIBED})"
    rf"|(?<=\*{{4}}[0-9]{{4}}[（(]){NO_NAME}(?P<bracketed>{SURNAME})(?!{TITLES}){GIVEN}{{1,2}}(?=[）)])"
)
"""A name that only what stands beside it gives away: a number, 男 or 女, an age, 走失."""
ANY_BESIDE = re.compile("[*男女岁失]")


def mask_text(text: str) -> str:
    """Any free text without numbers, plates, contacts, rooms and introduced names."""
    narrow = text.translate(NARROW) if WIDE.search(text) else text
    masked = _without_numbers(narrow) if DIGIT.search(narrow) else narrow
    masked = ACCOUNTS.sub(_account, masked)
    if "@" in masked:
        masked = EMAILS.sub(lambda found: f"{found['initial']}***@{found['host']}", masked)
    masked = PLATES.sub(_plate, SPOKEN.sub("***", masked))
    masked = _without_rooms(masked)
    masked = NAMED.sub(_name, masked)
    if INTRODUCED.search(masked):
        masked = FAMILIAR.sub(_familiar, masked)
    if ANY_BESIDE.search(masked):
        masked = BESIDE.sub(lambda found: f"{found['surname'] or found['bracketed']}**", masked)
    return ADDRESSED.sub(_addressed, masked) if TITLED.search(masked) else masked


def _without_numbers(text: str) -> str:
    masked = NUMBERS.sub(_number, text) if LONG.search(text) else text
    if MANY_DIGITS.search(masked):
        masked = GROUPED.sub(_grouped, masked)
    return LABELLED.sub(_labelled, masked) if LONG.search(masked) else masked


def _without_rooms(text: str) -> str:
    masked = BUILDINGS.sub(_building, text)
    if "单元" in masked:
        masked = UNITS.sub("***", masked)
    if "号" in masked:
        masked = FLOORS.sub("***", masked)
    return ROOMS.sub(_room, masked)


def mask_name(name: str) -> str:
    """A name in a field that holds names: 王**, 欧阳**."""
    name = name.strip()
    return f"{name[:2] if name[:2] in COMPOUND else name[:1]}**" if name else ""


def mask_known(text: str, name: str, phone: str = "") -> str:
    """A text without the name and number that are known to be the caller's."""
    if len(name) > 1 and name in text:
        text = text.replace(name, mask_name(name))
    if len(phone) > 4 and phone in text:
        text = text.replace(phone, f"{phone[:3]}****")
    return text


def mask_surname(masked: str, name: str) -> str:
    """A masked text without the surname of who is to stay unknown: 王** and 王女士 become ***."""
    surname = mask_name(name).rstrip("*")
    if not surname or surname not in masked:
        return masked
    return re.sub(rf"{re.escape(surname)}(?:\*\*|{TITLES})", "***", masked)


def _number(match: re.Match[str]) -> str:
    found = match.group()
    digits = "".join(each for each in found if each.isalnum())
    if len(digits) == 18:
        return _card(digits) if _has_birthday(digits) else found
    if digits[0] == "0" and digits[:3] != "008" and digits[1] != "1":
        area = digits[:3] if digits[1] in "12" else digits[: len(digits) - 7][:4]
        return f"{area}****{digits[-4:]}"
    return f"{digits[-11:-8]}****{digits[-4:]}"


def _grouped(match: re.Match[str]) -> str:
    """What a number with gaps is, by its digits alone; what is none of these stays."""
    found = match.group()
    digits = "".join(each for each in found if each.isalnum())
    if digits[0] == "0":
        return f"{digits[:3] if digits[1] in '12' else digits[:4]}****{digits[-4:]}"
    if len(digits) == 11:
        return f"{digits[:3]}****{digits[-4:]}"
    if not CARD_AREA.match(digits) or len(digits) not in (15, 18, 20):
        return f"{digits[:4]}****{digits[-4:]}" if _is_bank_card(digits) else found
    if len(digits) == 15 or _has_birthday(digits):
        return _card(digits)
    return f"{digits[:4]}****{digits[-4:]}" if _is_bank_card(digits) else found


def _has_birthday(digits: str) -> bool:
    """Whether 18 digits or more can be a 身份证: codes of grids and cameras have no birthday."""
    return digits[6:8] in ("18", "19", "20") and "0101" <= digits[10:14] <= "1231"


def _is_bank_card(digits: str) -> bool:
    """Whether 16 to 19 digits carry the check digit of a bank card (Luhn)."""
    if not (16 <= len(digits) <= 19 and digits.isdigit()):
        return False
    doubled = (int(each) * 2 for each in digits[-2::-2])
    total = sum(map(int, digits[::-2])) + sum(each // 10 + each % 10 for each in doubled)
    return total % 10 == 0


def _labelled(match: re.Match[str]) -> str:
    return f"{match[match.lastgroup or 0]}***"


def _familiar(match: re.Match[str]) -> str:
    return f"{match['label']}{match['surname']}**"


def _addressed(match: re.Match[str]) -> str:
    return f"{match['surname']}**{match['title']}"


def _card(digits: str) -> str:
    return f"{digits[:6]}********{digits[-4:]}"


def _plate(match: re.Match[str]) -> str:
    return f"{match['area']}***{match['tail']}"


def _building(match: re.Match[str]) -> str:
    return f"{match['keep']}***"


def _name(match: re.Match[str]) -> str:
    return f"{match['label']}{match['link']}{match['surname']}**"


def _room(match: re.Match[str]) -> str:
    kept = match["rest"] or match["slashed"]
    return f"{match.group()[: match.group().index(kept) + len(kept)]}***" if kept else "***"


def _account(match: re.Match[str]) -> str:
    label, value = match["label"], match["value"]
    is_chat = label.lower().replace(" ", "").startswith(CHATS) and not PUBLIC.search(match["link"])
    is_number = "系" in label or label[0] in "电座致身"
    if not (is_chat or (is_number and value.isdigit() and len(value) in (7, 8, 15))):
        return match.group()
    return f"{label}{match['link']}***"
