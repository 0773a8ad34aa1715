"""Who goes where when much comes at once."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.incident import Severity
from services.dispatch.adapters.solver import solve
from services.dispatch.domain.assignment import assign
from services.dispatch.domain.crew_choice import DUTY_DESK
from services.dispatch.domain.reserve import keep_back
from services.dispatch.domain.surge import (
    Doing,
    Expected,
    Member,
    Spot,
    Street,
    SurgeRules,
    Verdict,
    Waiting,
)
from services.dispatch.ports import Solver
from tests.unit.dispatch.cases import NOON

SOLVER: Solver = solve
RULES = SurgeRules(reserve_share=0, reserve_least=0)
LIGHT = frozenset({Severity.LOW, Severity.MEDIUM})
BIKE = 4.2


def member(name: str, east: float, north: float = 0.0, **more: Any) -> Member:
    return Member(name, Spot(east, north), **more)


def waiting(
    name: str, east: float, severity: Severity = Severity.LOW, minutes: float = 0, **more: Any
) -> Waiting:
    return Waiting(name, severity, Spot(east, 0.0), NOON - timedelta(minutes=minutes), **more)


def danger(name: str, east: float, **more: Any) -> Waiting:
    return waiting(name, east, Severity.DANGER, **more)


def verdicts(
    members: list[Member], queue: list[Waiting], rules: SurgeRules = RULES, **more: Any
) -> dict[str, Verdict]:
    given = assign(Street(members, **more), queue, NOON, rules, SOLVER)
    return {each.incident_id: each for each in given}


def who(found: dict[str, Verdict]) -> dict[str, str]:
    return {key: each.worker_id for key, each in found.items()}


def test_a_batch_takes_the_least_sum_of_ways_not_the_nearest_for_the_first() -> None:
    members = [member("A", 0), member("B", 300)]
    found = verdicts(members, [waiting("far", -400), waiting("near", 100)])
    assert who(found) == {"far": "A", "near": "B"}
    assert "统筹派单" in found["near"].reason
    assert "距现场约 200 米" in found["near"].reason


def test_danger_takes_whoever_is_there_soonest_even_from_farther_away() -> None:
    found = verdicts(
        [member("walks", 300), member("rides", 500, pace=BIKE, start=45)], [danger("D", 0)]
    )
    assert who(found) == {"D": "rides"}
    assert found["D"].travel == timedelta(seconds=45 + 500 / BIKE)
    assert "预计 3 分 4 秒到场；为可派人员中到场最快" in found["D"].reason


def test_both_of_two_emergencies_are_reached_in_time_rather_than_one_at_once() -> None:
    members = [member("walks", 0), member("rides", -480, pace=BIKE, start=45)]
    found = verdicts(members, [danger("here", 0), danger("there", 205)])
    assert who(found) == {"here": "rides", "there": "walks"}
    assert "更快的 1 人已派往其他险情" in found["here"].reason


def test_danger_is_served_before_graver_looking_age_of_ordinary_work() -> None:
    queue = [waiting("old", 1, Severity.HIGH, minutes=600), danger("D", 200)]
    found = verdicts([member("only", 0)], queue)
    assert who(found) == {"D": "only", "old": DUTY_DESK}
    assert found["old"].comes_again
    assert "均在处置中" in found["old"].reason


def test_graver_and_older_work_comes_first_when_there_are_too_few() -> None:
    one = [member("only", 0)]
    assert who(verdicts(one, [waiting("L", 10), waiting("H", 400, Severity.HIGH)]))["H"] == "only"
    assert who(verdicts(one, [waiting("L", 10), waiting("old", 40, minutes=30)]))["old"] == "only"


def test_the_reserve_is_kept_from_ordinary_work_and_the_reason_says_so() -> None:
    rules = SurgeRules(reserve_share=0.5, reserve_least=2)
    members = [member("A", 0), member("B", 10)]
    found = verdicts(members, [waiting("L", 0)], rules)
    assert who(found) == {"L": DUTY_DESK}
    assert found["L"].comes_again
    assert found["L"].reason.startswith("空闲 2 人均留作应急备勤，不派一般事项")
    assert found["L"].reason.endswith("下一批再派")
    spent = verdicts(members, [danger("D", 0)], rules)
    assert who(spent) == {"D": "A"}
    assert "派出后空闲 1 人，应急备勤缺 1 人" in spent["D"].reason


def test_the_reserve_are_those_who_reach_most_of_where_danger_is_expected() -> None:
    expected = [Expected(Spot(0, 0), 0.5), Expected(Spot(50, 0), 0.2), Expected(Spot(2000, 0), 0.3)]
    free = [member("A", 0), member("B", 10), member("C", 2000), member("D", 900)]
    reserve = keep_back(free, 2, expected, RULES)
    assert reserve.kept == {"A", "C"}
    assert reserve.worth["D"] == 0
    assert reserve.worth["B"] == pytest.approx(0.7 * RULES.again)


def test_without_known_places_the_fastest_are_kept() -> None:
    free = [member("A", 0), member("B", 0, pace=BIKE)]
    assert keep_back(free, 1, [], RULES).kept == {"B"}


def test_a_smaller_reserve_than_wanted_keeps_everyone() -> None:
    assert keep_back([member("A", 0)], 3, [], RULES).kept == {"A"}


def test_nobody_goes_beyond_the_cap_until_patience_is_over() -> None:
    far = [member("far", 1500)]
    held = verdicts(far, [waiting("L", 0, minutes=44)])["L"]
    assert (held.worker_id, held.comes_again) == (DUTY_DESK, True)
    assert held.reason.startswith("1000 米内暂无人可派")
    sent = verdicts(far, [waiting("L", 0, minutes=45)])["L"]
    assert sent.worker_id == "far"
    assert "1000 米内已无人可派，等待过久，超距离派出" in sent.reason


def test_somebody_within_the_cap_goes_before_a_faster_one_beyond_it() -> None:
    members = [member("walks", 990), member("rides", 1010, pace=BIKE)]
    assert who(verdicts(members, [waiting("L", 0, minutes=60)])) == {"L": "walks"}


def test_danger_far_from_everyone_still_gets_somebody() -> None:
    found = verdicts([member("far", 9000)], [danger("D", 0)])["D"]
    assert found.worker_id == "far"
    assert "2500 米内已无人可派，超距离派出" in found.reason


def test_work_is_left_for_danger_only_where_the_rules_allow_it_and_the_reason_says_so() -> None:
    near = member("near", 50, doing=Doing("I-7", Severity.LOW))
    held = verdicts([near], [danger("D", 0)])["D"]
    assert held.worker_id == DUTY_DESK
    assert "在岗 1 人均在处置中，规则不允许中断" in held.reason
    allowed = replace(RULES, interruptible=LIGHT)
    sent = verdicts([near, member("far", 900)], [danger("D", 0)], allowed)["D"]
    assert (sent.worker_id, sent.interrupts) == ("near", "I-7")
    assert "按规则中断其在办的轻微事项 I-7" in sent.reason


def test_nobody_is_interrupted_when_somebody_free_is_there_in_time() -> None:
    members = [member("busy", 0, doing=Doing("I-7", Severity.LOW)), member("free", 100)]
    found = verdicts(members, [danger("D", 0)], replace(RULES, interruptible=LIGHT))["D"]
    assert (found.worker_id, found.interrupts) == ("free", None)
    assert "更快的 1 人" in found.reason


def test_whoever_had_it_is_not_asked_again_and_when_all_had_it_the_desk_keeps_it() -> None:
    members = [member("A", 0), member("B", 100)]
    assert who(verdicts(members, [waiting("L", 0, tried=frozenset("A"))])) == {"L": "B"}
    for incident in (waiting("L", 0, tried=frozenset("AB")), danger("L", 0, tried=frozenset("AB"))):
        found = verdicts(members, [incident])["L"]
        assert (found.worker_id, found.comes_again) == (DUTY_DESK, False)
        assert found.reason == "在岗人员均已派过，由街道运行中心值班处理"


def test_an_unknown_place_goes_to_the_desk_for_good() -> None:
    unknown = Waiting("U", Severity.DANGER, None, NOON)
    found = verdicts([member("A", 0)], [unknown])["U"]
    assert (found.worker_id, found.comes_again) == (DUTY_DESK, False)
    assert found.reason == "地点不明，由街道运行中心值班处理"
    with pytest.raises(ValueError, match="place is not known"):
        _ = unknown.spot


def test_with_nobody_on_duty_the_desk_has_it_until_somebody_comes() -> None:
    for incident in (waiting("X", 0), danger("X", 0)):
        found = verdicts([], [incident])["X"]
        assert (found.worker_id, found.comes_again) == (DUTY_DESK, True)
        assert "当前无人在岗" in found.reason


def test_more_than_a_batch_takes_waits_for_the_next_one_with_that_reason() -> None:
    rules = replace(RULES, most_at_once=1)
    found = verdicts([member("A", 0), member("B", 0)], [waiting("1", 0), waiting("2", 0)], rules)
    assert who(found) == {"1": "A", "2": DUTY_DESK}
    assert found["2"].reason.startswith("本批只取最紧急的 1 件")


def test_of_two_equally_near_the_one_who_worked_less_today_goes() -> None:
    members = [member("tired", 100, worked=5.0), member("fresh", -100, worked=1.0)]
    assert who(verdicts(members, [waiting("L", 0)])) == {"L": "fresh"}


def test_of_two_equally_near_the_one_who_covers_no_danger_goes() -> None:
    members = [member("A", 100), member("B", -100)]
    found = verdicts(members, [waiting("L", 0)], expected=[Expected(Spot(250, 0), 1.0)])
    assert who(found) == {"L": "B"}


@pytest.mark.parametrize(
    ("broken", "why"),
    [
        (lambda: SurgeRules(interruptible=frozenset({Severity.DANGER})), "never left"),
        (lambda: SurgeRules(reserve_share=1.5), "not a share"),
        (lambda: SurgeRules(cap_metres=0), "more than 0"),
        (lambda: SurgeRules(answer=timedelta(minutes=3)), "no time"),
    ],
)
def test_rules_that_cannot_be_meant_are_refused(broken: Callable[[], SurgeRules], why: str) -> None:
    with pytest.raises(ValueError, match=why):
        broken()


def test_the_solver_pairs_as_many_as_possible_at_least_cost() -> None:
    assert sorted(solve([[1, 2, 9], [1, 5, 9]])) == [(0, 1), (1, 0)]


SPOTS = st.builds(Spot, st.floats(0, 4000), st.floats(0, 4000))
LEVELS = st.sampled_from(Severity)


@st.composite
def worlds(draw: st.DrawFn) -> tuple[Street, list[Waiting], SurgeRules]:
    """A small street, what waits, and rules."""
    members = [
        Member(
            f"M{number}",
            draw(SPOTS),
            draw(st.sampled_from([1.3, BIKE])),
            draw(st.sampled_from([0.0, 45.0])),
            draw(st.floats(0, 8)),
            draw(st.none() | st.builds(Doing, st.just(f"work {number}"), LEVELS)),
        )
        for number in range(draw(st.integers(0, 7)))
    ]
    names = [each.worker_id for each in members]
    queue = [
        Waiting(
            f"I{number}",
            draw(LEVELS),
            draw(st.none() | SPOTS),
            NOON - timedelta(minutes=draw(st.integers(-5, 600))),
            draw(st.frozensets(st.sampled_from(names), max_size=2)) if names else frozenset(),
        )
        for number in range(draw(st.integers(0, 9)))
    ]
    expected = draw(st.lists(st.builds(Expected, SPOTS, st.floats(0, 1)), max_size=4))
    rules = SurgeRules(
        reserve_share=draw(st.sampled_from([0.0, 0.3, 1.0])),
        reserve_least=draw(st.integers(0, 2)),
        cap_metres=draw(st.sampled_from([300.0, 1000.0])),
        interruptible=draw(st.sampled_from([frozenset[Severity](), LIGHT])),
        most_at_once=draw(st.sampled_from([3, 200])),
    )
    return Street(members, expected), queue, rules


World = tuple[Street, list[Waiting], SurgeRules]
quickly = settings(max_examples=40, deadline=None)


@quickly
@given(worlds())
def test_everyone_gets_at_most_one_and_every_incident_one_verdict_with_a_reason(
    world: World,
) -> None:
    street, queue, rules = world
    found = assign(street, queue, NOON, rules, SOLVER)
    assert sorted(each.incident_id for each in found) == sorted(each.incident_id for each in queue)
    sent = [each.worker_id for each in found if each.worker_id != DUTY_DESK]
    assert len(sent) == len(set(sent))
    assert set(sent) <= {each.worker_id for each in street.members}
    assert all(re.search(r"[\u4e00-\u9fff]", each.reason) for each in found)
    assert all((each.worker_id == DUTY_DESK) == (each.travel is None) for each in found)


@quickly
@given(worlds())
def test_nobody_goes_beyond_the_cap_unless_nobody_nearer_is_left(world: World) -> None:
    _, queue, rules = world
    left, found = outcome(world)
    kept = reserve_of(world, left)
    for each in queue:
        verdict = found[each.incident_id]
        is_danger = each.severity is Severity.DANGER
        cap = rules.danger_cap_metres if is_danger else rules.cap_metres
        if verdict.metres is None or verdict.metres <= cap:
            continue
        assert is_danger or each.waited(NOON) >= rules.patience
        assert not [
            one
            for one in left
            if one.at.metres_to(each.spot) <= cap
            and one.worker_id not in each.tried
            and (is_danger or one.worker_id not in kept)
        ]


@quickly
@given(worlds())
def test_an_emergency_never_waits_for_ordinary_work(world: World) -> None:
    _, queue, _ = world
    _, found = outcome(world)
    for each in queue:
        if each.severity is Severity.DANGER and each.at and found[each.incident_id].travel is None:
            others = [one for one in queue if one.severity is not Severity.DANGER]
            sent = {found[one.incident_id].worker_id for one in others} - {DUTY_DESK}
            assert sent <= each.tried


@quickly
@given(worlds())
def test_the_reserve_is_never_spent_on_ordinary_work(world: World) -> None:
    street, queue, rules = world
    left, found = outcome(world)
    ordinary = [each for each in queue if each.severity is not Severity.DANGER]
    if any(found[each.incident_id].travel is not None for each in ordinary):
        assert len(left) >= rules.reserve(len(street.members))


@quickly
@given(worlds())
def test_only_work_that_the_rules_name_is_interrupted_and_only_by_danger(world: World) -> None:
    street, queue, rules = world
    _, found = outcome(world)
    doing = {each.worker_id: each.doing for each in street.members}
    for each in queue:
        work = doing.get(found[each.incident_id].worker_id)
        assert (work.incident_id if work else None) == found[each.incident_id].interrupts
        if work:
            assert each.severity is Severity.DANGER and work.severity in rules.interruptible


@quickly
@given(worlds())
def test_nobody_free_stands_by_while_work_within_the_cap_is_left_but_the_reserve(
    world: World,
) -> None:
    _, queue, rules = world
    left, found = outcome(world)
    kept = reserve_of(world, left)
    held = [each for each in queue if each.at and found[each.incident_id].travel is None]
    for each in held if len(queue) <= rules.most_at_once else []:
        assert each.severity is Severity.DANGER or not [
            one
            for one in left
            if one.at.metres_to(each.spot) <= rules.cap_metres
            and one.worker_id not in each.tried | kept
        ]


def outcome(world: World) -> tuple[list[Member], dict[str, Verdict]]:
    """Who is still free, and the verdicts."""
    street, queue, rules = world
    found = {each.incident_id: each for each in assign(street, queue, NOON, rules, SOLVER)}
    gone = {each.worker_id for each in found.values()}
    return [one for one in street.members if not one.doing and one.worker_id not in gone], found


def reserve_of(world: World, left: list[Member]) -> frozenset[str]:
    """The reserve as it was when danger had been served."""
    street, queue, rules = world
    _, found = outcome(world)
    sent = {found[each.incident_id].worker_id for each in queue if each.severity is Severity.DANGER}
    free = [one for one in street.members if not one.doing and one.worker_id not in sent]
    return keep_back(free, rules.reserve(len(street.members)), street.expected, rules).kept
