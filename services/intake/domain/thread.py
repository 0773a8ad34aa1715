"""The life of a thread (线索): first, again, amended, urged, over, taken back."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal

from schemas.event import Event
from schemas.report import Picture, ReportReceived, ReportUpdated, ReportWithdrawn
from services.intake.domain.debounce import Debounce
from services.intake.domain.submission import Life, Submission, report_id_of

CONTENTS_REMEMBERED = 8
RESOLVE = "resolve"
DEBOUNCE = Debounce()


@dataclass(frozen=True, slots=True)
class Pace:
    """How patient intake is: between two repeats of an alarm, with one that goes silent, and
    with a detector that is not sure yet.
    """

    throttle: timedelta = timedelta(minutes=10)
    resolve: timedelta = timedelta(minutes=10)
    debounce: Debounce = DEBOUNCE


@dataclass(frozen=True, slots=True)
class Thread:
    """What intake remembers of a thread; `contents` are fingerprints, the latest last.

    `lasting` is an alarm that has an end, unlike a pulse (a thrown object). `scores` are how
    sure its detector was, until the alarm is believed.
    """

    kind: Literal["thread"] = "thread"
    opened: bool = False
    lasting: bool = False
    over: bool = False
    withdrawn: bool = False
    count: int = 0
    contents: tuple[str, ...] = ()
    told_at: datetime | None = None
    resolves_at: datetime | None = None
    scores: tuple[float, ...] = ()


UNHEARD = Thread()


def decide(pace: Pace, thread: Thread | None, said: Submission, now: datetime) -> list[Event]:
    """What a submission means, given what is known of its thread.

    An end without a start is remembered but opens nothing: it says that there is no hazard
    (any more). The same holds for a withdrawal of what was never received. An urging (催单)
    of an unknown ticket is its first report: a ticket is always handed on.
    """
    known = thread or UNHEARD
    if not known.opened:
        return _open(pace, known, said, now)
    match said.life:
        case Life.WITHDRAW:
            return [] if known.withdrawn else [_withdrawn(said, now)]
        case Life.END:
            return [] if known.over else [_updated("ended", known, said, now)]
        case Life.URGE:
            return [] if _is_known(known, said) else [_updated("urged", known, said, now)]
        case Life.REOPEN if known.withdrawn:
            return [_updated("amended", known, said, now)]
    if said.camera:
        return _still_there(pace, known, said, now)
    return [] if _is_known(known, said) else [_updated("amended", known, said, now)]


def show(
    thread: Thread | None, subject: str, pictures: tuple[Picture, ...], now: datetime
) -> list[Event]:
    """Pictures that came after their report; of a thread that was never opened they say nothing."""
    if thread is None or not thread.opened or not pictures:
        return []
    return [
        ReportUpdated(
            report_id=report_id_of(subject),
            thread=subject,
            change="pictured",
            count=max(thread.count, 1),
            pictures=pictures,
            updated_at=now,
        )
    ]


def fall_silent(thread: Thread | None, name: str, subject: str, now: datetime) -> list[Event]:
    """The resolve timeout: an alarm whose end never came is over."""
    if name != RESOLVE or thread is None or thread.over or not thread.opened:
        return []
    return [
        ReportUpdated(
            report_id=report_id_of(subject),
            thread=subject,
            change="ended",
            text="长时间没有新的报警，按已结束处理",
            count=thread.count,
            updated_at=now,
        )
    ]


def evolve(pace: Pace, thread: Thread | None, event: Event) -> Thread | None:
    """The thread after an event, its own or one from outside."""
    known = thread or UNHEARD
    match event:
        case Submission():
            return _heard(pace, known, event)
        case ReportReceived():
            return replace(known, opened=True, told_at=event.received_at)
        case ReportUpdated(change="ended"):
            return replace(known, over=True, resolves_at=None, told_at=event.updated_at)
        case ReportUpdated(change="pictured"):
            return known
        case ReportUpdated():
            over = known.over and event.change != "repeated"
            return replace(known, over=over, withdrawn=False, told_at=event.updated_at)
        case ReportWithdrawn():
            return replace(known, withdrawn=True, resolves_at=None)
    return thread


def deadlines(thread: Thread) -> dict[str, datetime]:
    """When an alarm that goes silent counts as over."""
    return {RESOLVE: thread.resolves_at} if thread.resolves_at and not thread.over else {}


def _open(pace: Pace, known: Thread, said: Submission, now: datetime) -> list[Event]:
    """The first report, unless there is nothing (any more), or its detector is not sure yet."""
    if said.life in (Life.END, Life.WITHDRAW):
        return []
    scores = pace.debounce.kept(known.scores, said.score)
    if said.life is not Life.PULSE and not pace.debounce.believes(scores):
        return []
    is_taken_back = known.withdrawn and said.life is not Life.REOPEN
    return [_received(said), *([_withdrawn(said, now)] if is_taken_back else [])]


def _still_there(pace: Pace, known: Thread, said: Submission, now: datetime) -> list[Event]:
    """An alarm again: a new picture is told once it is kept, one that is back at once, mere
    repeats now and then.
    """
    is_picture = said.pictures or said.attached
    if is_picture and not _is_known(known, said) and said.life in (Life.UPDATE, Life.PULSE):
        return [_updated("pictured", known, said, now)] if said.pictures else []
    if said.life is Life.PULSE and _is_known(known, said):
        return []
    is_recent = known.told_at is not None and now - known.told_at < pace.throttle
    return [_updated("repeated", known, said, now)] if known.over or not is_recent else []


def _heard(pace: Pace, known: Thread, said: Submission) -> Thread:
    contents = (*(each for each in known.contents if each != said.fingerprint), said.fingerprint)
    is_alive = said.camera is not None and said.life in (Life.NEW, Life.UPDATE)
    lasting = known.lasting or (is_alive and (said.life is Life.NEW or not known.opened))
    return replace(
        known,
        lasting=lasting,
        count=known.count + 1,
        contents=contents[-CONTENTS_REMEMBERED:],
        withdrawn=said.life is not Life.REOPEN
        and (known.withdrawn or (said.life is Life.WITHDRAW and not known.opened)),
        scores=() if known.opened else pace.debounce.kept(known.scores, said.score),
        resolves_at=said.heard_at + pace.resolve if is_alive and lasting else known.resolves_at,
    )


def _is_known(known: Thread, said: Submission) -> bool:
    return said.fingerprint in known.contents


def _received(said: Submission) -> ReportReceived:
    return ReportReceived(
        report_id=report_id_of(said.thread),
        thread=said.thread,
        source=said.source,
        origin=said.origin,
        title=said.title,
        text=said.text,
        reported_at=said.reported_at,
        received_at=said.received_at,
        place=said.place,
        express=said.express,
        hint=said.hint,
        ticket=said.ticket,
        camera=said.camera,
        reporter=said.reporter,
        pictures=said.pictures,
    )


def _updated(change: str, known: Thread, said: Submission, now: datetime) -> ReportUpdated:
    return ReportUpdated.model_validate(
        {
            "report_id": report_id_of(said.thread),
            "thread": said.thread,
            "change": change,
            "text": said.text,
            "count": known.count + 1,
            "pictures": said.pictures,
            "updated_at": now,
        }
    )


def _withdrawn(said: Submission, now: datetime) -> ReportWithdrawn:
    return ReportWithdrawn(
        report_id=report_id_of(said.thread),
        thread=said.thread,
        reason=said.text[:200] or "来源已撤单",
        withdrawn_at=now,
    )
