"""A table of points and addresses through the ground."""

import pytest

from services.reference.ground.batch import COLUMNS, routed
from services.reference.ground.crs import Crs, from_wgs84
from tests.unit.reference.cases import ESTATE, GROUND

HERE = {"lon": str(ESTATE.longitude), "lat": str(ESTATE.latitude)}


def answer(row: dict[str, str], meant: Crs = Crs.WGS84) -> dict[str, str]:
    (found,) = routed(GROUND, [(2, row)], meant)
    return dict(zip(COLUMNS, found, strict=True))


def test_a_point_is_answered_with_all_codes_and_the_version() -> None:
    found = answer(HERE)
    assert found["microgrid"] == ESTATE.micro_grid and found["grid"] == ESTATE.grid
    assert found["community"] == ESTATE.community and found["street"] == ESTATE.community[:9]
    assert (found["district"], found["line"]) == (ESTATE.community[:6], "2")
    assert found["ground"] == GROUND.version and found["why"]


@pytest.mark.parametrize("crs", Crs)
def test_a_point_in_any_system_goes_to_the_same_grid(crs: Crs) -> None:
    x, y = from_wgs84(ESTATE.longitude, ESTATE.latitude, crs)
    stated = answer({"lon": str(x), "lat": str(y), "crs": crs})
    meant = answer({"lon": str(x), "lat": str(y)}, crs)
    assert stated["microgrid"] == meant["microgrid"] == ESTATE.micro_grid


def test_swapped_numbers_are_put_right_and_told() -> None:
    found = answer({"lon": HERE["lat"], "lat": HERE["lon"]})
    assert found["microgrid"] == ESTATE.micro_grid
    assert found["why"].startswith("经纬度写反，已对调；")


def test_without_a_point_the_address_says_where() -> None:
    found = answer({"lon": "", "lat": "", "address": f"{ESTATE.name}3栋门口"})
    assert found["microgrid"] == ESTATE.micro_grid
    assert f"地址里的{ESTATE.name}3栋" in found["why"]


@pytest.mark.parametrize(
    ("row", "why"),
    [
        ({}, "没有坐标，也没有地址"),
        ({"lon": "x", "lat": "30"}, "坐标不是数字；"),
        ({**HERE, "crs": "西安80"}, "坐标系 '西安80' 不认识"),
        ({"lon": "0", "lat": "0"}, "点在地面之外"),
        ({"address": "某处"}, "没有坐标；文中没有台账里的地名"),
    ],
)
def test_whatever_can_not_be_placed_goes_to_the_desk_and_says_why(
    row: dict[str, str], why: str
) -> None:
    found = answer(row)
    assert (found["level"], found["desk"], found["confidence"]) == ("desk", GROUND.street, "0")
    assert why in found["why"] and "双桥子街道值班台受理" in found["why"]


def test_rows_keep_their_order() -> None:
    rows = [(n, HERE if n % 2 else {"address": ESTATE.name}) for n in range(2, 30)]
    assert [int(each[0]) for each in routed(GROUND, rows, Crs.WGS84)] == list(range(2, 30))
