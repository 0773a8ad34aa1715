"""What a look at a district brings, and what is told and done about it."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta

import pytest

from schemas.case import CaseClosed
from schemas.event import Event
from schemas.incident import (
    Alertness,
    Category,
    IncidentAbsorbed,
    IncidentClassified,
    IncidentRegraded,
    IncidentWithdrawn,
    Kind,
    RiskRaised,
    Severity,
)
from schemas.place import Place
from schemas.report import Reporter, Source
from services.classification.domain.finding import Finding, finding, unfounded_share
from services.classification.domain.look import (
    Evidence,
    Known,
    News,
    RiskLooked,
    Warned,
    look,
    narrowed,
    place_of,
    warned,
)
from services.classification.domain.risk.areas import children_of
from services.classification.domain.risk.parameters import Parameters
from services.classification.domain.risk.sighting import Sighting
from services.classification.domain.risk.watch import RiskWatch
from services.classification.domain.sightings import Seen, none_after_all, seen, tellers
from services.classification.domain.state import Incident, evolve
from services.classification.domain.warning import decide_look
from tests.unit.classification.cases import NOON, opened, report

TODAY = date(2026, 3, 2)
HERE, THERE = "510108001001", "510108002002"
MICRO_GRIDS = [f"{each}00100{number}" for each in (HERE, THERE) for number in range(1, 6)]
GAS = Category(code="91005", name="燃气隐患", scene="安全")
LITTER = "06010"
NAMES = {HERE: "春熙社区"}


def day(back: int) -> date:
    return TODAY - timedelta(days=back)


def some(amount: int, back: int = 0, category: str = GAS.code, area: str = HERE) -> list[Seen]:
    """Incidents of their own, each in a micro-grid of the area."""
    inside = [each for each in MICRO_GRIDS if each.startswith(area)]
    return [
        Seen(Sighting(f"{category}-{back}-{number}", category, inside[number % 5]), day(back))
        for number in range(amount)
    ]


def lived(days: int = 60) -> RiskWatch:
    """A watch that has seen litter in both communities every day until yesterday."""
    watch = RiskWatch(Parameters.read(), children_of(MICRO_GRIDS))
    usual = [
        each
        for back in range(days, 0, -1)
        for area in (HERE, THERE)
        for each in some(2, back, LITTER, area)
    ]
    assert look(watch, usual, day(1)) == News({}, set())
    return watch


def test_what_came_since_the_last_look_is_heard_day_by_day() -> None:
    late_first = [*some(5), *some(4, back=1)]
    news = look(lived(days=61), late_first, TODAY)
    (said,) = news.standing.values()
    assert (said.area, said.observed, said.first_day) == (HERE, 9, day(1))


def test_what_was_taken_back_before_the_look_or_after_it_is_no_outbreak() -> None:
    watch = lived()
    false = some(9)
    assert not look(watch, false[:2], TODAY).standing
    taken_back = [Seen(each.sighting, each.day, taken_back=True) for each in false[:2]]
    watch.take_back(each.sighting for each in taken_back)
    assert not look(watch, [*taken_back, *some(2, category="91006")], TODAY).standing


def test_a_warning_that_grows_within_one_look_is_told_once_with_the_last_figures() -> None:
    news = look(lived(), [*some(3, back=1), *some(12)], TODAY)
    assert [said.observed for said in news.standing.values()] == [15]


def test_an_outbreak_of_a_month_ago_that_is_read_in_today_is_nobodys_errand() -> None:
    watch = RiskWatch(Parameters.read(), children_of(MICRO_GRIDS))
    year = [each for back in range(90, 0, -1) for each in some(3, back, LITTER)]
    news = look(watch, [*year, *some(12, back=30)], TODAY)
    assert not news.standing and news.over == {(GAS.code, HERE)}


def test_what_is_dated_in_the_future_counts_for_today() -> None:
    watch = lived()
    look(watch, some(3, back=-9), TODAY)
    assert watch.today == TODAY.toordinal()


def told(known: Known | None = None, level: Alertness | None = None) -> Warned:
    (said,) = look(lived(), some(9), TODAY).standing.values()
    evidence = Evidence(tuple(f"i{number}" for number in range(9)), tuple(MICRO_GRIDS[:5]))
    made = warned(said, evidence, GAS, lambda code: NAMES.get(code, code), known)
    return made.model_copy(update={"level": level}) if level else made


def looked(*news: Warned) -> RiskLooked:
    return RiskLooked(
        watch="risk:510108", district="510108", slot=1, version=1, today=TODAY, memory=b"",
        warned=news,
    )  # fmt: skip


def decided(*news: Warned, incidents: dict[str, object] | None = None) -> list[Event]:
    return list(decide_look(looked(*news), incidents or {}, NOON, "c1"))


def test_a_new_warning_is_told_with_its_evidence_and_somebody_is_sent_to_look() -> None:
    raised, errand = decided(told(level=Alertness.BLUE))
    assert isinstance(raised, RiskRaised) and isinstance(errand, IncidentClassified)
    assert (raised.area, raised.days, raised.observed) == (HERE, 1, 9)
    assert len(raised.incidents) == 9 and "往常" in raised.reasons[0]
    assert (errand.kind, errand.voice.source) == (Kind.WARNING, Source.HUB)
    assert errand.warning == raised.warning_id
    assert errand.title == "风险预警（蓝色）：春熙社区燃气隐患"
    assert errand.place.community == HERE and errand.severity is Severity.LOW


def test_the_same_look_told_by_two_processes_bears_the_same_names() -> None:
    assert [each.subject for each in decided(told())] == [each.subject for each in decided(told())]


def test_a_warning_that_was_told_is_told_again_only_as_graver() -> None:
    (raised, errand) = decided(told(level=Alertness.BLUE))
    assert isinstance(raised, RiskRaised)
    standing = Known(raised.warning_id, errand.subject)
    open_errand = evolve(None, errand)
    grown = told(standing, Alertness.RED)
    (graver,) = decided(grown, incidents={errand.subject: open_errand})
    assert isinstance(graver, IncidentRegraded) and graver.severity is Severity.HIGH
    assert not decided(told(standing, Alertness.BLUE), incidents={errand.subject: open_errand})
    assert isinstance(open_errand, Incident)
    over = evolve(
        open_errand,
        CaseClosed(
            incident_id=errand.subject, round=1, at=NOON, outcome="looked_into", on_time=True
        ),
    )
    assert not decided(grown, incidents={errand.subject: over}), "it was looked into already"


def test_somebody_looks_where_most_of_it_is_and_in_a_community_at_the_largest() -> None:
    micro, other = MICRO_GRIDS[0], MICRO_GRIDS[1]
    assert narrowed(HERE, [micro] * 4 + [other]) == micro
    assert narrowed(HERE, [micro, other]) == micro[:15]
    assert narrowed(HERE, [micro, THERE]) == HERE
    assert narrowed("510108", [THERE, micro, other]) == micro[:12]
    assert narrowed(HERE, [HERE] * 3) == HERE and narrowed(HERE, ()) == HERE
    assert place_of(micro[:15], "网格").model_dump(exclude_defaults=True) == {
        "address": "网格", "community": HERE, "grid": micro[:15],
    }  # fmt: skip


def incident(**changes: object) -> IncidentClassified:
    place = Place(community=HERE, grid=MICRO_GRIDS[0][:15], micro_grid=MICRO_GRIDS[0])
    return opened(report(place=place)).model_copy(update=changes)


def test_an_incident_is_seen_where_it_is_known_best_and_on_the_day_it_was_reported() -> None:
    late = datetime(2026, 3, 1, 16, 30, tzinfo=UTC)
    spoken = incident()
    found = seen(
        spoken.model_copy(update={"voice": spoken.voice.model_copy(update={"reported_at": late})}),
        {"R1": "a0f3"},
    )
    assert found is not None
    assert found.sighting == Sighting(spoken.incident_id, "09012", MICRO_GRIDS[0], "a0f3")
    assert found.day == TODAY, "in Beijing it is past midnight"


@pytest.mark.parametrize("kind", [Kind.WARNING, Kind.MAINTENANCE])
def test_what_the_hub_itself_brings_about_is_not_counted(kind: Kind) -> None:
    assert seen(incident(), {}) and seen(incident(kind=kind), {}) is None


def test_what_lies_nowhere_or_was_reported_years_ago_is_not_counted() -> None:
    assert seen(incident(place=Place()), {}) is None
    assert seen(incident(place=Place(community="somewhere")), {}) is None
    assert seen(incident(classified_at=NOON + timedelta(days=500)), {}) is None


def test_a_teller_is_a_citizens_pseudonym() -> None:
    spoken = report().model_copy(update={"reporter": Reporter(pseudonym="a0f3")})
    assert tellers([spoken, report(number=2)]) == {"R1": "a0f3", "R2": ""}


def closings() -> Iterable[tuple[Event, bool]]:
    def over(outcome: str) -> Event:
        return CaseClosed.model_validate(
            {"incident_id": "I1", "round": 1, "at": NOON, "outcome": outcome, "on_time": True}
        )

    yield IncidentWithdrawn(incident_id="I1", reasons=(), withdrawn_at=NOON), True
    yield IncidentAbsorbed(incident_id="I1", into="I2", reasons=(), absorbed_at=NOON), True
    yield over("false_alarm"), True
    yield over("rectified"), False


@pytest.mark.parametrize(("event", "is_none"), list(closings()))
def test_what_turns_out_to_be_none_is_taken_back(event: Event, is_none: bool) -> None:
    assert (none_after_all(event) == "I1") is is_none


@pytest.mark.parametrize(
    ("outcome", "means"),
    [
        (None, Finding.OPEN),
        ("looked_into", Finding.FOUNDED),
        ("false_alarm", Finding.UNFOUNDED),
        ("not_accepted", Finding.DROPPED),
    ],
)
def test_the_end_of_the_errand_says_whether_there_was_anything(
    outcome: str | None, means: Finding
) -> None:
    assert finding(outcome) is means


def test_the_share_without_ground_is_that_of_the_warnings_looked_into() -> None:
    assert unfounded_share({Finding.OPEN: 5, Finding.FOUNDED: 3, Finding.UNFOUNDED: 1}) == 0.25
    assert unfounded_share({Finding.OPEN: 5}) is None
