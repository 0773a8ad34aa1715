"""What intake needs from the outside, and what its HTTP needs from the rest of it."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from schemas.report import Picture
from services.intake.domain.hearing import Maintenance
from services.intake.domain.links import Grant
from services.intake.domain.opening import Asking, Doorstep, Lent, Opened
from services.intake.domain.registered import Register, RegisteredSource
from services.intake.domain.submission import Submission
from services.kernel.errors import Unprocessable


class BadField(Unprocessable):
    """One field can not be used: `field` is its name as the source writes it."""

    def __init__(self, field: str, why: str) -> None:
        super().__init__(f"{field}：{why}")
        self.field = field
        self.why = why


class Pseudonyms(Protocol):
    """Gives each caller a name that no one can read back."""

    def of(self, identity: str) -> str:
        """The same pseudonym for the same caller; empty for nobody."""


class Vault(Protocol):
    """Seals what may not be read on, and opens it again for whoever has the keys."""

    def seal(self, thread: str, content: bytes) -> bytes:
        """The content under the newest key, bound to its thread."""

    def open(self, thread: str, sealed: bytes) -> bytes:
        """The content again. Raises VaultError if it can not be opened."""

    def mark(self, thread: str, content: bytes) -> str:
        """A keyed hash by which the same content of a thread is known again."""


@dataclass(frozen=True, slots=True)
class Post:
    """What came over HTTP; `id` is taken where the content bears none."""

    id: str
    content_type: str
    body: bytes


class FrontDesk(Protocol):
    """Takes reports that came by another way than a topic."""

    def take_from(self, post: Post, origin: RegisteredSource) -> list[Submission]:
        """What a registered source sent. Raises Unprocessable."""

    def take(self, body: bytes, fallback_id: str, pictures: tuple[Picture, ...] = ()) -> Submission:
        """A report of the duty desk, in the shape of `upstream.messages`. Raises Unprocessable."""

    def hear(self, source_id: str, at: datetime) -> None:
        """A source said that it is there."""


class Registry(Protocol):
    """The register in use, and the keys that it names."""

    @property
    def register(self) -> Register:
        """The newest good register."""

    def keys(self, source: RegisteredSource) -> Sequence[str]:
        """The keys of a source that are known, the newest first."""


class Signatures(Protocol):
    """Remembers which signatures were used, over all processes."""

    async def use_signature(self, digest: bytes) -> bool:
        """Take a signature; False if it was used before."""


class Sources(Protocol):
    """How the sources do, and when they may be silent."""

    async def listed(self) -> list[dict[str, Any]]:
        """Every registered source and watched camera, and how it does."""

    async def is_known(self, source_id: str) -> bool:
        """Whether there is such a source, or a camera in such a unit of the ground."""

    async def windows(self) -> list[dict[str, Any]]:
        """The maintenance windows that have not ended yet."""

    async def maintain(self, window: Maintenance) -> int:
        """Open a window; returns its number."""

    async def end_maintenance(self, source_id: str) -> None:
        """End the windows of a source before their time."""


class Seal(Protocol):
    """The seal of WeCom's callbacks (企业微信回调): signature and cipher."""

    def open(
        self, query: Mapping[str, str], sealed: str, keys: Sequence[str], receiver: str
    ) -> bytes:
        """The message in clear. Raises BadSeal."""

    def sealed_in(self, post: Post) -> str:
        """The sealed part of a body, XML or JSON. Raises Unprocessable."""


class BadSeal(Exception):
    """The signature is not of any of the keys, or the message is for somebody else."""


OTHER_SERVICE = "other"
"""In Open311: the service of who does not know which."""


@dataclass(frozen=True, slots=True)
class ServiceRequest:
    """A report that came by Open311, masked, and what is known to have become of it."""

    request_id: str
    service_code: str
    description: str
    address: str | None
    longitude: float | None
    latitude: float | None
    requested_at: datetime
    updated_at: datetime
    is_closed: bool
    notes: str


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which requests are asked for; None: all."""

    ids: Collection[str] | None = None
    codes: Collection[str] | None = None
    since: datetime | None = None
    until: datetime | None = None
    is_closed: bool | None = None


class Requests(Protocol):
    """The requests that came by Open311."""

    async def find(self, origin: str, wanted: Wanted) -> list[ServiceRequest]:
        """Those of one source, newest first, at most 1,000."""


class PictureDesk(Protocol):
    """Looks at pictures, keeps them, and shows them."""

    async def keep(self, content: bytes) -> Picture:
        """The picture, kept. Raises PictureRefused."""

    async def show(self, digest: str) -> bytes | None:
        """A picture that is kept; None if there is none of this digest."""


class Openings(Protocol):
    """Opens clear text, each time with a trace that can not be left out."""

    async def unmask(self, thread: str, asking: Asking) -> Opened | None:
        """The clear text of a thread; None if there is none. Raises Unprocessable if denied."""

    async def granted(self, incident: str, until: datetime) -> Grant | None:
        """What a link for whoever has the incident at this moment says; None: nobody has it."""

    async def doorsteps(self, grant: Grant) -> list[Doorstep] | None:
        """Where exactly it is; None if the incident is not with that worker (any more)."""

    async def call(self, grant: Grant, thread: str) -> Lent | None:
        """A number that reaches who reported the thread; None as for `doorsteps`.

        Raises Unprocessable if there is nobody to call, or no number is free.
        """


class CallRelay(Protocol):
    """Connects a worker with a caller so that neither sees the other's number (隐私号)."""

    async def lend(self, phone: str, thread: str, worker: str, until: datetime) -> Lent | None:
        """A number that reaches `phone` until then; None if none is free."""
