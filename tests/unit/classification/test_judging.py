"""What is weighed beside the words: rules in a file, and what they raise."""

from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from schemas.incident import Alertness, Severity
from schemas.place import Place
from schemas.report import ReportReceived
from services.classification.adapters.recognising import SHIPPED_RULES, load_rules
from services.classification.domain.circumstances import Emergency, by_voices, weigh
from services.classification.domain.judging import RulesError, parse_rules
from services.reference.calendar import BEIJING
from tests.unit.classification.cases import at, report, thought_of

RULES = load_rules()
SHIPPED = SHIPPED_RULES.read_text(encoding="utf-8")
BY_DAY = datetime(2026, 3, 2, 12, 0, tzinfo=BEIJING)
CLUTTER = "楼道里堆满杂物，消防门都打不开"


def told(text: str, hour: int = 12, place: Place | None = None) -> ReportReceived:
    said = report(text, place=place or at())
    return said.model_copy(update={"reported_at": BY_DAY.replace(hour=hour)})


def severity(said: ReportReceived, *emergencies: Emergency) -> Severity:
    return weigh(thought_of(said), said, RULES, emergencies).severity(express=False)


def test_a_review_is_asked_for_where_it_costs_less_than_the_mistakes_it_spares() -> None:
    review = RULES.review
    at_the_edge = (1 - review.from_confidence) * review.wrong_minutes
    assert at_the_edge == pytest.approx(review.review_minutes)
    assert review.patience.total_seconds() == 15 * 60


@pytest.mark.parametrize(("hour", "expected"), [(12, "medium"), (23, "high"), (3, "high")])
def test_the_night_makes_a_matter_of_safety_graver(hour: int, expected: str) -> None:
    assert severity(told(CLUTTER, hour)) == expected


def test_who_is_in_need_makes_it_graver_and_the_reason_says_so() -> None:
    said = told(f"{CLUTTER}，楼上老人坐轮椅出不来")
    opinion = weigh(thought_of(said), said, RULES, ())
    assert opinion.severity(express=False) is Severity.HIGH
    assert "涉及老人、儿童、孕妇或残疾人，提级（涉及弱势群体）" in opinion.reasons


def test_rules_add_up_no_higher_than_their_ceiling_and_never_lower() -> None:
    assert severity(told(f"{CLUTTER}，老人出不来", 23)) is Severity.HIGH
    gas = told("闻到很大的煤气味，头晕恶心", 23)
    assert severity(gas) is Severity.DANGER


def test_an_emergency_counts_where_it_holds_and_for_what_it_was_declared() -> None:
    place = Place(community="510108001001")
    sewer = told("下水道堵了，污水冒出来了", place=place)
    storm = Emergency("510108", Alertness.YELLOW, "暴雨黄色预警")
    assert severity(sewer) is Severity.MEDIUM
    assert severity(sewer, storm) is Severity.HIGH
    assert severity(sewer, replace(storm, area="510104")) is Severity.MEDIUM
    assert severity(sewer, replace(storm, trigger="森林防火")) is Severity.MEDIUM
    assert severity(told("下水道堵了，污水冒出来了"), replace(storm, area="")) is Severity.HIGH


def test_the_third_voice_makes_an_incident_graver_once() -> None:
    grades = [by_voices(Severity.LOW, "06010", "城市管理", n, RULES) for n in (1, 2, 3, 4)]
    assert grades == ["low", "low", "medium", "low"]


def test_who_only_asks_is_not_raised() -> None:
    said = told("请问消防通道占用归谁管", 23)
    assert severity(said) is Severity.LOW


def test_what_is_sensitive_is_flagged_with_its_reason() -> None:
    said = told("有小学生在校门口被高年级的霸凌，要找电视台曝光")
    assert weigh(thought_of(said), said, RULES, ()).sensitive == ("涉及未成年人", "可能引发舆情")
    plain = told(CLUTTER)
    assert weigh(thought_of(plain), plain, RULES, ()).sensitive == ()


@pytest.mark.parametrize(
    ("before", "after", "named"),
    [
        ("wrong_minutes = 30", "wrong_minutes = -1", "wrong_minutes"),
        (
            'steps = 1\nceiling = "high"\nreason = "夜间',
            'steps = 9\nceiling = "high"\nreason = "夜间',
            "steps",
        ),
        ('name = "多人反映"', 'nane = "多人反映"', "nane"),
        ('modes = ["red", "orange", "yellow"]', 'modes = ["purple"]', "modes"),
        ('name = "轻生"', 'name = "未成年人"', "未成年人"),
    ],
)
def test_a_fault_is_told_with_file_and_line(before: str, after: str, named: str) -> None:
    text = SHIPPED.replace(before, after, 1)
    assert text != SHIPPED
    with pytest.raises(RulesError) as caught:
        parse_rules(text, "judging.toml")
    message = str(caught.value)
    line = int(message.split("第 ")[1].split(" 行", maxsplit=1)[0])
    section = text.splitlines()[line - 1]
    assert message.startswith("judging.toml 第 ") and named in message
    assert named in section or section.startswith("[[raise]]")


def test_what_is_no_toml_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RulesError, match="TOML"):
        parse_rules("[review", "judging.toml")
    with pytest.raises(RulesError, match="无法读取"):
        load_rules(tmp_path / "none.toml")


def test_the_version_follows_the_content() -> None:
    assert parse_rules(SHIPPED, "a").version == RULES.version
    assert parse_rules(f"{SHIPPED}\n", "a").version != RULES.version
