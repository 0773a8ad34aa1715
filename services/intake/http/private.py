"""Clear text, exact addresses, relayed calls and pictures over HTTP: each for whom it is meant.

A role or another system of the hub shows a token; a worker shows the signed link of one
dispatch. Who may not see something learns nothing of it: 404.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from hmac import compare_digest
from typing import Any
from uuid import uuid4

from fastapi import APIRouter, HTTPException, Request, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field, SecretStr
from starlette.datastructures import UploadFile

from schemas.report import Picture
from services.hosting.pictures import PictureRefused
from services.intake.domain.links import Grant, read, sign
from services.intake.domain.opening import Asking
from services.intake.domain.submission import report_id_of
from services.intake.ports import FrontDesk, Openings, PictureDesk
from services.kernel.errors import Unprocessable
from services.kernel.processor import Processor

SOURCE = "http"
MOST_PICTURES = 9
NOTHING = HTTPException(404, "没有这项内容，或不在您名下")
UNSEEN = {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer"}
SAFE = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Content-Disposition": "inline",
    "Cache-Control": "private, no-store",
}


@dataclass(frozen=True)
class Keys:
    """Who may come in: the token of each role, that of the hub's systems, the key of the links.

    `patience` is how long a link is good if the incident stays with the worker.
    """

    roles: Mapping[str, SecretStr]
    system: SecretStr | None
    links: bytes
    patience: timedelta

    def role_of(self, authorization: str) -> str:
        """The role that a token proves. Raises HTTPException."""
        given = _bearer(authorization)
        found = [role for role, token in self.roles.items() if _is_same(given, token)]
        if not found:
            raise _stranger()
        return found[0]

    def check_system(self, authorization: str) -> None:
        """Let in a system of the hub, or a role. Raises HTTPException."""
        if self.system is None or not _is_same(_bearer(authorization), self.system):
            self.role_of(authorization)

    def grant_of(self, authorization: str, worker: str, incident: str) -> Grant:
        """What the link of a worker proves. Raises HTTPException, 404 for a stranger."""
        grant = read(_bearer(authorization), self.links, datetime.now(UTC))
        if grant is None or (grant.worker, grant.incident) != (worker, incident):
            raise NOTHING
        return grant


class Why(BaseModel):
    """Who asks for clear text, and what for."""

    who: str = Field(max_length=64)
    reason: str = Field(max_length=500)


def make_private_router(openings: Openings, keys: Keys) -> APIRouter:
    """The routes to clear text, exact addresses and relayed calls."""
    router = APIRouter(prefix="/api/v1")

    @router.post("/threads/{thread:path}/unmask")
    async def unmask(thread: str, why: Why, request: Request) -> JSONResponse:
        """The clear text of a thread, for a role and a reason (查看原文)."""
        role = keys.role_of(request.headers.get("authorization", ""))
        opened = await openings.unmask(thread, Asking(role, why.who, why.reason))
        if opened is None:
            raise NOTHING
        said = [{"at": at.isoformat(), **asdict(clear)} for at, clear in opened.said]
        answer = {
            "thread": opened.thread,
            "pseudonym": opened.pseudonym,
            "earlier_reports": opened.earlier,
            "said": said,
        }
        return JSONResponse(answer, headers=UNSEEN)

    @router.post("/incidents/{incident}/link")
    async def link(incident: str, request: Request) -> JSONResponse:
        """A link for the worker who has the incident at this moment (派单链接)."""
        keys.check_system(request.headers.get("authorization", ""))
        grant = await openings.granted(incident, datetime.now(UTC) + keys.patience)
        if grant is None:
            raise NOTHING
        answer = {**asdict(grant), "link": sign(grant, keys.links)}
        return JSONResponse(answer, headers=UNSEEN)

    @router.get("/workers/{worker}/incidents/{incident}/address")
    async def address(worker: str, incident: str, request: Request) -> JSONResponse:
        """The exact addresses of an incident, for the worker who has it (详细地址)."""
        grant = keys.grant_of(request.headers.get("authorization", ""), worker, incident)
        found = await openings.doorsteps(grant)
        if found is None:
            raise NOTHING
        return JSONResponse({"addresses": [asdict(each) for each in found]}, headers=UNSEEN)

    @router.post("/workers/{worker}/incidents/{incident}/calls/{thread:path}")
    async def call(worker: str, incident: str, thread: str, request: Request) -> JSONResponse:
        """A number that reaches who reported it, for the worker who has it (中转通话)."""
        grant = keys.grant_of(request.headers.get("authorization", ""), worker, incident)
        lent = await openings.call(grant, thread)
        if lent is None:
            raise NOTHING
        answer = {"number": lent.number, "until": lent.until.isoformat()}
        return JSONResponse(answer, headers=UNSEEN)

    return router


def make_picture_router(
    processor: Processor, front: FrontDesk, desk: PictureDesk, keys: Keys, largest: int
) -> APIRouter:
    """The routes of pictures: a report with them, and one of them to look at."""
    router = APIRouter(prefix="/api/v1")

    @router.post("/reports/pictured", status_code=202)
    async def report(request: Request) -> JSONResponse:
        """Take a report with pictures (multipart): `report` as JSON, `pictures` as files."""
        keys.check_system(request.headers.get("authorization", ""))
        said, files = await _form(request, largest)
        pictures, refused = await _kept(desk, files)
        fallback = request.headers.get("idempotency-key", "")[:128] or uuid4().hex
        taken = front.take(said, fallback, pictures)
        command_id = f"{SOURCE}/{taken.thread}/{taken.life}/{taken.fingerprint}"
        await processor.command(taken, command_id, SOURCE, express=taken.express)
        answer: dict[str, Any] = {
            "thread": taken.thread,
            "report_id": report_id_of(taken.thread),
            "pictures": [each.digest for each in pictures],
            "refused": refused,
        }
        return JSONResponse(answer, status_code=202)

    @router.get("/pictures/{digest}")
    async def picture(digest: str, request: Request) -> Response:
        """A picture that is kept, for a role or a system of the hub."""
        keys.check_system(request.headers.get("authorization", ""))
        content = await desk.show(digest)
        if content is None:
            raise NOTHING
        return Response(content, media_type="image/jpeg", headers=SAFE)

    return router


async def _form(request: Request, largest: int) -> tuple[bytes, list[bytes]]:
    """The report and the files of a form. Raises HTTPException, Unprocessable."""
    if int(request.headers.get("content-length", largest + 1)) > largest:
        raise HTTPException(413, f"上报连同图片过大或没有写明长度，最多 {largest} 字节")
    async with request.form(max_files=MOST_PICTURES, max_fields=4) as form:
        said = form.get("report")
        content = await said.read() if isinstance(said, UploadFile) else (said or "").encode()
        if not content:
            raise Unprocessable("表单缺少 report 字段：应为一条 JSON 上报")
        files = [each for each in form.getlist("pictures") if isinstance(each, UploadFile)]
        return content, [await each.read() for each in files]


async def _kept(desk: PictureDesk, files: list[bytes]) -> tuple[tuple[Picture, ...], list[str]]:
    """The pictures that are kept, and why the others are not: the report goes on without them."""
    kept: dict[str, Picture] = {}
    refused: list[str] = []
    for number, content in enumerate(files, 1):
        try:
            picture = await desk.keep(content)
            kept[picture.digest] = picture
        except PictureRefused as why:
            refused.append(f"第 {number} 张：{why}")
    return tuple(kept.values()), refused


def _bearer(authorization: str) -> str:
    scheme, _, given = authorization.partition(" ")
    return given.strip() if scheme.lower() == "bearer" else ""


def _is_same(given: str, token: SecretStr) -> bool:
    known = token.get_secret_value()
    return bool(known) and compare_digest(given.encode(), known.encode())


def _stranger() -> HTTPException:
    return HTTPException(401, "令牌不正确，或没有配置", {"WWW-Authenticate": "Bearer"})
