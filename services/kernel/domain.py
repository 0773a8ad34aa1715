"""What a service tells the kernel: its rules, and what they need to see."""

from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ClassVar, Generic, Protocol, TypeVar

from pydantic import AwareDatetime

from schemas.event import Event
from services.kernel.postgres import Connection
from services.kernel.record import Emitted, Message

S = TypeVar("S")


class TimerDue(Event):
    """A durable timer has come due. It never travels: the kernel hands it to a handler."""

    ce_type: ClassVar[str] = "timer"
    about: ClassVar[str] = "subject_id"

    subject_id: str
    name: str
    due_at: AwareDatetime


class World(Protocol):
    """What decisions of one batch see beside the state of their own subject."""

    @property
    def subjects(self) -> Collection[str]:
        """Further subjects whose state the batch may read or change."""

    def observe(self, event: Event) -> None:
        """Take in what was just decided, so that the next decision of the batch sees it."""


class Nothing:
    """A world in which there is nothing else to see."""

    subjects: Collection[str] = ()

    def observe(self, event: Event) -> None:
        """Nothing changes."""


States = Mapping[str, Any]
"""The states by subject, as they are at this moment of the batch; absent: not known yet."""


@dataclass(slots=True)
class Context:
    """What a handler may use beside the event."""

    states: States
    world: Any
    now: datetime
    message: Message

    def state(self) -> Any:
        """The state of the event's own subject, or None."""
        return self.states.get(self.message.subject)


Handler = Callable[[Any, Context], Iterable[Event]]


@dataclass(slots=True)
class Handlers:
    """The table of a service: which function answers which event."""

    table: dict[type[Event], Handler] = field(default_factory=dict)

    def on(self, event: type[Event]) -> Callable[[Handler], Handler]:
        """Register the function that answers this event."""

        def register(handler: Handler) -> Handler:
            if event in self.table:
                raise ValueError(f"{event.__name__} has a handler already")
            self.table[event] = handler
            return handler

        return register


@dataclass(slots=True)
class Outcome:
    """What one transaction has taken in and decided, for the service's own tables."""

    consumed: list[Message] = field(default_factory=list)
    emitted: list[Emitted] = field(default_factory=list)
    states: dict[str, Any] = field(default_factory=dict)
    """The states that have changed, by subject."""
    born: set[str] = field(default_factory=set)
    """The subjects that had no state before."""
    world: Any = None
    """What `gather` saw, with all that was decided since."""


async def _nothing_to_prepare(messages: Sequence[Message]) -> Any:
    return None


async def _nothing_to_see(
    connection: Connection, messages: Sequence[Message], prepared: Any
) -> World:
    return Nothing()


async def _nothing_to_project(connection: Connection, outcome: Outcome) -> None:
    return None


def _no_deadlines(state: Any) -> Mapping[str, datetime]:
    return {}


@dataclass(frozen=True)
class Domain(Generic[S]):
    """The rules of one service.

    `evolve(state, event)` is pure and returns the next state; it is applied to the event
    that came in and to each that a handler gave out. What `passes_by` is of no interest to
    either: only its place in the order is kept, and its state is not even read.
    `deadlines(state)` names the timers that this state wants, with their times: what it no
    longer names never fires. `prepare` runs before the transaction (models, geocoders),
    `gather` in it before any state is locked, `project` after all is decided; each once a
    batch.
    """

    state: Any
    evolve: Callable[[S | None, Event], S | None]
    handlers: Handlers
    passes_by: Collection[type[Event]] = frozenset()
    deadlines: Callable[[S], Mapping[str, datetime]] = _no_deadlines
    prepare: Callable[[Sequence[Message]], Awaitable[Any]] = _nothing_to_prepare
    gather: Callable[[Connection, Sequence[Message], Any], Awaitable[World]] = _nothing_to_see
    project: Callable[[Connection, Outcome], Awaitable[None]] = _nothing_to_project
