"""What the duty desk reads: the overview, the rates, the road of one incident, and a page."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, Depends
from fastapi.responses import HTMLResponse
from pydantic import AwareDatetime, BaseModel, Field

from services.feedback.domain.measures import Axis
from services.feedback.http.front import Area, Front, narrowed, router_of
from services.hosting.access import Identity
from services.hosting.problems import Refusal

PAGE = Path(__file__).parents[1] / "pages" / "overview.html"


class Rate(BaseModel):
    """A rate with what it is of."""

    chinese: str
    rate: float | None = Field(description="None where nothing counts")
    numerator: float
    denominator: float


class Times(BaseModel):
    """Seconds within which half of the incidents, and nine of ten, had passed a stage."""

    chinese: str
    p50: float | None
    p90: float | None


class Measured(BaseModel):
    """All rates for one value of the axis."""

    key: str | None = Field(description="None: of those incidents it is not known")
    incidents: int
    suspended: int = Field(description="they rest, and count in no rate of deadlines (挂账)")
    rates: dict[str, Rate]
    seconds: dict[str, Times]


def routes(front: Front) -> APIRouter:
    """The routes to read. They show no text of citizens and no persons."""
    outer, router = APIRouter(), router_of("ledger")

    @outer.get("/", response_class=HTMLResponse, include_in_schema=False)
    async def page() -> str:
        """The page of the duty desk."""
        return PAGE.read_text(encoding="utf-8")

    @router.get("/overview")
    async def overview(
        who: Annotated[Identity, Depends(front.who_looks)],
    ) -> dict[str, Any]:
        """How many were reported, classified, dispatched, closed; the latest within the scope."""
        return await front.readings.overview(who.scope)

    @router.get("/metrics")
    async def metrics(
        who: Annotated[Identity, Depends(front.who)],
        by: Axis = Axis.ALL,
        area: Area = "",
        since: AwareDatetime | None = None,
        until: AwareDatetime | None = None,
    ) -> list[Measured]:
        """Every rate (指标) with its numerator and denominator; the last 30 days by default."""
        end = until or datetime.now(UTC)
        rows = await front.readings.measures(
            by, narrowed(who, area), since or _month_before(end), end
        )
        return [Measured.model_validate(row) for row in rows]

    @router.get("/incidents/{incident_id}/road")
    async def road(
        incident_id: str, who: Annotated[Identity, Depends(front.who)]
    ) -> list[dict[str, Any]]:
        """The whole life of one incident: each event, when, which service, why."""
        await front.case(incident_id, who)
        return list(await front.readings.road(incident_id))

    outer.include_router(router)
    return outer


def _month_before(end: datetime) -> datetime:
    """Raises Refusal where there is no such time."""
    try:
        return end - timedelta(days=30)
    except OverflowError:
        raise Refusal(422, "field", "until", "时间过早，没有更早的三十天") from None
