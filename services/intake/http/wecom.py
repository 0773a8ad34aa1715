"""WeCom's callbacks (企业微信回调): the address is verified once, then messages come sealed."""

from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import PlainTextResponse

from services.intake.domain.registered import Proof, RegisteredSource
from services.intake.http.admission import check_timestamp, post_of, read_body
from services.intake.http.front import Front, router_of
from services.intake.http.problems import Refusal
from services.intake.ports import BadSeal, Post


def _text(name: str) -> dict[str, Any]:
    return {"name": name, "in": "query", "required": True, "schema": {"type": "string"}}


SEALED: dict[str, Any] = {"parameters": [_text(n) for n in ("msg_signature", "timestamp", "nonce")]}
ECHO: dict[str, Any] = {"parameters": [*SEALED["parameters"], _text("echostr")]}
BODY: dict[str, Any] = {
    **SEALED,
    "requestBody": {
        "required": True,
        "content": {
            "text/xml": {"schema": {"type": "string"}},
            "application/json": {
                "schema": {"type": "object", "properties": {"encrypt": {"type": "string"}}}
            },
        },
    },
}


def routes(front: Front) -> APIRouter:
    """The routes that are told to WeCom."""
    router = router_of("/api/v1/wecom", "wecom")

    @router.get("/{source_id}", response_class=PlainTextResponse, openapi_extra=ECHO)
    async def verify(source_id: str, request: Request) -> Response:
        """Prove to WeCom that this address knows the key, by opening what it has sealed."""
        source = front.gate.registered(request, source_id, Proof.WECOM)
        clear = _opened(front, request, source, request.query_params.get("echostr", ""))
        return Response(clear, media_type="text/plain")

    @router.post("/{source_id}", response_class=PlainTextResponse, openapi_extra=BODY)
    async def receive(source_id: str, request: Request) -> Response:
        """Take one message; the answer is empty, as WeCom wants it."""
        source = front.gate.registered(request, source_id, Proof.WECOM)
        check_timestamp(request.query_params.get("timestamp", ""), "timestamp")
        post = post_of(request, await read_body(request, source.bytes))
        clear = _opened(front, request, source, front.seal.sealed_in(post))
        front.gate.take_token(source)
        for said in front.desk.take_from(Post(post.id, "", clear), source):
            await front.hand_in(said)
        return Response(b"", media_type="text/plain")

    return router


def _opened(front: Front, request: Request, source: RegisteredSource, sealed: str) -> bytes:
    check_timestamp(request.query_params.get("timestamp", ""), "timestamp")
    keys = list(front.gate.keys(source))
    try:
        return front.seal.open(request.query_params, sealed, keys, source.receiver)
    except BadSeal as error:
        raise Refusal(401, "signature", "msg_signature", str(error)) from None
