"""Evidence over HTTP: handed in from the field, looked at, held and released."""

from collections.abc import Callable
from dataclasses import asdict
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, HTTPException, Path, Query, Request, Response
from pydantic import BaseModel, Field
from starlette.datastructures import UploadFile

from services.feedback.ports import EvidenceRefused, Evidences, Handed, Unheard

PARTS = 50_000
"""Bytes that a form needs beside its file."""
SAFE = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Content-Disposition": "inline",
    "Cache-Control": "private, no-store",
}
UNHEARD = HTTPException(404, "没有这个事件，或没有这份证据")
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

PLAIN = r"^[^\x00-\x1f]*$"
Incident = Annotated[str, Path(pattern=r"^[\w:.-]{1,64}$")]
Digest = Annotated[str, Path(pattern=r"^[0-9a-f]{64}$", description="SHA-256 in hexadecimal")]
Who = Annotated[str, Query(min_length=1, max_length=64, pattern=PLAIN, description="staff number")]
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
    """Who orders it, and why."""

    who: str = Field(min_length=1, max_length=64, pattern=PLAIN)
    reason: str = Field(min_length=1, max_length=500, pattern=PLAIN)


def evidence_routes(desk: Evidences, check: Callable[[str], None], largest: int) -> APIRouter:
    """The routes of evidence, for who shows the hub's token; `largest` is of a file, in bytes."""
    router = APIRouter(
        prefix="/api/v1/incidents/{incident}/evidence",
        tags=["evidence"],
        dependencies=[Depends(check)],
    )

    @router.post("", status_code=201, openapi_extra=FORM)
    async def take(
        request: Request, incident: Incident, who: Who, shows: Shows = "other", note: Note = ""
    ) -> Taken:
        """Take a picture or a clip (multipart, one `file`); the same one again is the same."""
        return await _taken(
            desk, await _handed(desk, request, largest, (incident, who, shows, note))
        )

    @router.get("")
    async def story(incident: Incident) -> list[dict[str, Any]]:
        """Who did what to the evidence of an incident, the first first (证据链)."""
        return list(await desk.story(incident))

    @router.get("/{digest}", response_class=Response)
    async def show(incident: Incident, digest: Digest) -> Response:
        """A picture or a clip."""
        found = await desk.show(incident, digest)
        if found is None:
            raise UNHEARD
        content, media_type = found
        return Response(content, media_type=media_type, headers=SAFE)

    @router.post("/hold", status_code=204)
    async def hold(incident: Incident, why: Why) -> None:
        """Nothing of the incident may be deleted from now on (证据保全)."""
        await desk.hold(incident, why.who, why.reason)

    @router.post("/release", status_code=204)
    async def release(incident: Incident, why: Why) -> None:
        """It may be deleted again when its time comes (解除保全)."""
        await desk.release(incident, why.who, why.reason)

    return router


async def _handed(
    desk: Evidences, request: Request, largest: int, told: tuple[str, str, str, str]
) -> Handed:
    """The file of a form; of one that can not be read a trace is left. Raises HTTPException."""
    incident, who, shows, note = told
    try:
        content, name, media_type = await _file(request, largest)
    except HTTPException as refused:
        await desk.refuse(incident, who, str(refused.detail))
        raise
    return Handed(incident, who, content, name, media_type, shows, note)


async def _taken(desk: Evidences, handed: Handed) -> Taken:
    try:
        return Taken.model_validate(asdict(await desk.take(handed)))
    except EvidenceRefused as refused:
        raise HTTPException(422, str(refused)) from None
    except Unheard:
        raise UNHEARD from None


async def _file(request: Request, largest: int) -> tuple[bytes, str, str]:
    """Content, name and declared type of the file of a form. Raises HTTPException."""
    told = request.headers.get("content-length", "")
    if not told.isdecimal():
        raise HTTPException(411, "请求没有写明长度（Content-Length）")
    if int(told) > largest + PARTS:
        raise HTTPException(413, f"文件过大（{told} 字节），最多 {largest} 字节")
    if not request.headers.get("content-type", "").startswith("multipart/form-data"):
        raise HTTPException(415, "请以表单上传（multipart/form-data），文件放在 file 字段")
    async with request.form(max_files=1, max_fields=4) as form:
        file = form.get("file")
        if not isinstance(file, UploadFile):
            raise HTTPException(422, "表单里没有 file 字段，或它不是文件")
        return await file.read(), file.filename or "", file.content_type or ""
