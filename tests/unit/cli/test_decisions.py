"""What dispatch decided, in one line each."""

from typing import Any

import orjson
import pytest

from schemas.dispatch import (
    DispatchHeld,
    DispatchWithdrawn,
    DisputeDecided,
    IncidentEscalated,
    Level,
    PushdownRefused,
    SupervisionOrdered,
)
from schemas.event import Event
from services.cli.decisions import BY_TYPE, decided
from tests.unit.dispatch.cases import FIRST, NOON, sent

AT: dict[str, Any] = {"incident_id": "I1"}
TOLD = [
    (sent(), f"第 1 轮派 {FIRST}："),
    (
        DispatchHeld(
            **AT, because="silence", behind="silence:1", reason="检修", until=NOON, held_at=NOON
        ),
        "暂缓：检修",
    ),
    (
        IncidentEscalated(
            **AT,
            round=1,
            from_level=Level.GRID,
            to_level=Level.COMMUNITY,
            reason="网格长处置超时",
            escalated_at=NOON,
        ),
        "升级到社区值班：网格长处置超时",
    ),
    (
        DispatchWithdrawn(**AT, round=2, reason="第 1 轮已接单", withdrawn_at=NOON),
        "第 2 轮撤派：第 1 轮已接单",
    ),
    (
        DisputeDecided(**AT, round=2, upheld=False, by="L1", reason="确属其网格", decided_at=NOON),
        "退单不成立（L1）：确属其网格",
    ),
    (
        PushdownRefused(
            **AT, department="派出所", to_level=Level.GRID, by="L1", rule="", refused_at=NOON
        ),
        "拦截下派：L1要把派出所的事派到网格长",
    ),
    (
        SupervisionOrdered(**AT, by="L1", note="当日办结", to=(), ordered_at=NOON),
        "督办（L1）：当日办结",
    ),
]


@pytest.mark.parametrize(("made", "said"), TOLD)
def test_each_decision_is_told_with_its_moment_as_it_lies_in_the_archive(
    made: Event, said: str
) -> None:
    archived = {"type": made.ce_type} | orjson.loads(made.model_dump_json())
    assert decided(archived) == f"实际 03-02 12:00:00 {said}"


def test_every_sort_of_decision_has_words() -> None:
    assert {type(made) for made, _ in TOLD} == set(BY_TYPE.values())
