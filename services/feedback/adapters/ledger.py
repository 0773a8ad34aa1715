"""The row of an incident in the ledger (精治数仓): a projection of its case."""

from collections.abc import Callable, Mapping
from typing import Any

from services.feedback.domain.case import Case

Column = Callable[[Case], Any]

NATURE: Mapping[str, Column] = {
    "opened_at": lambda case: case.opened_at,
    "community": lambda case: case.place.community,
    "grid": lambda case: case.place.grid,
    "micro_grid": lambda case: case.place.micro_grid,
    "source": lambda case: case.source,
    "camera": lambda case: case.camera,
    "suspicion": lambda case: case.suspicion,
}
"""What an incident is from its first moment."""

COURSE: Mapping[str, Column] = {
    "category_code": lambda case: case.category.code,
    "category_name": lambda case: case.category.name,
    "scene": lambda case: case.category.scene,
    "kind": lambda case: case.kind,
    "severity": lambda case: case.severity,
    "state": lambda case: case.state,
    "worker_id": lambda case: case.worker_id or None,
    "disposer": lambda case: case.disposer or None,
    "checker": lambda case: case.checker or None,
    "mode": lambda case: case.sending.mode if case.sending else None,
    "level": lambda case: case.sending.level if case.sending else None,
    "unit": lambda case: (case.sending.unit or None) if case.sending else None,
    "rule": lambda case: (case.sending.rule or None) if case.sending else None,
    "rules_version": lambda case: (case.sending.rules_version or None) if case.sending else None,
    "ground_version": lambda case: (case.sending.ground_version or None) if case.sending else None,
    "accepted_level": lambda case: case.accepted_level,
    "dispatched_at": lambda case: case.dispatched_at,
    "accepted_at": lambda case: case.accepted_at,
    "arrived_at": lambda case: case.arrived_at,
    "disposed_at": lambda case: case.disposed_at,
    "checked_at": lambda case: case.checked_at,
    "closed_at": lambda case: case.closed_at,
    "accept_by": lambda case: case.respond_by,
    "due_at": lambda case: case.deadlines.dispose_by if case.deadlines else None,
    "check_by": lambda case: case.deadlines.check_by if case.deadlines else None,
    "recurred_at": lambda case: case.recurred_at,
    "suspended_until": lambda case: case.suspended_until,
    "paused_by": lambda case: case.pause.mode_id if case.pause else None,
    "supervised_at": lambda case: case.watch.since if case.watch else None,
    "rounds": lambda case: case.round,
    "voices": lambda case: len(case.voices),
    "rework": lambda case: case.rework,
    "declines": lambda case: case.declines,
    "reopened": lambda case: case.reopened,
    "extensions": lambda case: case.extensions,
    "on_time": lambda case: case.on_time,
    "excused": lambda case: case.excused,
    "outcome": lambda case: case.outcome,
    "overdue": lambda case: bool(case.overdue),
    "solved": lambda case: case.solved,
    "satisfied": lambda case: case.satisfied or None,
}
"""How it goes on."""

COLUMNS = ("incident_id", *NATURE, *COURSE)
_NATURE, _COURSE = tuple(NATURE.values()), tuple(COURSE.values())


def opened(incident_id: str, case: Case) -> tuple[Any, ...]:
    """The whole row: COLUMNS."""
    return (incident_id, *(of(case) for of in (*_NATURE, *_COURSE)))


def moved(incident_id: str, case: Case) -> tuple[Any, ...]:
    """What may have changed: the incident and COURSE."""
    return (incident_id, *(of(case) for of in _COURSE))
