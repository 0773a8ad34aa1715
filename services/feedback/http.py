"""What the duty desk reads over HTTP: the overview, the road of one incident, and a page."""

from pathlib import Path
from typing import Any

from fastapi import APIRouter, HTTPException
from fastapi.responses import HTMLResponse

from services.feedback.ports import Readings

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

    @router.get("/api/v1/incidents/{incident_id}/road")
    async def road(incident_id: str) -> list[dict[str, Any]]:
        """The whole life of one incident: each event, when, which service, why."""
        steps = await readings.road(incident_id)
        if not steps:
            raise HTTPException(404, f"没有事件 {incident_id}")
        return list(steps)

    return [router]
