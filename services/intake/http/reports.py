"""Reports over HTTP: typed in by the duty desk (登记), or sent by a registered source."""

from typing import Any

from fastapi import APIRouter, Request
from pydantic import BaseModel

from services.intake.http.admission import check_token, post_of, read_body
from services.intake.http.front import Front, router_of

MESSAGE: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {
                "schema": {
                    "type": "object",
                    "properties": {
                        "source": {"type": "string"},
                        "message_id": {"type": "string"},
                        "action": {"enum": ["new", "amend", "urge", "withdraw"]},
                        "title": {"type": "string"},
                        "text": {"type": "string"},
                        "sent_at": {"type": "string", "format": "date-time"},
                        "address": {"type": "string"},
                        "longitude": {"type": "number"},
                        "latitude": {"type": "number"},
                        "crs": {"type": "string"},
                        "community": {"type": "string"},
                        "group": {"type": "string"},
                        "sender": {"type": "string"},
                        "sender_name": {"type": "string"},
                        "phone": {"type": "string"},
                        "pictures": {"type": "array", "items": {"type": "string"}},
                    },
                }
            }
        },
    }
}
ANY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {"schema": {"type": "object"}},
            "application/xml": {"schema": {"type": "string"}},
            "multipart/form-data": {"schema": {"type": "object"}},
        },
    }
}


class Taken(BaseModel):
    """The names of a report that was taken."""

    thread: str
    report_id: str


class AllTaken(BaseModel):
    """The reports that a post held; none if it was a heartbeat, or nothing that is reported."""

    reports: list[Taken]


def routes(front: Front) -> APIRouter:
    """The routes of reports. The same report sent twice is one."""
    router = router_of("/api/v1", "reports")

    @router.post("/reports", status_code=202, openapi_extra=MESSAGE)
    async def report(request: Request) -> Taken:
        """Take one report of the duty desk (登记), by bearer token."""
        check_token(request, front.token)
        post = post_of(request, await read_body(request, front.largest))
        said = front.desk.take(post.body, post.id)
        return Taken(**await front.hand_in(said))

    @router.post("/sources/{source_id}/reports", status_code=202, openapi_extra=ANY)
    async def reports(source_id: str, request: Request) -> AllTaken:
        """Take what a registered source sends, in the format of its channel."""
        source, post = await front.gate.admit(request, source_id)
        taken = [await front.hand_in(said) for said in front.desk.take_from(post, source)]
        return AllTaken(reports=[Taken(**each) for each in taken])

    return router
