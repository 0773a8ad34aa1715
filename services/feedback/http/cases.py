"""Cases over HTTP: a page of them, and one with its whole road. No names, no clear text."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query
from pydantic import AwareDatetime, BaseModel, Field

from schemas.incident import Severity
from schemas.report import Source
from schemas.worker import Action
from services.feedback.domain.case import State
from services.feedback.domain.searching import Cursor, Wanted, cursor_of
from services.feedback.http.front import Area, Front, router_of
from services.hosting.access import Identity
from services.hosting.problems import Refusal

MOST = 200


class CaseLine(BaseModel):
    """A case in a list."""

    incident_id: str
    opened_at: datetime
    state: State
    state_name: str
    severity: Severity
    severity_name: str
    kind: str
    category_code: str
    category_name: str
    source: str
    area: str | None = Field(description="its code in the grid tree, as deep as it is known")
    worker_id: str | None = Field(description="staff number of whoever has it in hand")
    unit: str | None
    mode: str | None
    due_at: datetime | None
    closed_at: datetime | None
    outcome: str | None
    overdue: bool
    suspended_until: datetime | None
    voices: int
    rounds: int
    reopened: int


class CasePage(BaseModel):
    """Cases, newest first; `next` is the cursor of the page behind this one."""

    cases: list[CaseLine]
    next: str | None


class Allowed(BaseModel):
    """A step that the state of the case allows."""

    action: Action
    name: str


class WholeCase(CaseLine):
    """A case and its whole road. `version` goes back with a step, as what was seen."""

    version: str
    title: str
    summary: str
    place: dict[str, Any]
    deadlines: dict[str, Any] | None
    request: dict[str, Any] | None = Field(description="what waits for a leader (待审批)")
    helpers: list[str]
    actions: list[Allowed]
    stages: dict[str, datetime | None]
    versions: dict[str, str | None] = Field(description="of rules, ground and catalogue")
    heard: list[dict[str, Any]] = Field(description="each voice (诉求)")
    dispatches: list[dict[str, Any]]
    steps: list[dict[str, Any]]
    tasks: list[dict[str, Any]]
    evidence: list[dict[str, Any]]


def routes(front: Front) -> APIRouter:
    """The routes to read cases."""
    router = router_of("cases")

    @router.get("/cases")
    async def cases(
        who: Annotated[Identity, Depends(front.who)],
        area: Area = "",
        state: Annotated[Sequence[State], Query(max_length=20)] = (),
        severity: Annotated[Sequence[Severity], Query(max_length=20)] = (),
        source: Annotated[Sequence[Source], Query(max_length=20)] = (),
        category: Annotated[str, Query(pattern=r"^\d{0,5}$")] = "",
        thread: Annotated[str, Query(max_length=256, pattern=r"^[^\x00]*$")] = "",
        mine: bool = False,
        overdue: bool | None = None,
        since: AwareDatetime | None = None,
        until: AwareDatetime | None = None,
        cursor: Annotated[str, Query(max_length=400)] = "",
        limit: Annotated[int, Query(ge=1, le=MOST)] = 50,
    ) -> CasePage:
        """Cases by place, state, category, severity, source, delay and period of opening."""
        wanted = Wanted(
            scope=who.scope,
            holder=who.holder,
            area=area,
            states=state,
            severities=severity,
            sources=source,
            category=category,
            thread=thread,
            mine=mine,
            overdue=overdue,
            since=since,
            until=until,
            after=_read(cursor),
            limit=limit,
        )
        return _page(await front.cases.search(wanted), limit)

    @router.get("/cases/{incident_id}")
    async def case(incident_id: str, who: Annotated[Identity, Depends(front.who)]) -> WholeCase:
        """One case with its whole road: voices, dispatches, steps, tasks, evidence, reasons."""
        found = await front.case(incident_id, who)
        return WholeCase.model_validate(found | await front.cases.course(incident_id))

    return router


def _read(cursor: str) -> Cursor | None:
    try:
        return cursor_of(cursor) if cursor else None
    except ValueError as error:
        raise Refusal(422, "field", "cursor", str(error)) from None


def _page(rows: Sequence[dict[str, Any]], limit: int) -> CasePage:
    """One row more than the limit was asked for: if it came, there is a page behind this one."""
    shown = rows[:limit]
    last = shown[-1] if len(rows) > limit else None
    behind = str(Cursor(last["opened_at"], last["incident_id"])) if last else None
    return CasePage(cases=[CaseLine.model_validate(row) for row in shown], next=behind)
