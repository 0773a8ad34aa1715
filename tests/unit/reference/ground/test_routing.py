"""From a point to the unit that answers for it."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.reference.ground import Ground, Kind, load_ground
from services.reference.ground.codes import Level
from services.reference.ground.index import NOWHERE, OutlineIndex
from services.reference.ground.outlines import MICRO, Polygons, collect
from services.reference.ground.routing import NEAR, as_codes
from tests.unit.reference.cases import GROUND
from tests.unit.reference.ground.outlined import COMMUNITY, GRID, SOUTH, WEST, square, unit, written

EXCLUSIVE = f"{COMMUNITY}002"
SHAPES: dict[str, Polygons] = {
    COMMUNITY: [[square(0, 0, 10, 10)]],
    GRID: [[square(0, 0, 4, 4)]],
    f"{GRID}001": [[square(0, 0, 2, 2)]],
    f"{GRID}002": [[square(2, 0, 2, 2)], [square(0, 2)]],
    EXCLUSIVE: [[square(6, 6, 2, 2)]],
}
"""A micro-grid of two parts; half of the grid is no micro-grid's, most of the rest no grid's."""


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Ground:
    folder = tmp_path_factory.mktemp("ground") / "drawn"
    return load_ground(written(folder, SHAPES, unit(EXCLUSIVE, Kind.EXCLUSIVE_GRID)))


def at(column: float, row: float) -> tuple[float, float]:
    """Degrees of a point so many sides to the east and north of the corner."""
    return (WEST + column * 1_000) / MICRO, (SOUTH + row * 1_000) / MICRO


@pytest.mark.parametrize(
    ("point", "code", "why"),
    [
        (at(1, 1), f"{GRID}001", "点在微网格"),
        (at(0.5, 2.5), f"{GRID}002", "点在微网格"),
        (at(3, 3), GRID, "不在其任何微网格内，由其受理"),
        (at(7, 7), EXCLUSIVE, "点在专属网格"),
        (at(5, 5), COMMUNITY, "不在其任何网格内，由其受理"),
        (at(-0.5, 5), COMMUNITY, "点在所有轮廓之外 48 米"),
        (at(-50, 5), "", "值班台受理"),
    ],
)
def test_a_point_goes_to_the_lowest_unit_that_is_known_and_says_why(
    ground: Ground, point: tuple[float, float], code: str, why: str
) -> None:
    route = ground.route(*point)
    assert route.code == code
    assert why in route.why
    assert ground.router.routes(*zip(point, strict=True)) == [route]


def test_the_less_is_known_the_less_sure_it_is(ground: Ground) -> None:
    points = [at(1, 1), at(3, 3), at(5, 5), at(-0.5, 5), at(-50, 5)]
    sure = [ground.route(*point).confidence for point in points]
    assert sure == sorted(sure, reverse=True) and len(set(sure)) == len(sure)


def test_a_point_off_the_ground_goes_to_the_desk_of_all_of_it(ground: Ground) -> None:
    assert ground.route(0, 0).desk == ground.tree.top == COMMUNITY


def test_what_is_no_number_goes_to_the_desk(ground: Ground) -> None:
    nan = float("nan")
    assert ground.route(nan, 30.0).code == ""
    assert ground.router.routes([nan], [30.0])[0].code == ""


POINTS = st.tuples(st.floats(-0.001, 0.027), st.floats(-0.001, 0.009))


@given(st.lists(POINTS, max_size=20))
def test_one_by_one_and_in_bulk_points_go_the_same_way(
    points: list[tuple[float, float]],
) -> None:
    x, y = np.add(np.array(points).reshape(-1, 2), (WEST / MICRO, SOUTH / MICRO)).T
    together = GROUND.router.routes(x, y)
    assert together == [GROUND.route(*each) for each in zip(x.tolist(), y.tolist(), strict=True)]


OUTLINES = GROUND.outlines()
ALONE = {
    code: OutlineIndex(collect([(code, OUTLINES.polygons(code))]))
    for code in OUTLINES.codes
    if len(code) == 18
}
"""Each micro-grid in an index of its own."""


@given(st.integers(0, 24_000), st.integers(0, 7_200))
def test_a_point_of_a_border_belongs_to_exactly_one(east: int, north: int) -> None:
    """On the raster of the squares, with all their borders; the outer ones are half open."""
    x, y = WEST + east // 600 * 600, SOUTH + north // 450 * 450
    holding = [code for code, one in ALONE.items() if one.holding_one(x, y) != NOWHERE]
    inside = x < WEST + 24_000 and y < SOUTH + 7_200
    assert len(holding) == inside
    assert GROUND.route(x / MICRO, y / MICRO).code in holding or not inside


TRIANGLES = st.lists(
    st.tuples(*[st.integers(0, 60)] * 6).filter(
        lambda t: (t[2] - t[0]) * (t[5] - t[1]) != (t[4] - t[0]) * (t[3] - t[1])
    ),
    min_size=1,
    max_size=8,
)


@given(TRIANGLES, st.integers(0, 60), st.integers(0, 60))
def test_of_outlines_that_overlap_the_first_one_holds(
    triangles: list[tuple[int, ...]], x: int, y: int
) -> None:
    shapes = [[[[t[0:2], t[2:4], t[4:6], t[0:2]]]] for t in triangles]
    each = [OutlineIndex(collect([("0", shape)])).holding_one(x, y) for shape in shapes]  # type: ignore[list-item]
    first = next((at for at, found in enumerate(each) if found != NOWHERE), NOWHERE)
    whole = OutlineIndex(collect((str(at), shape) for at, shape in enumerate(shapes)))  # type: ignore[misc]
    assert whole.holding_one(x, y) == first
    assert whole.holding(np.array([x * 1.0]), np.array([y * 1.0])).tolist() == [first]


def test_a_hole_of_an_outline_is_not_in_it() -> None:
    ring = OutlineIndex(collect([("0", [[square(0, 0, 5, 5), square(2, 2)]])]))
    assert ring.holding_one(WEST + 1_000, SOUTH + 1_000) == 0
    assert ring.holding_one(WEST + 2_500, SOUTH + 2_500) == NOWHERE


def test_the_nearest_outline_is_within_reach_or_none() -> None:
    index = OutlineIndex(collect([("0", [[square(0, 0)]]), ("1", [[square(2, 0)]])]))
    found, metres = index.nearest(WEST + 1_900, SOUTH - 100, NEAR)
    assert found == 1 and 14 < metres < 15
    assert index.nearest(WEST + 90_000, SOUTH, NEAR)[0] == NOWHERE


def test_an_explanation_names_the_way_up_the_tree_and_the_end_of_it(ground: Ground) -> None:
    told = ground.router.explain(*at(3, 3))
    assert "2 个微网格轮廓中没有包含该点的，往上一级查" in told
    assert any(f"（{GRID}）包含该点，离其边界" in sentence for sentence in told)
    assert told[-1] == f"结论：{ground.route(*at(3, 3)).why}"


def test_codes_of_a_route_stand_in_their_columns(ground: Ground) -> None:
    routes = [ground.route(*at(3, 3)), ground.route(0, 0)]
    assert list(as_codes(routes)) == [("999001", "999001001", COMMUNITY, GRID, ""), ("",) * 5]
    assert routes[0].part(Level.MICRO_GRID) is None
