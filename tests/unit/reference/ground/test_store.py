"""Versions of the ground side by side."""

import shutil
from pathlib import Path

import pytest

from services.reference.ground import DEMO, GroundError, GroundStore, load_ground
from tests.unit.reference.cases import GROUND
from tests.unit.reference.ground.outlined import GRID, square, written


@pytest.fixture
def store(tmp_path: Path) -> GroundStore:
    store = GroundStore(tmp_path / "store")
    store.publish(DEMO)
    return store


@pytest.fixture
def other(tmp_path: Path) -> Path:
    return written(tmp_path / "other", {GRID: [[square(0, 0)]]})


def test_a_new_version_is_in_use_as_soon_as_it_is_published(
    store: GroundStore, other: Path
) -> None:
    assert store.current().version == GROUND.version
    version = store.publish(other)
    assert store.current().version == version == load_ground(other).version
    assert store.versions() == sorted([version, GROUND.version])


def test_a_version_is_read_once(store: GroundStore) -> None:
    assert store.current() is store.current()


def test_going_back_to_an_older_version_is_one_pointer(store: GroundStore, other: Path) -> None:
    store.publish(other)
    store.publish(DEMO)
    assert store.current().version == GROUND.version


def test_a_bad_version_is_told_and_the_one_in_use_stays(
    store: GroundStore, other: Path, tmp_path: Path
) -> None:
    before = store.current()
    version = store.publish(other)
    (tmp_path / "store/grounds" / version / "units.csv").write_text("broken")
    assert store.current() is before
    assert "校验值不符" in store.problem
    assert store.current() is before
    store.publish(DEMO)
    assert store.current() is before and store.problem == ""


def test_what_can_not_be_used_is_not_published(
    store: GroundStore, other: Path, tmp_path: Path
) -> None:
    (other / "outlines.geojsonl").write_text("broken")
    with pytest.raises(GroundError, match="校验值不符"):
        store.publish(other)
    assert store.current().version == GROUND.version


def test_a_store_in_which_nothing_is_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(GroundError, match="hub grid publish"):
        GroundStore(tmp_path).current()


def test_a_store_is_loaded_as_its_current_ground(store: GroundStore, tmp_path: Path) -> None:
    assert load_ground(tmp_path / "store").version == GROUND.version


def test_a_version_under_a_wrong_name_is_refused(store: GroundStore, tmp_path: Path) -> None:
    grounds = tmp_path / "store/grounds"
    shutil.copytree(DEMO, grounds / "0123456789ab")
    store.current()
    (tmp_path / "store/current").write_text("0123456789ab\n")
    assert store.current().version == GROUND.version
    assert "请重新发布" in store.problem
