"""A surge: when it begins and ends, what waits in it, who is found, and what is never held."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from schemas.case import CaseChecked, CaseClosed, CaseDisposed, CaseSuspended
from schemas.dispatch import DispatchHeld, IncidentDispatched, Level
from schemas.incident import IncidentRegraded, Severity
from schemas.place import Place
from services.dispatch.adapters.solver import solve
from services.dispatch.domain.batch import Batch
from services.dispatch.domain.control import decide_released
from services.dispatch.domain.decide import decide_declined, decide_regraded, dispatch
from services.dispatch.domain.plan import Plan, deadlines, evolve, window_passed
from services.dispatch.domain.pressure import Pressure, turn
from services.dispatch.domain.roster.reading import read_roster
from services.dispatch.domain.situation import Situation, facts_of
from services.dispatch.domain.surge import Expected, Plane, Spot, SurgeRules
from services.dispatch.domain.waiting import window_after
from services.dispatch.domain.whereabouts import BACK, ON_FOOT, Seen, member_of
from services.dispatch.domain.window import decide_window
from services.reference.degrees import METRES_PER_DEGREE
from tests.unit.dispatch.cases import BOOK, ESTATE, NOON, after, incident, sent
from tests.unit.dispatch.test_control import DECLINED

SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)
RULES = SurgeRules(reserve_share=0, reserve_least=1)
X, Y = 104.05, 30.65
STREET = ESTATE.community[:9]
LIGHT = "06010"
"""Something for the micro-grid, at once."""


def at(north: float) -> tuple[float, float]:
    """So many metres north of a corner, in degrees."""
    return X, Y + north / METRES_PER_DEGREE


def here(north: float = 0.0) -> Place:
    """The same, as the place of an incident."""
    longitude, latitude = at(north)
    return Place(
        community=ESTATE.community,
        grid=ESTATE.grid,
        micro_grid=ESTATE.micro_grid,
        longitude=longitude,
        latitude=latitude,
    )


def roster(**posts: float) -> str:
    """People with posts so many metres to the north, day and night."""
    people = [
        f'  - {{id: {name}, level: micro_grid, areas: ["{ESTATE.micro_grid}"], '
        f"at: [{at(north)[0]}, {at(north)[1]}]}}"
        for name, north in posts.items()
    ]
    shifts = [
        f'  - {{name: s{hours}, hours: "{hours}", people: [{", ".join(posts)}]}}'
        for hours in ("00:00-12:00", "12:00-00:00")
    ]
    return "\n".join(["people:", *people, "shifts:", *shifts])


def surge(
    posts: dict[str, float], busy: Iterable[str] = (), rules: SurgeRules = RULES, **more: object
) -> Situation:
    """A street in a surge, with these people."""
    known = read_roster(roster(**posts))
    plane = Plane(Y)
    members = {
        name: member
        for name, person in known.people.items()
        if (member := member_of(person, plane, None, 0.0, busy=name in busy))
    }
    pressure = Pressure(9, len(members), len(members))
    batch = Batch(STREET, NOON, pressure, rules, solve, plane, members, known.people)
    for name, value in more.items():
        setattr(batch, name, value)
    return Situation(BOOK, "g1", roster=known, batches={STREET: batch})


def plan(north: float = 0.0, severity: Severity = Severity.MEDIUM, code: str = LIGHT) -> Plan:
    """An incident that has just come."""
    made = evolve(None, incident(severity, here(north), code))
    assert made is not None
    return made


def held(plan: Plan, situation: Situation, now: datetime = NOON) -> DispatchHeld:
    """That it waits."""
    (event,) = dispatch("I1", plan, situation, now)
    assert isinstance(event, DispatchHeld)
    return event


def waits(north: float = 0.0, severity: Severity = Severity.MEDIUM) -> Plan:
    """An incident that waits since noon."""
    event = held(plan(north, severity), surge({"A": 0}))
    waiting = evolve(plan(north, severity), event)
    assert waiting is not None and waiting.window
    return waiting


def regraded(severity: Severity) -> IncidentRegraded:
    """It is graver than it seemed."""
    return IncidentRegraded(
        incident_id="I1",
        previous=Severity.MEDIUM,
        severity=severity,
        reasons=("又有人反映",),
        regraded_at=NOON,
    )


def after_window(
    plans: dict[str, Plan], situation: Situation, now: datetime = NOON + 15 * SECOND
) -> dict[str, IncidentDispatched]:
    """Who goes at the end of the window, by incident."""
    for batch in situation.batches.values():
        batch.due = tuple(plans)
    found: dict[str, IncidentDispatched] = {}
    for key in plans:
        for event in decide_window(key, plans, situation, now):
            assert isinstance(event, IncidentDispatched)
            found[key] = event
            situation.observe(event)
    return found


def test_a_surge_begins_above_one_threshold_and_ends_below_another_but_not_at_once() -> None:
    rules = SurgeRules(enter=2, leave=1, least=6)
    assert turn(None, Pressure(12, 6, 20), rules, NOON) is None
    assert turn(None, Pressure(13, 6, 20), rules, NOON) == NOON
    assert turn(None, Pressure(5, 0, 5), rules, NOON) is None, "a quiet night is no surge"
    later = NOON + 5 * MINUTE
    assert turn(NOON, Pressure(7, 6, 20), rules, later) == NOON, "between the two it goes on"
    assert turn(NOON, Pressure(6, 6, 20), rules, later - SECOND) == NOON
    assert turn(NOON, Pressure(6, 6, 20), rules, later) is None
    assert turn(NOON, Pressure(99, 0, 0), rules, NOON) is None, "nobody is there to be assigned"


def test_all_that_wait_have_the_same_window_and_keep_when_they_began_to_wait() -> None:
    first = window_after(NOON + SECOND, 15, None)
    second = window_after(NOON + 14 * SECOND, 15, NOON)
    assert first.at == second.at == NOON + 15 * SECOND
    assert (first.since, second.since) == (NOON + SECOND, NOON)
    assert window_after(NOON, 15, None).at == NOON + 15 * SECOND, "never at once"
    assert first.next().at == NOON + 30 * SECOND


def test_ordinary_work_waits_for_the_window_with_a_reason_and_two_clocks() -> None:
    event = held(plan(), surge({"A": 0}))
    assert (event.because, event.behind, event.again_every) == (
        "nobody_free",
        f"surge:{STREET}",
        15,
    )
    assert event.reason == (
        "集中派单中（未结 9 件，在岗 1 人中空闲 1 人），每 15 秒批量统筹派单一次，"
        "最迟 14:00 按常规派出"
    )
    waiting = evolve(plan(), event)
    assert waiting is not None
    assert deadlines(waiting) == {"held": NOON + 120 * MINUTE, "window": NOON + 15 * SECOND}
    passed = window_passed(waiting)
    assert deadlines(passed) == {"held": NOON + 120 * MINUTE, "window": NOON + 30 * SECOND}


def test_danger_never_waits_and_takes_the_reserve_and_whoever_is_there_soonest() -> None:
    situation = surge({"A": 900, "B": 100})
    (event,) = dispatch("I1", plan(0, Severity.DANGER), situation, NOON)
    assert isinstance(event, IncidentDispatched)
    assert event.assignee.worker_id == "B" and event.assignee.level is Level.MICRO_GRID
    assert event.assignee.area == ESTATE.micro_grid
    assert any(
        "集中派单（未结 9 件" in reason and "危及人身安全，不等批次优先派单" in reason
        for reason in event.reasons
    )


def test_danger_of_one_batch_is_assigned_together() -> None:
    both = {"I1": plan(0, Severity.DANGER), "I2": plan(-170, Severity.DANGER)}
    situation = surge({"A": 0, "B": 170}, together=both)
    chosen = {}
    for key, each in both.items():
        (event,) = dispatch(key, each, situation, NOON)
        assert isinstance(event, IncidentDispatched)
        chosen[key] = event.assignee.worker_id
    assert chosen == {"I1": "B", "I2": "A"}, "I1 by B and I2 by A: both in time"


def test_danger_for_which_nobody_is_free_goes_by_the_ladder_at_once() -> None:
    situation = surge({"A": 0}, busy=["A"])
    (event,) = dispatch("I1", plan(0, Severity.DANGER), situation, NOON)
    assert isinstance(event, IncidentDispatched) and event.assignee.worker_id == "A"
    assert any("规则不允许中断，不等批次，按常规逐级派单" in why for why in event.reasons)


def test_at_the_end_of_the_window_the_sum_of_ways_is_least_and_the_reserve_stays() -> None:
    expected = [Expected(Plane(Y).spot(*at(5_000)), 1.0)]
    situation = surge({"A": 0, "B": 300, "C": 5_000}, expected=expected)
    found = after_window({"far": waits(-400), "near": waits(100)}, situation)
    assert {key: each.assignee.worker_id for key, each in found.items()} == {
        "far": "A",
        "near": "B",
    }, "not each to the nearest; the reserve is C, where danger is expected"
    why = next(reason for reason in found["near"].reasons if "批量统筹派单" in reason)
    assert "预留的应急备勤不动" in why and "距现场约 200 米" in why and "距离上限 1000 米" in why
    assert "已等待 15 秒" in why


def test_where_nobody_but_the_reserve_is_free_ordinary_work_waits_on_without_a_word() -> None:
    situation = surge({"A": 0})
    plans = {"one": waits(10), "two": waits(20)}
    assert after_window(plans, situation) == {}
    assert after_window(plans, surge({"A": 0, "B": 5}), NOON + 30 * SECOND).keys() == {"one"}


def test_graver_work_that_waits_goes_first() -> None:
    plans = {"light": waits(10), "grave": waits(300, Severity.HIGH)}
    assert after_window(plans, surge({"A": 0, "B": 900})).keys() == {"grave"}


def test_after_the_longest_wait_it_goes_the_ordinary_way_and_says_so() -> None:
    waiting = replace(waits(), place=here())
    late = NOON + 120 * MINUTE
    (event,) = decide_released("I1", waiting, surge({"A": 0}, busy=["A"]), late)
    assert isinstance(event, IncidentDispatched) and event.assignee.worker_id == "A"
    assert event.reasons[0] == "集中派单 120 分钟内无人可派，按常规派单"
    gone = evolve(waiting, event)
    assert gone is not None and not deadlines(gone) and gone.window is None


def test_when_the_surge_is_over_what_waits_goes_the_ordinary_way() -> None:
    calm = replace(surge({"A": 0}), batches={})
    (event,) = decide_window("I1", {"I1": waits()}, calm, NOON + 15 * SECOND)
    assert isinstance(event, IncidentDispatched)
    assert event.reasons[0] == "集中派单结束，按常规派单"


def test_where_another_process_assigns_it_waits_for_the_next_window() -> None:
    situation = surge({"A": 0, "B": 10}, is_elsewhere=True)
    assert after_window({"I1": waits()}, situation) == {}


def test_windows_missed_while_the_service_stood_still_are_not_made_up_for_one_by_one() -> None:
    late = NOON + 10 * MINUTE
    situation = surge({"A": 0}, due=("I1",))
    (event,) = decide_window("I1", {"I1": waits()}, situation, late)
    assert isinstance(event, DispatchHeld) and event.until == NOON + 120 * MINUTE
    again = evolve(window_passed(waits()), event)
    assert again is not None and again.window
    assert (again.window.since, again.window.at) == (NOON, late + 15 * SECOND)


def test_what_becomes_danger_while_it_waits_goes_at_once() -> None:
    (made,) = decide_regraded(regraded(Severity.DANGER), waits(), surge({"A": 0}), NOON)
    assert isinstance(made, IncidentDispatched) and made.assignee.worker_id == "A"


def test_what_becomes_graver_is_not_taken_from_who_has_it_only_to_wait() -> None:
    event = regraded(Severity.HIGH)
    taken = replace(after(sent(1, "A")), place=here())
    (made,) = decide_regraded(event, taken, surge({"A": 0, "B": 9}), NOON)
    assert isinstance(made, IncidentDispatched)
    (held_back,) = decide_regraded(event, waits(), surge({"A": 0, "B": 9}), NOON)
    assert isinstance(held_back, DispatchHeld)


def test_whoever_declined_in_a_surge_is_not_asked_again() -> None:
    asked = replace(after(sent(1, "A")), place=here(), severity=Severity.MEDIUM)
    situation = surge({"A": 0, "B": 500, "C": 600})
    (event,) = decide_declined(DECLINED, asked, situation, NOON)
    assert isinstance(event, DispatchHeld)
    waiting = evolve(asked, event)
    assert waiting is not None
    assert after_window({"I1": waiting}, situation)["I1"].assignee.worker_id == "B"


def test_a_skill_is_looked_for_unless_nobody_has_it() -> None:
    situation = surge({"A": 0, "B": 500, "C": 600})
    batch = situation.batches[STREET]
    handling = replace(BOOK.handling(facts_of(plan(), situation, NOON)), skills=("噪声劝导",))
    each = batch.waiting("I1", plan(), handling, NOON)
    assert each is not None and not each.tried
    skilled = batch.people["B"].model_copy(update={"skills": ("噪声劝导",)})
    batch.people = {**batch.people, "B": skilled}
    each = batch.waiting("I1", plan(), handling, NOON)
    assert each is not None and each.tried == {"A", "C"}


@pytest.mark.parametrize(
    "other",
    [
        plan(code="95006"),
        replace(plan(), place=here().model_copy(update={"longitude": None, "latitude": None})),
        replace(plan(), place=here().model_copy(update={"community": "510108099001"})),
    ],
)
def test_what_a_batch_is_not_for_goes_the_ordinary_way(other: Plan) -> None:
    """A matter of the community, a place without a point, another street."""
    assert isinstance(list(dispatch("I1", other, surge({"A": 0}), NOON))[-1], IncidentDispatched)


def test_whoever_has_something_at_once_is_not_free_until_it_is_done_or_rests() -> None:
    taken = after(sent())
    assert taken.occupies and not taken.is_put_down
    done = CaseDisposed(incident_id="I1", round=1, at=NOON)
    rests = CaseSuspended(incident_id="I1", round=1, at=NOON, until=NOON, reason="待料")
    failed = CaseChecked(incident_id="I1", round=1, at=NOON, passed=False)
    for event in (done, rests):
        put_down = evolve(taken, event)
        assert put_down is not None and put_down.is_put_down
        again = evolve(put_down, failed)
        assert again is not None and not again.is_put_down
    closed = CaseClosed(incident_id="I1", round=1, at=NOON, outcome="rectified", on_time=True)
    over = evolve(waits(), closed)
    assert over is not None and not deadlines(over)


def test_whoever_is_done_goes_back_to_their_post() -> None:
    person = read_roster(roster(A=0)).people["A"]
    plane, pace = Plane(Y), ON_FOOT[0]
    post = plane.spot(*at(0))

    def where(seconds: float) -> Spot:
        member = member_of(person, plane, Seen(*at(500), seconds), 0.0, busy=False)
        assert member is not None
        return member.at

    assert where(0).metres_to(post) == pytest.approx(500, abs=0.1)
    assert where(100).metres_to(post) == pytest.approx(500 - 100 * BACK * pace, abs=0.1)
    assert where(3_600) == post
    nowhere = person.model_copy(update={"at": None})
    assert member_of(nowhere, plane, None, 0.0, busy=False) is None
