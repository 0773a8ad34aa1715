"""Orders of people over HTTP: what is refused before anything is done."""

from typing import cast

import pytest
from fastapi import FastAPI
from httpx import ASGITransport, AsyncClient
from pydantic import SecretStr

from services.dispatch.http import LARGEST, make_router
from services.kernel.processor import Processor

KNOWN = {"Authorization": "Bearer right"}
NO_PROCESSOR = cast("Processor", None)
"""Nothing that is refused reaches it."""


def desk(token: str | None = "right") -> AsyncClient:
    """A service that takes orders."""
    app = FastAPI()
    secret = SecretStr(token) if token is not None else None
    app.include_router(make_router(NO_PROCESSOR, secret, lambda name, said: said))
    return AsyncClient(transport=ASGITransport(app), base_url="http://desk")


@pytest.mark.parametrize(
    ("token", "headers", "status"),
    [
        (None, KNOWN, 403),
        ("", KNOWN, 403),
        ("right", {}, 401),
        ("right", {"Authorization": "Bearer wrong"}, 401),
        ("right", {"Authorization": "Basic right"}, 401),
    ],
)
async def test_only_who_knows_the_token_of_the_hub_orders(
    token: str | None, headers: dict[str, str], status: int
) -> None:
    answer = await desk(token).post("/api/v1/orders/off", json={"worker_id": "A"}, headers=headers)
    assert answer.status_code == status and answer.json()["detail"]


@pytest.mark.parametrize(
    ("name", "body", "status", "word"),
    [
        ("dismiss", b"{}", 404, "没有命令 dismiss"),
        ("redispatch", b"{", 422, "JSON"),
        ("redispatch", b"[]", 422, "JSON"),
        ("redispatch", b"{}", 422, "incident_id：缺少"),
        ("mode", b'{"level": "pink"}', 422, "level：只能是 'red', 'orange', 'yellow' 或 'blue'"),
        ("silence", b'{"silence_id": "silence:1"}', 422, "until"),
        ("redispatch", b"x" * (LARGEST + 1), 413, "报文过大"),
    ],
)
async def test_what_can_not_be_an_order_is_refused_in_a_sentence(
    name: str, body: bytes, status: int, word: str
) -> None:
    answer = await desk().post(f"/api/v1/orders/{name}", content=body, headers=KNOWN)
    assert answer.status_code == status and word in answer.json()["detail"]
