"""What a source said: as a statement in clear, and as a submission that may be kept."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from hashlib import blake2b
from typing import ClassVar
from uuid import UUID, uuid5

from pydantic import AwareDatetime

from schemas.event import Event
from schemas.place import Place
from schemas.report import Camera, Reporter, Source, Ticket

REPORTS = UUID("0f6f2f0a-3a2d-5b57-8c67-2a1f6f6f5d11")
LONGEST_THREAD = 200


class Life(StrEnum):
    """Where in its life a thread says that it is."""

    NEW = "new"
    UPDATE = "update"
    END = "end"
    PULSE = "pulse"
    WITHDRAW = "withdraw"
    URGE = "urge"
    REOPEN = "reopen"


@dataclass(frozen=True, slots=True)
class Caller:
    """Who reported, in clear. It never leaves the process, not even in a `repr`."""

    name: str = field(default="", repr=False)
    phone: str = field(default="", repr=False)
    account: str = field(default="", repr=False)

    @property
    def identity(self) -> str:
        """What tells this caller from others, best first."""
        return self.phone or self.account or self.name


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """What a source says of the place: an address, a point, words that may name an estate.

    `crs` is the coordinate system that it states for the point, as it is written there;
    `community` and `street` are the names of those that the source says it is in, `unit` the
    code of a grid (单元网格标识码) that it states.
    """

    address: str = field(default="", repr=False)
    longitude: float | None = None
    latitude: float | None = None
    crs: str = ""
    community: str = ""
    street: str = ""
    unit: str = ""
    words: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Statement:
    """One thing that a source said, normalised, still in clear (来件).

    `number` counts it among several in one record. `repetition` tells one urging from
    the next where their words are the same. `score` is how sure a detector is, 0 to 1.
    """

    thread: str
    source: Source
    life: Life = Life.NEW
    title: str = field(default="", repr=False)
    text: str = field(default="", repr=False)
    reported_at: datetime | None = None
    where: Whereabouts = Whereabouts()
    hint: str | None = None
    ticket: Ticket | None = None
    camera: Camera | None = None
    caller: Caller = Caller()
    media: tuple[str, ...] = ()
    repetition: str = ""
    score: float | None = None

    @property
    def confidential(self) -> bool:
        """Whether nobody may learn who said it (保密件)."""
        return self.ticket is not None and self.ticket.confidential

    @property
    def teller(self) -> str:
        """Who said it; in confidence it is told from others within this thread alone."""
        who = self.caller.identity
        return f"{self.thread}\x1f{who}" if who and self.confidential else who

    @property
    def fingerprint(self) -> str:
        """The same for the same content, whenever it is sent."""
        kind = "" if self.life in (Life.NEW, Life.UPDATE, Life.PULSE) else self.life
        said = (kind, self.title, self.text, self.where.address, *self.media, self.repetition)
        return blake2b("\x1f".join(said).encode(errors="replace"), digest_size=8).hexdigest()


class Submission(Event):
    """A statement after reception: masked, placed, its lane chosen. It never travels.

    `heard_at` is by the clock of this process, `received_at` when Kafka had it, which is
    much earlier after an outage.
    """

    ce_type: ClassVar[str] = "submission"
    about: ClassVar[str] = "thread"

    thread: str
    source: Source
    life: Life
    title: str
    text: str
    reported_at: AwareDatetime
    received_at: AwareDatetime
    heard_at: AwareDatetime
    place: Place
    express: bool
    hint: str | None
    ticket: Ticket | None
    camera: Camera | None
    reporter: Reporter
    media: tuple[str, ...]
    fingerprint: str
    score: float | None = None


def thread_of(source: Source, *parts: str) -> str:
    """The thread: source and ticket or alarm id; one that is too long ends in its hash."""
    thread = ":".join((source, *parts))
    if len(thread) <= LONGEST_THREAD:
        return thread
    digest = blake2b(thread.encode(errors="replace"), digest_size=12).hexdigest()
    return f"{thread[: LONGEST_THREAD - 25]}~{digest}"


def report_id_of(thread: str) -> str:
    """The id of the report of a thread: always the same one."""
    return str(uuid5(REPORTS, thread))
