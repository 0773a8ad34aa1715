"""The roster: who is on duty, who goes, what is left without anybody."""

from datetime import date, datetime, timedelta

import pytest

from schemas.dispatch import Level
from schemas.place import Place
from services.dispatch.adapters.roster_gaps import count
from services.dispatch.domain.crew_choice import DUTY_DESK
from services.dispatch.domain.on_duty import NOBODY, Crew
from services.dispatch.domain.roster.duty import Roster
from services.dispatch.domain.roster.gaps import gaps, holes, idle
from services.dispatch.domain.roster.reading import read_roster
from services.dispatch.domain.situation import Situation
from services.reference.calendar import BEIJING
from services.reference.rule_files import RuleFileError
from tests.unit.dispatch.cases import BOOK, ESTATE, HERE, after, dispatched

MICRO, GRID = ESTATE.micro_grid, ESTATE.grid
PEOPLE = f"""
people:
  - {{id: A, level: micro_grid, areas: ["{MICRO}"], skills: [噪声劝导], at: [104.05, 30.65]}}
  - {{id: B, level: micro_grid, areas: ["{MICRO}"], at: [104.06, 30.65]}}
  - {{id: G, level: grid, areas: ["{GRID}"]}}
"""
DAY_ONLY = (
    PEOPLE
    + """
shifts:
  - {name: 白班, hours: "08:00-20:00", people: [A, B, G]}
"""
)
NIGHT_TOO = (
    DAY_ONLY
    + """
  - {name: 夜班, hours: "22:00-06:00", weekdays: [1], people: [B]}
"""
)
CIRCLE = (
    "leave: [{person: A, from: 2026-03-02, until: 2026-03-09, substitute: B}, "
    "{person: B, from: 2026-03-05, until: 2026-03-06, substitute: A}]"
)
SWAP = "{day: 2026-03-02, shift: 白班, out: A, in: G}"
AWAY = "{person: A, from: 2026-03-02, until: 2026-03-04}"
MONDAY = date(2026, 3, 2)


def at(hour: int, minute: int = 0, day: date = MONDAY) -> datetime:
    """A moment in Beijing."""
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=BEIJING)


def there(roster: Roster, now: datetime) -> set[str]:
    """Who is in the micro-grid."""
    return {duty.worker for duty in roster.on_duty(Level.MICRO_GRID, MICRO, now)}


def test_a_shift_over_midnight_is_that_of_the_day_it_begins_on() -> None:
    roster = read_roster(NIGHT_TOO)
    assert there(roster, at(22)) == {"B"} and there(roster, at(21, 59)) == set()
    assert there(roster, at(5, 59, date(2026, 3, 3))) == {"B"}
    assert there(roster, at(6, 0, date(2026, 3, 3))) == set()
    assert there(roster, at(5, 59)) == set(), "Sunday has no night shift"
    assert roster.works_until("B", at(23)) == at(6, 0, date(2026, 3, 3))


def test_a_swap_and_a_substitute_work_in_another_s_place() -> None:
    swapped = read_roster(DAY_ONLY + "swaps: [{day: 2026-03-02, shift: 白班, out: A, in: G}]")
    assert there(swapped, at(9)) == {"G", "B"}
    assert there(swapped, at(9, 0, date(2026, 3, 3))) == {"A", "B"}
    away = "leave: [{person: A, from: 2026-03-02, until: 2026-03-03, substitute: G}, {person: B, from: 2026-03-02, until: 2026-03-02}]"  # noqa: E501
    assert there(read_roster(DAY_ONLY + away), at(9)) == {"G"}


@pytest.mark.parametrize(
    ("more", "line", "word"),
    [
        ("swaps: [{day: 2026-03-02, shift: 夜班, out: A, in: B}]", 9, "不在班次"),
        ("leave: [{person: X, from: 2026-03-02, until: 2026-03-03}]", 9, "没有工号 X"),
        ("leave: [{person: A, from: 2026-03-04, until: 2026-03-03}]", 9, "结束早于开始"),
        (
            CIRCLE,
            9,
            "代班成环：A → B → A",
        ),
        (
            f"swaps: [{SWAP}, {SWAP}]",
            9,
            "换了两次",
        ),
        (
            f"leave: [{AWAY}, {AWAY}]",
            9,
            "请假重叠",
        ),
        ('  - {name: 中班, hours: "19:00-21:00", people: [G]}', 9, "G 同时有两个班"),
        ('  - {name: 中班, hours: "25:00-21:00", people: [G]}', 9, "hours"),
        ('  - {name: 中班, hours: "21:00-22:00", people: [Z]}', 9, "没有工号 Z"),
    ],
)
def test_a_faulty_roster_is_named_with_its_line(more: str, line: int, word: str) -> None:
    with pytest.raises(RuleFileError) as refused:
        read_roster(DAY_ONLY.rstrip() + "\n" + more)
    told = str(refused.value)
    assert word in told and f"roster.yaml:{line}:" in told


@pytest.mark.parametrize(
    ("old", "new", "word"),
    [
        (MICRO, GRID, "不是微网格员的区域"),
        (f'["{GRID}"]', f'["{MICRO}"]', "网格长请填 15 位编码"),
        ("level: grid", "level: department", "部门的事由部门收件台分办"),
        ("[104.05, 30.65]", "[30.65, 104.05]", "请先写经度、后写纬度"),
        ("weekdays: [1]", "weekdays: [2]", "2026-03-02 没有班次“夜班”"),
    ],
)
def test_what_would_silently_have_no_effect_is_refused(old: str, new: str, word: str) -> None:
    text = NIGHT_TOO + "swaps: [{day: 2026-03-02, shift: 夜班, out: B, in: A}]"
    with pytest.raises(RuleFileError, match=word):
        read_roster(text.replace(old, new, 1))


def test_who_is_in_no_shift_is_told_of_with_the_line() -> None:
    alone = read_roster(DAY_ONLY.replace("people: [A, B, G]", "people: [A, G]"))
    (note,) = idle(alone, "roster.yaml")
    assert str(note).startswith("roster.yaml:4: B 不在任何班次中，不会被派单。")
    leave = "leave: [{person: A, from: 2026-03-02, until: 2026-03-03, substitute: B}]"
    text = DAY_ONLY.replace("people: [A, B, G]", "people: [A, G]") + leave
    assert not list(idle(read_roster(text), "roster.yaml")), "a substitute has work to do"


def test_codes_that_are_none_or_not_of_the_ground_are_named() -> None:
    for units, area in (((), "51010"), (("510108004",), MICRO)):
        with pytest.raises(RuleFileError, match=r"roster.yaml:3:"):
            read_roster(DAY_ONLY.replace(MICRO, area, 1), units=units)


def test_gaps_are_found_ahead_and_told_once_an_area_with_the_line() -> None:
    roster = read_roster(DAY_ONLY)
    found = [gap for gap in gaps(roster, MONDAY, 2) if gap.level is Level.GRID]
    assert [(gap.begins, gap.ends) for gap in found] == [
        (at(0), at(8)),
        (at(20), at(8, 0, date(2026, 3, 3))),
        (at(20, 0, date(2026, 3, 3)), at(0, 0, date(2026, 3, 4))),
    ]
    notes = list(holes(roster, MONDAY, "roster.yaml"))
    assert [note.line for note in notes] == [5, 3]
    assert "无人在岗" in str(notes[0])


def test_gaps_are_counted_from_now_on_within_a_day_and_within_two_weeks() -> None:
    assert count(read_roster(DAY_ONLY), at(9)) == (2, 28), "two areas, each night"
    assert count(None, at(9)) == (0, 0)


def test_a_roster_that_is_always_covered_has_no_gap() -> None:
    text = DAY_ONLY + '  - {name: 夜班, hours: "20:00-08:00", people: [A, G]}\n'
    assert not list(gaps(read_roster(text), MONDAY))


def test_who_is_off_duty_is_not_sent_and_the_rung_above_is_asked() -> None:
    crew = Crew(read_roster(DAY_ONLY), at(9), off={"A", "B"})
    chosen, why = crew.choose(HERE, {})
    assert (chosen.worker_id, chosen.level) == ("G", Level.GRID)
    assert why.startswith("09:00 微网格员无人在岗，网格长 G 在岗至 20:00")


def test_load_then_way_then_the_week_decide() -> None:
    roster, near_b = (
        read_roster(DAY_ONLY),
        HERE.model_copy(update={"longitude": 104.06, "latitude": 30.65}),
    )
    assert Crew(roster, at(9)).choose(near_b, {"B": 1})[0].worker_id == "A"
    chosen, why = Crew(roster, at(9)).choose(near_b, {})
    assert chosen.worker_id == "B" and "步行约 0 分钟" in why
    nowhere = Place(community=HERE.community, grid=HERE.grid, micro_grid=HERE.micro_grid)
    assert Crew(roster, at(9), week={"A": 4, "B": 3}).choose(nowhere, {})[0].worker_id == "B"


def test_what_decided_between_those_who_could_have_gone_is_said() -> None:
    roster = read_roster(DAY_ONLY)
    for load, week, said in (
        ({"A": 1}, {}, "同级可派 2 人中在办最少"),
        ({}, {"A": 60}, "同级可派 2 人中本周工时最少"),
        ({}, {}, "同级可派 2 人中条件相同，按工号在先"),
    ):
        assert Crew(roster, at(9), week=week).choose(HERE, load)[1].endswith(said)
    near = HERE.model_copy(update={"longitude": 104.06, "latitude": 30.65})
    assert Crew(roster, at(9)).choose(near, {})[1].endswith("同级可派 2 人中路程最近")
    alone = Crew(roster, at(9), off={"B"})
    assert alone.choose(HERE, {})[1].endswith("同级可派的仅此一人")


def test_who_was_asked_before_is_not_called_absent_and_who_is_not_known_neither() -> None:
    crew = Crew(read_roster(DAY_ONLY), at(9))
    asked = crew.choose(HERE, {}, ("A", "B", "G"))[1]
    assert asked == f"微网格员、网格长均已派过，由社区值班台 {ESTATE.community} 处理"
    vague = crew.choose(Place(community=ESTATE.community), {})[1]
    assert vague == f"微网格、网格不明，由社区值班台 {ESTATE.community} 处理"
    desk = crew.choose(HERE, {}, (), None, Level.COMMUNITY)[1]
    assert desk == f"由社区值班台 {ESTATE.community} 处理", "where nobody was to be, nobody lacks"


def test_a_skill_is_looked_for_on_every_rung_before_it_is_done_without() -> None:
    roster = read_roster(DAY_ONLY)
    assert Crew(roster, at(9), ["噪声劝导"]).choose(HERE, {"A": 9})[0].worker_id == "A"
    chosen, why = Crew(roster, at(9), ["潜水"]).choose(HERE, {})
    assert chosen.worker_id == "A" and "无人具备 潜水" in why


def test_nobody_there_is_the_community_s_duty_desk_with_the_reason_never_nowhere() -> None:
    crew = Crew(read_roster(DAY_ONLY), at(3))
    chosen, why = crew.choose(HERE, {})
    assert chosen.desk and chosen.worker_id == f"C{ESTATE.community}"
    assert why.startswith("03:00") and NOBODY in why
    again, _ = crew.choose(HERE, {}, [chosen.worker_id])
    assert again.worker_id == DUTY_DESK
    assert crew.choose(Place(), {})[1] == "地点不明，由街道运行中心值班处理"


def test_a_dispatch_names_the_roster_it_was_made_by() -> None:
    roster = read_roster(DAY_ONLY)
    made = dispatched(after(), Situation(BOOK, "g1", roster=roster))
    assert made.roster_version == roster.version
    assert made.assignee.worker_id in {"A", "B"}
    assert (roster.works_until("A", at(9)) or at(0)) - at(9) == timedelta(hours=11)
