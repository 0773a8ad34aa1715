"""What intake does about what comes: one function for each."""

from collections.abc import Iterable
from dataclasses import dataclass

from schemas.event import Event
from services.intake.domain.hearing import SourceHeard, SourceMissed, hear, miss
from services.intake.domain.submission import Submission
from services.intake.domain.thread import Pace, decide, fall_silent
from services.kernel.domain import Context, Handlers, Nothing, TimerDue

handlers = Handlers()


@dataclass
class Desk(Nothing):
    """What every decision of intake sees beside its thread: how patient to be."""

    pace: Pace


@handlers.on(Submission)
def on_submission(said: Submission, context: Context) -> Iterable[Event]:
    """A source said something (来件): a first report, an update, a withdrawal, or nothing new."""
    return decide(context.world.pace, context.state(), said, context.now)


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
