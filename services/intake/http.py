"""Reports over HTTP: the same message, through the same rules as from the topic."""

from datetime import UTC, datetime
from hmac import compare_digest

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import JSONResponse
from pydantic import SecretStr

from services.intake.adapters.messages import read_message
from services.intake.adapters.reader import Reception
from services.intake.adapters.strict_json import strict_object
from services.intake.domain.reception import Arrival
from services.intake.domain.submission import report_id_of
from services.kernel.processor import Processor

SOURCE = "http"


def make_router(
    processor: Processor, reception: Reception, token: SecretStr | None, largest: int
) -> APIRouter:
    """The routes of intake."""
    router = APIRouter(prefix="/api/v1")

    @router.post("/reports", status_code=202)
    async def report(request: Request) -> JSONResponse:
        """Take one report (上报) in the shape of `upstream.messages`."""
        check_token(request.headers.get("authorization", ""), token)
        content = strict_object(await read_body(request, largest))
        now = datetime.now(UTC)
        said = read_message(content, request.headers.get("idempotency-key", "")[:128])
        submission = reception.admit(said, Arrival(now, now))
        command_id = f"{SOURCE}/{submission.thread}/{submission.life}/{submission.fingerprint}"
        await processor.command(submission, command_id, SOURCE)
        answer = {"thread": submission.thread, "report_id": report_id_of(submission.thread)}
        return JSONResponse(answer, status_code=202)

    return router


def check_token(authorization: str, token: SecretStr | None) -> None:
    """Let only those in who know the token. Raises HTTPException with a sentence."""
    if token is None or not token.get_secret_value():
        raise HTTPException(403, "没有配置 HUB_API_TOKEN，HTTP 上报未开放")
    scheme, _, given = authorization.partition(" ")
    is_known = compare_digest(given.strip().encode(), token.get_secret_value().encode())
    if scheme.lower() != "bearer" or not is_known:
        raise HTTPException(401, "令牌不正确", {"WWW-Authenticate": "Bearer"})


async def read_body(request: Request, largest: int) -> bytes:
    """The body, refused as soon as it is larger than allowed, whatever its header says."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > largest:
            raise HTTPException(413, f"报文过大，最多 {largest} 字节")
    return bytes(body)
