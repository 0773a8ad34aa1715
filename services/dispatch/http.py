"""Orders of people over HTTP (改派、接管、复核、督办、静默、模式、离岗)."""

from collections.abc import Callable
from uuid import uuid4

from fastapi import APIRouter, Depends, HTTPException, Request
from pydantic import SecretStr, ValidationError

from schemas.event import Event
from services.dispatch.domain import orders
from services.hosting.http import guard
from services.kernel.processor import Processor
from services.reference.rule_files import in_chinese

SOURCE = "http"
LARGEST = 16_384
ORDERS: dict[str, type[Event]] = {
    "redispatch": orders.Redispatch,
    "takeover": orders.TakeOver,
    "dispute": orders.DecideDispute,
    "supervise": orders.Supervise,
    "silence": orders.OrderSilence,
    "lift": orders.LiftSilence,
    "off": orders.TapOff,
    "on": orders.TapOn,
    "mode": orders.DeclareMode,
    "end-mode": orders.EndMode,
}
Complete = Callable[[str, dict[str, object]], dict[str, object]]
"""Adds to an order what only the service knows: the moment, the end of a shift."""


def make_router(processor: Processor, token: SecretStr | None, complete: Complete) -> APIRouter:
    """One route for all orders; `Idempotency-Key` makes a double click one."""
    router = APIRouter(prefix="/api/v1/orders", dependencies=[Depends(guard(token))])

    @router.post("/{name}")
    async def order(name: str, request: Request) -> dict[str, object]:
        """Follow one order; the answer has the events that came of it."""
        if name not in ORDERS:
            raise HTTPException(404, f"没有命令 {name}；可用：{'、'.join(ORDERS)}")
        event = await _read(name, request, complete)
        command_id = request.headers.get("idempotency-key", "")[:128] or uuid4().hex
        events = await processor.command(event, f"{name}/{command_id}", SOURCE)
        told = [{"type": each.ce_type} | each.model_dump(mode="json") for each in events]
        return {"subject": event.subject, "events": told}

    return router


async def _read(name: str, request: Request, complete: Complete) -> Event:
    """The order of a request; raises HTTPException with what is wrong with it."""
    body = await request.body()
    if len(body) > LARGEST:
        raise HTTPException(413, f"报文过大，最多 {LARGEST} 字节")
    try:
        said = await request.json()
        if not isinstance(said, dict):
            raise HTTPException(422, "应为一个 JSON 对象")
        return ORDERS[name].model_validate(complete(name, said))
    except ValidationError as error:
        raise HTTPException(422, "；".join(map(in_chinese, error.errors()))) from None
    except ValueError:
        raise HTTPException(422, "不是正确的 JSON") from None
