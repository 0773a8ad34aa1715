"""What becomes of an incident at the end of the window that it waited for."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from schemas.event import Event
from services.dispatch.domain.batch import Batch
from services.dispatch.domain.decide import dispatch
from services.dispatch.domain.plan import Plan
from services.dispatch.domain.situation import Situation
from services.dispatch.domain.together import is_found, wait


def decide_window(
    incident_id: str, states: Mapping[str, Any], situation: Situation, now: datetime
) -> Iterator[Event]:
    """Whoever was found goes; where nobody was, it waits for the next window without a word."""
    plan = states.get(incident_id)
    if not isinstance(plan, Plan) or plan.is_over or plan.window is None:
        return
    batch = situation.batch(plan)
    if batch is None:
        yield from dispatch(incident_id, plan, situation, now, "集中派单结束，按常规派单")
    elif is_found(incident_id, _due(batch, states), situation, batch, now):
        yield from dispatch(incident_id, plan, situation, now)
    elif batch.is_late(plan, now):
        yield wait(incident_id, plan, batch, now)


def _due(batch: Batch, states: Mapping[str, Any]) -> dict[str, Plan]:
    """All whose window is over, as they are now."""
    known = ((key, states.get(key)) for key in batch.due)
    return {
        key: plan
        for key, plan in known
        if isinstance(plan, Plan) and plan.window and not plan.is_over
    }
