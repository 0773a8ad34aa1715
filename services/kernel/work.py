"""One unit of work: messages go in, states change, events come out. All in memory."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zlib import crc32

from schemas.event import Event
from schemas.flow import EXPRESS, Topic
from services.kernel.domain import Context, Domain, Nothing, Outcome, World
from services.kernel.errors import NotYet, Unprocessable
from services.kernel.recall import Recollection
from services.kernel.record import Emitted, Message, Rejected, envelope, new_id, sentence


@dataclass(slots=True)
class Subject:
    """The row of one subject: its state, and the counters that keep its order.

    A state is decoded when somebody looks at it and encoded when it has changed: most events
    that pass a service change nothing but the counters.
    """

    id: str
    raw: str | None = None
    decode: Callable[[str], Any] = field(default=lambda raw: None, repr=False)
    seen: dict[str, int] = field(default_factory=dict)
    sequence: int = 0
    parked: int = 0
    express: bool = False
    is_new: bool = True
    touched: bool = False
    changed: bool = False
    before: Any = None
    _state: Any = None

    @property
    def state(self) -> Any:
        """What the service knows of it, or None."""
        if self._state is None and self.raw is not None and not self.changed:
            self._state = self.before = self.decode(self.raw)
        return self._state

    @property
    def is_blank(self) -> bool:
        """Whether nothing has had an effect on it yet; what only waits chooses no lane."""
        return not self.seen and self.sequence == 0 and self.state is None

    def become(self, state: Any) -> None:
        """Take the next state."""
        if state is not self.state:
            self._state, self.changed = state, True


class States(Mapping[str, Any]):
    """The states of a unit of work as handlers see them; `pending` lies on top."""

    def __init__(self, subjects: Mapping[str, Subject]) -> None:
        self._subjects = subjects

    def __getitem__(self, key: str) -> Any:
        state = self.get(key)
        if state is None:
            raise KeyError(key)
        return state

    def get(self, key: str, default: Any = None) -> Any:
        """Its state, or `default`; most subjects of a batch are new, which is no exception."""
        subject = self._subjects.get(key)
        state = subject.state if subject else None
        return default if state is None else state

    def __iter__(self) -> Iterator[str]:
        return (key for key, subject in self._subjects.items() if subject.state is not None)

    def __len__(self) -> int:
        return sum(1 for _ in self)


Outlet = Mapping[type[Event], Topic]
"""Which topic each event of this service goes to."""


@dataclass(slots=True)
class Work:
    """What one transaction decides. Load it, `take` each message, then write it down."""

    domain: Domain[Any]
    source: str
    outlet: Outlet
    now: datetime
    world: World = field(default_factory=Nothing)
    subjects: dict[str, Subject] = field(default_factory=dict)
    past: Recollection = field(default_factory=Recollection)
    patience: float = 3600.0
    outcome: Outcome = field(default_factory=Outcome)
    rejected: list[Rejected] = field(default_factory=list)
    parked: list[Message] = field(default_factory=list)
    done: list[Message] = field(default_factory=list)
    """What has had its effect, had it before, or never will."""
    duplicates: int = 0
    sets_timers: bool = False
    _time: str = field(init=False)

    def __post_init__(self) -> None:
        self._time = self.now.isoformat()

    def take(self, message: Message) -> None:
        """Let one message have its effect, or park, drop or reject it."""
        subject = self._subject(message.subject, message.express)
        if message.sequence is None:
            is_early = subject.parked > 0 and message.record is not None and not message.waited
        else:
            due = subject.seen.get(message.source, 0) + 1
            is_early = message.sequence > due
            if message.sequence < due:
                self.duplicates += 1
                self.done.append(message)
                return
        if is_early:
            self._park(message, NotYet("a message before it has not had its effect yet"))
        else:
            self._try(message, subject)

    def _try(self, message: Message, subject: Subject) -> None:
        try:
            if subject.is_blank:
                subject.express = self.past.lane(subject.id, message.express)
            self._decide(message, subject)
        except NotYet as reason:
            self._park(message, reason)
        except Exception as error:  # a rule that fails must not stop the other messages
            self._reject(message, error)
        else:
            self._count(message, subject)

    def _park(self, message: Message, reason: NotYet) -> None:
        if message.record is None:
            self._reject(message, Unprocessable(str(reason)))
        elif not message.waited:
            subject = self._subject(message.subject, message.express)
            subject.parked, subject.touched = subject.parked + 1, True
            self.parked.append(message)
        elif message.sequence is None and message.waited > self.patience:
            self._reject(message, Unprocessable(f"waited {message.waited:.0f} s in vain: {reason}"))

    def _decide(self, message: Message, subject: Subject) -> None:
        """Decide and evolve; nothing is changed unless all of it succeeds."""
        if type(message.event) in self.domain.passes_by:
            return
        if message.record is not None:
            self.past.await_turn(message.id)
        handler = self.domain.handlers.table.get(type(message.event))
        context = Context(States(self.subjects), self.world, self.now, message)
        events = self._as_said(message, lambda: handler(message.event, context) if handler else ())
        changed = {subject.id: self.domain.evolve(subject.state, message.event)}
        for _, event in events:
            for about in event.concerns:
                known = self.subjects.get(about)
                before = changed.get(about, known.state if known else None)
                changed[about] = self.domain.evolve(before, event)
        emitted = self._emit(events, message)
        for about, state in changed.items():
            if state is not None or about in self.subjects:
                self._change(about, state, message)
        for each in emitted:
            if each.sequence is not None:
                subject = self._subject(each.subject, message.express)
                subject.sequence = max(subject.sequence, each.sequence)
                subject.touched = True
        self.outcome.emitted += emitted
        self.past.note(each.id for each in emitted)
        for event in (message.event, *(each for _, each in events)):
            self.world.observe(event)

    def _emit(self, events: Sequence[tuple[int, Event]], message: Message) -> list[Emitted]:
        counters: dict[str, int] = {}
        return [self._address(event, index, message, counters) for index, event in events]

    def _address(
        self, event: Event, index: int, message: Message, counters: dict[str, int]
    ) -> Emitted:
        topic = self.outlet[type(event)]
        about = event.subject
        known = self.subjects.get(about)
        name = new_id(message.id, event.ce_type, index)
        sequence = None
        if topic.sequenced:
            last = counters.get(about, known.sequence if known else 0)
            sequence = self.past.number(about, name, last)
            counters[about] = max(last, sequence)
        express = known.express if known else self.past.lane(about, message.express)
        headers = envelope(
            event,
            id=name,
            source=self.source,
            sequence=sequence,
            time=self._time,
            correlation=message.correlation,
            causation=message.id,
        )
        return Emitted(
            seq=0,
            topic=topic.name + EXPRESS if topic.express and express else topic.name,
            subject=about,
            headers=headers,
            payload=event.model_dump_json(exclude_defaults=True).encode(),
            event=event,
            id=name,
            sequence=sequence,
            correlation=message.correlation,
        )

    def _as_said(
        self, message: Message, decide: Callable[[], Iterable[Event]]
    ) -> list[tuple[int, Event]]:
        """What is decided, numbered; after a restore what was decided then, which is in the topics.

        What was decided but had not gone out is decided anew, if all that went out is too.
        """
        said = self.past.led_to(message.id)
        if not said:
            return list(enumerate(decide()))
        try:
            events = dict(enumerate(decide()))
        except NotYet:
            raise
        except Exception:  # it did not fail then
            return sorted(said.items())
        is_same = all(type(events.get(at)) is type(each) for at, each in said.items())
        return sorted((events | said if is_same else said).items())

    def _change(self, about: str, state: Any, message: Message) -> None:
        subject = self._subject(about, message.express)
        subject.become(state)
        subject.touched = True

    def _count(self, message: Message, subject: Subject) -> None:
        subject.touched = True
        if message.sequence is not None:
            subject.seen[message.source] = message.sequence
        self.done.append(message)
        self.outcome.consumed.append(message)

    def _subject(self, about: str, express: bool) -> Subject:
        if about not in self.subjects:
            self.subjects[about] = Subject(about, express=self.past.lane(about, express))
        return self.subjects[about]

    def refuse(self, message: Message, error: str, reason: str) -> None:
        """Reject a message whose effects can not be written down."""
        self._subject(message.subject, message.express)
        self.rejected.append(Rejected(message.record, error, reason, message))
        self.done.append(message)

    def _reject(self, message: Message, error: Exception) -> None:
        reason = sentence(error)
        self.rejected.append(Rejected(message.record, type(error).__name__, reason, message))
        self.done.append(message)

    def add(self, other: "Work") -> None:
        """Take in what another unit of work of the same transaction has done."""
        self.outcome.consumed += other.outcome.consumed
        self.outcome.emitted += other.outcome.emitted
        self.rejected += other.rejected
        self.parked += other.parked
        self.done += other.done
        self.duplicates += other.duplicates
        self.sets_timers |= other.sets_timers
        self.subjects |= other.subjects

    @property
    def touched(self) -> list[Subject]:
        """The subjects to be written, in the order of locks."""
        return sorted((each for each in self.subjects.values() if each.touched), key=lambda s: s.id)

    def timers(self) -> tuple[list[tuple[str, str, datetime]], list[tuple[str, str]]]:
        """The timers to set (subject, name, due) and to drop (subject, name)."""
        wanted, moot = [], []
        for subject in self.subjects.values():
            if subject.changed:
                after, before = self._deadlines(subject.state), self._deadlines(subject.before)
                wanted += [
                    (subject.id, name, due)
                    for name, due in after.items()
                    if before.get(name) != due
                ]
                moot += [(subject.id, name) for name in before if name not in after]
        wanted.sort()
        self.sets_timers = bool(wanted)
        return wanted, moot

    def _deadlines(self, state: Any) -> Mapping[str, datetime]:
        return {} if state is None else self.domain.deadlines(state)


def shard_of(subject: str, shards: int) -> int:
    """The shard of the outbox that a subject always uses."""
    return crc32(subject.encode()) % shards
