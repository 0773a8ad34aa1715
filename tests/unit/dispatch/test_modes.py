"""What an emergency mode means for a dispatch: other rules, and a reason that says so."""

from dataclasses import replace
from datetime import timedelta

import pytest

from schemas.dispatch import IncidentDispatched, ModeDeclared, ModeEnded
from schemas.incident import Alertness, Severity
from schemas.place import Place
from services.dispatch.domain import standing
from services.dispatch.domain.decide import dispatch
from services.dispatch.domain.plan import Plan
from services.dispatch.domain.situation import Situation
from services.dispatch.domain.standing import EmergencyMode
from tests.unit.dispatch.cases import (
    BOOK,
    COMMUNITY,
    ESTATE,
    FIRST,
    NOON,
    after,
    category,
    dispatched,
)

HOUR = timedelta(hours=1)
RUBBISH = "06010"


def mode(level: Alertness = Alertness.RED, area: str = ESTATE.community) -> EmergencyMode:
    """A storm, for an hour."""
    declared = ModeDeclared(
        mode_id="mode:1", area=area, level=level, trigger="暴雨", by="L1",
        expires_at=NOON + HOUR, declared_at=NOON,
    )  # fmt: skip
    made = standing.evolve(None, declared)
    assert isinstance(made, EmergencyMode)
    return made


def during(*modes: EmergencyMode) -> Situation:
    """A batch in which they hold."""
    return Situation(BOOK, "g1", modes=modes)


def light() -> Plan:
    """Some rubbish."""
    return replace(after(), severity=Severity.LOW, category=category(RUBBISH))


def test_in_a_red_mode_grave_work_is_due_sooner_and_the_reason_names_the_mode() -> None:
    made = dispatched(after(), during(mode()))
    assert made.deadlines.rule == "战时两小时"
    assert made.deadlines.dispose_by == NOON + 2 * HOUR
    assert "应急模式（红色：暴雨）" in made.reasons
    assert dispatched(after()).deadlines.rule == "四小时"


def test_in_a_red_mode_light_work_is_the_desk_s_and_takes_nobody_from_the_street() -> None:
    made = dispatched(light(), during(mode()))
    assert made.assignee.desk and made.assignee.worker_id == COMMUNITY
    assert dispatched(light()).assignee.worker_id == FIRST


@pytest.mark.parametrize(
    "other",
    [mode(area="510199"), replace(mode(), is_over=True), replace(mode(), expires_at=NOON)],
    ids=["elsewhere", "ended", "expired"],
)
def test_a_mode_elsewhere_or_over_changes_nothing(other: EmergencyMode) -> None:
    assert dispatched(light(), during(other)) == dispatched(light())


def test_the_gravest_mode_counts_and_a_light_one_is_only_told_of() -> None:
    both = dispatched(light(), during(mode(Alertness.BLUE), mode(Alertness.ORANGE)))
    assert both.assignee.desk and "应急模式（橙色：暴雨）" in both.reasons
    blue = dispatched(light(), during(mode(Alertness.BLUE)))
    assert blue.assignee.worker_id == FIRST and "应急模式（蓝色：暴雨）" in blue.reasons


def test_what_has_ended_holds_no_more() -> None:
    ended = standing.evolve(mode(), ModeEnded(mode_id="mode:1", ended_at=NOON))
    assert isinstance(ended, EmergencyMode) and not ended.holds(ESTATE.grid, NOON)


def test_a_place_that_is_not_known_lies_in_no_mode() -> None:
    nowhere = after(place=Place())
    (made,) = dispatch("I1", nowhere, during(mode()), NOON)
    assert isinstance(made, IncidentDispatched)
    assert not any("应急模式" in reason for reason in made.reasons)
