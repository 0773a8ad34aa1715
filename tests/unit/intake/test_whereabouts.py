"""From what a source says of the place to a place on the ground."""

from typing import Any

import pytest

from schemas.place import Place
from schemas.report import Camera, Source
from services.intake.domain.submission import Statement, Whereabouts
from services.intake.domain.whereabouts import DISAGREEMENT, STATED, SYSTEMS, place_of
from services.reference.ground.crs import Crs, from_wgs84
from services.reference.places import Match, Near
from tests.unit.intake.records import ESTATE, GROUND

OTHER = GROUND.estates[100]
"""In another community."""
POINT = (ESTATE.longitude, ESTATE.latitude)


def said(source: Source = Source.HOTLINE, title: str = "", text: str = "", **where: Any) -> Place:
    statement = Statement("t", source, title=title, text=text, where=Whereabouts(**where))
    return place_of(statement, GROUND)


def at(x: float, y: float, crs: str = "WGS-84") -> dict[str, Any]:
    return {"longitude": x, "latitude": y, "crs": crs}


def test_the_address_comes_first_then_title_then_text_then_further_words() -> None:
    names = [each.name for each in GROUND.estates[:4]]
    all_four: dict[str, Any] = {
        "address": names[0],
        "title": names[1],
        "text": names[2],
        "words": names[3],
    }
    for name, field in zip(names, list(all_four), strict=True):
        assert said(**all_four).estate == name
        del all_four[field]


def test_what_is_sure_further_on_counts_more_than_what_is_open_before() -> None:
    assert said(address="云栖小区", title="云栖二期3栋漏水").address == "云栖二期3栋"


def test_of_several_places_what_they_share_is_kept_and_none_is_chosen() -> None:
    place = said(address="云栖小区漏水", text="水流了一地")
    assert (place.longitude, place.micro_grid, place.estate) == (None, None, None)
    assert 0 < place.confidence <= 0.4 and place.address == "云栖小区漏水"


def test_a_market_a_school_and_a_crossing_are_places_without_an_estate() -> None:
    for words in ("拾光菜市门口", "揽星小学门口", "揽星路和拾光街路口"):
        place = said(text=words)
        assert place.estate is None and place.micro_grid and place.confidence > 0.9


def test_a_community_is_wide_and_further_words_name_what_lies_in_it() -> None:
    community = GROUND.communities[ESTATE.community]
    place = said(address=f"双桥子街道{community}", text=f"{ESTATE.name}2栋漏水")
    assert (place.estate, place.building) == (ESTATE.name, "2")
    elsewhere = said(address=community, text=f"{OTHER.name}2栋漏水")
    assert (elsewhere.address, elsewhere.community) == (community, ESTATE.community)


@pytest.mark.parametrize(
    ("where", "name"),
    [
        ({"community": "水碾河路北社区"}, "好时邻超市扶摇店"),
        ({"community": "万晟"}, "好时邻超市听雨店"),
        ({"words": "水碾河路北社区居民群"}, ""),
    ],
)
def test_the_community_that_the_source_names_decides_between_equals(
    where: dict[str, Any], name: str
) -> None:
    place = said(text="好时邻超市门口有人占道", **where)
    assert (place.address or "") == name or (not name and place.community == "510108004005")


def test_a_point_decides_between_equals() -> None:
    (shop,) = (e for e in GROUND.gazetteer.entries if e.name == "好时邻超市听雨店")
    assert shop.longitude is not None and shop.latitude is not None
    place = said(text="好时邻超市里面", **at(shop.longitude, shop.latitude))
    assert place.address == shop.name


def test_where_nothing_is_recognised_the_community_that_is_stated_is_known() -> None:
    place = said(text="楼下很吵", address="某处", community="双林社区")
    assert (place.community, place.confidence) == ("510108004003", STATED)
    assert (place.address, place.ground) == ("某处", GROUND.version)


def test_where_nothing_is_known_the_address_goes_on_as_it_is_and_masked() -> None:
    assert said(address="某处 13800001234", text="楼下很吵") == Place(address="某处 138****1234")
    assert said(text="楼下很吵") == Place()


@pytest.mark.parametrize("crs", Crs)
@pytest.mark.parametrize("is_swapped", [False, True])
def test_a_point_is_read_in_the_system_that_the_source_states(crs: Crs, is_swapped: bool) -> None:
    x, y = (float(each) for each in from_wgs84(*POINT, crs))
    place = said(**(at(y, x, crs) if is_swapped else at(x, y, crs)))
    assert place.micro_grid == ESTATE.micro_grid
    assert (place.longitude, place.latitude) == pytest.approx(POINT, abs=1e-9)


@pytest.mark.parametrize("source", Source)
def test_a_source_that_states_no_system_has_one_of_its_own(source: Source) -> None:
    x, y = (float(each) for each in from_wgs84(*POINT, SYSTEMS[source]))
    assert said(source, **at(x, y, "")).micro_grid == ESTATE.micro_grid


def test_a_point_in_a_system_that_nobody_knows_is_not_used() -> None:
    assert said(**at(*POINT, "西安80")).longitude is None


def test_words_and_point_that_agree_are_surer_and_the_point_is_that_of_the_reporter() -> None:
    x, y = POINT[0] + 1e-4, POINT[1]
    place = said(address=ESTATE.name, **at(x, y))
    assert (place.estate, place.longitude) == (ESTATE.name, x)
    assert place.confidence >= GROUND.find(ESTATE.name).confidence


def test_words_win_over_a_point_elsewhere_less_surely() -> None:
    place = said(address=ESTATE.name, **at(OTHER.longitude, OTHER.latitude))
    assert (place.estate, place.confidence) == (ESTATE.name, DISAGREEMENT)
    assert place.longitude == ESTATE.longitude


def test_a_point_says_more_than_the_road_on_which_it_lies() -> None:
    place = said(address="揽星路", **at(*POINT))
    assert (place.address, place.micro_grid) == ("揽星路", ESTATE.micro_grid)


def test_a_text_is_not_read_where_the_address_is_sure(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def noting(text: str, near: Near) -> Match:
        asked.append(text)
        return GROUND.gazetteer.match(text, near)

    monkeypatch.setattr(GROUND, "find", noting)
    said(address=ESTATE.name, title="漏水", text="很长的文字" * 100)
    assert asked == [ESTATE.name]


@pytest.mark.parametrize(
    ("words", "name"), [(ESTATE.name, ESTATE.name), (OTHER.name, None), ("", None)]
)
def test_a_camera_that_looks_at_a_unit_may_name_a_place_in_it(
    words: str, name: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = Place(community=ESTATE.community, confidence=1.0)
    monkeypatch.setattr(GROUND, "camera", lambda *_: seen)
    camera = Camera(device="D", channel="1", vendor="plain", code="7", alarm="a")
    statement = Statement("t", Source.CAMERA, camera=camera, where=Whereabouts(words=words))
    place = place_of(statement, GROUND)
    assert (place.estate, place.community) == (name, ESTATE.community)
