"""What goes back to where a report came from: receipts for the hotline, states for cameras."""

from collections.abc import Iterator
from datetime import datetime
from typing import Literal

from schemas.case import CameraState, CaseAccepted, CaseClosed, CaseDisposed, HotlineReceipt
from schemas.event import Event
from schemas.incident import Voice
from services.feedback.domain.case import Case

ReceiptState = Literal["accepted", "in_progress", "disposed", "closed"]
HandleState = Literal["pending", "handling", "done", "false_alarm", "ignored"]

MESSAGES: dict[ReceiptState, str] = {
    "accepted": "您反映的事项已受理",
    "in_progress": "已有工作人员接单处理",
    "disposed": "现场已处置，等待核查",
    "closed": "事项已办结",
}


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


def _answer(
    voice: Voice, incident_id: str, event: Event, number: int, now: datetime
) -> Event | None:
    match event:
        case CaseAccepted():
            return _given(voice, incident_id, "in_progress", "handling", number, now)
        case CaseDisposed():
            return _given(voice, incident_id, "disposed", None, number, now)
        case CaseClosed():
            handled: HandleState = "false_alarm" if event.outcome == "false_alarm" else "done"
            return _given(voice, incident_id, "closed", handled, number, now)
    return None


def _given(
    voice: Voice,
    incident_id: str,
    receipt: ReceiptState,
    handled: HandleState | None,
    number: int,
    now: datetime,
) -> Event | None:
    if voice.ticket_number:
        return HotlineReceipt(
            thread=voice.thread,
            ticket_number=voice.ticket_number,
            incident_id=incident_id,
            number=number,
            state=receipt,
            message=MESSAGES[receipt],
            at=now,
        )
    if voice.camera_alarm and handled:
        return CameraState(
            thread=voice.thread,
            alarm=voice.camera_alarm,
            incident_id=incident_id,
            number=number,
            handle_state=handled,
            at=now,
        )
    return None
