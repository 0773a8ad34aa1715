"""Whether two reports speak of the same matter."""

from dataclasses import replace
from math import cos, pi, radians, sin

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.incident import Kind
from schemas.place import Place
from schemas.report import Ticket
from services.classification.domain.cells import CELL, cell_of, cells_near
from services.classification.domain.likeness import fingerprint
from services.classification.domain.matching import ENOUGH, OpenIncident, compare
from services.reference.degrees import METRES_PER_DEGREE
from tests.unit.classification.cases import (
    ESTATE,
    HERE,
    LAMP,
    LANE,
    NOON,
    around,
    at,
    closed,
    lying,
    opened,
    report,
)

LONG = "有一辆白色的车停在消防通道上，进出都很困难"


def is_same(place: Place, near: OpenIncident) -> bool:
    new = report(place=place)
    return around(new, near=near).known(new, NOON).open is not None


@pytest.mark.parametrize("metres", [-49.5, 0, 10, 49.5])
def test_the_same_category_within_50_metres_is_the_same_matter(metres: float) -> None:
    assert is_same(at(metres), lying())


@pytest.mark.parametrize("metres", [-51, 51, 400])
def test_what_is_further_away_is_another_matter(metres: float) -> None:
    assert not is_same(at(metres), lying())


def test_metres_to_the_east_are_counted_as_metres() -> None:
    degrees = 50 / (METRES_PER_DEGREE * cos(radians(ESTATE.latitude)))
    for share, same in ((0.98, True), (1.02, False)):
        east = HERE.model_copy(update={"longitude": ESTATE.longitude + share * degrees})
        assert is_same(east, lying()) is same


def test_another_category_at_the_same_place_is_another_matter() -> None:
    assert not is_same(HERE, lying(category=LAMP))


def test_another_building_is_another_matter_as_far_as_both_are_known() -> None:
    assert not is_same(at(building="3"), lying(at(building="4")))
    assert is_same(at(building="3"), lying(at(building="3")))
    assert is_same(at(building="3"), lying())
    assert is_same(HERE, lying(at(building="4")))


def test_after_24_hours_it_is_another_matter() -> None:
    assert is_same(HERE, lying(hours=24))
    assert not is_same(HERE, lying(hours=24.01))


def test_where_a_place_is_unknown_nothing_is_near() -> None:
    assert cells_near(Place(), 50) == ()
    assert not is_same(Place(), lying())
    assert not is_same(HERE, replace(lying(), longitude=None))


def test_the_reason_tells_the_distance() -> None:
    new = report(place=at(20))
    known = around(new, near=lying()).known(new, NOON).open
    assert known is not None and known[1].startswith("同类事件，相距 20 米，24 小时内")


@pytest.mark.parametrize(("hours", "same"), [(1, True), (24, True), (24.01, False)])
def test_the_very_same_words_without_a_point_are_the_same_matter_for_24_hours(
    hours: float, same: bool
) -> None:
    new = report(LONG, place=Place())
    near = around(new, near=lying(category=LAMP, hours=hours, words=fingerprint("", LONG)))
    known = near.known(new, NOON).open
    assert (known is not None) is same
    assert known is None or known[1] == "与已受理事件内容完全相同"


def test_an_incident_that_was_just_opened_is_seen_by_the_next_report() -> None:
    first, near_by, same_words = (
        report(LONG),
        report(number=2),
        report(LONG, number=3, place=Place()),
    )
    near = around(first, near_by, same_words)
    assert near.known(near_by, NOON).open is None
    made = opened(first)
    near.observe(closed())
    near.observe(made)
    for later in (near_by, same_words):
        known = near.known(later, NOON).open
        assert known is not None and known[0].incident_id == made.incident_id


def test_the_incidents_that_a_batch_will_join_are_named_before_it_is_decided() -> None:
    joins, far = report(), report(number=2, place=at(500))
    near = around(joins, far, near=lying())
    assert near.spoken_of([joins, far], NOON) == {"I1"}
    assert near.spoken_of([far], NOON) == set()


BUILDINGS = st.sampled_from([None, "1", "2"])
ESTATES = st.sampled_from([None, "甲苑", "乙苑"])
POINTS = st.builds(at, st.floats(-200, 200), building=BUILDINGS) | st.builds(
    Place, building=BUILDINGS, grid=st.sampled_from([None, "510108004004001"])
)
PLACES = st.builds(
    lambda place, estate: place.model_copy(update={"estate": estate}), POINTS, ESTATES
)
LIE = st.builds(lying, PLACES, category=st.sampled_from([LANE, LAMP]), hours=st.floats(0, 30))


@given(place=PLACES, lie=st.lists(LIE, max_size=12), joins=st.lists(st.integers(0, 11), max_size=4))
def test_none_is_overlooked_of_all_that_were_noted_joined_and_forgotten(
    place: Place, lie: list[OpenIncident], joins: list[int]
) -> None:
    new = report(place=place)
    near = around(new)
    for number, each in enumerate(lie):
        near.note(replace(each, incident_id=f"I{number}", closed_at=None))
    for number in joins:
        near.join(f"I{number}", new.report_id, NOON)
    if "I1" in near.incidents:
        near.forget("I1")
    matter = near.matter(new)
    assert matter is not None
    matches = [compare(matter, each, NOON) for each in near.incidents.values()]
    alike = {each.incident.incident_id for each in matches if each and each.points >= ENOUGH}
    assert near.spoken_of([new], NOON) == alike


def test_a_fingerprint_is_of_the_words_alone() -> None:
    assert fingerprint("路灯坏了", "晚上看不清路 ，请维修") == fingerprint(
        "路灯坏了！晚上看不清路", "请维修。"
    )
    assert fingerprint("", LONG) != fingerprint("", LONG + "了")
    assert len(fingerprint("", LONG)) == 16


def test_short_texts_have_no_fingerprint_for_many_say_the_same() -> None:
    assert fingerprint("路灯坏了", "，" * 20) == b""
    assert fingerprint("", "灯" * 11) == b"" != fingerprint("", "灯" * 12)


@given(
    longitude=st.floats(73, 135),
    latitude=st.floats(18, 53),
    direction=st.floats(0, 2 * pi),
    metres=st.floats(0, 50.0),
)
def test_every_point_within_50_metres_lies_in_a_cell_that_is_looked_at(
    longitude: float, latitude: float, direction: float, metres: float
) -> None:
    here = Place(longitude=longitude, latitude=latitude)
    north = metres * sin(direction) / METRES_PER_DEGREE
    east = metres * cos(direction) / METRES_PER_DEGREE / cos(radians(latitude))
    assert cell_of(longitude + east, latitude + north) in cells_near(here, 50)


@pytest.mark.parametrize("latitude", [18, 30.65, 39.9, 45.8, 53])
def test_a_point_50_metres_beyond_a_cells_border_is_looked_at_as_far_north_as_53_degrees(
    latitude: float,
) -> None:
    border = 70_000 * CELL + 1e-9
    reach = 50.0 / METRES_PER_DEGREE / cos(radians(latitude))
    here = Place(longitude=border - reach, latitude=latitude)
    assert cell_of(here.longitude or 0, latitude) != cell_of(border, latitude)
    assert cell_of(border, latitude) in cells_near(here, 50)


def test_no_report_joins_what_the_hub_opened_itself() -> None:
    first, later = report(), report(number=2)
    near = around(first, later)
    near.observe(opened(first).model_copy(update={"kind": Kind.WARNING}))
    assert near.known(later, NOON).open is None
    near.observe(opened(first))
    assert near.known(later, NOON).open is not None


def test_the_words_of_a_confidential_ticket_are_kept_for_no_comparison() -> None:
    ticket = Ticket(number="W1", confidential=True)
    said = report(LONG, "有人举报").model_copy(update={"ticket": ticket})
    near = around(said)
    matter = near.matter(said)
    assert matter is not None and matter.gist == ""
    near.observe(opened(said))
    assert [each.gist for each in near.incidents.values()] == [""]
    later = around()
    later.observe(opened(said))
    assert [each.gist for each in later.incidents.values()] == [""]
