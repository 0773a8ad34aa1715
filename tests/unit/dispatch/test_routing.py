"""The routing table: what it says, and what stops its load."""

from datetime import datetime
from textwrap import dedent, indent

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.dispatch import Level
from schemas.incident import Severity
from schemas.report import Source
from services.dispatch.domain.routing.conditions import Conditions, When, resolve
from services.dispatch.domain.routing.facts import Facts
from services.dispatch.domain.routing.reading import read_table
from services.dispatch.domain.routing.shadowing import left_for
from services.dispatch.domain.routing.table import Index, Rule, Table
from services.dispatch.domain.routing.written import Then
from services.reference.calendar import BEIJING, load_calendar
from services.reference.rule_files import Fault, RuleFileError
from tests.unit.dispatch.cases import CATALOGUE

CALENDAR = load_calendar()
MONDAY = datetime(2026, 3, 2, 10, 0, tzinfo=BEIJING)


def table(rules: str) -> Table:
    text = f"name: 试\nrules:\n{indent(dedent(rules).strip(), '  ')}\n"
    return read_table(text, "routing.yaml", CATALOGUE, CALENDAR)


def refused(rules: str) -> list[Fault]:
    with pytest.raises(RuleFileError) as stopped:
        table(rules)
    assert all(fault.remedy for fault in stopped.value.faults)
    return list(stopped.value.faults)


def facts(code: str = "06010", severity: Severity = Severity.LOW, area: str = "") -> Facts:
    return Facts(code, severity, MONDAY, at_work=True, area=area)


TWO = """
- name: 夜里
  when: {category: "06", hours: "22:00-06:00"}
  then: {level: street}
  examples: [{category: "06010", at: 2026-03-02T23:00:00+08:00}]
- name: 都先说
  when: {source: hotline_12345}
  then: {skills: [调解], deadline: 快}
  continue: true
  examples: [{category: "06010", source: hotline_12345}]
- name: 市容
  when: {category: "06"}
  then: {level: grid, skills: [劝导], deadline: 慢}
  examples: [{category: "06010"}, {category: "09006", matches: false}]
"""


def test_the_first_rule_that_matches_decides_and_continue_lets_others_speak() -> None:
    rules = table(TWO)
    said = rules.decide(facts())
    assert (said.decided_by, said.matched, said.then.level) == ("市容", ("市容",), Level.GRID)
    both = rules.decide(Facts("06010", Severity.LOW, MONDAY, at_work=True, source=Source.HOTLINE))
    assert both.matched == ("都先说", "市容")
    assert (both.then.skills, both.then.deadline) == (("调解", "劝导"), "快")


def test_what_only_continues_is_decided_by_nobody() -> None:
    rules = table(TWO)
    said = rules.decide(Facts("09006", Severity.LOW, MONDAY, at_work=True, source=Source.HOTLINE))
    assert (said.decided_by, said.matched) == ("", ("都先说",))
    assert rules.decide(facts("09006")).matched == ()


RULE = "- {{name: {name}, when: {when}, then: {{level: grid}}, examples: [{example}]}}"


def rule(name: str, when: str, example: str = '{category: "06010"}') -> str:
    return RULE.format(name=name, when=when, example=example)


@pytest.mark.parametrize(
    ("rules", "line", "problem"),
    [
        (rule("甲", '{category: "98"}'), 3, "没有以 '98' 开头的类别"),
        (rule("甲", '{category: "06", scene: 社会治安}'), 3, "没有任何类别"),
        (rule("甲", "{lead: 天庭}"), 3, "没有 '天庭'"),
        (rule("甲", "{area: 5101}"), 3, "应为 6"),
        (rule("甲", "{community_type: 新}"), 3, "没有 '新'"),
        (rule("甲", '{hours: "9-17"}'), 3, "不是时段"),
        (rule("甲", "{dates: 2026-02-30}"), 3, "不是日期"),
        (rule("甲", "{dates: 2026-03-01..2026-02-01}"), 3, "颠倒"),
        (rule("甲", "{severity: []}"), 3, "severity"),
        (rule("甲", "{severity: awful}"), 3, "severity"),
        (rule("甲", "{colour: red}"), 3, "没有这样的项目"),
        (rule("甲", "{weekdays: 8}"), 3, "weekdays"),
        (rule("甲", "{}", '{category: "99999"}'), 3, "目录中没有"),
        (rule("甲", '{category: "07"}'), 3, "示例应由规则“甲”处理，实际是“没有规则”"),
        (
            rule("甲", "{}", '{category: "06010"}, {category: "07004", matches: false}'),
            3,
            "不应由规则“甲”处理",
        ),
        (
            rule(
                "甲",
                '{phase: working, hours: "22:00-06:00"}',
                '{category: "06010", matches: false}',
            ),
            3,
            "互相矛盾",
        ),
        (
            rule("甲", "{weekdays: [6], dates: 2026-03-02}", '{category: "06010", matches: false}'),
            3,
            "互相矛盾",
        ),
        (
            rule("甲", "{}").replace("level: grid", "level: grid, desk: street"),
            3,
            "既写了 level，又写了 desk",
        ),
        (rule("甲", "{}", '{category: "06010", then: {level: street}}'), 3, "实际是 grid"),
        (rule("甲", "{}", "") + "\n", 3, "不能为空"),
        (rule("甲", '{category: "06"}') + "\n" + rule("甲", "{}"), 4, "已经用过"),
        (
            rule("甲", '{category: "06"}') + "\n" + rule("乙", '{category: "06010"}'),
            4,
            "永远轮不到",
        ),
    ],
)
def test_what_can_not_be_read_can_not_match_or_fails_its_example_stops_the_load(
    rules: str, line: int, problem: str
) -> None:
    (fault,) = refused(rules)
    assert (fault.file, fault.line) == ("routing.yaml", line)
    assert problem in fault.problem


@pytest.mark.parametrize(
    "when",
    [
        "{phase: working, weekdays: [6, 7]}",
        '{phase: off, hours: "09:00-10:00"}',
        '{phase: working, hours: "17:59-22:00", dates: 2026-03-02}',
        "{phase: [working, off], weekdays: 1}",
    ],
)
def test_conditions_on_time_that_have_a_moment_in_common_are_taken(when: str) -> None:
    example = '{category: "07004", at: 2020-01-01T00:00, matches: false}'
    assert table(rule("甲", when, example)).rules


def test_all_that_is_wrong_is_named_at_once() -> None:
    wrong = rule("甲", '{category: "98"}') + "\n" + rule("乙", "{lead: 天庭}")
    assert [fault.line for fault in refused(wrong)] == [3, 4]


def conditions(**when: object) -> Conditions:
    return resolve(When.model_validate(when), CATALOGUE)


def after(*before: Conditions) -> list[Rule]:
    return [Rule(str(n), n, each, Then(), goes_on=False) for n, each in enumerate(before)]


@pytest.mark.parametrize(
    ("before", "rule_after", "is_shadowed"),
    [
        ([{"category": "06"}], {"category": "06010", "severity": "low"}, True),
        ([{"category": "06", "severity": "low"}], {"category": "06010"}, False),
        ([{"category": ["06", "07"]}, {"scene": "城市管理"}], {"category": ["06", "07"]}, True),
        ([{"category": "06"}, {"category": "07"}], {"category": ["06010", "07"]}, True),
        ([{"category": "06"}, {"category": "07"}], {"category": ["06010", "08"]}, False),
        ([{"area": "510108"}], {"area": ["510108001", "510108002001"]}, True),
        ([{"area": "510108001"}], {"area": "510108"}, False),
        ([{"area": "510108001"}], {"category": "06"}, False),
        ([{"hours": "00:00-12:00"}], {"hours": "08:00-09:00"}, True),
        ([{"hours": "00:00-12:00"}, {"hours": "12:00-24:00"}], {"hours": "08:00-20:00"}, False),
        ([{"weekdays": [1, 2, 3]}], {"weekdays": 2}, True),
        ([{"severity": ["low", "medium", "high"]}], {"severity": "danger"}, False),
        ([{}], {"category": "06"}, True),
    ],
)
def test_a_rule_is_shadowed_where_those_before_it_take_all_it_could(
    before: list[dict[str, object]], rule_after: dict[str, object], is_shadowed: bool
) -> None:
    left = left_for(
        conditions(**rule_after), after(*(conditions(**each) for each in before)), CATALOGUE
    )
    assert (not left) is is_shadowed


CODES = st.sampled_from(["06010", "06028", "07001", "09012", "91005", "95001", "00000"])
AREAS = st.sampled_from(["", "510108001", "510108001002", "510108001002003", "510107001002"])
WHENS = st.fixed_dictionaries(
    {},
    optional={
        "category": st.lists(
            st.sampled_from(["06", "07", "09", "91", "06010", "95001"]), min_size=1, max_size=3
        ),
        "severity": st.lists(st.sampled_from(list(Severity)), min_size=1, max_size=2),
        "area": st.lists(
            st.sampled_from(["510108", "510108001", "510108001002"]), min_size=1, max_size=2
        ),
        "hours": st.sampled_from(["09:00-11:00", "22:00-06:00"]),
        "weekdays": st.lists(st.integers(1, 7), min_size=1, max_size=3),
        "phase": st.sampled_from(["working", "off"]),
    },
)
FACTS = st.builds(
    Facts,
    category=CODES,
    severity=st.sampled_from(list(Severity)),
    at=st.datetimes(
        datetime(2026, 1, 1),  # noqa: DTZ001 - strategies add the zone
        datetime(2026, 12, 1),  # noqa: DTZ001
        timezones=st.just(BEIJING),
    ),
    at_work=st.booleans(),
    area=AREAS,
)


@settings(max_examples=200)
@given(st.lists(WHENS, min_size=1, max_size=12), FACTS)
def test_the_compiled_index_holds_what_each_rule_alone_would(
    whens: list[dict[str, object]], seen: Facts
) -> None:
    rules = [conditions(**when) for when in whens]
    alone = sum(1 << bit for bit, each in enumerate(rules) if not any(each.failing(seen)))
    assert Index(rules).holding(seen) == alone


@settings(max_examples=300)
@given(st.lists(WHENS, min_size=1, max_size=6), WHENS, FACTS)
def test_what_is_called_shadowed_is_never_reached(
    whens: list[dict[str, object]], last: dict[str, object], seen: Facts
) -> None:
    before, rule_after = [conditions(**when) for when in whens], conditions(**last)
    if not left_for(rule_after, after(*before), CATALOGUE):
        reached = not any(rule_after.failing(seen)) and all(
            any(each.failing(seen)) for each in before
        )
        assert not reached
