"""From what people write to a place of the gazetteer, never by a silent guess."""

import re
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.place import Place
from services.reference.places.entries import COARSE, Entry
from services.reference.places.gazetteer import Gazetteer, Match
from services.reference.places.sounds import other_sounds, sound
from services.reference.places.spellings import spellings_of
from services.reference.places.writing import fold
from tests.bench.places import (
    PARTS,
    calibration,
    city,
    common_ground,
    gazetteer,
    judged,
    messages_of,
    precision,
    recall,
    seconds_a_match,
    silence,
    variants,
)

TOWN = gazetteer()
SHUANGYU, WANGCHAO, SHIGU = "990108001001", "990108001002", "990108001004"

NAMES = [each.label for each in TOWN.entries] + [
    alias for each in TOWN.entries for alias in each.aliases + each.old_names
]
KIND_WORDS = (
    "市场 菜市 菜场 夜市 小学 中学 幼儿园 学校 地铁 公交 医院 公园 派出所 超市 药 饭 站"
    " 房 广场 百货 公寓 小区 院"
)
LETTERS = (
    "的在和与到从是有里面路街苑园小区公寓期栋号楼单元门对面那个菜市场不我住"
    "，。 -#AB０１２３一二三十百栖榆"
)
WORDS = st.sampled_from(LETTERS)
PIECES = st.one_of(
    st.sampled_from(NAMES),
    st.sampled_from([each.text for each in variants()]),
    WORDS,
    st.text(max_size=6),
)
TEXTS = st.lists(PIECES, max_size=8).map("".join)
NEARS = st.one_of(
    st.none(),
    st.sampled_from([SHUANGYU, SHIGU, "nowhere"]),
    st.tuples(st.floats(100, 100.02), st.floats(30, 30.02)),
)
WIDE = {code: code + 0xFEE0 for code in range(0x21, 0x7F)}


def match(text: str, near: str | tuple[float, float] | None = None) -> Match:
    return TOWN.match(text, near)


def test_an_estate_and_its_building_give_all_that_is_known_of_them() -> None:
    found = match("市民反映云栖一期三栋2单元501楼上漏水")
    assert found.place == Place(
        address="云栖一期3栋",
        estate="云栖一期",
        building="3",
        longitude=100.002,
        latitude=30.0048,
        community=SHUANGYU,
        grid="990108001001001",
        micro_grid="990108001001001001",
        confidence=0.97,
    )
    assert (found.name, found.kind, found.alternatives) == ("云栖一期3栋", "building", ())
    assert found.why == "写明“云栖一期3栋”"


def test_a_text_without_a_known_name_is_nowhere() -> None:
    found = match("3栋2单元的电梯坏了", SHUANGYU)
    assert (found.place, found.name, found.alternatives) == (Place(), "", ())
    assert "没有" in found.why


def test_several_candidates_give_what_they_share_and_are_all_named() -> None:
    found = match("云栖3栋楼顶有人")
    assert not found.is_sure and found.confidence <= 0.4
    assert found.alternatives == ("云栖一期", "云栖二期", "云栖里")
    assert found.place.community == SHUANGYU
    assert found.place.longitude is None and found.place.estate is None
    assert "需核实" in found.why


def test_candidates_on_one_road_share_the_road() -> None:
    found = match("双榆路上那个小区")
    assert found.place.address == "双榆路" and found.place.community is None
    assert "龙柏公寓" in found.alternatives


def test_two_parts_of_one_road_share_no_community_unless_a_number_or_the_source_tells() -> None:
    assert match("双榆路路灯坏了").place.community is None
    assert match("双榆路88号路灯坏了").place.community == SHUANGYU
    assert match("双榆路200号路灯坏了").place.community == WANGCHAO
    assert match("双榆路路灯坏了", WANGCHAO).place.community == WANGCHAO


def test_a_road_has_no_point() -> None:
    assert match("石鼓街").place.longitude is None


def test_near_breaks_a_tie_and_says_so() -> None:
    by_community, by_point = match("好邻超市门口", SHUANGYU), match("好邻超市", (100.003, 30.0048))
    assert by_community.name == by_point.name == "好邻超市双榆店"
    assert "来源所在社区" in by_community.why and "就近" in by_point.why
    assert match("好邻超市门口", SHIGU).alternatives == ("好邻超市双榆店", "好邻超市青禾店")
    assert by_community.confidence < match("双榆路好邻超市").confidence


def test_near_never_overrules_what_is_written() -> None:
    assert match("云栖一期的车棚", SHIGU).name == "云栖一期"


def test_a_point_far_from_all_or_between_two_breaks_no_tie() -> None:
    assert match("好邻超市", (100.1, 30.1)).name == ""
    assert match("好邻超市", (100.0066, 30.0073)).name == ""


def test_a_sort_of_place_alone_is_the_only_one_near_by_or_nothing() -> None:
    assert match("菜市场门口", SHIGU).name == "石鼓菜市场"
    assert match("菜市场门口").name == match("菜市场门口", "990108001003").name == ""


def test_a_building_that_only_one_part_has_decides() -> None:
    found = match("云栖12栋")
    assert found.name == "云栖二期12栋" and "其中只有云栖二期有12栋" in found.why


def test_a_building_that_is_not_registered_is_left_out_and_said() -> None:
    found = match("云栖一期9栋")
    assert (found.place.building, found.name) == (None, "云栖一期")
    assert "没有9栋" in found.why and found.confidence < match("云栖一期").confidence


def test_an_opposite_is_kept_in_the_address_and_makes_it_less_sure() -> None:
    found = match("三小对面")
    assert (found.name, found.place.address) == ("望榆第三小学", "望榆第三小学对面")
    assert found.confidence < match("三小门口").confidence


def test_a_name_that_sounds_like_another_says_so() -> None:
    assert "榆苑同音" in match("榆园门口").why


def test_a_house_number_and_a_name_that_agree_make_it_surer() -> None:
    assert match("双榆路36号双榆花园").confidence > match("双榆花园").confidence


def test_a_road_that_does_not_fit_the_name_makes_it_less_sure() -> None:
    found = match("青禾路的云栖一期")
    assert found.name == "云栖一期" and "不在青禾路" in found.why
    assert found.confidence < match("云栖一期").confidence


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("不是云栖一期，是云栖二期", "云栖二期"),
        ("云栖一期对面的云栖二期", "云栖二期"),
        ("我家住石鼓小区，今天在望潮桥看到有人要跳河", "望潮桥"),
        ("双榆北路（榆钱巷至双榆中横路段）", "双榆北路"),
    ],
)
def test_what_only_helps_to_tell_is_not_taken_for_the_place(text: str, name: str) -> None:
    assert match(text).name == name


@pytest.mark.parametrize("text", ["石鼓街道办事处", "双榆路社区活动", "榆园路12号", "金榆园小区"])
def test_a_name_that_is_part_of_another_is_not_that_name(text: str) -> None:
    assert match(text).name in {"", "望榆街道办"}


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("云\u200b栖一期\n3栋", "云栖一期3栋"),
        ("双榆路12-3号", "云栖一期"),
        ("晴川大道88号锦榆国际A座1501", "锦榆国际A栋"),
        ("云栖一期3栋和5栋", "云栖一期"),
        ("住云栖一期3栋的老人在晴川广场摔倒", "晴川广场"),
    ],
)
def test_odd_ways_of_writing(text: str, name: str) -> None:
    assert match(text).name == name


def test_a_text_that_is_nothing_but_names_takes_no_long_time() -> None:
    start = process_time()
    match("榆园双榆路" * 1000)
    assert process_time() - start < 2


def test_two_estates_of_one_name_are_told_apart_by_their_source_only() -> None:
    one, other = (Entry("estate", "阳明小区", community=code) for code in (SHUANGYU, SHIGU))
    town = Gazetteer((one, other))
    assert town.match("阳明小区", SHIGU).place.community == SHIGU
    unknown = town.match("阳明小区")
    assert unknown.place == Place(address="阳明小区", estate="阳明小区", confidence=0.33)
    assert unknown.alternatives == (f"阳明小区（{SHUANGYU}）", f"阳明小区（{SHIGU}）")


def test_an_empty_gazetteer_knows_nothing() -> None:
    assert Gazetteer(()).match("云栖一期", SHIGU).place == Place()


@given(TEXTS, NEARS)
def test_whatever_is_written_nothing_is_raised_and_nothing_is_contradictory(
    text: str, near: str | tuple[float, float] | None
) -> None:
    found = match(text, near)
    assert 0 <= found.confidence <= 1 and found.why
    assert found.is_sure == (found.confidence > 0.4)
    assert not (found.is_sure and found.alternatives)
    if not found.is_sure:
        assert found.place.longitude is None and found.place.building is None
    if found.kind in COARSE:
        assert found.place.longitude is None


@given(TEXTS, NEARS)
def test_full_width_and_half_width_are_the_same(
    text: str, near: str | tuple[float, float] | None
) -> None:
    assert match(text.translate(WIDE), near) == match(text, near)


@given(TEXTS)
def test_folding_twice_is_folding_once(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(TEXTS, NEARS)
def test_no_place_is_given_that_the_text_does_not_name(
    text: str, near: str | tuple[float, float] | None
) -> None:
    found = match(text, near)
    if found.is_sure:
        homes = {re.sub("[0-9]+号$", "", found.name), found.place.estate}
        entries = [each for each in TOWN.entries if {each.label, each.estate, each.name} & homes]
        assert any(_is_named(fold(text), each) for each in entries) or found.kind == "crossing"


@given(st.integers(1, 12), st.integers(13, 40), st.integers(1301, 4099))
def test_unit_floor_and_room_never_come_back(building: int, unit: int, room: int) -> None:
    for text in (f"榆园{building}栋{unit}单元{room}", f"榆园{building}-{unit}-{room}"):
        found = match(text)
        said = f"{found.place.address}{found.why}{found.alternatives}"
        assert found.name == f"榆园{building}栋"
        assert str(unit) not in said and str(room) not in said


def test_every_entry_is_found_by_its_own_names() -> None:
    for entry in TOWN.entries:
        if entry.kind != "road" and "老宿舍" not in entry.aliases:
            assert match(entry.label).name == entry.label
    for entry in TOWN.entries:
        for spelling in entry.aliases + entry.old_names:
            known = {match(spelling).name, *match(spelling).alternatives}
            assert {entry.label, entry.estate} & known or entry.kind == "gate"


@pytest.mark.parametrize("part", PARTS)
def test_what_people_write_is_recognised_above_the_floor(part: str) -> None:
    answers = judged(part)
    assert precision(answers) >= 0.97
    assert recall(answers) >= 0.97
    assert silence(answers) >= 0.95
    assert common_ground(answers) >= 0.95


def test_confidence_means_what_it_says() -> None:
    answers = [each for part in PARTS for each in judged(part)]
    for band, count, sure, right in calibration(answers):
        if count >= 20:
            assert right >= sure - 0.05, band


def test_the_set_is_large_mixed_and_largely_held_out() -> None:
    kinds = [each.outcome for each in variants()]
    assert len(kinds) >= 400 and len(kinds) - kinds.count("place") >= 80
    assert sum(len(each.text) >= 40 for each in variants()) >= 40
    assert len(variants("held_out")) >= 0.4 * len(variants("develop") + variants("held_out"))
    assert len(TOWN.entries) >= 120


def test_a_match_against_ten_thousand_entries_is_fast() -> None:
    town = city()
    taken = sorted(seconds_a_match(town, messages_of(town, 60)))
    assert taken[len(taken) // 2] < 0.0005


def _is_named(text: str, entry: Entry) -> bool:
    """Whether a text names an entry: near its spelling or sound, or by road with number or kind."""
    for spelling, _ in spellings_of(entry):
        sounds = {sound(spelling)} | other_sounds(spelling)
        if any(each in sound(text) for each in sounds) or _close(text, spelling):
            return True
    return any(_names_road(text, road) for road in entry.roads) or _says_kind(text)


def _names_road(text: str, road: str) -> bool:
    spelt = [each for each in TOWN.entries if each.kind == "road" and each.name == road]
    return any(_is_named(text, each) for each in spelt) and _says_more(text)


def _says_more(text: str) -> bool:
    return any(each.isdigit() for each in text) or _says_kind(text)


def _says_kind(text: str) -> bool:
    return any(each in text for each in KIND_WORDS.split())


def _close(text: str, spelling: str) -> bool:
    """Whether some stretch of the text is the spelling with at most one character more or less."""
    size = len(spelling)
    shorter = {spelling[:at] + spelling[at + 1 :] for at in range(size)}
    for start in range(len(text)):
        if text[start : start + size] == spelling or text[start : start + size - 1] in shorter:
            return True
        longer = text[start : start + size + 1]
        if any(longer[:at] + longer[at + 1 :] == spelling for at in range(1, len(longer))):
            return True
    return False


def test_what_the_words_settle_is_the_same_whatever_is_near() -> None:
    points = [(e.longitude, e.latitude) for e in TOWN.entries if e.longitude and e.latitude][::31]
    texts = [each.text for each in variants()]
    settled = {text: match for text in texts if (match := TOWN.match(text)).settled}
    assert len(settled) > len(texts) / 2
    for text, match in settled.items():
        assert all(TOWN.match(text, near) == match for near in points)
        assert TOWN.match(text, SHUANGYU) == match
