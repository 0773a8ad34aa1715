"""What goes back to where a report came from: receipts for the hotline, states for cameras."""

from collections.abc import Iterator
from datetime import datetime
from typing import get_args

from schemas.case import (
    CameraState,
    CaseAccepted,
    CaseAsked,
    CaseClosed,
    CaseDenied,
    CaseDisposed,
    CaseExtended,
    CaseReopened,
    CaseResumed,
    CaseReturned,
    CaseSuspended,
    HandleState,
    HotlineReceipt,
    ReceiptState,
)
from schemas.event import Event
from schemas.incident import Voice
from services.feedback.domain.case import IN_HAND, Case, State

HANDLED: dict[str, HandleState] = {"false_alarm": "false_alarm", "not_accepted": "ignored"}
"""What a camera platform calls the outcomes that are not 'done'."""

MESSAGES: dict[ReceiptState, str] = {
    "accepted": "您反映的事项已受理",
    "in_progress": "已有工作人员接单处理",
    "disposed": "现场已处置，等待核查",
    "closed": "事项已办结",
    "returned": "事项已退回核实，待重新受理",
    "extension_asked": "办理单位申请延长办理期限",
    "suspended": "事项暂不具备办理条件，已挂账，到期自动恢复办理",
    "not_accepted": "事项不予受理",
    "reopened": "已按回访意见重新办理",
}


STANDS: dict[State, ReceiptState] = {
    **dict.fromkeys(IN_HAND, "in_progress"),
    State.SUSPENDED: "suspended",
    State.PENDING_CHECK: "disposed",
}
"""What a voice is told that joins a case which somebody has in hand."""


def answer(case: Case, incident_id: str, events: list[Event], now: datetime) -> Iterator[Event]:
    """The answers that these events of the case call for, one a voice each."""
    number = case.answers
    for event in events:
        for voice in case.voices:
            given = _answer(voice, incident_id, event, number + 1, now)
            if given is not None:
                number += 1
                yield given


def welcome(voice: Voice, incident_id: str, number: int, now: datetime) -> Event | None:
    """The first answer to a voice: it was heard."""
    return _given(voice, incident_id, "accepted", "pending", number, now)


def catch_up(
    case: Case, voice: Voice, incident_id: str, number: int, now: datetime
) -> Iterator[Event]:
    """What a voice hears that joins: that it was heard, and how far the case has come."""
    first = welcome(voice, incident_id, number, now)
    if first is None:
        return
    yield first
    receipt = STANDS.get(case.state)
    then = receipt and _given(voice, incident_id, receipt, "handling", number + 1, now)
    if then:
        yield then


def _answer(
    voice: Voice, incident_id: str, event: Event, number: int, now: datetime
) -> Event | None:
    told = _told(event)
    if told is None:
        return None
    receipt, handled, said = told
    return _given(voice, incident_id, receipt, handled, number, now, said)


Told = tuple[ReceiptState, HandleState | None, str] | None
"""What an event means to whoever reported it: receipt, handle state, and a reason if any."""


def _told(event: Event) -> Told:
    match event:
        case CaseAccepted():
            return "in_progress", "handling", ""
        case CaseDisposed():
            return "disposed", None, ""
        case CaseReturned():
            return "returned", "pending", event.reason
        case CaseReopened():
            return "reopened", "handling", ""
        case CaseClosed():
            return (
                ("not_accepted" if event.outcome == "not_accepted" else "closed"),
                HANDLED.get(event.outcome, "done"),
                "",
            )
    return _told_of_time(event)


def _told_of_time(event: Event) -> Told:
    """More time is asked for, granted or not; it rests, and goes on."""
    match event:
        case CaseAsked() if event.asked == "extension":
            return "extension_asked", None, event.reason
        case CaseExtended():
            return "in_progress", None, "延期申请已批准"
        case CaseDenied() if event.asked == "extension":
            return "in_progress", None, "延期申请未获批准"
        case CaseSuspended() if not event.mode_id:
            return "suspended", None, event.reason
        case CaseResumed() if not event.mode_id:
            return "in_progress", None, "挂账结束，恢复办理"
    return None


def _given(
    voice: Voice,
    incident_id: str,
    receipt: ReceiptState,
    handled: HandleState | None,
    number: int,
    now: datetime,
    said: str = "",
) -> Event | None:
    if voice.ticket_number:
        return HotlineReceipt(
            thread=voice.thread,
            ticket_number=voice.ticket_number,
            incident_id=incident_id,
            number=number,
            state=receipt,
            message=f"{MESSAGES[receipt]}：{said}" if said else MESSAGES[receipt],
            at=now,
        )
    if voice.camera_alarm and handled:
        return CameraState(
            thread=voice.thread,
            alarm=voice.camera_alarm,
            incident_id=incident_id,
            number=number,
            camera=voice.camera or "",
            handle_state=handled,
            code=get_args(HandleState).index(handled),
            at=now,
        )
    return None
