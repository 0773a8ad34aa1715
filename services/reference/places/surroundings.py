"""Whether what stands around a name in a text leaves it a name of its own."""

import re

from services.reference.places.spellings import ROADS, STRENGTH

LEFT = frozenset(
    "在到我们你他她住去从跟和与对给往是的了这那个于至就地号路街巷区道院有居原叫来村社站及或过经因如像嘞"
    "映称访告诉家边下上从即系指该本此为喂好呀啊哦嘛哎么另外和同位住看期区说来问找向由以前黑后头市县,，。、；;：:！!？?"
)
"""Characters before which a name of two characters is no part of a longer one."""

PREFIXES = frozenset("金银玉锦新大小富华丽美嘉佳福瑞祥龙凤翠碧")
"""Characters that make another name of the name behind them: 金榆园 is not 榆园."""

AFTER_NUMBER = re.compile(r"[^时组区伙块步米号分秒点天年月人个张户次元斤路心队道声份]|$")
AFTER_CORE = re.compile(
    r"的?(?:那边|这边|那里|这里|那儿|那个?小区|这个?小区|小区|里面|里头|门口|附近|[0-9]{1,3}(?:号楼|栋|幢|座|#))"
)
ANOTHER_NAME = re.compile(
    r"(?!的|那|这|小区)[\u4e00-\u9fff]{0,2}?"
    r"(?:小区|花园|家园|新村|公寓|佳苑|公馆|国际|华庭|广场|大厦|中心|苑|府|谷|城|园)"
)
WORD = re.compile("[0-9\u4e00-\u9fff]")
INSIDE = re.compile("[面头边外程]")
AREA_NAME = re.compile("社区|(?<=街)道(?:办|$|[^路])")
"""What makes the name of a community or a street office of the name before it."""

ANOTHER_ROAD = re.compile("[东南西北中上下]?[0-9]?(?:路|街|巷|大道)(?![边面口])")


def fits(text: str, start: int, end: int, how: str, last: int) -> bool:
    """Whether what stands around a name leaves it a name of its own."""
    name = text[start:end]
    if name.endswith("里") and INSIDE.match(text, end):
        return False
    if AREA_NAME.match(text, end):
        return False
    if name[-1] not in ROADS and ANOTHER_ROAD.match(text, end):
        return False
    if start and start != last and len(name) < 5 and text[start - 1] in PREFIXES:
        return False
    if name[0].isdigit() and start and text[start - 1].isdigit():
        return False
    if how == "core" and not name.endswith("小区") and not AFTER_CORE.match(text, end):
        return False
    if how in STRENGTH[3:] and name[-1] not in ROADS and ANOTHER_NAME.match(text, end):
        return False
    is_whole = len(name) > 2 and how in STRENGTH[:4]
    return is_whole or _stands_alone(text, start, end, how, last)


def _stands_alone(text: str, start: int, end: int, how: str, last: int) -> bool:
    """Whether a name of two characters, or one not written in full, is no part of another word."""
    if end - start == 2:
        if text[start].isdigit() and not AFTER_NUMBER.match(text, end):
            return False
        if how == "sound" and not AFTER_CORE.match(text, end) and len(text) > 2:
            return False
    before = text[start - 1] if start else ","
    return before in LEFT or start == last or not WORD.match(before)
