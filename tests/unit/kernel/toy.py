"""A toy domain whose effects are not idempotent: whatever is done twice, shows."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar

from pydantic import AwareDatetime, TypeAdapter

from schemas.event import SPEC_VERSION, Event
from schemas.flow import Service, Topic
from services.kernel.domain import Context, Domain, Handlers, TimerDue
from services.kernel.errors import NotYet, Unprocessable
from services.kernel.record import Header, Message, Record
from services.kernel.work import Subject

NOW = datetime(2026, 3, 1, 8, tzinfo=UTC)


class Added(Event):
    """Something that happened outside. `needs` is how much must have been added before it."""

    ce_type: ClassVar[str] = "toy.added.v1"
    about: ClassVar[str] = "subject_id"

    subject_id: str
    amount: int = 1
    needs: int = 0
    tells: int = 1
    fails: bool = False
    refused: bool = False
    padding: int = 0
    ring_at: AwareDatetime | None = None
    silence: bool = False


class Told(Event):
    """What the toy says of it; `total` is what had been added by then."""

    ce_type: ClassVar[str] = "toy.told.v1"
    about: ClassVar[str] = "subject_id"

    subject_id: str
    total: int
    why: str = ""
    padding: str = ""


class Rang(Event):
    """A timer fired."""

    ce_type: ClassVar[str] = "toy.rang.v1"
    about: ClassVar[str] = "subject_id"

    subject_id: str
    name: str


@dataclass(frozen=True, slots=True)
class Tally:
    """What the toy remembers: the sum, how often it was told, in which order, its alarm."""

    total: int = 0
    amounts: tuple[int, ...] = ()
    told: int = 0
    rung: int = 0
    ring_at: AwareDatetime | None = None


def evolve(state: Tally | None, event: Event) -> Tally | None:
    """The next state."""
    known = state or Tally()
    match event:
        case Added():
            return replace(
                known,
                total=known.total + event.amount,
                amounts=(*known.amounts, event.amount),
                ring_at=None if event.silence else event.ring_at or known.ring_at,
            )
        case Told():
            return replace(known, told=known.told + 1)
        case Rang():
            return replace(known, rung=known.rung + 1, ring_at=None)
    return state


def deadlines(state: Tally) -> Mapping[str, datetime]:
    """The one alarm of a tally."""
    return {"alarm": state.ring_at} if state.ring_at else {}


handlers = Handlers()


@handlers.on(Added)
def on_added(event: Added, context: Context) -> Iterable[Event]:
    """Tell the new sum, `tells` times; a rule may fail when half of it was said."""
    total = context.state().total if context.state() else 0
    if total < event.needs:
        raise NotYet(f"{event.needs} must have been added before")
    for index in range(event.tells):
        why = "bad\x00word" if event.refused else f"part {index}"
        yield Told(
            subject_id=event.subject_id,
            total=total + event.amount,
            why=why,
            padding="x" * event.padding,
        )
    if event.fails:
        raise ZeroDivisionError(event.subject_id)
    if event.amount < 0:
        raise Unprocessable("nothing can be taken away")


@handlers.on(TimerDue)
def on_timer_due(timer: TimerDue, context: Context) -> Iterable[Event]:
    """Say that the alarm rang; a bad one (坏) says what PostgreSQL refuses."""
    yield Rang(subject_id=timer.subject_id, name=timer.name)
    if timer.subject_id.startswith("坏"):
        yield Told(subject_id=timer.subject_id, total=0, why="bad\x00word")


def outlet(name: str = "toy.told") -> dict[type[Event], Topic]:
    """The topic of what the toy says: counted, with two lanes."""
    topic = Topic(name, (Told, Rang), Service.INTAKE, (Service.FEEDBACK,), express=True)
    return dict.fromkeys((Told, Rang), topic)


def domain(**more: Any) -> Domain[Tally]:
    """The rules of the toy."""
    return Domain(state=Tally, evolve=evolve, handlers=handlers, deadlines=deadlines, **more)


STATES = TypeAdapter(Tally)


def stored(subject: str, state: Tally | None = None, **more: Any) -> Subject:
    """A subject as the database gives it."""
    raw = None if state is None else STATES.dump_json(state).decode()
    return Subject(subject, raw, STATES.validate_json, is_new=False, **more)


def soon(seconds: float = 0.0) -> datetime:
    """So many seconds from now by the real clock."""
    return datetime.now(UTC) + timedelta(seconds=seconds)


def headers_of(ce_id: str, subject: str, /, **more: str | bytes | None) -> list[Header]:
    """The headers of a good record; `more` sets further ones, or breaks these."""
    found: dict[str, str | bytes | None] = {
        "ce_specversion": SPEC_VERSION,
        "ce_id": ce_id,
        "ce_source": "street",
        "ce_type": Added.ce_type,
        "ce_subject": subject,
        **more,
    }
    return [
        (name, each.encode() if isinstance(each, str) else each) for name, each in found.items()
    ]


def record(
    offset: int,
    event: Added,
    *,
    topic: str = "toy.added",
    partition: int = 0,
    ce_id: str | None = None,
    sequence: int | None = None,
    **more: str | bytes | None,
) -> Record:
    """A good record of an event, at a place in a topic."""
    if sequence is not None:
        more["ce_sequence"] = str(sequence)
    return Record(
        topic=topic,
        partition=partition,
        offset=offset,
        timestamp=1_772_352_000_000 + offset,
        key=event.subject_id.encode(),
        value=event.model_dump_json().encode(),
        headers=headers_of(
            f"{topic}/{partition}/{offset}" if ce_id is None else ce_id, event.subject_id, **more
        ),
    )


def message(
    event: Event, ce_id: str, sequence: int | None = None, source: str = "street", **more: Any
) -> Message:
    """A message as the reader makes it, with a record behind it."""
    behind = Record("toy.added", 0, int(more.pop("offset", 0)), 0, None, b"{}", ())
    return Message(
        ce_id,
        source,
        event.subject,
        event,
        sequence,
        more.pop("correlation", ce_id),
        record=behind,
        **more,
    )
