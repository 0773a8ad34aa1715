"""How addresses are written: buildings, house numbers, phases, gates, crossings, relations.

Everything here reads folded text (writing.fold). Units, floors and rooms are recognised so
that they are not taken for buildings; they are never kept.
"""

import re
from dataclasses import dataclass

NAME = r"[A-Z]?[0-9]{1,3}[A-Z]?|[A-Z]"
BUILDING = re.compile(
    rf"(?<![0-9A-Z-])(?P<name>{NAME})(?:#?号楼|栋|幢|座|#)"
    r"|(?<![0-9A-Z-])(?P<dashed>[A-Z]|[0-9]{1,3})-(?:[0-9]{1,2}-)?[0-9]{3,4}(?![0-9-])"
)
REACH = 24
"""Characters behind a name in which its building may stand."""

HOUSE = re.compile(
    r"^(?:的|上的)?([0-9]{1,4})(?:-[0-9]{1,3})?号(?!楼|线|门(?!口|前|面|外|牌))(?:院|附[0-9]+号)*"
)
AREA = re.compile(
    r"^(?P<area>[0-9]{1,2}期|[东南西北中]区|[0-9]宿舍|[A-Z]区|[A-Z](?=-?[0-9]{1,3}(?:栋|幢|座|号楼)))-?"
)
AREA_BEFORE = re.compile(r"(?P<area>[0-9]{1,2}期|[东南西北中]区|[A-Z]区)的?$")
ANOTHER_AREA = re.compile(r"^[、,，和与跟及]{0,2}(?P<area>[0-9]{1,2}期|[东南西北中]区|[A-Z]区)")
GATE = re.compile(r"^的?(?P<gate>[东南西北正后前侧]{1,2}|大)大?门")
BETWEEN_ROADS = re.compile(r"^口?(?:的)?[与和跟同、,，/及]?$")
CROSSING = re.compile(r"^的?[东南西北]{0,2}(?:交叉|交汇|交界|相交|路口|口|10字|丁字|转角|拐角)")
ROAD_OF = re.compile(r"^(?:上面|上|边上|边|里面|里)?(?:的|那个|这个|那家|嘞|有个)*")
RELATION = re.compile(r"^的?(?P<relation>斜?正?对面|斜?对门|旁边|附近|隔壁|背后|后面|后头|前面)")
BEYOND = re.compile(r"^的?(?:斜?正?对面|斜?对门|旁边|附近|隔壁|背后|后面|前面|边上)的")
STRETCH = re.compile(r"^[至到-]$")
STRETCH_END = re.compile(r"^(?:口)?(?:之间)?的?(?:路?段|区间)")
DENIED = re.compile(r"(?:不是|并非|不在|不属于)(?:在|我们|说)?$")
LIVES = re.compile(r"(?:住在?|家在|我是|我们是|居于)$")
LISTED = re.compile(rf"^(?:都|[、,，和与跟及到至-]+(?:{NAME})(?:#?号楼|栋|幢|座|#))")
PLACE_WORD = r"(?=门口|门前|对面|旁边|附近|里面|里头|后面|背后|前面|口|外面|外|那边|这边)"


@dataclass(frozen=True, slots=True)
class KindWord:
    """What a sort of place is called by those who leave out its name: 那个菜市场."""

    words: str
    names: str
    kind: str = ""


KIND_WORDS = (
    KindWord("夜市", "夜市", "market"),
    KindWord("农贸市场|生鲜市场|菜市场|菜市|菜场|市场", "(?<!夜)市", "market"),
    KindWord("小学", "小学|子弟", "school"),
    KindWord("中学", "中学", "school"),
    KindWord("幼儿园", "幼儿园", "school"),
    KindWord("学校", "", "school"),
    KindWord("地铁站|地铁口", "", "metro"),
    KindWord("公交站", "公交"),
    KindWord("医院", "医院", "hospital"),
    KindWord("公园", "公园", "park"),
    KindWord("派出所", "派出所", "office"),
    KindWord("超市", "超市", "landmark"),
    KindWord("药房|药店", "药", "landmark"),
    KindWord("饭店|饭馆|酒楼", "饭|酒楼", "landmark"),
    KindWord("加油站", "加油站", "landmark"),
    KindWord("垃圾站|垃圾房|中转站", "垃圾", "landmark"),
    KindWord("广场", "广场", "landmark"),
    KindWord("百货|商场", "百货|商场|广场", "landmark"),
    KindWord("公寓", "公寓", "estate"),
    KindWord("小区|院子|家属院", "", "estate"),
)
KIND_WORD = re.compile("|".join(f"(?P<k{n}>{each.words})" for n, each in enumerate(KIND_WORDS)))
KIND_AS_PLACE = re.compile(f"(?:{KIND_WORD.pattern}){PLACE_WORD}")


def building_behind(text: str, start: int, until: int) -> tuple[str | None, int]:
    """The building named behind a name, and where its mention ends; None where two are listed."""
    behind = text[start : min(until, start + REACH)]
    found = list(BUILDING.finditer(behind))
    if not found:
        return None, start
    names = {building_name(each) for each in found}
    first = found[0]
    if len(names) > 1 and (LISTED.match(behind[first.end() :]) or first.start() > 3):
        return None, start
    return building_name(first), start + first.end()


def building_before(text: str, start: int) -> str | None:
    """The only building named before a name, as in '3栋，云栖二期'."""
    names = {building_name(each) for each in BUILDING.finditer(text, 0, start)}
    return names.pop() if len(names) == 1 else None


def building_name(found: re.Match[str]) -> str:
    """A building's number without leading zeros, or its letter."""
    name = found["name"] or found["dashed"]
    return name.lstrip("0") or "0"


def is_kind_word(text: str) -> bool:
    """Whether a text is no name, only the word for a sort of place."""
    return KIND_WORD.fullmatch(text) is not None


def kind_word(found: re.Match[str]) -> tuple[KindWord, str]:
    """The sort of place that a match of KIND_WORD says, and the word itself."""
    group = found.lastgroup or "k0"
    return KIND_WORDS[int(group[1:])], found[group]
