"""Workers and reviewers who act: they hear what the hub says and answer with steps."""

import heapq
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from deploy.simulator.album import invented
from deploy.simulator.errands import ALWAYS_WILLING, Errand, Habits, Step, steps_of
from deploy.simulator.follower import Seen
from deploy.simulator.records import Upstream
from schemas.case import (
    CaseAccepted,
    CaseArrived,
    CaseChecked,
    CaseClosed,
    CaseConfirmed,
    CaseDisposed,
    CaseReopened,
)
from schemas.dispatch import DispatchWithdrawn, IncidentDispatched
from schemas.event import CONTENT_TYPE, SPEC_VERSION, dataschema
from schemas.flow import WORKER_STEPS
from schemas.incident import (
    Category,
    IncidentClassified,
    IncidentRecategorised,
    IncidentWithdrawn,
    Kind,
)
from schemas.worker import Action, StepReported
from services.feedback.adapters.rule_files import load_closing
from services.feedback.domain.closing import Closing, Needed
from services.reference.catalogue import load_catalogue

SOURCE = "workers"
ANSWERS = {CaseAccepted.ce_type, CaseArrived.ce_type, CaseDisposed.ce_type, CaseChecked.ce_type}


def step_record(step: StepReported) -> Upstream:
    """A step as a CloudEvent in binary mode, keyed by its incident."""
    headers = {
        "content-type": CONTENT_TYPE,
        "ce_specversion": SPEC_VERSION,
        "ce_id": step.step_id,
        "ce_source": SOURCE,
        "ce_type": step.ce_type,
        "ce_time": step.at.isoformat(),
        "ce_subject": step.subject,
        "ce_dataschema": dataschema(type(step)),
        "ce_partitionkey": step.subject,
    }
    return Upstream(
        WORKER_STEPS.name,
        step.subject.encode(),
        step.model_dump_json(exclude_defaults=True).encode(),
        tuple((name, value.encode()) for name, value in headers.items()),
        step.step_id,
    )


def everybody(incident_id: str) -> bool:
    """Act on every incident."""
    return True


def shipped_closing() -> Closing:
    """What people know of the conditions of closing, if nobody tells them of others."""
    return load_closing(None, load_catalogue())


@dataclass(slots=True)
class _Case:
    """What people know of one incident."""

    suspicion: bool | None = None
    category: Category | None = None
    kind: Kind = Kind.HAZARD
    where: Mapping[str, float] = field(default_factory=dict)
    errand: Errand | None = None
    accepted: bool = False
    over: bool = False


@dataclass
class People:
    """Told of events by `observe`; `due` gives the steps whose time has come.

    `pace` is the mean of seconds between two steps; at 0 all steps of an errand come at once.
    `mine` says on which incidents to act.
    """

    habits: Habits = ALWAYS_WILLING
    pace: float = 0.0
    mine: Callable[[str], bool] = everybody
    closing: Closing = field(default_factory=shipped_closing)
    sent_at: dict[str, int] = field(default_factory=dict)
    answers: list[float] = field(default_factory=list)
    _cases: dict[str, _Case] = field(default_factory=dict)
    _waiting: dict[str, _Case] = field(default_factory=dict)
    _planned: list[tuple[float, int, Step]] = field(default_factory=list)
    _count: int = 0

    def observe(self, seen: Seen) -> None:
        """Take in one event of the hub."""
        if seen.type in ANSWERS and seen.correlation in self.sent_at:
            self.answers.append(seen.at - self.sent_at[seen.correlation])
        case = self._cases.setdefault(seen.subject, _Case())
        match seen.type:
            case IncidentClassified.ce_type:
                case.suspicion = bool(seen.body.get("suspicion", False))
                case.where = _where(seen.body)
                _named(case, seen.body)
            case IncidentRecategorised.ce_type:
                _named(case, seen.body)
            case IncidentDispatched.ce_type if not case.accepted:
                self._assigned(case, seen)
            case CaseConfirmed.ce_type:
                case.suspicion = False
            case CaseAccepted.ce_type:
                self._accepted(case, seen)
            case CaseReopened.ce_type:
                case.accepted = case.over = False
            case DispatchWithdrawn.ce_type:
                self._called_back(case, seen)
            case CaseClosed.ce_type | IncidentWithdrawn.ce_type:
                case.over = True

    def _assigned(self, case: _Case, seen: Seen) -> None:
        number, worker = int(seen.body["round"]), str(seen.body["assignee"]["worker_id"])
        if case.errand is None or number > case.errand.round:
            tasks = tuple(str(task["task_id"]) for task in seen.body.get("tasks", ()))
            case.errand = Errand(seen.subject, number, worker, tasks=tasks)
            self._waiting[seen.subject] = case

    def _accepted(self, case: _Case, seen: Seen) -> None:
        """Whoever accepted has it, even if another round was on its way meanwhile."""
        case.accepted = True
        number = int(seen.body["round"])
        if case.errand and case.errand.round != number:
            case.errand = Errand(seen.subject, number, str(seen.body["worker_id"]))
            self._waiting[seen.subject] = case

    def _called_back(self, case: _Case, seen: Seen) -> None:
        if case.errand and case.errand.round == seen.body["round"]:
            case.errand = None
            self._waiting.pop(seen.subject, None)

    def due(self, now: float) -> list[StepReported]:
        """The steps to send now; `now` in seconds of any clock that only grows."""
        for incident_id in [
            each for each, case in self._waiting.items() if self._may_begin(each, case)
        ]:
            self._plan(self._waiting.pop(incident_id), now)
        steps = []
        while self._planned and self._planned[0][0] <= now:
            step = heapq.heappop(self._planned)[2]
            if self._still_wanted(step):
                steps.append(self._taken(step))
        return steps

    def _may_begin(self, incident_id: str, case: _Case) -> bool:
        return case.over or (case.suspicion is not None and self.mine(incident_id))

    def _plan(self, case: _Case, now: float) -> None:
        if case.over or case.errand is None:
            return
        errand = case.errand
        case.errand = replace(errand, suspicion=bool(case.suspicion))
        chance = random.Random(f"pace:{self.habits.seed}:{errand.incident_id}:{errand.round}")
        when = now
        for step in steps_of(case.errand, self.habits):
            when += self.pace * chance.uniform(0.5, 1.5)
            self._count += 1
            heapq.heappush(self._planned, (when, self._count, step))

    def _still_wanted(self, step: Step) -> bool:
        case = self._cases[step.errand.incident_id]
        known = case.errand and (case.errand.round, case.errand.worker_id)
        wanted = known == (step.errand.round, step.errand.worker_id)
        return wanted and not case.over and step.id not in self.sent_at

    def _taken(self, step: Step) -> StepReported:
        now = datetime.now(UTC)
        self.sent_at[step.id] = int(now.timestamp() * 1000)
        return step.reported(now, **self._shown(step))

    def _shown(self, step: Step) -> dict[str, Any]:
        """Who arrives shows where they are; who disposes, what the category asks for."""
        case = self._cases[step.errand.incident_id]
        if step.action is Action.ARRIVE:
            return dict(case.where)
        if step.action is not Action.DISPOSE or case.category is None:
            return {}
        condition = self.closing.of(case.category, case.kind)
        shows = [each.value for each in condition.needs if each is not Needed.MEASURE]
        confirmed = {"confirmed_by": condition.confirmed_by[0]} if condition.confirmed_by else {}
        return {"evidence": invented(step.id, shows), **confirmed}


def _where(body: Mapping[str, Any]) -> dict[str, float]:
    """Where it is, as far as that is known: there whoever arrives stands."""
    place = body.get("place") or {}
    found = {name: place.get(name) for name in ("longitude", "latitude")}
    return {name: each for name, each in found.items() if each is not None}


def _named(case: _Case, body: Mapping[str, Any]) -> None:
    """What the hub takes it for."""
    if "category" in body:
        case.category = Category.model_validate(body["category"])
        case.kind = Kind(body.get("kind", Kind.HAZARD))
