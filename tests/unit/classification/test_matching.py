"""How sure it is that a report speaks of a known incident."""

from dataclasses import replace
from datetime import timedelta

import pytest

from schemas.place import Place
from services.classification.adapters.families import load_families
from services.classification.domain.likeness import building_in, clash, gist, likeness
from services.classification.domain.matching import ENOUGH, Match, Matter, OpenIncident, compare
from tests.unit.classification.cases import CATALOGUE, HERE, LAMP, LANE, NOON, lying

FAMILIES = load_families(CATALOGUE.entries)
THROWN, FALLING, GAS, FIRE = "91001", "91008", "91005", "91010"


def matter(
    code: str,
    *others: tuple[str, float],
    said: str = "",
    place: Place = HERE,
    danger: bool = False,
) -> Matter:
    leanings = FAMILIES.leanings(code, [(code, 0.5), *others])
    return Matter(leanings, code, FAMILIES.of(code), place, gist("", said), danger)


def known(
    code: str, *others: tuple[str, float], said: str = "", place: Place = HERE, danger: bool = False
) -> OpenIncident:
    leanings = FAMILIES.leanings(code, [(code, 0.5), *others])
    return lying(place, code, leanings=leanings, said=said, danger=danger)


def weighed(new: Matter, old: OpenIncident) -> Match | None:
    match = compare(new, old, NOON)
    return match if match and match.points >= ENOUGH else None


def test_the_camera_says_thrown_and_the_neighbour_falling_and_it_is_one_matter() -> None:
    match = weighed(matter(FALLING), known(THROWN))
    assert match is not None and "同属“坠物”一类" in match.reason


def test_leanings_that_overlap_are_one_matter_though_the_first_ones_differ() -> None:
    match = weighed(matter(LANE, (LAMP, 0.4)), known(LAMP, (LANE, 0.4)))
    assert match is not None and "可能的类别有重合" in match.reason


def test_another_category_altogether_is_another_matter_at_the_very_same_place() -> None:
    assert compare(matter(LANE), known(LAMP), NOON) is None


def test_two_different_dangers_at_one_place_are_never_one_matter() -> None:
    gas = matter(GAS, (FIRE, 0.4), danger=True)
    assert compare(gas, known(FIRE, (GAS, 0.4), danger=True), NOON) is None


@pytest.mark.parametrize(
    ("one", "other"),
    [("广场舞音响太吵", "工地半夜打桩太吵"), ("3单元门口有噪音", "5单元门口有噪音")],
)
def test_texts_that_name_different_things_are_different_matters(one: str, other: str) -> None:
    assert weighed(matter("06028", said=one), known("06028", said=one))
    assert weighed(matter("06028", said=one), known("06028", said=other)) is None


def test_neighbours_who_ask_each_something_of_their_own_are_not_put_together() -> None:
    ask = "居住证续签要带什么材料"
    assert weighed(matter("95001", said=ask), known("95001", said="居住证续签需要哪些材料"))
    assert weighed(matter("95001", said=ask), known("95001", said="老年卡在哪里领")) is None


def test_without_a_point_the_estate_tells_and_the_grid_only_with_like_words() -> None:
    estate = Place(estate="试验苑", community="510108004003")
    assert weighed(matter(LANE, place=estate), known(LANE, place=estate))
    grid = Place(grid="510108004003001")
    words = "白色面包车堵住出口"
    assert weighed(matter(LANE, place=grid), known(LANE, place=grid)) is None
    assert weighed(matter(LANE, place=grid, said=words), known(LANE, place=grid, said=words))


def test_what_was_closed_may_come_back_for_30_days() -> None:
    gone = replace(known(LANE), closed_at=NOON - timedelta(days=29))
    match = compare(matter(LANE), gone, NOON)
    assert match is not None and "结案后 30 天内" in match.reason
    assert compare(matter(LANE), replace(gone, closed_at=NOON - timedelta(days=31)), NOON) is None


def test_names_of_places_and_polite_words_make_no_texts_alike() -> None:
    one = gist("", "您好，试验苑3栋路灯坏了，希望尽快派人处理", "试验苑")
    assert "试验苑" not in one and "您好" not in one and "路灯坏了" in one
    assert likeness(one, gist("", "试验苑下水道堵了，希望尽快派人处理", "试验苑")) == 0
    assert likeness("灯", one) is None
    assert not clash("3单元灯坏", "灯坏") and clash("东门灯坏", "西门灯坏")


def test_a_building_is_read_where_just_one_is_named() -> None:
    assert building_in("试验苑12栋楼下") == "12"
    assert building_in("3号楼和5号楼之间") is None
    assert building_in("小区门口") is None
