"""What dispatch decided of an incident, one line a decision, as an operator reads it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from schemas import dispatch
from schemas.event import Event
from services.cli.printing import clock
from services.dispatch.domain.crew_choice import TITLES

DECISIONS: tuple[type[Event], ...] = (
    dispatch.IncidentDispatched,
    dispatch.DispatchHeld,
    dispatch.IncidentEscalated,
    dispatch.DispatchWithdrawn,
    dispatch.DisputeDecided,
    dispatch.PushdownRefused,
    dispatch.SupervisionOrdered,
)
BY_TYPE = {each.ce_type: each for each in DECISIONS}
WHEN = (
    "dispatched_at",
    "held_at",
    "escalated_at",
    "withdrawn_at",
    "decided_at",
    "refused_at",
    "ordered_at",
)


def decided(told: Mapping[str, Any]) -> str:
    """When, and what; `told` is the event as it lies in the archive, with its `type`."""
    made = BY_TYPE[told["type"]].model_validate({k: v for k, v in told.items() if k != "type"})
    at = next(told[name] for name in WHEN if name in told)
    return f"实际 {clock(datetime.fromisoformat(at))} {_said(made)}"


def _said(made: Event) -> str:
    match made:
        case dispatch.IncidentDispatched():
            return f"第 {made.round} 轮派 {made.assignee.worker_id}：{'；'.join(made.reasons)}"
        case dispatch.DispatchHeld():
            return f"暂缓：{made.reason}"
        case dispatch.IncidentEscalated():
            return f"升级到{TITLES[made.to_level]}：{made.reason}"
        case dispatch.DispatchWithdrawn():
            return f"第 {made.round} 轮撤派：{made.reason}"
        case dispatch.DisputeDecided():
            return f"退单{'成立' if made.upheld else '不成立'}（{made.by}）：{made.reason}"
        case dispatch.PushdownRefused():
            who = made.by or f"规则“{made.rule}”"
            return f"拦截下派：{who}要把{made.department}的事派到{TITLES[made.to_level]}"
        case dispatch.SupervisionOrdered():
            return f"督办（{made.by}）：{made.note or '无批示'}"
    raise ValueError(f"{type(made).__name__} is no decision of dispatch")
