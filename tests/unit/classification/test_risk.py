"""What the risk watch warns of, and what it lets pass."""

import json
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from itertools import count
from math import exp, expm1, factorial
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.incident import Alertness
from services.classification.domain.risk.areas import AreaLevel, children_of, lineage
from services.classification.domain.risk.chance import negative_binomial
from services.classification.domain.risk.parameters import RISING, SHIPPED, Parameters
from services.classification.domain.risk.sighting import Sighting
from services.classification.domain.risk.watch import RiskWarning, RiskWatch
from services.classification.domain.risk.words import in_words
from tests.bench.risk import District, World, delay, watch_over

PARAMETERS = Parameters.read()
GAS, LITTER, FLOOD = "91005", "06010", "96005"
FIRST = date(2026, 1, 5)
DISTRICT = "510108"
COMMUNITIES = [f"{DISTRICT}{street:03d}{number:03d}" for street in (1, 2) for number in (1, 2, 3)]
HERE, THERE = COMMUNITIES[0], COMMUNITIES[-1]
MICRO_GRIDS = [
    f"{community}{grid:03d}{micro:03d}"
    for community in COMMUNITIES
    for grid in (1, 2)
    for micro in (1, 2, 3)
]
NAMES = {HERE: "春熙社区", GAS: "燃气隐患"}
numbers = count()


def some(amount: int, category: str, area: str, teller: str = "") -> list[Sighting]:
    """Incidents of their own; in a community, spread over its micro-grids."""
    inside = [each for each in MICRO_GRIDS if each.startswith(area)] or [area]
    return [
        Sighting(str(next(numbers)), category, inside[number % len(inside)], teller)
        for number in range(amount)
    ]


def usual(day: int) -> list[Sighting]:
    """Two heaps of litter in each community a day, and gas somewhere every ten days."""
    litter = [each for area in COMMUNITIES for each in some(2, LITTER, area)]
    flood = some(1, FLOOD, COMMUNITIES[day % 6])
    return litter + flood + (some(1, GAS, COMMUNITIES[day // 10 % 6]) if day % 10 == 0 else [])


class Story:
    """A watch and the day that it has reached, after so many usual days."""

    def __init__(self, days: int = 60) -> None:
        self.watch = RiskWatch(
            PARAMETERS, children_of(MICRO_GRIDS), lambda code: NAMES.get(code, code)
        )
        self.day = 0
        for _ in range(days):
            assert self.goes_on() == []

    def goes_on(self, more: Iterable[Sighting] = ()) -> list[RiskWarning]:
        """A usual day, and what comes on top of it."""
        self.day += 1
        return self.watch.observe(self.date, [*usual(self.day), *more])

    def adds(self, more: Iterable[Sighting]) -> list[RiskWarning]:
        """More on the same day."""
        return self.watch.observe(self.date, more)

    @property
    def date(self) -> date:
        return FIRST + timedelta(days=self.day)


def days_of(amounts: Iterable[int]) -> Iterator[list[Sighting]]:
    return (some(amount, GAS, HERE) for amount in amounts)


def test_eight_in_three_days_where_there_are_next_to_none_are_warned_of() -> None:
    story = Story()
    said = [each for more in days_of((3, 3, 2)) for each in story.goes_on(more)]
    raised = [each for each in said if each.phase == "raised"]
    assert [(each.category, each.area, each.area_level) for each in raised] == [
        (GAS, HERE, AreaLevel.COMMUNITY)
    ]


def test_a_warning_says_how_many_there_are_and_how_many_there_usually_are() -> None:
    story = Story(days=64)
    (said,) = story.goes_on(some(11, GAS, HERE))
    assert said.observed == 11 and said.expected < 0.3 and said.p_value < 1e-6
    assert said.first_day <= said.last_day == story.date
    assert said.evidence.startswith("春熙社区 1 天内燃气隐患 11 起，往常")
    assert said.evidence.endswith("一遇")
    assert said.interval_days >= PARAMETERS.level_interval_days[said.level]


def test_it_is_raised_once_and_again_only_when_it_grows_a_level() -> None:
    story = Story()
    said = [each for _ in range(14) for each in story.adds(some(1, GAS, HERE))]
    assert [each.phase for each in said] == ["raised"] + ["grown"] * (len(said) - 1)
    levels = [RISING.index(each.level) for each in said]
    assert levels == sorted(set(levels)) and len(levels) > 1
    assert said[-1].level is Alertness.RED


def test_it_subsides_when_it_is_usual_again_and_may_come_back() -> None:
    story = Story()
    assert story.goes_on(some(9, GAS, HERE))
    later = [each for _ in range(14) for each in story.goes_on()]
    assert [(each.phase, each.area) for each in later] == [("subsided", HERE)]
    assert later[0].evidence == "春熙社区燃气隐患已回落到往常水平"
    assert [each.phase for each in story.goes_on(some(12, GAS, HERE))] == ["raised"]


def test_what_is_much_elsewhere_is_little_where_it_is_usual() -> None:
    assert Story().goes_on(some(6, GAS, HERE))
    assert not Story().goes_on(some(6, LITTER, HERE))


def test_what_rises_in_the_whole_district_is_raised_for_no_part_of_it() -> None:
    story = Story()
    rain = [each for area in COMMUNITIES for each in some(4, FLOOD, area)]
    assert {each.area_level for each in story.goes_on(rain)} <= {AreaLevel.DISTRICT}


def test_an_outbreak_in_the_rain_is_still_found() -> None:
    story = Story()
    rain = [each for area in COMMUNITIES for each in some(3, FLOOD, area)]
    said = story.goes_on(rain + some(25, FLOOD, THERE))
    assert any(each.area.startswith(THERE) for each in said)


def test_one_outbreak_in_one_micro_grid_is_one_warning() -> None:
    story = Story()
    said = story.goes_on(some(9, GAS, MICRO_GRIDS[0]))
    assert len(said) == 1 and MICRO_GRIDS[0].startswith(said[0].area)


def test_a_second_outbreak_next_to_it_is_raised_too() -> None:
    story = Story()
    assert [each.area for each in story.goes_on(some(9, GAS, HERE))] == [HERE]
    assert THERE in {each.area for each in story.goes_on(some(12, GAS, THERE))}


def test_one_loud_person_is_counted_once() -> None:
    story = Story()
    assert not story.goes_on(some(12, GAS, HERE, teller="a0f3"))
    different = [some(1, GAS, HERE, teller=f"person-{number}")[0] for number in range(12)]
    assert story.adds(different)


def test_an_incident_is_counted_once_however_often_it_is_told() -> None:
    assert not Story().goes_on([Sighting("the-same", GAS, MICRO_GRIDS[0])] * 12)


def test_where_only_the_community_is_known_the_community_is_warned_of() -> None:
    sightings = [Sighting(str(next(numbers)), GAS, HERE) for _ in range(9)]
    assert [each.area for each in Story().goes_on(sightings)] == [HERE]


def test_a_category_never_seen_before_is_warned_of() -> None:
    assert [each.area for each in Story().goes_on(some(8, "96007", HERE))] == [HERE]


def test_nothing_is_said_before_there_is_a_history() -> None:
    story = Story(days=PARAMETERS.silent_days - 2)
    assert not story.goes_on(some(20, GAS, HERE))


def test_days_without_any_incident_are_no_history() -> None:
    watch = RiskWatch(PARAMETERS, children_of(MICRO_GRIDS))
    assert not watch.observe(FIRST, some(1, LITTER, HERE))
    assert not watch.observe(FIRST + timedelta(days=300), some(20, GAS, HERE))


def test_what_comes_late_counts_for_its_own_day() -> None:
    story = Story()
    (said,) = story.watch.observe(story.date - timedelta(days=2), some(9, GAS, HERE))
    assert said.first_day == story.date - timedelta(days=2)
    assert story.watch.today == story.date.toordinal()


def test_what_comes_so_late_that_its_day_is_history_is_no_outbreak_of_today() -> None:
    story = Story()
    assert not story.watch.observe(story.date - timedelta(days=9), some(20, GAS, HERE))


def test_incidents_that_were_none_are_taken_out_of_the_count() -> None:
    story = Story()
    before = story.watch.dump()["days"]
    alarms = some(3, GAS, HERE, teller="a0f3")
    story.adds(alarms)
    assert story.watch.dump()["days"] != before
    story.watch.take_back(alarms)
    assert story.watch.dump()["days"] == before, "what was an echo is not taken out"
    story.watch.take_back(alarms)
    assert story.watch.dump()["days"] == before


def test_looking_every_hour_finds_what_looking_once_a_day_finds_and_sooner() -> None:
    outbreak = some(10, GAS, HERE)
    at_once = Story().goes_on(outbreak)
    story = Story()
    story.goes_on()
    hours = [bool(story.adds([each])) for each in outbreak]
    assert at_once and True in hours[:8]


def test_what_lies_in_no_area_counts_for_none() -> None:
    assert not Story().goes_on([Sighting(str(next(numbers)), GAS, "") for _ in range(20)])


def test_another_district_is_refused() -> None:
    with pytest.raises(ValueError, match="not in the district 510108"):
        Story().adds([Sighting("x", GAS, "510104001001")])


def test_areas_lie_in_each_other_by_their_codes() -> None:
    micro = "510108001002003004"
    assert lineage(micro) == ("510108", "510108001", "510108001002", micro[:15], micro)
    assert lineage("51010800100203") == ("510108", "510108001", "510108001002", "51010800100203")
    assert lineage("") == lineage("somewhere") == lineage("5101080") == ()
    assert children_of(MICRO_GRIDS)[DISTRICT] == 2 and children_of(MICRO_GRIDS)[HERE] == 2


seen = st.lists(
    st.tuples(
        st.integers(0, 3),
        st.sampled_from((GAS, LITTER, FLOOD)),
        st.sampled_from((*MICRO_GRIDS[:4], HERE, DISTRICT)),
        st.sampled_from(("", "one", "two")),
    ),
    max_size=60,
)


@settings(max_examples=25, deadline=None)
@given(before=seen, after=seen)
def test_a_watch_that_was_written_down_goes_on_as_if_nothing_had_been(
    before: list[tuple[int, str, str, str]], after: list[tuple[int, str, str, str]]
) -> None:
    watch, other = (RiskWatch(PARAMETERS, children_of(MICRO_GRIDS)) for _ in range(2))
    for day in range(25):
        watch.observe(FIRST + timedelta(days=day), some(1, LITTER, HERE))
    play(watch, 25, before)
    other.load(json.loads(json.dumps(watch.dump())))
    assert play(watch, 29, after) == play(other, 29, after)
    assert watch.dump() == other.dump()


def play(watch: RiskWatch, first: int, story: list[tuple[int, str, str, str]]) -> list[RiskWarning]:
    """Four days of incidents, numbered from the first day on."""
    return [
        said
        for day in range(4)
        for said in watch.observe(
            FIRST + timedelta(days=first + day),
            [
                Sighting(f"{first}-{number}", category, area, teller)
                for number, (at, category, area, teller) in enumerate(story)
                if at == day
            ],
        )
    ]


@given(st.integers(1, 40), st.floats(0.001, 20), st.floats(0.01, 20))
def test_more_is_always_rarer(amount: int, mean: float, spread: float) -> None:
    p_value, any_at_all = negative_binomial(amount, mean, spread)
    rarer, _ = negative_binomial(amount + 1, mean, spread)
    assert 0 < rarer < p_value <= 1.0001 * any_at_all <= 1.0001


@given(st.integers(1, 12), st.floats(0.05, 6))
def test_without_spread_it_is_poissons_distribution(amount: int, mean: float) -> None:
    fewer = sum(exp(-mean) * mean**each / factorial(each) for each in range(amount))
    p_value, any_at_all = negative_binomial(amount, mean, 1e-7)
    assert p_value == pytest.approx(1 - fewer, rel=1e-3, abs=1e-9)
    assert any_at_all == pytest.approx(-expm1(-mean), rel=1e-5)


def test_the_rarest_has_a_chance_above_nothing() -> None:
    assert negative_binomial(5_000, 0.001, 0.001)[0] > 0


def test_intervals_are_said_as_people_say_them() -> None:
    words = [in_words(days) for days in (9, 90, 1461, 1e9)]
    assert words == ["约 9 天", "约 3 个月", "约 4 年", "百年以上"]


def test_what_is_shipped_is_whole() -> None:
    assert sum(PARAMETERS.share.values()) == pytest.approx(1)
    assert [*PARAMETERS.level_interval_days] == list(RISING)
    assert [PARAMETERS.level(days) for days in (1, 10, 100, 1e9)] == [
        None,
        Alertness.BLUE,
        Alertness.YELLOW,
        Alertness.RED,
    ]


def test_a_file_that_lacks_a_figure_is_refused_by_its_name(tmp_path: Path) -> None:
    path = tmp_path / "risk.toml"
    path.write_text(SHIPPED.read_text("utf-8").replace("sway =", "away =", 1), encoding="utf-8")
    with pytest.raises(TypeError, match="away"):
        Parameters.read(path)


def test_in_a_simulated_district_outbreaks_are_found_and_false_alarms_are_few() -> None:
    world = World(
        days=90,
        communities=12,
        grids=90,
        micro_grids=600,
        incidents_a_day=120,
        loud_people_a_week=0.4,
    )
    district = District(9, world)
    ordinary = district.year()
    quiet = watch_over(district, ordinary, 1, PARAMETERS)
    outbreaks, planted = district.plant(3, 28)
    busy = watch_over(district, ordinary + planted, 1, PARAMETERS)
    large = [each for each in outbreaks if len(each.times) >= 8]
    late = [delay(each, busy) for each in large]
    assert sum(each is not None and each <= 1 for each in late) >= 0.8 * len(large)
    assert sum(each.warning.phase == "raised" for each in quiet.said) <= (90 - 21) / 7
