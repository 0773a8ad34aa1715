"""Masking (脱敏): personal data in any text becomes stars before anything travels.

| 手机 138****8000 | 座机 028****4567 | 身份证 510104********1234 | 车牌 川A***45 |
| 姓名 王** | 单元与房号 3栋*** | 邮箱 w***@qq.com | 微信、QQ *** |
"""

import re

from services.intake.domain.surnames import COMPOUND, SINGLE

WIDE = re.compile("[０-９＋]")
NARROW = str.maketrans("０１２３４５６７８９＋", "0123456789+")
NUMERAL = "0-9一二三四五六七八九十"
PROVINCES = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"
NOT_A_ROOM = r"(?![0-9]|[年月日元万人次米平户点时分秒个块多路吨斤岁楼层栋幢％%.．])"
TITLES = "先生|女士|小姐|阿姨|老师|师傅|大爷|大妈|婆婆|爷爷|奶奶|叔叔|某"
SURNAME = f"(?:{'|'.join(COMPOUND)}|[{SINGLE}])"
CARD_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)

ROOM = rf"[0-9]{{3,4}}(?:室|号房?|房)?{NOT_A_ROOM}"
UNIT = rf"[{NUMERAL}]{{1,3}} ?单元"
UNIT_END = rf"[{NUMERAL}]{{0,2}} ?单元"
FLOOR = rf"[{NUMERAL}]{{1,3}}[楼层]"
DOOR = rf"[{NUMERAL}]{{1,2}}号(?![楼门院路线])"

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
    rf"(?P<keep>[{NUMERAL}A-Za-z][{NUMERAL}A-Za-z]{{0,3}} ?(?:栋|幢|号楼|座)(?:{FLOOR})?)[ ,，-]?"
    rf"(?:{UNIT}[ -]?(?:{FLOOR}(?:{DOOR})?|{ROOM}|{DOOR})?|{ROOM}|(?<=[楼层]){DOOR})"
)
UNITS = re.compile(rf"[{NUMERAL}]{UNIT_END}[ -]?(?:{FLOOR}{DOOR}|{ROOM}|{DOOR})?")
ROOMS = re.compile(
    r"[0-9](?<![0-9]{2})(?:"
    r"[0-9]{2,3}(?:室|号房|房(?![间子租价产]))"
    r"|(?P<rest>[0-9]{0,2}[-—－])"
    r"(?:(?:[0-9]{1,2}[-—－])?[0-9]{3,4}(?:室|号房|房|号)"
    r"|[0-9]{1,2}[-—－][0-9]{3,4}(?![0-9-])))"
)
PLATES = re.compile(
    rf"(?P<area>[{PROVINCES}][A-Za-z])[·•. ]?[A-HJ-NP-Za-hj-np-z0-9]{{3,4}}"
    r"(?P<tail>[A-HJ-NP-Za-hj-np-z0-9][A-HJ-NP-Za-hj-np-z0-9挂学警港澳])"
    r"(?![A-Za-z0-9])"
)
EMAILS = re.compile(
    r"(?P<initial>[A-Za-z0-9])[A-Za-z0-9._%+-]{0,63}@(?P<host>[A-Za-z0-9-]+\.[A-Za-z0-9.-]*[A-Za-z])"
)
ACCOUNTS = re.compile(
    r"(?P<label>[微WwVvQq扣电座致联身][信xXeEcChHaAtTqQ扣话机系方式份证]{1,5}(?:号码?)?)"
    r"(?P<link>[^A-Za-z\d，。！？]{0,4})(?P<value>[A-Za-z\d][-_A-Za-z\d]{4,19})"
)
CHATS = ("微信", "wechat", "vx", "wx", "v信", "qq", "扣扣")
SPOKEN = re.compile(r"[一幺][三四五六七八九][零〇一二两三四五六七八九幺]{9}")
NAMED = re.compile(
    r"(?P<label>我叫|名叫|姓名|联系人|户主|业主(?=[:：是])|诉求人|反映人|当事人|投诉人|来电人|举报人)"
    rf"(?P<link>[:：是为叫 ]{{0,2}})(?P<surname>{SURNAME})"
    rf"(?!{TITLES})[\u4e00-\u9fff](?:[\u4e00-\u9fff](?<![住在电手家的说于是和也为来]))?"
)


def mask_text(text: str) -> str:
    """Any free text without numbers, plates, contacts, rooms and introduced names."""
    narrow = text.translate(NARROW) if WIDE.search(text) else text
    masked = ACCOUNTS.sub(_account, NUMBERS.sub(_number, narrow))
    if "@" in masked:
        masked = EMAILS.sub(lambda found: f"{found['initial']}***@{found['host']}", masked)
    masked = PLATES.sub(_plate, SPOKEN.sub("***", masked))
    masked = UNITS.sub("***", BUILDINGS.sub(_building, masked))
    return NAMED.sub(_name, ROOMS.sub(_room, masked))


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


def is_identity_card(digits: str) -> bool:
    """Whether 18 characters carry the check digit of a 身份证 (GB 11643)."""
    total = sum(
        int(digit) * weight for digit, weight in zip(digits[:17], CARD_WEIGHTS, strict=True)
    )
    return "10X98765432"[total % 11] == digits[17].upper()


def _number(match: re.Match[str]) -> str:
    found = match.group()
    digits = "".join(each for each in found if each.isalnum())
    if len(digits) == 18:
        has_birthday = digits[6:8] in ("18", "19", "20") and "01" <= digits[10:12] <= "12"
        return _card(digits) if has_birthday or is_identity_card(digits) else found
    if digits[0] == "0" and digits[:3] != "008" and digits[1] != "1":
        area = digits[:3] if digits[1] in "12" else digits[: len(digits) - 7][:4]
        return f"{area}****{digits[-4:]}"
    return f"{digits[-11:-8]}****{digits[-4:]}"


def _card(digits: str) -> str:
    return f"{digits[:6]}********{digits[-4:]}"


def _plate(match: re.Match[str]) -> str:
    return f"{match['area']}***{match['tail']}"


def _building(match: re.Match[str]) -> str:
    return f"{match['keep']}***"


def _name(match: re.Match[str]) -> str:
    return f"{match['label']}{match['link']}{match['surname']}**"


def _room(match: re.Match[str]) -> str:
    return f"{match.group()[: match.end('rest') - match.start()]}***" if match["rest"] else "***"


def _account(match: re.Match[str]) -> str:
    label, value = match["label"], match["value"]
    is_chat = label.lower().startswith(CHATS)
    is_number = "系" in label or label[0] in "电座致身"
    if not (is_chat or (is_number and value.isdigit() and len(value) in (7, 8, 15))):
        return match.group()
    return f"{label}{match['link']}***"
