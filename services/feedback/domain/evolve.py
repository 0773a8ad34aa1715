"""How a case takes in what happens to it: opened, joined, dispatched, answered, moved by steps."""

from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import datetime

from schemas.case import CameraState, CaseTaskDone, HotlineReceipt, MergeRefused
from schemas.dispatch import IncidentDispatched
from schemas.event import Event
from schemas.incident import (
    IncidentAbsorbed,
    IncidentClassified,
    IncidentRecategorised,
    IncidentRegraded,
    IncidentSplit,
    ReportMerged,
    Voice,
    VoiceWithdrawn,
)
from services.feedback.domain.case import IN_HAND, WAITING, Case, Sending, State
from services.feedback.domain.moves import moved


def evolve(case: Case | None, event: Event) -> Case | None:
    """The next state; an event that does not matter changes nothing."""
    if case is None:
        return _opened(event) if isinstance(event, IncidentClassified) else None
    match event:
        case ReportMerged() if case.state is not State.CLOSED:
            return replace(case, voices=(*case.voices, event.voice))
        case VoiceWithdrawn() | IncidentSplit() | IncidentAbsorbed():
            return replace(case, voices=_left(case, event))
        case MergeRefused() | IncidentClassified():
            return case
        case IncidentRegraded():
            return replace(case, severity=event.severity)
        case IncidentRecategorised():
            return replace(case, category=event.category, kind=event.kind, severity=event.severity)
        case IncidentDispatched():
            return _dispatched(case, event)
        case CaseTaskDone():
            return _task_done(case, event)
        case HotlineReceipt() | CameraState():
            return replace(case, answers=case.answers + 1)
    return moved(case, event)


def _task_done(case: Case, event: CaseTaskDone) -> Case:
    """Whoever has done its part has confirmed it."""
    units = tuple(t.unit for t in case.tasks if t.task_id == event.task_id)
    return replace(
        case,
        tasks=tuple(t for t in case.tasks if t.task_id != event.task_id),
        confirmations=tuple(dict.fromkeys((*case.confirmations, *units))),
    )


def after(case: Case, events: Iterable[Event]) -> Case:
    """The case after these events."""
    for event in events:
        case = evolve(case, event) or case
    return case


def _left(
    case: Case, event: VoiceWithdrawn | IncidentSplit | IncidentAbsorbed
) -> tuple[Voice, ...]:
    """The voices that stay; an absorbed incident keeps none."""
    match event:
        case VoiceWithdrawn():
            gone: Collection[str] = (event.thread,)
        case IncidentSplit():
            gone = event.threads
        case IncidentAbsorbed():
            return ()
    return tuple(each for each in case.voices if each.thread not in gone)


def _opened(event: IncidentClassified) -> Case:
    return Case(
        category=event.category,
        severity=event.severity,
        kind=event.kind,
        place=event.place,
        voices=(event.voice,),
        opened_at=event.classified_at,
        source=event.voice.source,
        camera=event.voice.camera,
        suspicion=event.suspicion,
    )


def _dispatched(case: Case, event: IncidentDispatched) -> Case:
    """A new round begins, unless somebody is at it already or it is over."""
    latest = max(case.latest_round, event.round)
    if event.origin == "person" and event.round > case.round and _is_at_it(case, event):
        return _by_a_person(case, event)
    if case.state not in WAITING or event.round <= case.round:
        return replace(case, latest_round=latest)
    waits = case.suspicion and not case.confirmed
    return replace(
        case,
        state=State.PENDING_VERIFICATION if waits else State.PENDING_ACCEPTANCE,
        round=event.round,
        latest_round=latest,
        worker_id=event.assignee.worker_id,
        deadlines=event.deadlines,
        respond_by=_respond_by(case, event),
        sending=_sending(event),
        request=None,
        dispatched_at=case.dispatched_at or event.dispatched_at,
        pause=None,
        tasks=event.tasks,
        helpers=tuple(each.worker_id for each in event.helpers),
    )


def _is_at_it(case: Case, event: IncidentDispatched) -> bool:
    """In hand; what rests or is to be checked only goes on with who has it."""
    stays = event.assignee.worker_id == case.worker_id
    return case.state in IN_HAND or (stays and case.state in AFTER)


AFTER = frozenset({State.SUSPENDED, State.PENDING_CHECK})


def _by_a_person(case: Case, event: IncidentDispatched) -> Case:
    """A person gave it to another (改派、接管、交接班), or help to who has it (协办)."""
    stays = event.assignee.worker_id == case.worker_id
    anew = event.anew and case.state in IN_HAND
    return replace(
        case,
        state=case.state if stays else State.PENDING_ACCEPTANCE,
        round=event.round,
        latest_round=max(case.latest_round, event.round),
        worker_id=event.assignee.worker_id,
        deadlines=case.deadlines if stays and not anew else event.deadlines,
        respond_by=_respond_by(case, event),
        sending=_sending(event),
        request=None,
        pause=case.pause if stays and not anew else None,
        tasks=event.tasks if anew else event.tasks or case.tasks,
        helpers=tuple(each.worker_id for each in event.helpers),
    )


def _respond_by(case: Case, event: IncidentDispatched) -> datetime:
    """Whoever is sent next has a time of their own; what was missed by then stays missed."""
    by = case.respond_by
    if by is None or (case.accepted_at is None and event.dispatched_at <= by):
        return event.deadlines.accept_by
    return by


def _sending(event: IncidentDispatched) -> Sending:
    return Sending(
        mode=event.mode,
        level=event.assignee.level,
        unit=event.responsible_unit,
        lead_unit=event.lead_unit,
        rule=event.rule,
        rules_version=event.rules_version,
        roster_version=event.roster_version,
        ground_version=event.ground_version,
        at=event.dispatched_at,
    )
