"""By when, and in which way."""

from dataclasses import replace
from datetime import timedelta

import pytest

from schemas.dispatch import Level, Mode
from schemas.incident import Severity
from services.dispatch.domain.handling import Handling
from services.dispatch.domain.plan import evolve
from services.dispatch.domain.situation import facts_of
from tests.unit.dispatch.cases import BOOK, CATALOGUE, NOON, after, due, incident, situation


def handled(code: str, severity: Severity | None = None) -> Handling:
    usual = Severity(CATALOGUE.entries[code].severity)
    plan = evolve(None, incident(severity or usual, code=code))
    assert plan is not None
    return BOOK.handling(facts_of(plan, situation(), NOON))


def test_danger_is_accepted_in_1_reached_in_3_and_disposed_of_in_5_minutes() -> None:
    found = due(Severity.DANGER)
    stages = (found.accept_by, found.arrive_by, found.dispose_by)
    assert stages == tuple(NOON + timedelta(minutes=minutes) for minutes in (1, 3, 5))


@pytest.mark.parametrize("severity", Severity)
def test_the_stages_are_due_one_after_the_other(severity: Severity) -> None:
    found = due(severity)
    assert NOON < found.accept_by < found.arrive_by < found.dispose_by < found.check_by
    assert found.remind_at is not None and NOON < found.remind_at < found.dispose_by


@pytest.mark.parametrize("stage", ["accept_by", "arrive_by", "dispose_by", "check_by"])
def test_what_is_graver_is_never_due_later(stage: str) -> None:
    allowed = [getattr(due(severity), stage) for severity in Severity]
    assert allowed == sorted(allowed, reverse=True)


@pytest.mark.parametrize("code", sorted(CATALOGUE.entries))
def test_each_category_of_the_catalogue_has_a_rule_and_is_handled_as_the_catalogue_says(
    code: str,
) -> None:
    entry = CATALOGUE.entries[code]
    found = handled(code, Severity.MEDIUM)
    assert found.rule and found.mode is Mode(entry.mode)
    assert found.lead_unit == entry.lead and entry.name in found.reasons[0]


def test_danger_is_handled_at_once_whatever_the_catalogue_says() -> None:
    gas = "91005"
    assert CATALOGUE.entries[gas].mode == Mode.TRACKED
    found = handled(gas, Severity.DANGER)
    assert (found.mode, found.limits.name, found.level) == (
        Mode.AT_ONCE,
        "一三五",
        Level.MICRO_GRID,
    )
    assert found.responsible_unit == "燃气公司" and "先期处置" in found.reasons[-1]


def test_what_is_tracked_goes_to_its_department_and_a_coordination_has_tasks() -> None:
    tracked, coordinated = handled("93003"), handled("92001")
    assert (tracked.level, tracked.responsible_unit) == (Level.DEPARTMENT, "供电公司")
    assert (coordinated.level, coordinated.mode) == (Level.COMMUNITY, Mode.COORDINATED)
    assert [task.unit for task in coordinated.tasks] == ["司法所", "社区"]


def test_a_category_that_no_rule_is_meant_for_goes_to_the_desk_and_the_reason_says_so() -> None:
    plan = after()
    stranger = plan.category.model_copy(update={"code": "00000"})
    found = BOOK.handling(facts_of(replace(plan, category=stranger), situation(), NOON))
    assert (found.rule, found.desk) == ("", "community")
    assert found.reasons == ("没有规则适用于类别 00000（目录中没有），转社区值班台",)
