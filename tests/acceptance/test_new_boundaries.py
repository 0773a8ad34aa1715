"""The boundaries of two micro-grids change while the hub runs."""

from collections.abc import Iterator
from pathlib import Path

import orjson
import pytest

from services.reference.ground import DEMO, GroundStore, load_ground
from services.reference.ground.files import OUTLINES, read_manifest, write_ground
from tests.acceptance.town import Town, eventually

HERE, NEXT = "510108004003001001", "510108004003001002"
SHIPPED = load_ground().version


@pytest.fixture
def redrawn(tmp_path: Path) -> Path:
    """The shipped ground, in which two neighbours have changed places."""
    places = {HERE: NEXT, NEXT: HERE}
    features = {}
    for line in (DEMO / OUTLINES).read_bytes().splitlines():
        feature = orjson.loads(line)
        features[feature["properties"]["code"]] = feature
    swapped = {
        code: each | {"geometry": features[places.get(code, code)]["geometry"]}
        for code, each in features.items()
    }
    manifest = read_manifest(DEMO)
    files = {name: [(DEMO / name).read_bytes()] for name in manifest.files}
    files[OUTLINES] = [orjson.dumps(each) + b"\n" for each in swapped.values()]
    write_ground(tmp_path / "redrawn", manifest, files)
    return tmp_path / "redrawn"


@pytest.fixture
def store(grounds: Path) -> Iterator[GroundStore]:
    store = GroundStore(grounds)
    yield store
    store.publish(DEMO)


async def test_new_boundaries_take_effect_without_a_restart_and_incidents_keep_theirs(
    town: Town, store: GroundStore, redrawn: Path
) -> None:
    point = {"longitude": 104.0966, "latitude": 30.64545, "crs": "WGS-84"}
    before = await town.incident_of(await town.chat("垃圾堆在路边好几天了没人收，臭得很", **point))
    first = (await town.recorded(before, "hub.incident.classified.v1"))["place"]
    assert (first["micro_grid"], first["ground"]) == (HERE, SHIPPED)

    version = store.publish(redrawn)
    announced = await town.recorded(version, "hub.ground.published.v1")
    assert announced["micro_grids"] == 160

    async def routed_anew() -> dict[str, str] | None:
        thread = await town.chat("窨井盖翘起来了，骑车的差点摔倒", **point)
        place: dict[str, str] = (await town.recorded(thread, "hub.report.received.v1"))["place"]
        return place if place["ground"] == version else None

    second = await eventually(routed_anew)
    assert second["micro_grid"] == NEXT
    assert (await town.case(before))["micro_grid"] == HERE
