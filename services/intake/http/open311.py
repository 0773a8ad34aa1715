"""Open311 GeoReport v2: services, requests, and what became of them, in JSON and XML.

Two things are stricter than the standard: a request is shown only to the key that it came by,
and what is refused is a problem (RFC 9457) in both formats.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any
from urllib.parse import parse_qsl

import orjson
from fastapi import APIRouter, Request, Response

from services.intake.domain.registered import Channel, RegisteredSource
from services.intake.http.admission import post_of, read_body
from services.intake.http.front import Front, router_of
from services.intake.http.open311_formats import Form, entry, rendered
from services.intake.http.problems import Refusal
from services.intake.ports import OTHER_SERVICE, BadField, Post, Wanted
from services.reference.written import read_time

MOST_FIELDS = 200
MOST_IDS = 200
FIELDS = (
    "api_key service_code description lat long address_string address_id media_url email phone "
    "first_name last_name account_id device_id jurisdiction_id"
).split()
SCHEMA: dict[str, Any] = {
    "type": "object",
    "required": ["api_key", "service_code"],
    "properties": {name: {"type": "string"} for name in FIELDS},
}
REQUEST: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "application/x-www-form-urlencoded": {"schema": SCHEMA},
            "application/json": {"schema": SCHEMA},
        },
    }
}
BOTH: dict[int | str, dict[str, Any]] = {
    200: {"content": {"application/json": {}, "text/xml": {}}, "description": "as it was asked for"}
}
TAKEN: dict[int | str, dict[str, Any]] = {201: BOTH[200]}
NOTICE = "已收到，工作人员会尽快处理；凭编号可以查询进展"


class Status(StrEnum):
    """The two that GeoReport knows."""

    OPEN = "open"
    CLOSED = "closed"


def routes(front: Front) -> APIRouter:
    """The routes of GeoReport v2, each with `.json` or `.xml` behind it."""
    router = router_of("/open311/v2", "open311")

    @router.get("/discovery.{form}", responses=BOTH)
    async def discovery(form: Form, request: Request) -> Response:
        """Where the service is, and which formats it speaks."""
        return rendered(_discovery(str(request.base_url)), form, "discovery")

    @router.get("/services.{form}", responses=BOTH)
    async def services(form: Form) -> Response:
        """What can be reported: the categories of the catalogue, and `other`."""
        return rendered(list(_services(front).values()), form, "services", "service")

    @router.get("/services/{service_code}.{form}", responses=BOTH)
    async def service(service_code: str, form: Form) -> Response:
        """What is asked of who reports one of them: nothing further."""
        _check_service(front, service_code, 404)
        definition = {"service_code": service_code, "attributes": []}
        return rendered(definition, form, "service_definition")

    @router.post("/requests.{form}", status_code=201, responses=TAKEN, openapi_extra=REQUEST)
    async def report(form: Form, request: Request) -> Response:
        """Report something; the answer bears the id under which it can be followed."""
        origin, post, fields = await _posted(front, request)
        _check_service(front, str(fields.get("service_code", "")), 422)
        taken = [await front.hand_in(said) for said in front.desk.take_from(post, origin)]
        rows = [
            {"service_request_id": e["report_id"], "service_notice": NOTICE, "account_id": None}
            for e in taken
        ]
        return rendered(rows, form, "service_requests", "request", status=201)

    @router.get("/requests.{form}", responses=BOTH)
    async def requests(
        form: Form,
        request: Request,
        api_key: str = "",
        service_request_id: str = "",
        service_code: str = "",
        start_date: str = "",
        end_date: str = "",
        status: str = "",
    ) -> Response:
        """What became of the requests that came by this key."""
        origin = front.gate.by_api_key(request, api_key)
        wanted = Wanted(
            ids=_listed(service_request_id, "service_request_id"),
            codes=_listed(service_code, "service_code"),
            since=_moment(start_date, "start_date"),
            until=_moment(end_date, "end_date"),
            is_closed=_is_closed(status),
        )
        return await _found(front, origin, wanted, form)

    @router.get("/requests/{request_id}.{form}", responses=BOTH)
    async def one_request(
        request_id: str, form: Form, request: Request, api_key: str = ""
    ) -> Response:
        """What became of one request that came by this key."""
        origin = front.gate.by_api_key(request, api_key)
        wanted = Wanted(ids=_listed(request_id, "request_id"))
        return await _found(front, origin, wanted, form, must_be=True)

    return router


async def _found(
    front: Front, origin: RegisteredSource, wanted: Wanted, form: Form, *, must_be: bool = False
) -> Response:
    found = await front.requests.find(origin.id, wanted)
    if must_be and not found:
        raise Refusal(404, "missing", "service_request_id", "没有这个编号的请求")
    names = _services(front)
    rows = [entry(each, names.get(each.service_code, {}).get("service_name", "")) for each in found]
    return rendered(rows, form, "service_requests", "request")


async def _posted(
    front: Front, request: Request
) -> tuple[RegisteredSource, Post, Mapping[str, Any]]:
    """A request, with the source whose key it bears. Raises Refusal."""
    sizes = [e.bytes for e in front.gate.registry.register.sources if e.channel is Channel.OPEN311]
    body = await read_body(request, max(sizes, default=0))
    fields = _fields(body, request.headers.get("content-type", ""))
    given = fields.get("api_key") or request.query_params.get("api_key", "")
    origin = front.gate.by_api_key(request, str(given))
    front.gate.take_token(origin)
    if len(body) > origin.bytes:
        raise Refusal(413, "size", "body", f"报文过大，最多 {origin.bytes} 字节")
    unkeyed = {name: value for name, value in fields.items() if name != "api_key"}
    name = post_of(request, b"").id
    return origin, Post(name, "application/json", orjson.dumps(unkeyed)), unkeyed


def _fields(body: bytes, content_type: str) -> Mapping[str, Any]:
    kind = content_type.partition(";")[0].strip().lower()
    try:
        if kind == "application/json":
            found = orjson.loads(body)
            return found if isinstance(found, dict) else {}
        if kind == "application/x-www-form-urlencoded":
            return dict(parse_qsl(body.decode(), max_num_fields=MOST_FIELDS))
    except ValueError:
        raise Refusal(400, "content", "body", "正文无法读取：应为 UTF-8 的表单或 JSON") from None
    accepted = "application/x-www-form-urlencoded 或 application/json"
    raise Refusal(415, "media", "content-type", f"应为 {accepted}")


def _services(front: Front) -> dict[str, dict[str, Any]]:
    """By code, in the words of GeoReport."""
    listed = [
        (each.code, each.name, each.scene, ",".join(each.words))
        for each in front.catalogue.entries.values()
    ]
    listed.append((OTHER_SERVICE, "其他", "其他", ""))
    return {
        code: {
            "service_code": code,
            "service_name": name,
            "description": name,
            "metadata": False,
            "type": "realtime",
            "keywords": words,
            "group": group,
        }
        for code, name, group, words in listed
    }


def _check_service(front: Front, code: str, status: int) -> None:
    if code != OTHER_SERVICE and code not in front.catalogue.entries:
        raise Refusal(status, "field", "service_code", "缺少，或不是 GET services 给出的代码")


def _discovery(base: str) -> dict[str, Any]:
    endpoint = {
        "specification": "http://wiki.open311.org/GeoReport_v2",
        "url": f"{base.rstrip('/')}/open311/v2",
        "changeset": "2026-01-01T00:00:00Z",
        "type": "production",
        "formats": ["application/json", "text/xml"],
    }
    changed = endpoint["changeset"]
    return {"changeset": changed, "contact": "", "key_service": "", "endpoints": [endpoint]}


def _listed(given: str, name: str) -> list[str] | None:
    listed = [each.strip() for each in given.split(",") if each.strip()]
    if len(listed) > MOST_IDS or "\x00" in given:
        raise BadField(name, f"最多 {MOST_IDS} 个，以逗号分隔")
    return listed or None


def _moment(given: str, name: str) -> Any:
    moment = read_time(given) if given else None
    if given and moment is None:
        raise BadField(name, "应为 2026-01-31T08:00:00+08:00 这样的时间")
    return moment


def _is_closed(given: str) -> bool | None:
    wanted = {each.strip() for each in given.split(",") if each.strip()}
    if not wanted <= set(Status):
        raise BadField("status", "应为 open 或 closed")
    return None if len(wanted) != 1 else wanted == {Status.CLOSED}
