"""What people do over HTTP: answer reviews, look at what was dismissed, correct a category."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header, HTTPException, Query
from pydantic import BaseModel, ConfigDict, Field, SecretStr

from schemas.incident import Severity
from services.classification.domain.recognition import category_of, kind_of
from services.classification.domain.review import AnswerReview, Recategorise, RestoreReport
from services.classification.ports import Reviews
from services.hosting.http import guard
from services.kernel.processor import Processor
from services.reference.calendar import BEIJING
from services.reference.catalogue import Catalogue, Entry

SOURCE = "http"
Code = Annotated[str, Field(pattern=r"^\d{5}$")]
Person = Annotated[str, Field(min_length=1, max_length=64)]
CommandId = Annotated[str, Header(alias="Idempotency-Key", min_length=8, max_length=128)]


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Answer(_Body):
    """What a report is; without a code it reports nothing."""

    thread: str
    code: Code | None = None
    reviewer: Person
    note: str = Field(default="", max_length=2_000)


class Restoring(_Body):
    """What was no chat; without a code it goes by the likeliest category."""

    thread: str
    code: Code | None = None
    reviewer: Person


class Correction(_Body):
    """What an incident is."""

    code: Code
    by: Person
    reason: str = Field(default="", max_length=2_000)


def make_router(
    processor: Processor,
    reviews: Reviews,
    catalogue: Callable[[], Catalogue],
    token: SecretStr | None,
) -> APIRouter:
    """The routes of classification; each needs the token, each command an Idempotency-Key."""
    router = APIRouter(prefix="/api/v1", dependencies=[Depends(guard(token))])
    _reviews(router, processor, reviews, catalogue)
    _dismissed(router, processor, reviews, catalogue)
    _corrections(router, processor, catalogue)
    return router


def _reviews(
    router: APIRouter,
    processor: Processor,
    reviews: Reviews,
    catalogue: Callable[[], Catalogue],
) -> None:
    @router.get("/reviews")
    async def waiting(limit: Annotated[int, Query(ge=1, le=1_000)] = 100) -> list[dict[str, Any]]:
        """The reports that wait for a person (待复核), the oldest first."""
        return await reviews.waiting(limit)

    @router.post("/reviews/answers")
    async def answer(given: Answer, command_id: CommandId) -> dict[str, Any]:
        """Say what a report is (复核)."""
        _known(given.code, catalogue())
        order = AnswerReview(**given.model_dump())
        return _told(await processor.command(order, command_id, SOURCE))

    @router.get("/reviews/labels")
    async def labels(after: Annotated[int, Query(ge=0)] = 0) -> list[dict[str, Any]]:
        """What people have said, for training; at most 1,000, from behind `after`."""
        return await reviews.labels(after)


def _dismissed(
    router: APIRouter,
    processor: Processor,
    reviews: Reviews,
    catalogue: Callable[[], Catalogue],
) -> None:
    @router.get("/dismissed")
    async def dismissed(
        day: date | None = None, limit: Annotated[int, Query(ge=1, le=1_000)] = 20
    ) -> list[dict[str, Any]]:
        """Some of the chat that was dismissed on a day (抽查), Beijing time; default: today."""
        since = _begin_of(day or datetime.now(BEIJING).date())
        return await reviews.sample(since, since + timedelta(days=1), limit)

    @router.post("/dismissed/restorations")
    async def restore(given: Restoring, command_id: CommandId) -> dict[str, Any]:
        """This was a report after all (恢复)."""
        _known(given.code, catalogue())
        order = RestoreReport(**given.model_dump())
        return _told(await processor.command(order, command_id, SOURCE))


def _corrections(
    router: APIRouter, processor: Processor, catalogue: Callable[[], Catalogue]
) -> None:
    @router.post("/incidents/{incident_id}/category")
    async def correct(incident_id: str, given: Correction, command_id: CommandId) -> dict[str, Any]:
        """Put the category of an incident right (改类)."""
        entry = _known(given.code, catalogue())
        if entry is None:
            raise HTTPException(422, "请给出类别代码")
        order = Recategorise(
            incident_id=incident_id,
            category=category_of(entry),
            kind=kind_of(entry),
            severity=Severity(entry.severity),
            by=given.by,
            reason=given.reason,
        )
        return _told(await processor.command(order, command_id, SOURCE))


def _known(code: str | None, catalogue: Catalogue) -> Entry | None:
    if code is not None and code not in catalogue.entries:
        raise HTTPException(422, f"目录 {catalogue.version} 中没有类别 {code}")
    return catalogue.entries[code] if code else None


def _begin_of(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=BEIJING)


def _told(events: list[Any]) -> dict[str, Any]:
    """What followed; nothing followed from a command that was given before."""
    incident = next((e.incident_id for e in events if hasattr(e, "incident_id")), None)
    return {"events": [each.ce_type for each in events], "incident_id": incident}
