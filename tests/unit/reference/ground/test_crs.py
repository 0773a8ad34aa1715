"""Coordinate systems."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.reference.ground.crs import Crs, CrsError, crs_named, from_wgs84, metres, to_wgs84

CHINA = {"longitude": st.floats(73.5, 135.0), "latitude": st.floats(3.5, 53.5)}


@given(crs=st.sampled_from(Crs), **CHINA)
def test_there_and_back_is_the_same_point_within_a_tenth_of_a_metre(
    crs: Crs, longitude: float, latitude: float
) -> None:
    there = from_wgs84(longitude, latitude, crs)
    x, y = to_wgs84(*there, crs)
    east, north = metres(longitude, latitude, float(x) - longitude, float(y) - latitude)
    assert np.hypot(east, north) < 0.1


def test_a_known_point_is_where_others_have_it() -> None:
    """Tian'anmen, as the formulas in common use give it."""
    gcj, baidu = (from_wgs84(116.404, 39.915, crs) for crs in (Crs.GCJ02, Crs.BD09))
    assert np.allclose(gcj, (116.410244499, 39.916404282), rtol=0, atol=1e-9)
    assert np.allclose(baidu, (116.416627243, 39.922699552), rtol=0, atol=1e-9)


@given(**CHINA)
def test_the_shift_of_gcj_is_of_hundreds_of_metres(longitude: float, latitude: float) -> None:
    x, y = from_wgs84(longitude, latitude, Crs.GCJ02)
    shift = np.hypot(*metres(longitude, latitude, float(x) - longitude, float(y) - latitude))
    assert 20 < shift < 1_000


def test_outside_of_china_nothing_is_shifted() -> None:
    assert np.array_equal(from_wgs84(2.35, 48.85, Crs.GCJ02), (2.35, 48.85))


def test_cgcs2000_is_taken_for_wgs84() -> None:
    assert np.array_equal(to_wgs84(104.06, 30.67, Crs.CGCS2000), (104.06, 30.67))


def test_arrays_are_turned_as_single_points_are() -> None:
    x, y = np.array([104.06, 116.4]), np.array([30.67, 39.9])
    together = from_wgs84(x, y, Crs.BD09)
    for each in range(2):
        alone = from_wgs84(x[each], y[each], Crs.BD09)
        assert (together[0][each], together[1][each]) == alone


@pytest.mark.parametrize(
    ("written", "crs"),
    [
        ("WGS84", Crs.WGS84),
        ("EPSG:4326", Crs.WGS84),
        ("urn:ogc:def:crs:OGC:1.3:CRS84", Crs.WGS84),
        ("gcj02", Crs.GCJ02),
        ("BD-09ll", Crs.BD09),
        ("epsg:4490", Crs.CGCS2000),
    ],
)
def test_a_system_is_known_by_its_usual_names(written: str, crs: Crs) -> None:
    assert crs_named(written) is crs


def test_an_unknown_system_is_told_with_those_that_are_known() -> None:
    with pytest.raises(CrsError, match="请写 WGS-84、GCJ-02、BD-09、CGCS2000 之一"):
        crs_named("西安80")
