"""A plausible street, for demonstrations and tests.

Codes and names of the street and its communities are the published ones; every boundary,
estate, camera and building is invented.
"""

import json
from pathlib import Path
from typing import Any

STREET = ("510108004", "双桥子街道", "510108", "成华区")
COMMUNITIES = (
    ("510108004003", "双林社区"),
    ("510108004004", "双桥路北社区"),
    ("510108004005", "水碾河路北社区"),
    ("510108004006", "新鸿社区"),
    ("510108004007", "新华社区"),
    ("510108004008", "菽香里社区"),
    ("510108004009", "万晟社区"),
    ("510108004010", "三街坊社区"),
)
FIRST = "云松岚晴禾枫霁棠澄桐"
SECOND = "栖苑庭里湾台阁园汀舍"
WEST, SOUTH = 104.0960, 30.6450
WIDTH, HEIGHT = 0.0012, 0.0009
GRIDS, MICRO_GRIDS = 4, 5


def street() -> dict[str, Any]:
    """The whole street as the JSON of a ground file. Degrees are WGS-84."""
    code, name, district_code, district = STREET
    areas = [_community(index) for index in range(len(COMMUNITIES))]
    return {
        "synthetic": "boundaries, estates and cameras are invented",
        "district": {"code": district_code, "name": district},
        "street": {"code": code, "name": name},
        "communities": areas,
    }


def _community(index: int) -> dict[str, Any]:
    code, name = COMMUNITIES[index]
    grids = [
        {"code": f"{code}{grid + 1:03d}", "micro_grids": _micro_grids(code, index, grid)}
        for grid in range(GRIDS)
    ]
    return {"code": code, "name": name, "grids": grids}


def _micro_grids(community: str, index: int, grid: int) -> list[dict[str, Any]]:
    return [_micro_grid(community, index, grid, micro) for micro in range(MICRO_GRIDS)]


def _micro_grid(community: str, index: int, grid: int, micro: int) -> dict[str, Any]:
    column, row = (index % 4) * MICRO_GRIDS + micro, (index // 4) * GRIDS + grid
    number = (index * GRIDS + grid) * MICRO_GRIDS + micro
    estate = FIRST[number % 10] + SECOND[number // 10 % 10] + "一二"[number // 100] + "期"
    code = f"{community}{grid + 1:03d}{micro + 1:03d}"
    return {
        "code": code,
        "west": round(WEST + column * WIDTH, 6),
        "south": round(SOUTH + row * HEIGHT, 6),
        "east": round(WEST + (column + 1) * WIDTH, 6),
        "north": round(SOUTH + (row + 1) * HEIGHT, 6),
        "estate": estate,
        "buildings": 3 + number % 6,
        "cameras": [{"device": f"CAM-{number:04d}", "channel": "1"}],
    }


if __name__ == "__main__":
    target = Path(__file__).parent / "data" / "demo_street.json"
    target.write_text(json.dumps(street(), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
