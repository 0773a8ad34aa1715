"""Evidence over HTTP (证据): handed in from the field, looked at, held and released."""

from dataclasses import asdict
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Path, Query, Request, Response
from pydantic import BaseModel, Field
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException

from services.feedback.http.front import Front, router_of
from services.feedback.ports import EvidenceRefused, Handed, Unheard
from services.hosting.access import Identity, Office
from services.hosting.problems import Refusal, described

PARTS = 50_000
"""Bytes that a form needs beside its file."""
SAFE = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Content-Disposition": "inline",
    "Cache-Control": "private, no-store",
}
FORM: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["file"],
                    "properties": {"file": {"type": "string", "format": "binary"}},
                }
            }
        },
    }
}
TROUBLES = described(
    {
        400: "the form can not be read",
        411: "the length is not told",
        413: "too large",
        415: "no form",
    }
)
CLIPS = tuple(f"video/{each}" for each in ("mp4", "quicktime", "webm", "x-matroska", "x-msvideo"))
CONTENT: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "the picture, or the clip as it came",
        "content": {
            each: {"schema": {"type": "string", "format": "binary"}}
            for each in ("image/jpeg", *CLIPS)
        },
    }
}
PLAIN = r"^[^\x00-\x1f]*$"
Digest = Annotated[str, Path(pattern=r"^[0-9a-f]{64}$", description="SHA-256 in hexadecimal")]
ForWhom = Annotated[
    str, Query(max_length=64, pattern=PLAIN, description="staff number; for systems of the hub")
]
Shows = Annotated[Literal["before", "after", "other"], Query(description="what the picture shows")]
Note = Annotated[str, Query(max_length=200, pattern=PLAIN)]


class Taken(BaseModel):
    """What is kept; `about` says what the file was and what it told of time and place."""

    digest: str
    kind: str
    media_type: str
    held: bool = Field(description="it must not be deleted (证据保全)")
    about: dict[str, Any]


class Why(BaseModel):
    """Why it is ordered; `who` is for systems of the hub."""

    reason: str = Field(min_length=1, max_length=500, pattern=PLAIN)
    who: str = Field(default="", max_length=64, pattern=PLAIN)


def routes(front: Front) -> APIRouter:
    """The routes of evidence, each for who may see the case."""
    router = router_of("evidence")
    place, desk = "/cases/{incident_id}/evidence", front.evidences

    @router.post(place, status_code=201, openapi_extra=FORM, responses=TROUBLES)
    async def take(
        request: Request,
        incident_id: str,
        identity: Annotated[Identity, Depends(front.who)],
        who: ForWhom = "",
        shows: Shows = "other",
        note: Note = "",
    ) -> Taken:
        """Take a picture or a clip (multipart, one `file`); the same one again is the same."""
        actor = _actor(identity, who)
        await front.case(incident_id, identity)
        try:
            content, name, media_type = await _file(request, front.largest)
        except Refusal as refused:
            await desk.refuse(incident_id, actor, refused.why)
            raise
        return await _taken(
            front, Handed(incident_id, actor, content, name, media_type, shows, note)
        )

    @router.get(place)
    async def story(
        incident_id: str, identity: Annotated[Identity, Depends(front.who)]
    ) -> list[dict[str, Any]]:
        """Who did what to the evidence of an incident, the first first (证据链)."""
        await front.case(incident_id, identity)
        return list(await desk.story(incident_id))

    @router.get(place + "/{digest}", response_class=Response, responses=CONTENT)
    async def show(
        incident_id: str, digest: Digest, identity: Annotated[Identity, Depends(front.who)]
    ) -> Response:
        """A picture or a clip."""
        await front.case(incident_id, identity)
        found = await desk.show(incident_id, digest)
        if found is None:
            raise Refusal(404, "missing", "digest", "本案没有这份证据，或它已按期删除")
        content, media_type = found
        return Response(content, media_type=media_type, headers=SAFE)

    @router.post(place + "/hold", status_code=204)
    async def hold(
        incident_id: str, why: Why, identity: Annotated[Identity, Depends(front.who)]
    ) -> None:
        """Nothing of the incident may be deleted from now on (证据保全)."""
        await front.case(incident_id, identity)
        await desk.hold(incident_id, _leader(identity, why.who), why.reason)

    @router.post(place + "/release", status_code=204)
    async def release(
        incident_id: str, why: Why, identity: Annotated[Identity, Depends(front.who)]
    ) -> None:
        """It may be deleted again when its time comes (解除保全)."""
        await front.case(incident_id, identity)
        await desk.release(incident_id, _leader(identity, why.who), why.reason)

    return router


def _actor(identity: Identity, who: str) -> str:
    """Who hands it in. Raises Refusal."""
    if identity.office is Office.SYSTEM:
        if not who:
            raise Refusal(422, "field", "who", "系统代为操作时必须写明人员工号")
        return who
    if identity.office is Office.VIEWER:
        raise Refusal(403, "role", "authorization", "您的角色只能查看，不能办理")
    if who not in {"", identity.holder}:
        raise Refusal(403, "role", "who", "不能以他人的工号操作")
    return identity.holder


def _leader(identity: Identity, who: str) -> str:
    """Who holds or releases. Raises Refusal."""
    if identity.office not in {Office.SYSTEM, Office.LEADER}:
        raise Refusal(403, "role", "authorization", "证据保全和解除保全须由审批人操作")
    return _actor(identity, who)


async def _taken(front: Front, handed: Handed) -> Taken:
    try:
        return Taken.model_validate(asdict(await front.evidences.take(handed)))
    except EvidenceRefused as refused:
        raise Refusal(422, "content", "file", str(refused)) from None
    except Unheard:
        raise Refusal(404, "missing", "incident_id", "台账中没有这个事件") from None


async def _file(request: Request, largest: int) -> tuple[bytes, str, str]:
    """Content, name and declared type of the file of a form. Raises Refusal."""
    told = request.headers.get("content-length", "")
    if not told.isdecimal():
        raise Refusal(411, "size", "content-length", "请求没有写明长度（Content-Length）")
    if int(told) > largest + PARTS:
        raise Refusal(413, "size", "file", f"文件过大（{told} 字节），最多 {largest} 字节")
    if not request.headers.get("content-type", "").startswith("multipart/form-data"):
        why = "请以表单上传（multipart/form-data），文件放在 file 字段"
        raise Refusal(415, "content", "content-type", why)
    try:
        async with request.form(max_files=1, max_fields=4) as form:
            file = form.get("file")
            if not isinstance(file, UploadFile):
                raise Refusal(422, "field", "file", "表单里没有 file 字段，或它不是文件")
            return await file.read(), file.filename or "", file.content_type or ""
    except HTTPException as damaged:
        why = "表单无法读取，或不止一个文件"
        raise Refusal(damaged.status_code, "http", "body", why) from None
