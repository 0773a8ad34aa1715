"""How its steps, its clocks and its end move a case."""

from dataclasses import replace
from datetime import datetime

from schemas.case import (
    CaseAccepted,
    CaseArrived,
    CaseAsked,
    CaseChecked,
    CaseClosed,
    CaseConfirmed,
    CaseDeclined,
    CaseDenied,
    CaseDeparted,
    CaseDisposed,
    CaseExcused,
    CaseExtended,
    CaseRated,
    CaseRecurred,
    CaseRegistered,
    CaseReopened,
    CaseResumed,
    CaseReturned,
    CaseSuspended,
    StageOverdue,
)
from schemas.event import Event
from services.feedback.domain.case import Case, Pause, Request, State, clock
from services.feedback.domain.pausing import called_rashly, stopped
from services.feedback.domain.supervising import watched


def moved(case: Case, event: Event) -> Case:
    """The case after this event; one that is no step of its changes nothing."""
    match event:
        case CaseConfirmed():
            return replace(case, state=State.PENDING_ACCEPTANCE, confirmed=True)
        case CaseAccepted():
            level = case.sending.level if case.sending else None
            return replace(
                case,
                state=State.HANDLING,
                accepted_at=case.accepted_at or event.at,
                accepted_level=case.accepted_level or level,
            )
        case CaseDeparted():
            return replace(case, state=State.EN_ROUTE)
        case CaseArrived():
            return replace(
                _showing(case, event), state=State.ON_SITE, arrived_at=case.arrived_at or event.at
            )
        case CaseDisposed():
            return replace(
                _showing(case, event),
                state=State.PENDING_CHECK,
                disposer=event.worker_id,
                disposed_at=event.at,
                request=None,
            )
        case CaseChecked():
            return _checked(case, event)
        case StageOverdue():
            return replace(case, overdue=(*case.overdue, clock(case, event.stage)))
    return _turned(case, event)


def _turned(case: Case, event: Event) -> Case:
    """It is over, begins again, or goes back."""
    match event:
        case CaseClosed():
            return _closed(case, event)
        case CaseReopened():
            return _reopened(case)
        case CaseDeclined():
            return replace(case, state=State.PENDING_DISPATCH, declines=case.declines + 1)
        case CaseRegistered():
            return replace(case, state=State.PENDING_DISPATCH)
        case CaseReturned():
            return replace(case, state=State.PENDING_REGISTRATION)
    return _asked(case, event)


def _asked(case: Case, event: Event) -> Case:
    match event:
        case CaseAsked() if event.asked != "help":
            return replace(case, request=Request(event.asked, event.worker_id, event.until))
        case CaseDenied():
            return replace(case, request=None)
        case CaseExtended():
            return replace(
                case,
                deadlines=event.deadlines,
                extensions=case.extensions + 1,
                request=None,
            )
        case CaseSuspended() if event.mode_id:
            return _paused(case, stopped(event))
        case CaseResumed() if event.mode_id:
            running_since = event.until or event.at
            return replace(_moved_on(case, event), pause=None, running_since=running_since)
        case CaseSuspended():
            return replace(
                case,
                state=State.SUSPENDED,
                suspensions=case.suspensions + 1,
                suspended_at=event.at,
                suspended_until=event.until,
                resumes_as=case.state,
                request=None,
            )
        case CaseResumed():
            return replace(
                _moved_on(case, event),
                state=case.resumes_as or State.HANDLING,
                suspended_at=None,
                suspended_until=None,
                resumes_as=None,
                running_since=event.at,
            )
    return _judged(case, event)


def _paused(case: Case, pause: Pause) -> Case:
    """What was called late after its clock had stopped was not late."""
    rash = called_rashly(case, pause.since)
    return replace(
        case, pause=pause, overdue=tuple(each for each in case.overdue if each not in rash)
    )


def _moved_on(case: Case, event: CaseResumed) -> Case:
    """Its times are later; so is the one to take it on, unless that is over."""
    due = case.deadlines.accept_by if case.deadlines else None
    is_open = case.accepted_at is None and case.respond_by == due
    respond_by = event.deadlines.accept_by if is_open else case.respond_by
    return replace(case, deadlines=event.deadlines, respond_by=respond_by)


def _judged(case: Case, event: Event) -> Case:
    """What is found of it afterwards."""
    match event:
        case CaseRated():
            return replace(case, solved=event.solved, satisfied=event.satisfied)
        case CaseRecurred():
            return replace(case, recurred_at=event.at)
        case CaseExcused():
            return replace(case, excused=True)
    return watched(case, event)


def _checked(case: Case, event: CaseChecked) -> Case:
    if event.passed:
        return replace(_showing(case, event), checked_at=event.at, checker=event.worker_id)
    return replace(
        case,
        state=State.ON_SITE,
        rework=case.rework + 1,
        shown=tuple(each for each in case.shown if each != "after"),
        confirmations=(),
    )


def _showing(case: Case, event: CaseArrived | CaseDisposed | CaseChecked) -> Case:
    """What its pictures show, and who has confirmed it."""
    pictures = (each.shows for each in event.evidence)
    by = "" if isinstance(event, CaseArrived) else event.confirmed_by
    return replace(
        case,
        shown=tuple(dict.fromkeys((*case.shown, *pictures))),
        confirmations=tuple(dict.fromkeys((*case.confirmations, *filter(None, [by])))),
    )


def _closed(case: Case, event: CaseClosed) -> Case:
    return replace(
        case,
        state=State.CLOSED,
        closed_at=event.at,
        outcome=event.outcome,
        on_time=event.on_time,
        request=None,
        suspended_at=None,
        suspended_until=None,
    )


def _reopened(case: Case) -> Case:
    return replace(
        case,
        state=State.PENDING_DISPATCH,
        disposed_at=None,
        closed_at=None,
        outcome=None,
        on_time=None,
        overdue=(),
        reopened=case.reopened + 1,
        excused=False,
        respond_by=_forgiven(case),
        shown=(),
        confirmations=(),
    )


def _forgiven(case: Case) -> datetime | None:
    """A delay that was excused is none; what is late from now on is another."""
    if case.excused and case.respond_by and case.accepted_at:
        return max(case.respond_by, case.accepted_at)
    return case.respond_by
