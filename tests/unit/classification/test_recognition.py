"""What a report is about."""

import pytest

from schemas.incident import Kind, Severity
from schemas.report import Source
from services.classification.domain.recognition import (
    READ_CHARACTERS,
    UNRECOGNISED,
    Opinion,
    recognise,
)
from tests.unit.classification.cases import CATALOGUE, LAMP, LANE, report

SMALL_TALK = "今天天气不错，大家早上好"


def code(opinion: Opinion) -> str | None:
    return opinion.entry.code if opinion.entry else None


def test_a_word_of_the_catalogue_names_the_category_and_stands_in_the_reason() -> None:
    opinion = recognise(report("有车停在消防通道上"), CATALOGUE)
    assert code(opinion) == LANE
    assert opinion.reasons == ("文中提到“消防通道”，归入占用消防通道",)


def test_the_title_weighs_more_than_the_body() -> None:
    lamp, lane = "路灯不亮", "消防通道"
    assert code(recognise(report(f"{lamp}，{lane}"), CATALOGUE)) == LANE
    assert code(recognise(report(lane, title=lamp), CATALOGUE)) == LAMP


def test_a_longer_word_says_more_than_a_shorter_one() -> None:
    opinion = recognise(report("小偷？不是，是电动车充电"), CATALOGUE)
    assert code(opinion) == "91002"
    assert opinion.confidence < 0.95


def test_the_hint_of_a_source_wins_over_all_words() -> None:
    opinion = recognise(report("路灯坏了", "路灯", hint=LANE), CATALOGUE)
    assert (code(opinion), opinion.confidence) == (LANE, 0.95)
    assert opinion.reasons == (f"来源已注明类别 {LANE}",)


def test_an_unknown_hint_is_no_hint() -> None:
    assert code(recognise(report("路灯坏了", hint="00000"), CATALOGUE)) == LAMP


def test_chat_that_names_nothing_reports_nothing() -> None:
    opinion = recognise(report(SMALL_TALK, source=Source.WECHAT), CATALOGUE)
    assert opinion.entry is None
    assert opinion.kind is Kind.HAZARD and opinion.severity(express=False) is Severity.LOW
    with pytest.raises(ValueError, match="no category"):
        _ = opinion.category


def test_chat_by_the_express_lane_is_never_dismissed() -> None:
    opinion = recognise(report(SMALL_TALK, source=Source.WECHAT, express=True), CATALOGUE)
    assert code(opinion) == UNRECOGNISED
    assert opinion.severity(express=True) is Severity.DANGER


@pytest.mark.parametrize("source", [each for each in Source if each is not Source.WECHAT])
def test_whatever_is_no_chat_is_answered_though_nothing_was_recognised(source: Source) -> None:
    opinion = recognise(report(SMALL_TALK, source=source), CATALOGUE)
    assert code(opinion) == UNRECOGNISED
    assert opinion.confidence == 0.1 and opinion.kind is Kind.REQUEST


def test_only_the_beginning_of_a_body_is_read() -> None:
    filling = "。" * READ_CHARACTERS
    assert code(recognise(report(f"{filling}路灯"), CATALOGUE)) == UNRECOGNISED
    assert code(recognise(report(f"{filling[:-2]}路灯"), CATALOGUE)) == LAMP


def test_a_hazard_is_no_request() -> None:
    assert recognise(report("消防通道"), CATALOGUE).kind is Kind.HAZARD
    assert recognise(report("路灯"), CATALOGUE).kind is Kind.REQUEST


def test_the_severity_is_the_categorys_own_unless_it_came_by_the_express_lane() -> None:
    opinion = recognise(report("路灯"), CATALOGUE)
    assert opinion.severity(express=False) is Severity.LOW
    assert opinion.severity(express=True) is Severity.DANGER


def test_the_category_travels_as_the_catalogue_has_it() -> None:
    category, entry = recognise(report("路灯"), CATALOGUE).category, CATALOGUE.entries[LAMP]
    told = (category.code, category.name, category.scene, category.standard)
    assert told == (LAMP, entry.name, entry.scene, entry.standard)
