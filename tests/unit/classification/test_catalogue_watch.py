"""The catalogue changes while the service runs; model and catalogue must fit."""

from pathlib import Path

import pytest
from prometheus_client import REGISTRY

from services.classification.adapters.recognising import (
    Recogniser,
    load_recogniser,
    watch_catalogue,
)
from services.classification.domain.verdict import ModelError
from services.reference.catalogue import SHIPPED, load_catalogue
from tests.unit.classification.cases import LANE

TEXT = SHIPPED.read_text(encoding="utf-8")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    copy = tmp_path / "catalogue.csv"
    copy.write_text(TEXT, encoding="utf-8")
    return copy


@pytest.fixture
def recogniser() -> Recogniser:
    return load_recogniser(load_catalogue())


def refused() -> float | None:
    return REGISTRY.get_sample_value(
        "hub_file_refused", {"service": "classification", "what": "catalogue"}
    )


def test_another_version_is_taken_without_a_restart(path: Path, recogniser: Recogniser) -> None:
    watch = watch_catalogue(path, recogniser)
    before = watch.value.version
    path.write_text(TEXT.replace("占用消防通道,", "消防通道被占,"), encoding="utf-8")
    watch.look()
    assert watch.value.version != before
    assert recogniser.book.catalogue is watch.value
    assert recogniser.book.catalogue.entries[LANE].name == "消防通道被占"
    assert refused() == 0


@pytest.mark.parametrize(
    "spoiled",
    [
        "\n".join(line for line in TEXT.splitlines() if not line.startswith(LANE)),
        TEXT.replace("马上办", "随便办", 1),
        "",
    ],
    ids=["a category the model knows is gone", "a fault in a row", "empty"],
)
def test_what_can_not_be_used_or_does_not_fit_is_told_and_the_old_one_stays(
    path: Path, recogniser: Recogniser, spoiled: str
) -> None:
    watch = watch_catalogue(path, recogniser)
    before = watch.value
    path.write_text(spoiled, encoding="utf-8")
    watch.look()
    assert watch.value is recogniser.book.catalogue is before and refused() == 1
    path.write_text(f"{TEXT}\n", encoding="utf-8")
    watch.look()
    assert watch.value is not before and refused() == 0


def test_a_model_that_does_not_fit_is_refused_at_the_start_with_the_reason(path: Path) -> None:
    lines = [line for line in TEXT.splitlines() if not line.startswith(LANE)]
    path.write_text("\n".join(lines), encoding="utf-8")
    with pytest.raises(ModelError, match=f"目录中没有类别 {LANE}；请用 hub model train"):
        load_recogniser(load_catalogue(path))
