"""What the duty desk reads over HTTP: the overview, the road of one incident, and a page."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, HTTPException, Query
from fastapi.responses import HTMLResponse
from pydantic import AwareDatetime

from services.feedback.domain.measures import Axis
from services.feedback.ports import Readings

Area = Annotated[
    str, Query(pattern=r"^\d{0,18}$", description="a code of the grid tree, or how it begins")
]
PAGE = Path(__file__).parent / "pages" / "overview.html"


def routes(readings: Readings) -> list[APIRouter]:
    """Routes of feedback. They show no text of citizens and no persons."""
    router = APIRouter()

    @router.get("/", response_class=HTMLResponse)
    async def page() -> str:
        """The page of the duty desk."""
        return PAGE.read_text(encoding="utf-8")

    @router.get("/api/v1/overview")
    async def overview() -> dict[str, Any]:
        """How many were reported, classified, dispatched, closed; the rectification rate."""
        return await readings.overview()

    @router.get("/api/v1/metrics")
    async def metrics(
        by: Axis = Axis.ALL,
        area: Area = "",
        since: AwareDatetime | None = None,
        until: AwareDatetime | None = None,
    ) -> list[dict[str, Any]]:
        """Every rate (指标) with its numerator and denominator; the last 30 days by default."""
        end = until or datetime.now(UTC)
        return list(await readings.measures(by, area, since or end - timedelta(days=30), end))

    @router.get("/api/v1/incidents/{incident_id}/road")
    async def road(incident_id: str) -> list[dict[str, Any]]:
        """The whole life of one incident: each event, when, which service, why."""
        steps = await readings.road(incident_id)
        if not steps:
            raise HTTPException(404, f"没有事件 {incident_id}")
        return list(steps)

    return [router]
