"""By when, and in which way."""

from datetime import timedelta

import pytest

from schemas.dispatch import Mode
from schemas.incident import Category, Severity
from services.dispatch.domain.deadlines import LIMITS, deadlines
from services.dispatch.domain.handling_mode import handling_mode
from tests.unit.dispatch.cases import CATALOGUE, LANE, NOON, category

CALM = Severity.HIGH


def test_danger_is_accepted_in_1_reached_in_3_and_disposed_of_in_5_minutes() -> None:
    due = deadlines(Severity.DANGER, NOON)
    stages = (due.accept_by, due.arrive_by, due.dispose_by)
    assert stages == tuple(NOON + timedelta(minutes=minutes) for minutes in (1, 3, 5))


@pytest.mark.parametrize("severity", Severity)
def test_the_stages_are_due_one_after_the_other(severity: Severity) -> None:
    due = deadlines(severity, NOON)
    assert NOON < due.accept_by < due.arrive_by < due.dispose_by < due.check_by


@pytest.mark.parametrize("stage", ["accept", "arrive", "dispose", "check"])
def test_what_is_graver_is_never_due_later(stage: str) -> None:
    allowed = [getattr(LIMITS[severity], stage) for severity in Severity]
    assert allowed == sorted(allowed, reverse=True)


@pytest.mark.parametrize("code", [LANE, "91005", "91001", "06013"])
def test_a_category_is_handled_as_the_catalogue_says_and_the_reason_names_who_leads(
    code: str,
) -> None:
    entry = CATALOGUE.entries[code]
    mode, why = handling_mode(category(code), CALM, CATALOGUE)
    assert mode is Mode(entry.mode)
    assert entry.name in why and entry.lead in why


def test_danger_is_handled_at_once_whatever_the_catalogue_says() -> None:
    gas = "91005"
    assert CATALOGUE.entries[gas].mode == Mode.TRACKED
    mode, why = handling_mode(category(gas), Severity.DANGER, CATALOGUE)
    assert (mode, why) == (Mode.AT_ONCE, "涉及人身安全，马上办")


def test_a_category_that_is_not_in_the_catalogue_is_handled_at_once() -> None:
    mode, why = handling_mode(Category(code="00000", name="", scene=""), CALM, CATALOGUE)
    assert mode is Mode.AT_ONCE
    assert why == "目录中没有类别 00000，先由网格马上办"
