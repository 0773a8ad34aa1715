"""What intake needs from the outside."""

from datetime import datetime
from typing import Protocol

from schemas.report import Picture
from services.intake.domain.links import Grant
from services.intake.domain.opening import Asking, Doorstep, Lent, Opened
from services.intake.domain.submission import Submission


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


class FrontDesk(Protocol):
    """Takes a report that came by another way than a topic."""

    def take(self, body: bytes, fallback_id: str, pictures: tuple[Picture, ...] = ()) -> Submission:
        """The report in a body of the shape of `upstream.messages`. Raises Unprocessable."""


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
