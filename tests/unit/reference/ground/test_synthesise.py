"""Synthetic grounds."""

from collections import Counter

import numpy as np
import pytest
import shapely

from services.reference.ground import GroundError, Kind, Tree
from services.reference.ground.areas import AMOUNTS, Amount, Size, invented, street_of
from services.reference.ground.cells import Population, dealt, scattered, shape_of, shared
from services.reference.ground.checks import check
from services.reference.ground.codes import Level, parent_of
from services.reference.ground.furnishing import HOUSEHOLDS, estate_names, gazetteer, register
from services.reference.ground.index import OutlineIndex
from services.reference.ground.outlines import collect
from services.reference.ground.routing import by_level
from services.reference.ground.synthesise import Synthetic, synthesise

SMALL = Amount(districts=2, streets=3, communities=8, grids=60, micro_grids=300)


def make(seed: int = 1, amount: Amount = SMALL) -> Synthetic:
    units, areas = invented(amount)
    made = synthesise(areas, (amount.grids, amount.micro_grids), seed)
    made.units |= units
    return made


MADE = make()


def test_there_are_as_many_of_each_as_wanted() -> None:
    levels = Counter(unit.level for unit in MADE.units.values())
    assert [levels[level] for level in Level] == [2, 3, 8, 60, 300]
    assert any(unit.kind is Kind.EXCLUSIVE_GRID for unit in MADE.units.values())


def test_the_street_has_237_grids_and_1166_micro_grids() -> None:
    levels = Counter(unit.level for unit in make(3, AMOUNTS[Size.STREET]).units.values())
    assert (levels[Level.GRID], levels[Level.MICRO_GRID]) == (237, 1_166)


def test_the_same_seed_makes_the_same_and_another_does_not() -> None:
    assert make() == MADE
    assert make(seed=2).outlines != MADE.outlines


def test_every_unit_has_a_parent_and_an_outline() -> None:
    tree = Tree(MADE.units.values())
    assert all(unit.parent in tree for unit in tree.units if unit.parent)
    assert MADE.outlines.keys() == MADE.units.keys()


def test_what_is_made_has_none_of_the_flaws_that_are_checked() -> None:
    shapes = {code: shape_of(polygons) for code, polygons in MADE.outlines.items()}
    assert check(Tree(MADE.units.values()), shapes) == []


def test_every_point_of_a_district_has_exactly_one_leaf() -> None:
    """Also on the seams between districts: neighbours share all corners."""
    leaves = {code: MADE.outlines[code] for code in MADE.seeds}
    district = np.array([p for rings in (MADE.outlines["990101"][0],) for p in rings[0]])
    (west, south), (east, north) = district.min(axis=0), district.max(axis=0)
    dice = np.random.default_rng(5)
    x, y = dice.uniform(west, east, 5_000), dice.uniform(south, north, 5_000)
    holding = sum(
        (OutlineIndex(collect([each])).holding(x, y) == 0).astype(int) for each in leaves.items()
    )
    assert np.all(holding == 1)


def test_each_seed_lies_in_the_outline_of_its_leaf() -> None:
    indexes = {level: OutlineIndex(o) for level, o in by_level(MADE.outlines.items()).items()}
    for code, (x, y) in MADE.seeds.items():
        index = indexes[MADE.units[code].level]
        assert index.codes[index.holding_one(x, y)] == code


def test_a_micro_grid_has_50_to_80_households() -> None:
    entries = list(register(MADE, 1))
    assert len(entries) == 300
    assert all(HOUSEHOLDS[0] <= entry.households <= HOUSEHOLDS[1] for entry in entries)


def test_no_two_estates_bear_the_same_name() -> None:
    names = [each.name for each in gazetteer(MADE) if each.kind == "estate"]
    assert len(set(names)) == len(names)
    many = [name for name, _ in zip(estate_names(), range(15_000), strict=False)]
    assert len(set(many)) == 15_000


def test_where_more_people_live_there_are_more_cells() -> None:
    outline = shapely.box(0, 0, 10_000, 10_000)
    middles = np.array([[2_500.0, 5_000.0], [7_500.0, 5_000.0]])
    people = Population(middles, np.array([900.0, 100.0]), (2_500.0, 5_000.0))
    seeds = scattered(outline, people, 1_000, np.random.default_rng(1))
    west = int((seeds[:, 0] < 5_000).sum())
    assert len(seeds) == 1_000 and 880 < west < 920


def test_a_street_of_a_district_is_a_part_of_it() -> None:
    units, areas = invented(SMALL)
    streets = [unit for unit in units.values() if unit.parent == areas[0].unit.code]
    parts = [street_of(areas[0], street, 1) for street in streets]
    whole = shapely.union_all([part.outline for part in parts])
    assert shapely.area(whole) == pytest.approx(shapely.area(areas[0].outline), rel=1e-3)
    assert [parent_of(each.code) for each in parts[0].communities] == [streets[0].code] * len(
        parts[0].communities
    )


def test_fewer_grids_than_communities_do_not_fit() -> None:
    _, areas = invented(SMALL)
    with pytest.raises(GroundError, match="对不上"):
        synthesise(areas, (5, 300), 1)


def test_what_is_shared_out_is_all_there_is() -> None:
    parts = shared(17, np.array([3.0, 1.0, 1.0]), np.array([1, 1, 1]))
    assert parts.sum() == 17 and list(parts) == sorted(parts, reverse=True)


def test_groups_have_their_sizes() -> None:
    points = np.random.default_rng(1).uniform(0, 1, (30, 2))
    assert np.bincount(dealt(points, [5, 20, 5])).tolist() == [5, 20, 5]
