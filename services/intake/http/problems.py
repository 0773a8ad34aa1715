"""What is refused over HTTP: a problem (RFC 9457) that says which field and why, and is counted."""

from collections.abc import Callable, Coroutine, Mapping
from typing import Any

import structlog
from fastapi import HTTPException, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from fastapi.routing import APIRoute
from pydantic import BaseModel, Field

from services.intake import metrics
from services.intake.ports import BadField
from services.kernel.errors import Unavailable, Unprocessable
from services.kernel.postgres import REFUSED, TRANSIENT

log = structlog.get_logger(__name__)

MEDIA_TYPE = "application/problem+json"
ROOT = "urn:event-hub:problem:"
TITLES = {
    "source": "来源未登记",
    "key": "密钥不正确",
    "signature": "签名不正确",
    "replay": "重复使用的签名",
    "rate": "上报过于频繁",
    "size": "报文过大",
    "closed": "未开放",
    "missing": "没有这一项",
    "media": "不支持的格式",
    "field": "字段有误",
    "content": "内容无法读取",
    "unavailable": "暂时不可用",
    "http": "请求有误",
}


class Problem(BaseModel):
    """The body of a refusal."""

    type: str = Field(description="urn:event-hub:problem:<kind>")
    title: str
    status: int
    detail: str = Field(description="why, and what to do")
    field: str = Field(description="the header, parameter or field that is meant; body: all of it")


PROBLEMS: dict[int | str, dict[str, Any]] = {
    status: {
        "content": {MEDIA_TYPE: {"schema": Problem.model_json_schema()}},
        "description": described,
    }
    for status, described in {
        400: "the request can not be read",
        401: "not proven to be the source",
        403: "not open: no key is configured",
        404: "not there",
        405: "not this method",
        409: "a signature that was used before",
        413: "too large",
        415: "a media type that is not read",
        422: "a field can not be used",
        429: "too many; Retry-After says when",
        503: "come again; Retry-After says when",
    }.items()
}


class Refusal(Exception):
    """Something is not taken over HTTP: its status, its kind, the field and why."""

    def __init__(
        self, status: int, kind: str, field: str, why: str, headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(why)
        self.status = status
        self.kind = kind
        self.field = field
        self.why = why
        self.headers = dict(headers or {})


class ProblemRoute(APIRoute):
    """A route whose refusals are problems."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The handler, with whatever it raises on purpose told as a problem."""
        handle = super().get_route_handler()

        async def told(request: Request) -> Response:
            try:
                return await handle(request)
            except Exception as error:
                meant = refusal_of(error)
                if meant is None:
                    raise
                return answer(request, meant)

        return told


def answer(request: Request, refusal: Refusal) -> JSONResponse:
    """Tell a refusal, and count it by its source and kind."""
    source = getattr(request.state, "source", "unknown")
    metrics.REFUSALS.labels(source, refusal.kind).inc()
    problem = Problem(
        type=ROOT + refusal.kind,
        title=TITLES[refusal.kind],
        status=refusal.status,
        detail=refusal.why,
        field=refusal.field,
    )
    return JSONResponse(
        problem.model_dump(), refusal.status, refusal.headers, media_type=MEDIA_TYPE
    )


def refusal_of(error: Exception) -> Refusal | None:
    """What an error means over HTTP; None for one that nobody raised on purpose."""
    match error:
        case Refusal():
            return error
        case BadField():
            return Refusal(422, "field", error.field, error.why)
        case Unprocessable():
            return Refusal(422, "content", "body", str(error))
        case RequestValidationError():
            return _invalid(error)
        case HTTPException():
            return Refusal(error.status_code, "http", "body", str(error.detail), error.headers)
    if isinstance(error, REFUSED):
        return Refusal(422, "content", "body", "内容中有数据库不能保存的字符或数值")
    if isinstance(error, (Unavailable, *TRANSIENT)):
        log.warning("request.unavailable", error=type(error).__name__)
        return Refusal(503, "unavailable", "body", "请稍后再试", {"Retry-After": "5"})
    return None


def _invalid(error: RequestValidationError) -> Refusal:
    first: Mapping[str, Any] = next(iter(error.errors()), {})
    where = [str(each) for each in first.get("loc", ())][1:]
    return Refusal(422, "field", ".".join(where) or "body", str(first.get("msg", "无法读取"))[:200])
