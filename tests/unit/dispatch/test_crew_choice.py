"""Who goes."""

import pytest

from schemas.dispatch import Level
from schemas.place import Place
from services.dispatch.domain.crew_choice import DUTY_DESK, choose, everyone
from tests.unit.dispatch.cases import COMMUNITY, ESTATE, FIRST, HERE, LEADER, SECOND


def test_the_least_loaded_member_of_the_lowest_rung_goes_and_the_reason_says_so() -> None:
    chosen, why = choose(HERE, {FIRST: 3, SECOND: 2, LEADER: 0})
    assert (chosen.worker_id, chosen.level) == (SECOND, Level.MICRO_GRID)
    assert chosen.area == ESTATE.micro_grid
    assert why == f"微网格员负责 {ESTATE.micro_grid}，手上在办 2 件，为同级最少"


def test_among_the_equally_loaded_the_choice_is_always_the_same() -> None:
    assert choose(HERE, {})[0].worker_id == FIRST
    assert choose(HERE, {SECOND: 1, FIRST: 1})[0].worker_id == FIRST


def test_whoever_was_tried_is_not_asked_again_even_with_less_in_hand() -> None:
    assert choose(HERE, {SECOND: 9}, tried=[FIRST])[0].worker_id == SECOND


def test_when_a_rung_is_used_up_the_next_one_is_asked() -> None:
    assert choose(HERE, {}, [FIRST, SECOND])[0].worker_id == LEADER
    assert choose(HERE, {}, [FIRST, SECOND, LEADER])[0].worker_id == COMMUNITY


@pytest.mark.parametrize(
    ("above", "worker"),
    [
        (Level.MICRO_GRID, LEADER),
        (Level.GRID, COMMUNITY),
        (Level.COMMUNITY, DUTY_DESK),
        (Level.STREET, DUTY_DESK),
    ],
)
def test_above_a_level_nobody_of_it_or_below_is_asked(above: Level, worker: str) -> None:
    assert choose(HERE, {worker: 9}, above=above)[0].worker_id == worker


def test_a_place_known_only_to_its_community_goes_to_the_community() -> None:
    chosen, _ = choose(Place(community=ESTATE.community), {})
    assert (chosen.worker_id, chosen.level) == (COMMUNITY, Level.COMMUNITY)


def test_an_unknown_place_goes_to_the_duty_desk_and_the_reason_says_why() -> None:
    chosen, why = choose(Place(), {})
    assert (chosen.worker_id, chosen.level, chosen.area) == (DUTY_DESK, Level.STREET, "")
    assert why == "地点不明，由街道运行中心值班处理"


def test_a_known_place_with_nobody_left_goes_to_the_duty_desk_for_that_reason() -> None:
    chosen, why = choose(HERE, {}, [FIRST, SECOND, LEADER, COMMUNITY])
    assert chosen.worker_id == DUTY_DESK
    assert why == "下级无人可派，由街道运行中心值班处理"


def test_when_everyone_was_tried_it_still_goes_somewhere() -> None:
    chosen, why = choose(HERE, {}, everyone(HERE))
    assert chosen.worker_id == DUTY_DESK
    assert why == "各级均已派过，由街道运行中心值班处理"


def test_everyone_are_all_rungs_of_a_place_and_for_an_unknown_one_the_desk() -> None:
    assert everyone(HERE) == [FIRST, SECOND, LEADER, COMMUNITY, DUTY_DESK]
    assert everyone(Place()) == [DUTY_DESK]
