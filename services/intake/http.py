"""Reports over HTTP: the same message, through the same rules as from the topic."""

from uuid import uuid4

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import JSONResponse
from pydantic import SecretStr

from services.hosting.http import check_token
from services.intake.domain.submission import report_id_of
from services.intake.ports import FrontDesk
from services.kernel.processor import Processor

SOURCE = "http"


def make_router(
    processor: Processor, desk: FrontDesk, token: SecretStr | None, largest: int
) -> APIRouter:
    """The routes of intake. The same report sent twice is one."""
    router = APIRouter(prefix="/api/v1")

    @router.post("/reports", status_code=202)
    async def report(request: Request) -> JSONResponse:
        """Take one report (上报) in the shape of `upstream.messages`."""
        check_token(request.headers.get("authorization", ""), token)
        fallback_id = request.headers.get("idempotency-key", "")[:128] or uuid4().hex
        said = desk.take(await read_body(request, largest), fallback_id)
        command_id = f"{SOURCE}/{said.thread}/{said.life}/{said.fingerprint}"
        await processor.command(said, command_id, SOURCE, express=said.express)
        answer = {"thread": said.thread, "report_id": report_id_of(said.thread)}
        return JSONResponse(answer, status_code=202)

    return router


async def read_body(request: Request, largest: int) -> bytes:
    """The body, refused as soon as it is larger than allowed, whatever its header says."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > largest:
            raise HTTPException(413, f"报文过大，最多 {largest} 字节")
    return bytes(body)
