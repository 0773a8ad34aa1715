"""The small version of `python -m tests.bench.merging`: a street whose truth is known."""

from statistics import mean

import pytest

from tests.bench.merging import measure


@pytest.mark.slow
def test_voices_about_one_matter_are_one_incident_and_different_matters_stay_apart() -> None:
    found = [measure(seed, days=7) for seed in range(300, 305)]
    assert mean(each.precision() for each in found) >= 0.96
    assert mean(each.recall() for each in found) >= 0.85
    assert mean(each.precision("cross") for each in found) >= 0.95
