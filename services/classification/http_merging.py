"""Commands of people about incidents that are one, or are not: split and absorb."""

from typing import Annotated
from uuid import uuid4

from fastapi import APIRouter, Depends, Header
from pydantic import BaseModel, Field, SecretStr

from services.classification.domain.orders import AbsorptionOrdered, SplitOrdered, split_off
from services.hosting.http import guard
from services.kernel.processor import Processor

SOURCE = "http"
Key = Annotated[str, Header(alias="idempotency-key", max_length=128)]


class Splitting(BaseModel):
    """Which voices leave, who says so, and why."""

    threads: tuple[str, ...] = Field(min_length=1, max_length=1_000)
    by: str = Field(min_length=1, max_length=64)
    reason: str = Field(min_length=1, max_length=2_000)


class Absorbing(BaseModel):
    """Into which incident, who says so, and why."""

    into: str = Field(min_length=1, max_length=64)
    by: str = Field(min_length=1, max_length=64)
    reason: str = Field(min_length=1, max_length=2_000)


def merging_routes(processor: Processor, token: SecretStr | None) -> APIRouter:
    """The routes. The same key sent twice is one command; a refusal is 422 with a sentence."""
    router = APIRouter(prefix="/api/v1/incidents", dependencies=[Depends(guard(token))])

    @router.post("/{incident_id}/split")
    async def split(incident_id: str, body: Splitting, key: Key = "") -> dict[str, str]:
        """Take voices out of an incident (拆分): they become one of their own."""
        order = SplitOrdered(incident_id=incident_id, **body.model_dump())
        await processor.command(order, f"split/{key or uuid4().hex}", SOURCE)
        return {"incident_id": incident_id, "into": split_off(order)}

    @router.post("/{incident_id}/absorb")
    async def absorb(incident_id: str, body: Absorbing, key: Key = "") -> dict[str, str]:
        """Let an incident go on as another one (并入)."""
        order = AbsorptionOrdered(incident_id=incident_id, **body.model_dump())
        await processor.command(order, f"absorb/{key or uuid4().hex}", SOURCE)
        return {"incident_id": incident_id, "into": body.into}

    return router
