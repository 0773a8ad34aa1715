"""Pictures of what was done, drawn by code: handed in before the step that names them."""

import asyncio
from collections.abc import Iterable, Sequence
from hashlib import sha256
from io import BytesIO
from types import TracebackType
from typing import Self

import httpx
from PIL import Image

from schemas.worker import Evidence, StepReported

SIZE = (96, 72)
TILE = 24
AT_ONCE = 4
PATIENCE = 10.0
MEDIA_TYPE = "image/jpeg"


def invented(name: str, shows: Iterable[str]) -> tuple[Evidence, ...]:
    """Pictures as a step names them; nobody has them yet."""
    width, height = SIZE
    return tuple(
        Evidence.model_validate(
            {
                "digest": sha256(f"{name}:{each}".encode()).hexdigest(),
                "media_type": MEDIA_TYPE,
                "width": width,
                "height": height,
                "shows": each,
            }
        )
        for each in shows
    )


def drawn(picture: Evidence) -> bytes:
    """A picture of coloured tiles, like no other."""
    key = bytes.fromhex(picture.digest)
    image = Image.new("RGB", SIZE)
    across = SIZE[0] // TILE
    for place in range(across * (SIZE[1] // TILE)):
        colour = (key[2 * place], key[2 * place + 1], key[-1 - place])
        row, column = divmod(place, across)
        image.paste(colour, (column * TILE, row * TILE, (column + 1) * TILE, (row + 1) * TILE))
    out = BytesIO()
    image.save(out, "JPEG")
    return out.getvalue()


class Album:
    """Hands in at feedback what steps name; without a token, or a store there, they stay names."""

    def __init__(self, feedback: str, token: str) -> None:
        self._client = httpx.AsyncClient(
            base_url=feedback,
            headers={"Authorization": f"Bearer {token}"},
            timeout=PATIENCE,
            trust_env=False,
        )
        self._at_once = asyncio.Semaphore(AT_ONCE)
        self._is_open = bool(token)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._client.aclose()

    async def handed_in(self, steps: Sequence[StepReported]) -> list[StepReported]:
        """The steps, naming their pictures as the hub keeps them."""
        return list(await asyncio.gather(*map(self._with_pictures, steps)))

    async def _with_pictures(self, step: StepReported) -> StepReported:
        if not step.evidence or not self._is_open:
            return step
        kept = [await self._kept(step, each) for each in step.evidence]
        return step.model_copy(update={"evidence": tuple(kept)})

    async def _kept(self, step: StepReported, picture: Evidence) -> Evidence:
        """The picture by the digest under which it is kept; as it is, if nobody keeps it."""
        async with self._at_once:
            try:
                answer = await self._client.post(
                    f"/api/v1/cases/{step.incident_id}/evidence",
                    params={"who": step.worker_id, "shows": picture.shows},
                    files={"file": (f"{picture.shows}.jpg", drawn(picture), MEDIA_TYPE)},
                )
            except httpx.HTTPError:
                return picture
        if not answer.is_success:
            return picture
        return picture.model_copy(update={"digest": answer.json()["digest"]})
