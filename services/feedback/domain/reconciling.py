"""Reconciliation (对账) with the hotline: what its file and ours say of the same tickets."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

CHINESE: Mapping[str, str] = {
    "accepted": "已受理",
    "in_progress": "办理中",
    "returned": "已退回",
    "extension_asked": "申请延期",
    "suspended": "已挂账",
    "disposed": "已处置",
    "closed": "已办结",
    "not_accepted": "不予受理",
    "reopened": "重新办理",
}
"""What the files call the states of a ticket (办件状态)."""

SPOKEN: Mapping[str, str] = {
    **{state: state for state in CHINESE},
    **{chinese: state for state, chinese in CHINESE.items()},
    "受理": "accepted",
    "待办": "accepted",
    "待办理": "accepted",
    "处理中": "in_progress",
    "在办": "in_progress",
    "退单": "returned",
    "退回": "returned",
    "延期": "extension_asked",
    "延期申请": "extension_asked",
    "挂账": "suspended",
    "挂起": "suspended",
    "待核查": "disposed",
    "办结": "closed",
    "已结案": "closed",
    "不受理": "not_accepted",
    "重办": "reopened",
}
"""How hotlines write them."""


class Kind(StrEnum):
    """How two files can differ."""

    MISSING_THERE = "missing_there"
    MISSING_HERE = "missing_here"
    STATE = "state_differs"
    UNDELIVERED = "receipt_not_delivered"
    TIMES = "times_differ"


TITLES: Mapping[Kind, str] = {
    Kind.MISSING_THERE: "对方没有的工单",
    Kind.MISSING_HERE: "我方没有的工单",
    Kind.STATE: "状态不一致",
    Kind.UNDELIVERED: "回执未送达",
    Kind.TIMES: "时间不一致",
}


@dataclass(frozen=True, slots=True)
class Ours:
    """A ticket as our receipts tell it; `waiting` of them have not left yet."""

    state: str
    accepted_at: datetime | None
    closed_at: datetime | None
    receipts: int
    waiting: int


@dataclass(frozen=True, slots=True)
class Theirs:
    """A ticket as the hotline's file tells it; what is None the file does not say."""

    state: str | None = None
    accepted_at: datetime | None = None
    closed_at: datetime | None = None
    receipts: int | None = None


@dataclass(frozen=True, slots=True)
class Difference:
    """What differs of one ticket, each side in words."""

    ticket: str
    kind: Kind
    ours: str
    theirs: str


def differences(
    ticket: str, ours: Ours | None, theirs: Theirs | None, tolerance: timedelta
) -> Iterator[Difference]:
    """All that differs of one ticket; times count only beyond `tolerance`."""
    if ours is None:
        yield Difference(ticket, Kind.MISSING_HERE, "", _told(theirs.state if theirs else None))
    elif theirs is None:
        yield Difference(ticket, Kind.MISSING_THERE, _told(ours.state), "")
    else:
        yield from _of_both(ticket, ours, theirs, tolerance)


def _of_both(ticket: str, ours: Ours, theirs: Theirs, tolerance: timedelta) -> Iterator[Difference]:
    lacking = theirs.receipts is not None and theirs.receipts < ours.receipts
    if ours.waiting or lacking:
        told = f"已出 {ours.receipts} 份，其中待投递 {ours.waiting} 份"
        got = "" if theirs.receipts is None else f"已收 {theirs.receipts} 份"
        yield Difference(ticket, Kind.UNDELIVERED, told, got)
    if theirs.state is not None and SPOKEN.get(theirs.state) != ours.state:
        yield Difference(ticket, Kind.STATE, _told(ours.state), _told(theirs.state))
    for name, here, there in (
        ("受理", ours.accepted_at, theirs.accepted_at),
        ("办结", ours.closed_at, theirs.closed_at),
    ):
        if there is not None and (here is None or abs(here - there) > tolerance):
            yield Difference(
                ticket, Kind.TIMES, f"{name} {_clock(here)}", f"{name} {_clock(there)}"
            )


def _told(state: str | None) -> str:
    return CHINESE.get(state or "", state or "")


def _clock(moment: datetime | None) -> str:
    return moment.isoformat(timespec="seconds") if moment else "无"
