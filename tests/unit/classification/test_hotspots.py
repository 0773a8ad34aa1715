"""When a hot spot is told: as it appears, and again when it has doubled."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from schemas.event import Event
from schemas.incident import HotspotFound, IncidentClassified, Kind
from schemas.report import ReportReceived
from services.classification.domain.decide import decide_report
from services.classification.domain.hotspots import again_at, is_news, theme_noticed, voices_at
from services.classification.domain.matching import OpenIncident
from services.classification.domain.orders import ThemeNoticed
from services.classification.domain.state import Hotspot, State, evolve
from tests.unit.classification.cases import NOON, around, incident, lying, opened, report
from tests.unit.classification.test_decide import MERGED


def decided(
    new: ReportReceived, lie: Sequence[OpenIncident], states: dict[str, State]
) -> list[Event]:
    near = around(new)
    for each in lie:
        near.note(each)
    return list(decide_report(new, near.opinions[new.report_id], near, states, NOON, "c1"))


@pytest.mark.parametrize(
    ("size", "told", "news"), [(2, None, False), (3, None, True), (5, 3, False), (6, 3, True)]
)
def test_three_are_a_hot_spot_and_twice_as_many_are_news(
    size: int, told: int | None, news: bool
) -> None:
    assert is_news(size, Hotspot(told) if told else None) is news


def test_the_third_voice_makes_an_incident_a_hot_spot_once() -> None:
    two = incident(MERGED)
    *_, told = decided(report(number=3), [lying()], {"I1": two})
    assert isinstance(told, HotspotFound)
    assert (told.hotspot_id, told.sort, told.voices) == (voices_at("I1"), "voices", 3)
    known = evolve(None, told)
    assert known == Hotspot(3)
    states: dict[str, State] = {"I1": two, voices_at("I1"): Hotspot(3)}
    assert not any(
        isinstance(each, HotspotFound) for each in decided(report(number=3), [lying()], states)
    )


def over(name: str, days: float, root: str = "") -> OpenIncident:
    return replace(
        lying(hours=24 * days),
        incident_id=name,
        closed_at=NOON - timedelta(days=days - 0.5),
        root=root,
        follows=bool(root),
    )


def test_the_same_matter_at_a_place_where_it_was_closed_is_a_recurrence_and_says_so() -> None:
    (made,) = decided(report(), [over("I0", 20)], {})
    assert isinstance(made, IncidentClassified)
    assert (made.kind, made.follows) == (Kind.RECURRENCE, "I0")
    assert "原事件已结案，同一问题再次出现" in made.reasons[-1]


def test_after_30_days_it_is_a_new_matter() -> None:
    (made,) = decided(report(), [over("I0", 31)], {})
    assert isinstance(made, IncidentClassified) and made.follows is None


def test_the_third_recurrence_within_30_days_is_a_hot_spot() -> None:
    before = [over("I0", 28), over("I1", 20, "I0"), over("I2", 10, "I0")]
    made, told = decided(report(), before, {})
    assert isinstance(made, IncidentClassified) and isinstance(told, HotspotFound)
    assert (told.sort, told.hotspot_id, told.voices) == ("recurrences", again_at("I0"), 3)
    assert told.incidents == ("I1", "I2", made.incident_id)
    assert len(decided(report(), before[:2], {})) == 1


def test_a_theme_is_a_hot_spot_when_it_was_spoken_of_for_two_weeks() -> None:
    noticed = ThemeNoticed(
        hotspot_id="H",
        theme="搅拌站",
        incidents=("A", "B", "C"),
        since=NOON - timedelta(days=14),
        at=NOON,
    )
    (told,) = theme_noticed(noticed, None, NOON)
    assert isinstance(told, HotspotFound) and told.reasons == ("14 天内 3 起事件说的是同一主题",)
    assert not list(theme_noticed(noticed, Hotspot(2), NOON))
    late = noticed.model_copy(update={"since": NOON - timedelta(days=13)})
    assert not list(theme_noticed(late, None, NOON))


@pytest.mark.parametrize("kind", [Kind.WARNING, Kind.MAINTENANCE])
def test_what_the_hub_opens_itself_is_in_no_hot_spot(kind: Kind) -> None:
    first = report("消防通道上停着一辆白色的车，进出都很困难")
    near = around(*(report(first.text, number=number) for number in (2, 3, 4)))
    own = replace_kind(opened(first), kind)
    near.observe(own)
    states: dict[str, State] = {own.incident_id: incident(by=first)}
    said = report(first.text, number=2)
    (told,) = decide_report(said, near.opinions["R2"], near, states, NOON, "c1")
    assert isinstance(told, IncidentClassified)
    assert (told.incident_id != own.incident_id, told.follows) == (True, None)


def replace_kind(event: IncidentClassified, kind: Kind) -> IncidentClassified:
    return event.model_copy(update={"kind": kind})
