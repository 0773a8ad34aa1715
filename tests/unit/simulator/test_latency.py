import pytest

from deploy.simulator.latency import by_stage, percentile, summary
from deploy.simulator.ledger import Ledger
from tests.unit.simulator.conversation import classified, closed, dispatched, received


@pytest.mark.parametrize(
    ("share", "expected"), [(0.0, 1), (0.5, 50), (0.99, 99), (0.991, 100), (1.0, 100)]
)
def test_a_percentile_is_a_value_that_was_measured(share: float, expected: int) -> None:
    assert percentile(range(100, 0, -1), share) == expected


def test_one_value_is_every_percentile_and_none_is_no_summary() -> None:
    assert percentile([7], 0.5) == percentile([7], 0.99) == 7
    assert summary([]) is None


def test_each_stage_is_measured_from_the_record_before_it() -> None:
    ledger = Ledger()
    ledger.send("t/0/0", 1_000, "")
    for event in (
        received("r", "t/0/0", 1_010),
        classified("i", "r", "t/0/0", 1_030),
        dispatched("i", at=1_060),
        dispatched("i", 2, at=9_000),
        closed("i", at=2_000),
        received("other", "t/0/1", 5),
    ):
        ledger.observe(event)
    stages = by_stage(ledger, [40])
    medians = {stage: found and found["p50"] for stage, found in stages.items()}
    assert medians == {
        "intake": 10,
        "classification": 20,
        "dispatch": 30,
        "feedback": 40,
        "upstream_to_dispatched": 60,
        "upstream_to_closed": 1_000,
    }
