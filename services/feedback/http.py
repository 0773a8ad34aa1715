"""What the duty desk reads: the overview, the road of one incident, and a page for both."""

from datetime import datetime
from pathlib import Path
from typing import Any

import orjson
from fastapi import APIRouter, HTTPException
from fastapi.responses import HTMLResponse

from services.feedback.adapters.memory import SQL
from services.kernel.processor import Processor

PAGE = Path(__file__).parent / "pages" / "overview.html"
LATEST = 20

COUNTED = {
    "reported": "hub.report.received.v1",
    "classified": "hub.incident.classified.v1",
    "merged": "hub.report.merged.v1",
    "dismissed": "hub.report.dismissed.v1",
    "overdue_stages": "hub.stage.overdue.v1",
    "receipts": "hub.hotline.receipt.v1",
}


def routes(processor: Processor) -> list[APIRouter]:
    """Routes of feedback. They show no text of citizens and no persons."""
    router = APIRouter()
    pool = processor.pool

    @router.get("/", response_class=HTMLResponse)
    async def page() -> str:
        """The page of the duty desk."""
        return PAGE.read_text(encoding="utf-8")

    @router.get("/api/v1/overview")
    async def overview() -> dict[str, Any]:
        """How many were reported, classified, dispatched, closed; the rectification rate."""
        tallies = {row["what"]: row["number"] for row in await pool.fetch(SQL["tallies"])}
        rates = dict(await pool.fetchrow(SQL["rates"]) or {})
        rate = rates["rectified"] / rates["due"] if rates["due"] else None
        latest = [_shown(row) for row in await pool.fetch(SQL["latest"], LATEST)]
        counted = {name: tallies.get(ce_type, 0) for name, ce_type in COUNTED.items()}
        return {**counted, **rates, "rectification_rate": rate, "latest": latest}

    @router.get("/api/v1/incidents/{incident_id}/road")
    async def road(incident_id: str) -> list[dict[str, Any]]:
        """The whole life of one incident: each event, when, which service, why."""
        rows = await pool.fetch(SQL["road"], incident_id)
        if not rows:
            raise HTTPException(404, f"没有事件 {incident_id}")
        return [_shown(row) for row in rows]

    return [router]


def _shown(row: Any) -> dict[str, Any]:
    shown = {
        name: value.isoformat() if isinstance(value, datetime) else value
        for name, value in row.items()
    }
    if "payload" in shown:
        event = orjson.loads(shown.pop("payload"))
        shown["reasons"] = event.get("reasons") or event.get("reason")
    return shown
