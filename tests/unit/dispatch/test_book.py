"""The rule book: files that belong together, and a department's matters."""

from datetime import datetime
from pathlib import Path

import pytest

from schemas.case import CaseDeclined
from schemas.dispatch import IncidentDispatched, Level, PushdownRefused
from schemas.incident import Severity
from services.dispatch.adapters.rule_folder import load_book, texts
from services.dispatch.domain.book import LIMITS, ROUTING, SCHEMES, read_book, unknown_places
from services.dispatch.domain.decide import decide_declined, dispatch
from services.dispatch.domain.handling import RuleBook
from services.dispatch.domain.limits.published import read_published
from services.dispatch.domain.plan import Plan, evolve
from services.dispatch.domain.situation import Situation
from services.reference.calendar import BEIJING, load_calendar
from services.reference.calendar.loading import read_calendar
from services.reference.ground import load_ground
from services.reference.rule_files import Fault, RuleFileError
from tests.unit.dispatch.cases import BOOK, CATALOGUE, NOON, incident

DECEMBER = datetime(2049, 12, 20, tzinfo=BEIJING)
PUBLISHED = """kind,big,big_name,small,small_name,open_condition,close_condition,limit
事件,06,市容环境,10,暴露垃圾,"成堆的,
有异味的",清除,2紧急工作时
事件,06,市容环境,10,暴露垃圾,零星的,清除,1天
事件,06,市容环境,11,道路破损,有坑的,修复,1紧急工作时制止
"""


def book(files: dict[str, str], now: datetime = NOON) -> tuple[RuleBook, list[Fault]]:
    said = texts(None) | {f"{name}.yaml": text for name, text in files.items()}
    return read_book(said, CATALOGUE, load_calendar(), now)


def changed(name: str, before: str, after: str) -> str:
    text = texts(None)[name]
    assert before in text
    return text.replace(before, after)


def plan(code: str, severity: Severity) -> Plan:
    begun = evolve(None, incident(severity, code=code))
    assert begun is not None
    return begun


def test_the_shipped_book_leaves_nothing_to_say() -> None:
    made, notes = load_book(None, CATALOGUE, load_calendar(), NOON)
    assert notes == [] and len(made.version) == 12


def test_another_word_in_any_file_is_another_version() -> None:
    other = book({"schemes": changed(SCHEMES, "当面调解", "上门调解")})[0]
    assert other.version != BOOK.version


@pytest.mark.parametrize(
    ("files", "file", "problem"),
    [
        ({"routing": changed(ROUTING, "deadline: 咨询三日", "deadline: 三日")}, ROUTING, "三日"),
        ({"routing": changed(ROUTING, "scheme: 三类办理", "scheme: 四类")}, ROUTING, "四类"),
        ({"limits": changed(LIMITS, "danger: 一三五", "danger: 一二三")}, LIMITS, "一二三"),
        ({"limits": changed(LIMITS, "3 urgent_minute", "3 moments")}, LIMITS, "不是时限"),
        ({"limits": changed(LIMITS, "# published: 处置", "published: 处置")}, LIMITS, "读不到"),
        (
            {"schemes": changed(SCHEMES, "exit: { overdue: 提请议事", "exit: { overdue: 快")},
            SCHEMES,
            "快",
        ),
        (
            {
                "schemes": changed(
                    SCHEMES, "提级办理, declined: 提级办理", "快调纠纷, declined: 提级办理"
                )
            },
            SCHEMES,
            "兜圈子：快调纠纷 → 提请议事 → 快调纠纷",
        ),
        ({"schemes": changed(SCHEMES, 'joint: ["{lead}"]', 'joint: ["{boss}"]')}, SCHEMES, "记号"),
        (
            {
                "schemes": changed(
                    SCHEMES, "- name: 马上办\n", "- {name: 快, mode: 马上办}\n      - name: 慢\n"
                )
            },
            SCHEMES,
            "通道“慢”永远轮不到",
        ),
    ],
)
def test_files_that_do_not_fit_together_are_refused_with_line_and_remedy(
    files: dict[str, str], file: str, problem: str
) -> None:
    with pytest.raises(RuleFileError) as refused:
        book(files)
    fault = refused.value.faults[0]
    assert fault.file == file and fault.line >= 1 and fault.remedy
    assert any(problem in each.problem for each in refused.value.faults)


def test_a_limit_that_runs_into_a_year_without_calendar_is_named_and_said_of_each_due_time() -> (
    None
):
    made, notes = book({}, DECEMBER)
    assert {note.file for note in notes} == {LIMITS}
    assert any("“跟踪十五日”会算到 2050 年" in note.problem for note in notes)
    _, doubts = made.limits.deadlines(made.limits.named["跟踪十五日"], DECEMBER, made.calendar)
    assert doubts == (
        "工作日历没有 2049 年的放假安排，暂按周一至周五计算时限",
        "工作日历没有 2050 年的放假安排，暂按周一至周五计算时限",
    )


def test_what_is_due_in_a_year_without_calendar_goes_out_all_the_same_and_says_so() -> None:
    *_, sent = dispatch("I1", plan("06010", Severity.LOW), Situation(BOOK, "g1"), DECEMBER)
    assert isinstance(sent, IncidentDispatched)
    assert any("没有 2049 年的放假安排，暂按周一至周五计算时限" in each for each in sent.reasons)


def test_where_the_calendar_lacks_the_year_a_rule_about_working_time_says_what_it_took() -> None:
    routing = changed(
        ROUTING, "when: { severity: danger }", "when: { severity: danger, phase: working }"
    )
    seen = Situation(book({"routing": routing})[0], "g1")
    (sent,) = dispatch("I1", plan("06010", Severity.LOW), seen, DECEMBER)
    assert isinstance(sent, IncidentDispatched)
    assert any("2049 年" in reason and "工作时间" in reason for reason in sent.reasons)


ONLY_GRASS_ROOTS = """
name: 都给微网格
departments:
  - {department: "{lead}", when: {usual: 跟踪办}, first_response: danger}
rules:
  - name: 全部
    when: {category: ["0", "91", "92", "93"]}
    then: {level: micro_grid}
    examples: [{category: "06010"}]
"""


def test_what_no_rule_takes_and_what_would_be_pushed_down_is_named_at_load() -> None:
    _, notes = book({"routing": ONLY_GRASS_ROOTS})
    said = [str(note) for note in notes]
    assert any("类别 95001 政策与办事咨询 没有必定适用的规则" in each for each in said)
    assert any("routing.yaml:6: 规则“全部”会把" in each and "派到微网格员" in each for each in said)


NEW_YEAR = """
  - name: 元旦
    when: {dates: 2026-01-01}
    then: {level: grid}
    continue: true
    examples: [{category: "06010", at: 2026-01-01T10:00:00+08:00}]
  - name: 别处
    when: {area: "510108999"}
    then: {level: grid}
    continue: true
    examples: [{category: "06010", area: "510108999001"}]
"""


def test_rules_whose_days_are_over_and_whose_area_is_on_no_map_are_named() -> None:
    text = texts(None)[ROUTING].replace("\nrules:\n", f"\nrules:{NEW_YEAR}", 1)
    made, notes = book({"routing": text})
    (note,) = notes
    assert "规则“元旦”的日期都已过去（最后是 2026-01-01）" in str(note)
    (place,) = unknown_places(made, load_ground())
    assert "规则“别处”的 area：底图中没有 510108999" in str(place) and place.line > 20


def test_a_limit_that_never_ends_by_the_calendar_is_refused_with_its_line() -> None:
    hours = 'hours: ["08:00-08:05"]\n'
    calendar = read_calendar(hours, "calendar.yaml")
    text = texts(None)[LIMITS].replace("check: 4 work_hour, takes: 240", "check: 900 work_hour")
    with pytest.raises(RuleFileError, match=r"limits.yaml:16: 时限“协调七日”永远不会到期"):
        read_book(texts(None) | {LIMITS: text}, CATALOGUE, calendar, NOON)
    longest = texts(None)[LIMITS].replace("dispose: 3 work_day", "dispose: 3660 work_day")
    assert "三个工作日" in book({"limits": longest})[0].limits.named


def test_files_under_a_wrong_name_are_named_since_nobody_reads_them(tmp_path: Path) -> None:
    (tmp_path / "routing.yml").write_text("rules: []", "utf-8")
    (tmp_path / "roster.yaml").write_text("", "utf-8")
    _, (note,) = load_book(tmp_path, CATALOGUE, load_calendar(), NOON)
    assert str(note).startswith("routing.yml:1: 不是规则文件的名称，里面写的不起作用。")


def test_a_rule_file_in_gbk_is_refused_with_its_line(tmp_path: Path) -> None:
    (tmp_path / ROUTING).write_bytes(texts(None)[ROUTING].encode("gbk"))
    with pytest.raises(RuleFileError, match=r"routing.yaml:1: 这里起是 GBK 编码，不是 UTF-8。"):
        load_book(tmp_path, CATALOGUE, load_calendar(), NOON)


def test_a_departments_matter_is_never_pushed_down_and_the_attempt_is_told_of() -> None:
    pushing = Situation(book({"routing": ONLY_GRASS_ROOTS})[0], "g1")
    refused, sent = dispatch("I1", plan("93003", Severity.HIGH), pushing, NOON)
    assert isinstance(refused, PushdownRefused) and isinstance(sent, IncidentDispatched)
    assert (refused.department, refused.to_level, refused.rule) == (
        "供电公司",
        Level.MICRO_GRID,
        "全部",
    )
    assert (sent.assignee.worker_id, sent.assignee.level) == ("D-供电公司", Level.DEPARTMENT)
    assert any("不得下派基层" in reason for reason in sent.reasons)


def test_in_danger_the_grass_roots_hold_the_place_and_the_department_stays_responsible() -> None:
    (sent,) = dispatch("I1", plan("91005", Severity.DANGER), Situation(BOOK, "g1"), NOON)
    assert isinstance(sent, IncidentDispatched)
    assert sent.assignee.level is Level.MICRO_GRID and sent.responsible_unit == "燃气公司"
    assert [helper.worker_id for helper in sent.helpers] == ["D-燃气公司"]


def test_a_coordination_names_lead_and_units_and_each_task_has_its_time() -> None:
    (sent,) = dispatch("I1", plan("92001", Severity.MEDIUM), Situation(BOOK, "g1"), NOON)
    assert isinstance(sent, IncidentDispatched)
    assert (sent.scheme, sent.lead_unit) == ("三类办理/协调办", "司法所")
    assert [task.task_id for task in sent.tasks] == ["1.1", "1.2"]
    assert NOON < sent.tasks[0].due_by < sent.tasks[1].due_by < sent.deadlines.dispose_by
    assert (sent.rules_version, sent.rule) == (BOOK.version, "协调事项")


def test_a_refusal_leads_into_the_lane_that_the_scheme_names_and_it_stays_there() -> None:
    routing = changed(ROUTING, "scheme: 三类办理", "scheme: 三快二提一转")
    seen = Situation(book({"routing": routing})[0], "g1")
    waiting = plan("92001", Severity.MEDIUM)
    lanes = []
    for round_ in (1, 2, 3):
        if round_ == 1:
            events = list(dispatch("I1", waiting, seen, NOON))
        else:
            declined = CaseDeclined(incident_id="I1", round=round_ - 1, at=NOON, reason="调解不成")
            events = list(decide_declined(declined, waiting, seen, NOON))
        sent = events[-1]
        assert isinstance(sent, IncidentDispatched)
        lanes.append((sent.scheme.partition("/")[2], sent.assignee.level))
        waiting = evolve(waiting, sent) or waiting
    assert lanes == [
        ("快调纠纷", Level.GRID),
        ("提请议事", Level.COMMUNITY),
        ("提级办理", Level.STREET),
    ]


def test_a_published_table_loads_whole_with_the_lines_of_its_rows() -> None:
    rows = read_published("\ufeff" + PUBLISHED, "limits.csv")
    assert [(row.line, str(row.limit), row.remark) for row in rows] == [
        (2, "2 urgent_hour", ""),
        (4, "1 work_day", ""),
        (5, "1 urgent_hour", "制止"),
    ]


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        ("事件,06,市容环境,10,暴露垃圾,成堆,清除,两天", "看不懂"),
        ("事件,06,市容环境,10,,成堆,清除,2天", "缺少小类名称"),
        ("事件,06,市容环境,10,暴露垃圾,成堆", "列数比首行少"),
        ("事件,06,市容环境,10,暴露垃圾,成堆,清除,2天,又", "列数比首行多"),
    ],
)
def test_a_published_row_that_can_not_be_read_is_named(row: str, problem: str) -> None:
    with pytest.raises(RuleFileError) as refused:
        read_published(PUBLISHED + row + "\n", "limits.csv")
    (fault,) = refused.value.faults
    assert fault.line == 6 and problem in fault.problem


def test_a_published_limit_holds_for_its_category_the_shortest_where_it_is_grave(
    tmp_path: Path,
) -> None:
    (tmp_path / LIMITS).write_text(
        changed(LIMITS, "# published: 处置时限.csv", "published: 本市.csv"), "utf-8"
    )
    (tmp_path / "本市.csv").write_text(PUBLISHED, "utf-8")
    made, _ = load_book(tmp_path, CATALOGUE, load_calendar(), NOON)
    rubbish = CATALOGUE.entries["06010"]
    found = {
        severity: str(made.limits.limits(None, severity, rubbish).dispose) for severity in Severity
    }
    assert found == {
        Severity.LOW: "1 work_day",
        Severity.MEDIUM: "1 work_day",
        Severity.HIGH: "2 urgent_hour",
        Severity.DANGER: "5 urgent_minute",
    }
    named = made.limits.limits("四小时", Severity.LOW, rubbish)
    assert named.name == "四小时"
