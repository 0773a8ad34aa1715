"""What intake remembers of a subject: a thread (线索), or whether a source (来源) is heard."""

from datetime import datetime
from typing import Annotated, TypeAlias

from pydantic import Field

from schemas.event import Event
from schemas.source import SourceRecovered, SourceSilenced
from services.intake.domain import hearing, thread
from services.intake.domain.hearing import Hearing, SourceHeard, SourceMissed
from services.intake.domain.thread import Pace, Thread

State: TypeAlias = Annotated[Thread | Hearing, Field(union_mode="left_to_right")]
"""Each says in `kind` which it is."""

OF_SOURCES = (SourceMissed, SourceHeard, SourceSilenced, SourceRecovered)


def evolve(pace: Pace, state: Thread | Hearing | None, event: Event) -> Thread | Hearing | None:
    """The state after an event, its own or one from outside."""
    if isinstance(state, Hearing) or isinstance(event, OF_SOURCES):
        return hearing.remember(state if isinstance(state, Hearing) else None, event)
    return thread.evolve(pace, state, event)


def deadlines(state: Thread | Hearing) -> dict[str, datetime]:
    """The timers that it wants: an alarm has one, a source none."""
    return thread.deadlines(state) if isinstance(state, Thread) else {}
