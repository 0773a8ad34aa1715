"""Whether a source is heard (来源心跳): it falls silent once, and is heard again once."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import ClassVar, Literal

from pydantic import AwareDatetime

from schemas.event import Event
from schemas.place import Place
from schemas.report import Source
from schemas.source import SourceRecovered, SourceSilenced


class SourceMissed(Event):
    """A source was not heard within its patience. It never travels: the watch over sources
    says it, of a source that it may have said it of before.
    """

    ce_type: ClassVar[str] = "source.missed"
    about: ClassVar[str] = "source_id"

    source_id: str
    source: Source
    name: str
    place: Place
    heard_at: AwareDatetime | None
    patience: float


class SourceHeard(Event):
    """A source that was silent spoke, at `heard_at`. It never travels."""

    ce_type: ClassVar[str] = "source.heard"
    about: ClassVar[str] = "source_id"

    source_id: str
    heard_at: AwareDatetime


@dataclass(frozen=True, slots=True)
class Hearing:
    """What intake remembers of a source: since when it is silent, and when it spoke last."""

    kind: Literal["source"] = "source"
    silenced_at: datetime | None = None
    heard_at: datetime | None = None


UNWATCHED = Hearing()


def miss(hearing: Hearing | None, missed: SourceMissed, now: datetime) -> list[Event]:
    """Say that it is silent, unless that was said."""
    if (hearing or UNWATCHED).silenced_at:
        return []
    told = missed.model_dump(include=set(SourceSilenced.model_fields))
    return [SourceSilenced.model_validate({**told, "silenced_at": now})]


def hear(hearing: Hearing | None, heard: SourceHeard, now: datetime) -> list[Event]:
    """Say that it is heard again, if it was silent until then."""
    known = hearing or UNWATCHED
    if known.silenced_at is None or heard.heard_at <= known.silenced_at:
        return []
    silent_for = (heard.heard_at - (known.heard_at or known.silenced_at)).total_seconds()
    return [
        SourceRecovered(
            source_id=heard.source_id, silent_for=max(silent_for, 0.0), recovered_at=now
        )
    ]


def remember(hearing: Hearing | None, event: Event) -> Hearing | None:
    """The hearing after an event."""
    match event:
        case SourceSilenced():
            known = hearing or UNWATCHED
            return replace(known, silenced_at=event.silenced_at, heard_at=event.heard_at)
        case SourceRecovered():
            return UNWATCHED
    return hearing


LONGEST_MAINTENANCE = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Maintenance:
    """A window (检修窗口) in which a source, and all below it, may be silent."""

    source_id: str
    author: str
    reason: str
    starts_at: datetime
    ends_at: datetime

    def fault(self, longest: timedelta) -> str:
        """What is wrong with it; empty if nothing is."""
        if not self.author.strip() or not self.reason.strip():
            return "检修必须写明经办人和原因"
        if self.ends_at <= self.starts_at:
            return "检修的结束时间必须在开始之后"
        if self.ends_at - self.starts_at > longest:
            return f"检修最长 {longest.days} 天"
        return ""
