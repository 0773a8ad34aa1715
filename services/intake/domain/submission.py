"""What a source said: as a statement in clear, and as a submission that may be kept."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from hashlib import blake2b, sha256
from typing import ClassVar
from uuid import UUID, uuid5

from pydantic import AwareDatetime, Field

from schemas.event import Event, Part
from schemas.place import Place
from schemas.report import Camera, Picture, Reporter, Source, Ticket
from services.intake.domain.clear import Clear

REPORTS = UUID("0f6f2f0a-3a2d-5b57-8c67-2a1f6f6f5d11")
LONGEST_THREAD = 200

# Callers, whereabouts and statements are made for every record: they are not frozen, though
# nobody changes them, because a frozen dataclass takes three times as long to make.

Media = str | bytes
"""A picture that came with a statement: its address, or its content."""


class Life(StrEnum):
    """Where in its life a thread says that it is."""

    NEW = "new"
    UPDATE = "update"
    END = "end"
    PULSE = "pulse"
    WITHDRAW = "withdraw"
    URGE = "urge"
    HEARTBEAT = "heartbeat"
    REOPEN = "reopen"


@dataclass(slots=True)
class Caller:
    """Who reported, in clear. It never leaves the process, not even in a `repr`."""

    name: str = field(default="", repr=False)
    phone: str = field(default="", repr=False)
    account: str = field(default="", repr=False)

    @property
    def identity(self) -> str:
        """What tells this caller from others, best first."""
        return self.phone or self.account or self.name


@dataclass(slots=True)
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


@dataclass(slots=True)
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
    where: Whereabouts = field(default_factory=Whereabouts)
    hint: str | None = None
    ticket: Ticket | None = None
    camera: Camera | None = None
    caller: Caller = field(default_factory=Caller)
    media: tuple[Media, ...] = field(default=(), repr=False)
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
        shown = (each if isinstance(each, str) else sha256(each).hexdigest() for each in self.media)
        said = (kind, self.title, self.text, self.where.address, *shown, self.repetition)
        return blake2b("\x1f".join(said).encode(errors="replace"), digest_size=8).hexdigest()

    @property
    def clear(self) -> Clear:
        """What is kept of it in clear, sealed."""
        return Clear(
            title=self.title,
            text="" if self.camera else self.text,
            name=self.caller.name,
            phone=self.caller.phone,
            account=self.caller.account,
            address=self.where.address,
            pictures=tuple(each for each in self.media if isinstance(each, str)),
            confidential=bool(self.ticket and self.ticket.confidential),
        )


class Attached(Part):
    """A picture that came with a submission, sealed: its content if `embedded`, else its address.

    `mark` is the same for the same picture of the same thread.
    """

    mark: str
    embedded: bool
    sealed: bytes = Field(repr=False, exclude=True)


class Submission(Event):
    """A statement after reception: masked, placed, its lane chosen. It never travels.

    `heard_at` is by the clock of this process, `received_at` when Kafka had it, which is
    much earlier after an outage. `sealed` is its clear text under the vault's key; `pictures`
    are kept already, what is `attached` has still to be looked at.
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
    fingerprint: str
    origin: str = ""
    score: float | None = None
    pictures: tuple[Picture, ...] = ()
    attached: tuple[Attached, ...] = Field(default=(), repr=False, exclude=True)
    sealed: bytes = Field(default=b"", repr=False, exclude=True)


class PicturesKept(Event):
    """Pictures of a report came after it and are kept. It never travels."""

    ce_type: ClassVar[str] = "pictures-kept"
    about: ClassVar[str] = "thread"

    thread: str
    pictures: tuple[Picture, ...]


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
