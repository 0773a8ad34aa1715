"""What is refused over HTTP: a problem (RFC 9457) that says which field and why."""

from collections.abc import Callable, Coroutine, Mapping
from typing import Any

import structlog
from fastapi import Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from fastapi.routing import APIRoute
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException
from starlette.types import Message

from services.kernel.errors import Unavailable, Unprocessable
from services.kernel.postgres import REFUSED, TRANSIENT

log = structlog.get_logger(__name__)

MEDIA_TYPE = "application/problem+json"
ROOT = "urn:event-hub:problem:"
TITLES = {
    "key": "身份未证实",
    "closed": "未开放",
    "missing": "没有这一项",
    "role": "角色无权操作",
    "stale": "页面已过期",
    "refused": "操作被拒绝",
    "reused": "命令编号重复使用",
    "size": "报文过大",
    "field": "字段有误",
    "content": "内容无法读取",
    "unavailable": "暂时不可用",
    "http": "请求有误",
}
"""What the kinds of problems are called that any service may have."""

LARGEST_BODY = 1_000_000
"""Bytes of a body that is described by a model; files are read, and bounded, by their routes."""
TOO_LARGE = f"报文过大，最多 {LARGEST_BODY} 字节"
UNREADABLE = {"There was an error parsing the body": "报文无法读取：不是 UTF-8 的 JSON，或嵌套过深"}
"""What the framework says of a body, in our words."""
KINDS = {401: "key", 403: "closed", 404: "missing", 413: "size", 422: "field"}


class Problem(BaseModel):
    """The body of a refusal."""

    type: str = Field(description="urn:event-hub:problem:<kind>")
    title: str
    status: int
    detail: str = Field(description="why, and what to do")
    field: str = Field(description="the header, parameter or field that is meant; body: all of it")


def described(meanings: Mapping[int, str]) -> dict[int | str, dict[str, Any]]:
    """The refusals of some routes by status, for OpenAPI."""
    return {
        status: {
            "content": {MEDIA_TYPE: {"schema": Problem.model_json_schema()}},
            "description": meaning,
        }
        for status, meaning in meanings.items()
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
    """A route whose refusals are problems; a service may know further errors and titles."""

    titles: Mapping[str, str] = TITLES

    def meant(self, error: Exception) -> Refusal | None:
        """What an error means over HTTP; None for one that nobody raised on purpose."""
        return refusal_of(error)

    def observe(self, request: Request, refusal: Refusal) -> None:
        """Count it, where that is wanted."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The handler, with whatever it raises on purpose told as a problem."""
        handle = super().get_route_handler()

        async def told(request: Request) -> Response:
            try:
                return await handle(_bounded(request) if self.body_field else request)
            except Exception as error:
                refusal = self.meant(error)
                if refusal is None:
                    raise
                self.observe(request, refusal)
                return _answer(refusal, self.titles[refusal.kind])

        return told


def _bounded(request: Request) -> Request:
    """A body that is read before anybody knows whose it is; one that is too large is not."""
    told = request.headers.get("content-length", "")
    if told.isdecimal() and int(told) > LARGEST_BODY:
        raise HTTPException(413, TOO_LARGE)
    left = LARGEST_BODY

    async def receive() -> Message:
        nonlocal left
        message = await request.receive()
        left -= len(message.get("body", b""))
        if left < 0:
            raise HTTPException(413, TOO_LARGE)
        return message

    return Request(request.scope, receive)


def _answer(refusal: Refusal, title: str) -> JSONResponse:
    problem = Problem(
        type=ROOT + refusal.kind,
        title=title,
        status=refusal.status,
        detail=refusal.why,
        field=refusal.field,
    )
    return JSONResponse(
        problem.model_dump(), refusal.status, refusal.headers, media_type=MEDIA_TYPE
    )


def refusal_of(error: Exception) -> Refusal | None:
    """What an error means that any service may raise; None for others."""
    match error:
        case Refusal():
            return error
        case Unprocessable():
            return Refusal(422, "content", "body", str(error))
        case RequestValidationError():
            return _invalid(error)
        case HTTPException():
            kind = KINDS.get(error.status_code, "http")
            field = "authorization" if kind in {"key", "closed"} else "body"
            why = UNREADABLE.get(str(error.detail), str(error.detail))
            return Refusal(error.status_code, kind, field, why, error.headers)
    if isinstance(error, REFUSED):
        return Refusal(422, "content", "body", "内容中有数据库不能保存的字符或数值")
    if isinstance(error, (Unavailable, *TRANSIENT)):
        log.warning("request.unavailable", error=type(error).__name__)
        return Refusal(503, "unavailable", "body", "请稍后再试", {"Retry-After": "5"})
    return None


WRONG = {
    "missing": "缺少这一项",
    "extra_forbidden": "没有这样的字段，请检查拼写",
    "enum": "只能是 {expected}",
    "literal_error": "只能是 {expected}",
    "json_invalid": "不是正确的 JSON",
    "model_attributes_type": "应为一个 JSON 对象",
    "string_unicode": "不是正确的文字（UTF-8）",
    "string_too_short": "至少 {min_length} 个字符",
    "string_too_long": "最多 {max_length} 个字符",
    "string_pattern_mismatch": "格式不对，应符合 {pattern}",
    "too_long": "最多 {max_length} 项",
    "greater_than_equal": "不能小于 {ge}",
    "less_than_equal": "不能大于 {le}",
    "int_parsing": "应为整数",
    "float_parsing": "应为数字",
    "bool_parsing": "应为 true 或 false",
    "timezone_aware": "应为带时区的时间，如 2026-07-03T08:00:00+08:00",
    "datetime_parsing": "应为带时区的时间，如 2026-07-03T08:00:00+08:00",
    "datetime_from_date_parsing": "应为带时区的时间，如 2026-07-03T08:00:00+08:00",
}
"""What is wrong with a field, by the sort of pydantic's error."""


def _invalid(error: RequestValidationError) -> Refusal:
    first: Mapping[str, Any] = next(iter(error.errors()), {})
    where = [str(each) for each in first.get("loc", ())][1:]
    told = WRONG.get(str(first.get("type")), "不合要求（{msg}）")
    known = {"msg": first.get("msg", "")} | first.get("ctx", {})
    return Refusal(422, "field", ".".join(where) or "body", told.format(**known))
