"""Sources over HTTP: their heartbeats, how they do, and when they may be silent."""

from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Request, Response
from pydantic import AwareDatetime, BaseModel, Field, StringConstraints

from services.intake.domain.hearing import Maintenance
from services.intake.http.admission import check_token
from services.intake.http.front import Front, router_of
from services.intake.http.problems import Refusal
from services.intake.ports import BadField

Words = Annotated[str, StringConstraints(strip_whitespace=True, pattern=r"^[^\x00]+$")]


class Window(BaseModel):
    """A maintenance window (检修窗口): of a source with all below it, or a unit of the ground."""

    source_id: Annotated[Words, Field(max_length=128)]
    author: Annotated[Words, Field(max_length=64)]
    reason: Annotated[Words, Field(max_length=200)]
    ends_at: AwareDatetime
    starts_at: AwareDatetime | None = Field(default=None, description="absent: now")


class Ended(BaseModel):
    """Whose windows end now."""

    source_id: Annotated[Words, Field(max_length=128)]


class Condition(BaseModel):
    """How a source does: ok, slow, expired, maintenance or unwatched."""

    source_id: str
    name: str
    kind: str
    gateway: str | None = Field(description="of a camera: the source that it speaks through")
    unit: str = Field(description="where it is on the ground, if that is known")
    slow: float | None = Field(description="seconds")
    patience: float | None = Field(description="seconds")
    heard_at: datetime | None
    silenced_at: datetime | None
    maintained_until: datetime | None
    condition: str


class Overview(BaseModel):
    """All sources, and the windows that have not ended."""

    sources: list[Condition]
    maintenance: list[dict[str, Any]]


def routes(front: Front) -> APIRouter:
    """The routes of sources."""
    router = router_of("/api/v1", "sources")

    @router.post("/sources/{source_id}/heartbeat", status_code=204)
    async def heartbeat(source_id: str, request: Request) -> Response:
        """A source says that it is there (心跳), signed like a report; the body may be empty."""
        source, _ = await front.gate.admit(request, source_id)
        front.desk.hear(source.id, datetime.now(UTC))
        return Response(status_code=204)

    @router.get("/sources")
    async def overview(request: Request) -> Overview:
        """How each source does, by bearer token."""
        check_token(request, front.token)
        listed = [Condition(**each) for each in await front.sources.listed()]
        return Overview(sources=listed, maintenance=await front.sources.windows())

    @router.post("/maintenance", status_code=201)
    async def maintain(window: Window, request: Request) -> dict[str, int]:
        """Let a source be silent until then (检修), by bearer token."""
        check_token(request, front.token)
        wanted = _window(window, front.longest_maintenance)
        if not await front.sources.is_known(wanted.source_id):
            raise Refusal(404, "missing", "source_id", "没有这个来源，也没有这样的网格编码")
        return {"id": await front.sources.maintain(wanted)}

    @router.post("/maintenance/end", status_code=204)
    async def end(ended: Ended, request: Request) -> Response:
        """End the windows of a source before their time, by bearer token."""
        check_token(request, front.token)
        await front.sources.end_maintenance(ended.source_id)
        return Response(status_code=204)

    return router


def _window(window: Window, longest: timedelta) -> Maintenance:
    starts_at = window.starts_at or datetime.now(UTC)
    wanted = Maintenance(window.source_id, window.author, window.reason, starts_at, window.ends_at)
    if fault := wanted.fault(longest):
        raise BadField("ends_at", fault)
    return wanted
