"""What intake does about what comes: one function for each."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from schemas.event import Event
from services.intake.domain.hearing import SourceHeard, SourceMissed, hear, miss
from services.intake.domain.looking import Looked
from services.intake.domain.submission import PicturesKept, Submission
from services.intake.domain.thread import Pace, decide, fall_silent, show
from services.kernel.domain import Context, Handlers, Nothing, TimerDue

handlers = Handlers()


@dataclass
class Desk(Nothing):
    """What every decision of intake sees beside its thread: how patient to be, and what became
    of the pictures that came with a message, by its id.
    """

    pace: Pace
    looked: Mapping[str, Looked] = field(default_factory=dict)


@handlers.on(Submission)
def on_submission(said: Submission, context: Context) -> Iterable[Event]:
    """A source said something (来件): a first report, an update, a withdrawal, or nothing new."""
    looked = context.world.looked.get(context.message.id)
    shown = looked.shown_with(said) if looked else said
    return decide(context.world.pace, context.state(), shown, context.now)


@handlers.on(PicturesKept)
def on_pictures_kept(kept: PicturesKept, context: Context) -> Iterable[Event]:
    """Pictures came after their report (补传照片)."""
    return show(context.state(), kept.thread, kept.pictures, context.now)


@handlers.on(TimerDue)
def on_timer_due(timer: TimerDue, context: Context) -> Iterable[Event]:
    """An alarm has been silent for too long: it is over."""
    return fall_silent(context.state(), timer.name, timer.subject_id, context.now)


@handlers.on(SourceMissed)
def on_source_missed(missed: SourceMissed, context: Context) -> Iterable[Event]:
    """A source was not heard for longer than it may be silent: say so, once."""
    return miss(context.state(), missed, context.now)


@handlers.on(SourceHeard)
def on_source_heard(heard: SourceHeard, context: Context) -> Iterable[Event]:
    """A source speaks again: say so, if it was said to be silent."""
    return hear(context.state(), heard, context.now)
