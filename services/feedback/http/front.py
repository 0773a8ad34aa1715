"""What the routes of feedback work with, and who may see which case."""

from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Header, Query, Request

from services.feedback.ports import CaseBook, Commands, Evidences, LiveNews, Readings
from services.hosting.access import Access, Identity, Office
from services.hosting.problems import ProblemRoute, Refusal, described

PROBLEMS = described(
    {
        401: "no token, or one that is forged, over or revoked",
        403: "not open, or nothing that this role may do",
        404: "not there, or not within the scope of whoever asks",
        409: "the page is old, or the workflow does not allow it: the sentence says why",
        413: "the body is too large",
        422: "a field can not be used",
        503: "come again; Retry-After says when",
    }
)
Area = Annotated[
    str, Query(pattern=r"^\d{0,18}$", description="a code of the grid tree, or how it begins")
]
Authorization = Annotated[
    str, Header(description="Bearer, and the token of whoever asks", max_length=4_000)
]


@dataclass(frozen=True)
class Front:
    """The ledger and the rules behind the routes, and the gate before them."""

    readings: Readings
    cases: CaseBook
    commands: Commands
    news: LiveNews
    access: Access
    evidences: Evidences
    largest: int
    """Bytes of a piece of evidence."""
    is_open_here: bool = False
    """Whoever sits at this machine may see the overview without a token."""

    def who(self, authorization: Authorization = "") -> Identity:
        """Who asks. Raises HTTPException with a sentence."""
        return self.access.identify(authorization)

    def who_looks(self, request: Request, authorization: Authorization = "") -> Identity:
        """Who looks at the overview. Raises HTTPException with a sentence."""
        if self.is_open_here and not authorization and _is_here(request):
            return Identity("", Office.VIEWER)
        return self.access.identify(authorization)

    async def case(self, incident_id: str, who: Identity) -> dict[str, Any]:
        """A case that they may see. Raises Refusal: what they may not see is not there."""
        found = await self.cases.find(incident_id) if "\x00" not in incident_id else None
        if found is None or not sees(who, found):
            raise Refusal(404, "missing", "incident_id", "没有这个事件，或不在您的范围内")
        return found


HERE = frozenset({"127.0.0.1", "::1", "localhost"})
FORWARDED = ("forwarded", "x-forwarded-for", "x-real-ip")


def _is_here(request: Request) -> bool:
    """A browser on this machine, by the name of this machine, and nobody's proxy."""
    client = request.client.host if request.client else ""
    is_forwarded = any(each in request.headers for each in FORWARDED)
    return client in HERE and request.url.hostname in HERE and not is_forwarded


def sees(who: Identity, case: dict[str, Any]) -> bool:
    """Whether a case lies in their part of the grid tree, or is in their hands."""
    hands = {case["worker_id"], *case.get("helpers", ())}
    return who.covers(case["area"] or "") or (bool(who.holder) and who.holder in hands)


def narrowed(who: Identity, area: str) -> str:
    """The area that they may look at when they ask for this one. Raises Refusal."""
    if who.covers(area):
        return area
    if who.scope.startswith(area):
        return who.scope
    raise Refusal(404, "missing", "area", f"{area} 不在您的范围（{who.scope}）内")


def router_of(tag: str) -> APIRouter:
    """A router whose refusals are problems."""
    return APIRouter(prefix="/api/v1", tags=[tag], route_class=ProblemRoute, responses=PROBLEMS)
