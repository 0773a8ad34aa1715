"""The picture desk (图片台): pictures are looked at off the event loop, and kept by content."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence

from schemas.report import Picture
from services.hosting.objects import Objects
from services.hosting.pictures import Fault, Limits, Painted, PictureRefused, paint
from services.intake import metrics
from services.intake.adapters.vault import VaultError
from services.intake.domain.looking import Looked
from services.intake.domain.submission import Attached, Submission
from services.intake.ports import Vault
from services.kernel.errors import Unavailable
from services.kernel.record import Message

MEDIA_TYPE = "image/jpeg"
AT_ONCE = 2

Look = Callable[[Sequence[Message]], Awaitable[dict[str, Looked]]]


async def look_at_nothing(messages: Sequence[Message]) -> dict[str, Looked]:
    """All pictures follow their reports."""
    return {}


class KeptPictures:
    """Keeps pictures in a store; without one each is refused, and the report goes on.

    `budget` is how many seconds a batch of reports may wait for the pictures inside of it: what
    is not done by then, and all of the express lane, follows the report.
    """

    def __init__(
        self, objects: Objects | None, vault: Vault, limits: Limits, budget: float
    ) -> None:
        self._objects = objects
        self._vault = vault
        self._limits = limits
        self._budget = budget
        self._painting = asyncio.Semaphore(AT_ONCE)

    async def keep(self, content: bytes) -> Picture:
        """The picture, painted anew and kept. Raises PictureRefused, Unavailable."""
        try:
            picture = await self._kept(content)
        except PictureRefused as refused:
            metrics.PICTURES.labels(refused.fault).inc()
            raise
        metrics.PICTURES.labels("kept").inc()
        return picture

    async def show(self, digest: str) -> bytes | None:
        """A picture that is kept; None if there is none of this digest."""
        return await self._objects.get(digest) if self._objects else None

    async def look(self, messages: Sequence[Message]) -> dict[str, Looked]:
        """What became of the pictures inside of messages, by message; within the budget."""
        found: dict[str, Looked] = {}
        inside = [
            (each.id, each.event.thread, attached)
            for each in messages
            if isinstance(each.event, Submission) and not each.express
            for attached in each.event.attached
            if attached.embedded
        ]
        if not inside:
            return found
        try:
            async with asyncio.timeout(self._budget):
                for name, thread, attached in inside:
                    await self._look_at(thread, attached, found.setdefault(name, Looked()))
        except (TimeoutError, Unavailable):
            return found
        return found

    async def _look_at(self, thread: str, attached: Attached, looked: Looked) -> None:
        try:
            content = self._vault.open(thread, attached.sealed)
            looked.kept[attached.mark] = await self.keep(content)
        except VaultError:
            return
        except PictureRefused as refused:
            looked.refused[attached.mark] = str(refused)

    async def _kept(self, content: bytes) -> Picture:
        if self._objects is None:
            raise PictureRefused(Fault.FORBIDDEN, "没有配置 HUB_OBJECTS，图片无处保存")
        async with self._painting:
            painted = await asyncio.to_thread(paint, content, self._limits)
        return _picture(await self._objects.put(painted.content), painted)


def _picture(digest: str, painted: Painted) -> Picture:
    return Picture(
        digest=digest,
        media_type=MEDIA_TYPE,
        width=painted.width,
        height=painted.height,
        taken_at=painted.taken_at,
        longitude=painted.longitude,
        latitude=painted.latitude,
    )
